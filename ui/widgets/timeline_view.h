#pragma once

#include "ui/theme/tones.h"

#include <QString>
#include <QWidget>

#include <chrono>
#include <vector>

namespace freerelay::ui {

/// One bar of a timeline, with its words.
struct TimelineBar
{
    QString name; ///< above the bar
    QString value; ///< above its end: how long it took
    QString description; ///< more, as a tool tip and for screen readers
    std::chrono::microseconds start{0};
    std::chrono::microseconds wait{0}; ///< its paler part, from the start on; at most `duration`
    std::chrono::microseconds duration{0};
    Tone tone = Tone::Good;
    bool failed = false; ///< hatched: the colour is not the only sign
};

struct Timeline
{
    std::chrono::microseconds duration{0}; ///< of the whole axis
    std::vector<TimelineBar> bars;
};

/// Bars over one time axis, each below its words. Can be focused, and reads itself out as text.
class TimelineView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TimelineView)

public:
    explicit TimelineView(QWidget *parent = nullptr);
    ~TimelineView() override = default;

    void setTimeline(Timeline timeline);
    [[nodiscard]] const Timeline &timeline() const { return m_timeline; }
    /// All that is to be seen, a line for each bar; also the accessible description.
    [[nodiscard]] QString text() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] int rowHeight() const;
    /// The bar's rectangle, at least a few pixels wide so that it can be seen.
    [[nodiscard]] QRect barArea(std::size_t index) const;
    [[nodiscard]] int position(std::chrono::microseconds time) const;
    void paintBar(QPainter &painter, std::size_t index) const;

    Timeline m_timeline;
};

} // namespace freerelay::ui
