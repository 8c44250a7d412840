#include "developer_presenter.h"

#include "ui/models/gateway_feed.h"
#include "ui/shell/message_list.h"
#include "ui/widgets/figures.h"

namespace freerelay::ui {

using interfaces::ChaosRule;
using interfaces::ChaosRules;

DeveloperPresenter::DeveloperPresenter(
    GatewayFeed &feed, MessageList &messages, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_messages(messages)
    , m_pace(this)
    , m_rules({tr("Provider"), tr("Fault"), tr("Share of calls"), tr("Seed")}, this)
    , m_counts({tr("Provider"), tr("Fault"), tr("Played")}, this)
{
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &DeveloperPresenter::look);
}

void DeveloperPresenter::setActive(bool active)
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

QString DeveloperPresenter::providerText(const QString &id) const
{
    if (id.isEmpty()) {
        return tr("All providers");
    }
    const interfaces::ProviderRow *row = m_feed.provider(id.toUtf8());
    return row != nullptr ? row->name : id;
}

void DeveloperPresenter::look()
{
    m_figures = m_feed.gateway().chaos();
    std::vector<QStringList> rules;
    for (const ChaosRule &rule : m_figures.rules.list) {
        rules.push_back(
            {providerText(rule.provider),
             rule.fault,
             Figures::percent(rule.rate),
             QString::number(rule.seed)});
    }
    m_rules.setRows(std::move(rules));
    std::vector<QStringList> counts;
    for (const interfaces::ChaosCount &one : m_figures.played) {
        counts.push_back(
            {providerText(one.provider), one.fault, Figures::whole(qint64(one.count))});
    }
    m_counts.setRows(std::move(counts));
    Q_EMIT changed();
}

QString DeveloperPresenter::stateText() const
{
    quint64 played = 0;
    for (const interfaces::ChaosCount &one : m_figures.played) {
        played += one.count;
    }
    return isOn() ? tr("Faults are being played on purpose: %1 so far.", "count")
                        .arg(Figures::whole(qint64(played)))
                  : tr("No faults are being played.");
}

std::vector<DeveloperPresenter::Choice> DeveloperPresenter::providerChoices() const
{
    std::vector<Choice> choices{{providerText({}), {}}};
    for (const interfaces::ProviderRow &row : m_feed.providers()) {
        choices.push_back({row.name, QString::fromUtf8(row.id)});
    }
    return choices;
}

std::vector<DeveloperPresenter::Choice> DeveloperPresenter::faultChoices() const
{
    std::vector<Choice> choices;
    for (const interfaces::ChaosFault &fault : m_feed.gateway().chaos().faults) {
        choices.push_back(
            {tr("%1 – %2", "name of a fault, what it is").arg(fault.name, fault.text), fault.name});
    }
    return choices;
}

void DeveloperPresenter::setOn(bool on)
{
    ChaosRules rules = m_figures.rules;
    rules.on = on;
    if (rules != m_figures.rules) {
        order(rules);
    }
}

void DeveloperPresenter::addRule(const ChaosRule &rule)
{
    ChaosRules rules = m_figures.rules;
    rules.list.push_back(rule);
    order(rules);
}

void DeveloperPresenter::removeRule(int row)
{
    ChaosRules rules = m_figures.rules;
    if (row < 0 || row >= int(rules.list.size())) {
        return;
    }
    rules.list.erase(rules.list.begin() + row);
    order(rules);
}

void DeveloperPresenter::order(const ChaosRules &rules)
{
    if (const auto set = m_feed.gateway().setChaos(rules); !set) {
        m_messages.addError(set.error());
    }
    m_feed.refresh();
    look();
}

} // namespace freerelay::ui
