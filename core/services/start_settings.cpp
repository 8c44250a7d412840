#include "start_settings.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

StartSettings::Values::Values(const settings::Settings &settings)
    : host(settings.host)
    , port(settings.port)
    , workers(settings.workers)
    , providersFile(settings.providersFile)
    , bridgeAddress(settings.bridgeAddress)
{ }

StartSettings::StartSettings(const settings::Settings &now)
    : m_started(Values(now))
{ }

gateway::AccessOptions StartSettings::accessOptions(const settings::Settings &current) const
{
    const Values inForce = m_started.value_or(Values(current));
    return {
        inForce.host,
        current.allowedHosts,
        current.allowedOrigins,
        current.sameUserOnly,
        current.unknownPeer,
        current.limits,
        current.requireKeys,
        inForce.bridgeAddress};
}

QStringList StartSettings::waiting(const settings::Settings &current) const
{
    const Values wanted(current);
    const Values inForce = m_started.value_or(wanted);
    QStringList names;
    const auto compare = [&](const QString &name, auto member) {
        if (wanted.*member != inForce.*member) {
            names << name;
        }
    };
    compare(u"host"_s, &Values::host);
    compare(u"port"_s, &Values::port);
    compare(u"workers"_s, &Values::workers);
    compare(u"providers_file"_s, &Values::providersFile);
    compare(u"bridge.address"_s, &Values::bridgeAddress);
    if (names.isEmpty()) {
        return {};
    }
    return {u"Changed in the settings, but in force only from the next start of FreeRelay on: %1."_s
                .arg(names.join(u", "_s))};
}

} // namespace freerelay::services
