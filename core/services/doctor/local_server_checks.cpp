#include "local_server_checks.h"

#include "core/catalog/catalog.h"
#include "core/gateway/proc_net.h"

#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

/// 0 = it is not on this computer.
std::uint16_t localPort(const catalog::Provider &provider, const settings::ProviderSettings &own)
{
    const QUrl url(QString::fromUtf8(own.baseUrl.isEmpty() ? provider.baseUrl : own.baseUrl));
    const bool isHere = url.host() == "127.0.0.1"_L1 || url.host() == "localhost"_L1;
    return isHere ? std::uint16_t(url.port(0)) : 0;
}

} // namespace

void checkLocalServers(const settings::Settings &settings, std::vector<CheckResult> &results)
{
    const QString check = u"local servers"_s;
    const auto catalog = catalog::Catalog::shipped();
    const std::size_t before = results.size();
    for (const catalog::Provider &provider : catalog->providers()) {
        const settings::ProviderSettings own = settings.provider(provider.id);
        const std::uint16_t port = localPort(provider, own);
        if (provider.tier != catalog::Tier::Local || port == 0 || port == settings.port) {
            continue;
        }
        const QString name = QString::fromUtf8(provider.name);
        const auto program = gateway::programListeningOn(port);
        if (own.consent && !program) {
            results.push_back(
                {check,
                 Verdict::Warning,
                 u"%1: nothing listens on port %2."_s.arg(name).arg(port),
                 u"Start it, or withdraw your consent: providers.%1.consent: false"_s.arg(
                     QString::fromUtf8(provider.id))});
        } else if (own.consent) {
            results.push_back(
                {check, Verdict::Ok, u"%1: listens on port %2."_s.arg(name).arg(port), {}});
        } else if (program) {
            results.push_back(
                {check,
                 Verdict::Ok,
                 u"%1: a program listens on its port %2. It is asked nothing until you agree to it: freerelay setup"_s
                     .arg(name)
                     .arg(port),
                 {}});
        }
    }
    if (results.size() == before) {
        results.push_back(
            {check, Verdict::Ok, u"None is in use, and none listens on the usual ports."_s, {}});
    }
}

} // namespace freerelay::services
