#include "quota_watch.h"

#include <algorithm>
#include <cstdlib>

namespace freerelay::services {

using interfaces::QuotaOutlook;
using interfaces::UsedUpProvider;

namespace {

/// A little later than the quota is back, so that it is.
constexpr std::chrono::milliseconds afterwards{500};
/// Clocks may be set: a far end is looked at now and then.
constexpr std::chrono::milliseconds longestSleep{std::chrono::hours(1)};

/// The same end is computed a little different each time, on another clock.
bool isSame(const UsedUpProvider &a, const UsedUpProvider &b)
{
    constexpr qint64 tolerance = 1'000;
    return a.id == b.id && std::abs(a.until.msecsTo(b.until)) <= tolerance;
}

bool isSame(const QuotaOutlook &a, const QuotaOutlook &b)
{
    const auto first = [](const QuotaOutlook &outlook) {
        return outlook.next.empty() ? QByteArray() : outlook.next.front().id;
    };
    return first(a) == first(b)
        && std::equal(
               a.usedUp.begin(),
               a.usedUp.end(),
               b.usedUp.begin(),
               b.usedUp.end(),
               [](const auto &one, const auto &other) { return isSame(one, other); });
}

} // namespace

QuotaWatch::QuotaWatch(Parts parts, std::chrono::milliseconds pace)
    : m_parts(std::move(parts))
{
    m_pace.setSingleShot(true);
    m_pace.setInterval(pace);
    m_back.setSingleShot(true);
    QObject::connect(&m_pace, &QTimer::timeout, &m_pace, [this] { check(); });
    QObject::connect(&m_back, &QTimer::timeout, &m_back, [this] { check(); });
}

void QuotaWatch::record(const std::shared_ptr<const relay::Outcome> & /*outcome*/)
{
    if (!m_wasTight && !m_parts.isAnyTight()) {
        return;
    }
    if (!m_pending.exchange(true)) {
        QMetaObject::invokeMethod(&m_pace, [this] { m_pace.start(); });
    }
}

void QuotaWatch::check()
{
    m_pending = false;
    QuotaOutlook now = m_parts.look();
    const bool same = isSame(now, m_outlook);
    m_outlook = std::move(now);
    m_wasTight = !m_outlook.usedUp.empty();
    wakeWhenBack(QDateTime::currentDateTimeUtc());
    if (!same) {
        m_parts.changed();
    }
}

void QuotaWatch::wakeWhenBack(const QDateTime &now)
{
    if (m_outlook.usedUp.empty()) {
        m_back.stop();
        return;
    }
    const std::chrono::milliseconds left(now.msecsTo(m_outlook.usedUp.front().until));
    m_back.start(std::clamp(left + afterwards, afterwards, longestSleep));
}

} // namespace freerelay::services
