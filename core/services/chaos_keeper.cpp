#include "chaos_keeper.h"

#include "core/upstream/chaos/chaos_client.h"

#include <QLoggingCategory>
#include <QStringList>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcChaos, "freerelay.chaos", QtInfoMsg)

using common::ErrorKind;
using common::failure;
using common::Result;

/// The demo's providers come and go with the keys.
constexpr auto demoPrefix = "demo";

Result<void>
checkProviders(const std::vector<upstream::ChaosRule> &rules, const catalog::Catalog &catalog)
{
    for (const upstream::ChaosRule &rule : rules) {
        if (!rule.provider.isEmpty() && !rule.provider.startsWith(demoPrefix)
            && catalog.provider(rule.provider) == nullptr) {
            return failure(
                ErrorKind::InvalidArgument,
                u"Chaos: there is no provider “%1”."_s.arg(QString::fromUtf8(rule.provider)),
                u"chaos"_s);
        }
    }
    return {};
}

interfaces::ChaosRules toRows(const upstream::ChaosRules &rules)
{
    interfaces::ChaosRules rows{rules.on, {}};
    for (const upstream::ChaosRule &rule : rules.list) {
        rows.list.push_back(
            {QString::fromUtf8(rule.provider),
             upstream::faultText(rule),
             rule.rate,
             quint64(rule.seed)});
    }
    return rows;
}

Result<upstream::ChaosRules> fromRows(const interfaces::ChaosRules &rows)
{
    upstream::ChaosRules rules{rows.on, {}};
    for (const interfaces::ChaosRule &row : rows.list) {
        auto rule = upstream::makeChaosRule(row.provider, row.fault, row.rate, row.seed);
        if (!rule) {
            return failure(rule.error());
        }
        rules.list.push_back(*std::move(rule));
    }
    return rules;
}

} // namespace

ChaosKeeper::ChaosKeeper(std::optional<upstream::ChaosRules> start)
    : m_chaos(start ? std::make_unique<upstream::Chaos>(*std::move(start)) : nullptr)
{ }

bool ChaosKeeper::isOn() const
{
    return m_chaos && m_chaos->rules().load()->on;
}

void ChaosKeeper::announce() const
{
    if (!m_chaos) {
        return;
    }
    const std::shared_ptr<const upstream::ChaosRules> rules = m_chaos->rules().load();
    if (!rules->on) {
        qCWarning(lcChaos).noquote() << "chaos is off: no faults are played.";
        return;
    }
    QStringList texts;
    for (const upstream::ChaosRule &rule : rules->list) {
        texts.append(upstream::toText(rule));
    }
    qCWarning(lcChaos).noquote() << "CHAOS IS ON: faults are played on purpose:"
                                 << texts.join(u"; "_s);
}

std::unique_ptr<upstream::HttpClient>
ChaosKeeper::around(std::unique_ptr<upstream::HttpClient> client, const common::Clock &clock)
{
    return m_chaos ? std::make_unique<upstream::ChaosClient>(std::move(client), *m_chaos, clock)
                   : std::move(client);
}

Result<void> ChaosKeeper::check(const catalog::Catalog &catalog) const
{
    return m_chaos ? checkProviders(m_chaos->rules().load()->list, catalog) : Result<void>();
}

Result<void>
ChaosKeeper::setRules(const interfaces::ChaosRules &rows, const catalog::Catalog &catalog)
{
    if (!m_chaos) {
        return failure(
            ErrorKind::Unavailable,
            u"Faults are played only by a FreeRelay that was started with --chaos or"
            " --developer."_s);
    }
    auto rules = fromRows(rows);
    if (!rules) {
        return failure(rules.error());
    }
    if (const auto checked = checkProviders(rules->list, catalog); !checked) {
        return checked;
    }
    m_chaos->setRules(*std::move(rules));
    announce();
    return {};
}

interfaces::ChaosFigures ChaosKeeper::figures() const
{
    interfaces::ChaosFigures figures;
    figures.available = isAvailable();
    if (!m_chaos) {
        return figures;
    }
    figures.rules = toRows(*m_chaos->rules().load());
    figures.faults.push_back({u"any"_s, u"a mixture of those that are over soon"_s});
    for (const upstream::FaultWords &words : upstream::allFaults()) {
        figures.faults.push_back(
            {QString::fromLatin1(words.name), QString::fromLatin1(words.text)});
    }
    for (const upstream::PlayedFault &one : m_chaos->played()) {
        figures.played.push_back(
            {QString::fromUtf8(one.provider),
             QString::fromLatin1(upstream::nameOf(one.fault)),
             quint64(one.count)});
    }
    return figures;
}

} // namespace freerelay::services
