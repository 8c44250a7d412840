#pragma once

#include <QWidget>

namespace freerelay::ui {

/// One screen of the main window.
class Page : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Page)

public:
    using QWidget::QWidget;
    ~Page() override = default;

    /// Active = on screen now. An inactive page polls nothing and paints nothing.
    virtual void setActive(bool active) = 0;
    /// Where Ctrl+F leads; null when the page has no filter.
    [[nodiscard]] virtual QWidget *filterField() const { return nullptr; }
};

} // namespace freerelay::ui
