#pragma once

#include "core/common/secret.h"

#include <QLineEdit>
#include <QTimer>

class QAction;

namespace freerelay::ui {

/// A field for a key: hidden while typed; shown only on an explicit press, and then for at most
/// fifteen seconds or until the field loses the focus.
class SecretEdit final : public QLineEdit
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SecretEdit)

public:
    explicit SecretEdit(QWidget *parent = nullptr);
    ~SecretEdit() override = default;

    /// What was typed, without surrounding white space.
    [[nodiscard]] common::Secret secret() const;
    /// Empties the field and its undo history.
    void forget();

protected:
    void focusOutEvent(QFocusEvent *event) override;

private:
    void setRevealed(bool revealed);

    QAction *m_reveal;
    QTimer m_hide;
};

} // namespace freerelay::ui
