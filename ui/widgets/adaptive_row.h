#pragma once

#include <QWidget>

class QBoxLayout;

namespace freerelay::ui {

/// Its widgets side by side where there is room for all of them, else one below the other.
class AdaptiveRow final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AdaptiveRow)

public:
    /// @param chars  average characters that each widget needs to stand beside others
    AdaptiveRow(int chars, int spacing, QWidget *parent = nullptr);
    ~AdaptiveRow() override = default;

    void add(QWidget *widget, int stretch = 1);
    [[nodiscard]] bool isRow() const;

    /// As narrow as a column is, whatever the direction at the moment.
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    int m_chars;
    QBoxLayout *m_layout;
};

} // namespace freerelay::ui
