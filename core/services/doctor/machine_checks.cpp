#include "machine_checks.h"

#include "core/gateway/listener.h"
#include "core/gateway/proc_net.h"
#include "core/keys/secret_service.h"

#include <QEventLoop>
#include <QHostAddress>
#include <QTimer>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::services {

namespace {

using common::ErrorKind;

/// Longer than askSecretServiceLocked() takes at most.
constexpr std::chrono::milliseconds keychainPatience = 4s;
/// Before this version was made: a clock that says less makes every certificate invalid.
constexpr common::WallTime earliest{std::chrono::seconds(1'793'491'200)}; // 2026-11-01

CheckResult checkRunningPort(const QJsonObject &status)
{
    const QString name = u"port"_s;
    const qint64 pid = status["pid"_L1].toInteger();
    if (status["listening"_L1].toBool()) {
        return {
            name,
            Verdict::Ok,
            u"FreeRelay (process %1) listens on %2."_s.arg(pid).arg(
                status["endpoint"_L1].toString()),
            {}};
    }
    const QString problem = status["problem"_L1].toString();
    return {
        name,
        Verdict::Failure,
        problem.isEmpty() ? u"FreeRelay (process %1) runs but does not listen."_s.arg(pid)
                          : problem,
        u"End the other program, or choose another port: freerelay start --port N"_s};
}

QString whose(std::uint16_t port)
{
    const auto program = gateway::programListeningOn(port);
    if (!program || program->pid == 0) {
        return {};
    }
    return program->name.startsWith("freerelay"_L1)
        ? u"A FreeRelay that does not answer has it: end process %1."_s.arg(program->pid)
        : u"End process %1, or choose another port: freerelay start --port N"_s.arg(program->pid);
}

CheckResult checkPort(const Patient &patient, const settings::Settings &settings)
{
    if (!patient.status.isEmpty()) {
        return checkRunningPort(patient.status);
    }
    const QString name = u"port"_s;
    if (settings.port == 0) {
        return {name, Verdict::Ok, u"Any free one is taken."_s, {}};
    }
    const bool hasKey = patient.environment.value("FREERELAY_API_KEY"_ba).has_value();
    const auto opened = gateway::openListeners({settings.host, settings.port, hasKey});
    if (opened) {
        return {
            name, Verdict::Ok, u"%1 is free; FreeRelay is not running."_s.arg(settings.port), {}};
    }
    QString advice = u"Correct host and port in the settings."_s;
    if (opened.error().kind == ErrorKind::AlreadyExists) {
        const QString owner = whose(settings.port);
        advice = owner.isEmpty() ? u"Choose another port: freerelay start --port N"_s : owner;
    }
    return {name, Verdict::Failure, opened.error().message, advice};
}

/// The proxies that libcurl takes from the environment: http_proxy in lower case only (libcurl's
/// manual, "Proxy environment variables").
CheckResult checkProxies(const Patient &patient, const settings::Settings &settings)
{
    const QString name = u"proxy"_s;
    QStringList found;
    for (const char *variable :
         {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        const auto value = patient.environment.value(variable);
        if (!value) {
            continue;
        }
        const QString text = QString::fromUtf8(*value);
        const QUrl url(text.contains("://"_L1) ? text : QString("http://"_L1 % text));
        if (!url.isValid() || url.host().isEmpty()) {
            return {
                name,
                Verdict::Failure,
                u"%1 is no address of a proxy."_s.arg(QLatin1StringView(variable)),
                u"Correct or unset the variable."_s};
        }
        const bool loopback = url.host() == "localhost"_L1 || QHostAddress(url.host()).isLoopback();
        if (loopback && url.port() == settings.port) {
            return {
                name,
                Verdict::Failure,
                u"%1 leads to FreeRelay itself."_s.arg(QLatin1StringView(variable)),
                u"Unset the variable: FreeRelay is no proxy of that kind."_s};
        }
        const QString port = url.port() > 0 ? u":%1"_s.arg(url.port()) : QString();
        found.append(u"%1=%2%3"_s.arg(QLatin1StringView(variable), url.host(), port));
    }
    return {
        name,
        Verdict::Ok,
        found.isEmpty()
            ? u"None; providers are asked directly."_s
            : u"Providers are asked through it, loopback is not: "_s % found.join(", "_L1),
        {}};
}

/// @return nullopt = there is no such service
std::optional<bool> isKeychainLocked()
{
    QEventLoop loop;
    std::optional<bool> locked;
    QObject context;
    keys::askSecretServiceLocked(&context, [&](std::optional<bool> answer) {
        locked = answer;
        loop.quit();
    });
    QTimer::singleShot(keychainPatience, &loop, &QEventLoop::quit);
    loop.exec();
    return locked;
}

CheckResult checkKeychain()
{
    const QString name = u"keychain"_s;
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    const std::optional<bool> locked = isKeychainLocked();
    if (!locked) {
        return {
            name,
            Verdict::Warning,
            u"There is no Secret Service in this session."_s,
            u"Keys can be given in the environment or, after consent, kept in a private file: "
            "docs/keys.md"_s};
    }
    if (*locked) {
        return {
            name,
            Verdict::Warning,
            u"It is locked; the keys in it cannot be read."_s,
            u"Unlock it (by logging in on the desktop, or in its own program)."_s};
    }
    return {name, Verdict::Ok, u"The Secret Service is there and open."_s, {}};
#else
    return {name, Verdict::Ok, u"The system's own is used."_s, {}};
#endif
}

CheckResult checkTray(const common::Environment &environment)
{
    const QString name = u"tray"_s;
    if (!environment.value("DISPLAY"_ba) && !environment.value("WAYLAND_DISPLAY"_ba)) {
        return {name, Verdict::Ok, u"No display: it runs without tray and window."_s, {}};
    }
    const QByteArray desktop = environment.value("XDG_CURRENT_DESKTOP"_ba).value_or(QByteArray());
    if (desktop.contains("GNOME") && !desktop.contains("ubuntu")) {
        return {
            name,
            Verdict::Warning,
            u"GNOME shows no tray icons by itself."_s,
            u"Install its AppIndicator extension, or use the window: freerelay show"_s};
    }
    return {name, Verdict::Ok, u"There is a display."_s, {}};
}

CheckResult checkClock(common::WallTime now)
{
    const QString name = u"clock"_s;
    if (now < earliest) {
        return {
            name,
            Verdict::Failure,
            u"It is behind: no provider's certificate is valid at that time."_s,
            u"Set it: timedatectl set-ntp true"_s};
    }
    return {name, Verdict::Ok, u"It says a possible time."_s, {}};
}

} // namespace

void checkMachine(
    const Patient &patient, const settings::Settings &settings, std::vector<CheckResult> &results)
{
    results.push_back(checkPort(patient, settings));
    results.push_back(checkProxies(patient, settings));
    results.push_back(checkKeychain());
    results.push_back(checkTray(patient.environment));
    results.push_back(checkClock(patient.now));
}

} // namespace freerelay::services
