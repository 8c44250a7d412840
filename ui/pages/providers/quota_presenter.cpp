#include "quota_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/quota_words.h"

#include <algorithm>

namespace freerelay::ui {

QuotaPresenter::QuotaPresenter(GatewayFeed &feed, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_pace(this)
    , m_model(this)
{
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &QuotaPresenter::look);
}

void QuotaPresenter::setActive(bool active)
{
    if (active == m_pace.isActive()) {
        return;
    }
    if (active) {
        m_pace.start();
        look();
    } else {
        m_pace.stop();
    }
}

void QuotaPresenter::setProvider(const QByteArray &id)
{
    if (id == m_provider) {
        return;
    }
    m_provider = id;
    if (m_pace.isActive()) {
        look();
    }
}

void QuotaPresenter::look()
{
    m_figures = m_feed.gateway().quota();
    const auto found = std::find_if(
        m_figures.providers.begin(), m_figures.providers.end(), [this](const auto &provider) {
            return provider.id == m_provider;
        });
    m_quota = found == m_figures.providers.end() ? interfaces::ProviderQuota{m_provider, {}, {}, {}}
                                                 : *found;
    m_model.setQuota(m_quota, m_figures.takenAt);
    Q_EMIT changed();
}

bool QuotaPresenter::isEmpty() const
{
    return m_quota.windows.empty() && m_quota.coolDowns.empty();
}

QString QuotaPresenter::usedUpText() const
{
    for (const interfaces::UsedUpProvider &one : m_figures.outlook.usedUp) {
        if (one.id == m_provider) {
            const std::chrono::seconds left(m_figures.takenAt.secsTo(one.until));
            return tr("Used up; back in %1").arg(Figures::timeLeft(left));
        }
    }
    return {};
}

QString QuotaPresenter::restsText() const
{
    QStringList lines;
    for (const interfaces::CoolDownFigures &rest : m_quota.coolDowns) {
        lines << QuotaWords::rest(rest, m_quota.id, m_figures.takenAt);
    }
    return lines.join(QChar(u'\n'));
}

QString QuotaPresenter::nextText() const
{
    QStringList names;
    for (const interfaces::NextProvider &one : m_figures.outlook.next) {
        names << one.name;
    }
    return names.isEmpty()
        ? tr("Nobody could answer a request now.")
        : tr("Used next: %1.", "list of providers")
              .arg(names.join(tr(", then ", "between providers, the first one first")));
}

} // namespace freerelay::ui
