#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace freerelay::ui {

/// What stands in the place of an empty list: what it is, why it is empty, one button.
class EmptyState final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmptyState)

public:
    EmptyState(const QString &iconName, QWidget *parent);
    ~EmptyState() override = default;

    void setTexts(const QString &title, const QString &explanation, const QString &buttonText);
    [[nodiscard]] QPushButton *button() const { return m_button; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_explanation;
    QPushButton *m_button;
};

} // namespace freerelay::ui
