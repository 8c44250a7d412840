#pragma once

#include <QObject>

class QLabel;

namespace freerelay::ui {

/// Keeps a label in the secondary colour of whatever palette is in force. Owned by the label.
class SecondaryColor final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SecondaryColor)

public:
    explicit SecondaryColor(QLabel *label);
    ~SecondaryColor() override = default;

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void apply();

    QLabel *m_label;
};

} // namespace freerelay::ui
