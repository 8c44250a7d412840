#pragma once

#include <QCoreApplication>
#include <QDateTime>
#include <QString>

#include <chrono>

namespace freerelay::ui {

/// Numbers as people read them, in the user's locale, with a unit and few digits.
class Figures
{
    Q_DECLARE_TR_FUNCTIONS(freerelay::ui::Figures)

public:
    /// "0", "17", "1.2 k", "34 k", "5.6 M", "1.2 G". @param value  ≥ 0
    [[nodiscard]] static QString compact(double value);
    /// All digits, grouped: "12,345".
    [[nodiscard]] static QString whole(qint64 value);
    /// "0.4 ms", "340 ms", "2.4 s", "130 s". @param milliseconds  ≥ 0
    [[nodiscard]] static QString duration(double milliseconds);
    /// "0 %", "< 0.1 %", "4.2 %", "37 %". @param share  0..1
    [[nodiscard]] static QString percent(double share);
    /// "1 minute", "15 minutes", "6 hours", "2 days"
    [[nodiscard]] static QString span(std::chrono::seconds time);
    /// "42 s", "12 min", "3 h 05 min", "2 d 3 h": what is left until a moment. Less than nothing
    /// is "0 s".
    [[nodiscard]] static QString timeLeft(std::chrono::seconds time);
    /// "16:40", in the next days "Wed 16:40", later with the date; local time.
    [[nodiscard]] static QString moment(const QDateTime &time, const QDateTime &now);
};

} // namespace freerelay::ui
