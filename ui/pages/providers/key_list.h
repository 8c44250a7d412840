#pragma once

#include "core/interfaces/gateway_control.h"

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace freerelay::ui {

/// The stored keys of one provider: mask, source, test and remove.
class KeyList final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyList)

public:
    explicit KeyList(QWidget *parent = nullptr);
    ~KeyList() override = default;

    /// @param obstacle  says why a key cannot be removed; "" when it can
    void setKeys(
        const std::vector<interfaces::KeyRow> &keys,
        const std::function<QString(const interfaces::KeyRow &)> &obstacle);

Q_SIGNALS:
    void testRequested(const QByteArray &fingerprint);
    void removeRequested(const QByteArray &fingerprint);

private:
    [[nodiscard]] QWidget *createRow(const interfaces::KeyRow &key, const QString &obstacle);
    [[nodiscard]] QWidget *createWords(const interfaces::KeyRow &key, QWidget *row);
    [[nodiscard]] QWidget *
    createButtons(const interfaces::KeyRow &key, const QString &obstacle, QWidget *row);

    QVBoxLayout *m_layout;
    std::vector<interfaces::KeyRow> m_shown;
};

} // namespace freerelay::ui
