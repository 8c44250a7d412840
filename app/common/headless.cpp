#include "headless.h"

#include "app/common/program.h"
#include "core/services/control/control_server.h"
#include "core/services/control/instance_lock.h"

#include <QCoreApplication>
#include <QTextStream>

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

void say(const QString &text)
{
    QTextStream(stderr) << text << Qt::endl;
}

int fail(const common::Error &error)
{
    say(u"freerelay: %1"_s.arg(error.message));
    switch (error.kind) {
    case common::ErrorKind::InvalidArgument:
        return exitUsage;
    case common::ErrorKind::PermissionDenied:
        return exitRefused;
    default:
        return exitFailure;
    }
}

void greet(const interfaces::GatewayStatus &status)
{
    say(u"FreeRelay %1 listens on %2 (mode %3)."_s.arg(
        status.version, status.endpoint, common::toString(status.mode)));
    if (status.chaos.on) {
        say(u"CHAOS IS ON: faults are played on purpose; what follows is not the providers' doing."_s);
    }
    if (status.demo) {
        say(u"No provider is configured yet: the demo answers. “freerelay setup” helps to get a free key."_s);
    }
}

/// Nothing that runs without a window needs one of Qt's plugins; TLS is libcurl's. Without this
/// QAbstractHttpServer (6.4) loads the one for OpenSSL, with 2 MiB of memory, for an encryption
/// that no listener has.
void doWithoutPlugins()
{
    QCoreApplication::setLibraryPaths({});
}

} // namespace

int runHeadless(const StartOptions &options, const settings::Paths &paths)
{
    doWithoutPlugins();
    ProgramLog log;
    if (const auto prepared = prepareProcess(); !prepared) {
        return fail(prepared.error());
    }
    if (const auto folders = paths.createFolders(); !folders) {
        return fail(folders.error());
    }
    services::InstanceLock lock(paths.lockFile);
    if (const auto locked = lock.acquire(); !locked) {
        fail(locked.error());
        return locked.error().kind == common::ErrorKind::AlreadyExists ? exitAlreadyRunning
                                                                       : exitFailure;
    }
    auto service = services::GatewayService::create(serviceOptions(options, paths, log));
    if (!service) {
        return fail(service.error());
    }
    const auto logFollowsSettings = log.follow(**service, paths);
    if (const auto listening = (*service)->listen(); !listening) {
        const int code = fail(listening.error());
        if (!listening.error().detail.isEmpty()) {
            say(u"Start it on another port: freerelay start --port %1"_s.arg(
                listening.error().detail));
        }
        return code;
    }
    services::ControlServer control(**service, {});
    if (const auto listening = control.listen(paths.controlSocket); !listening) {
        return fail(listening.error());
    }
    greet((*service)->status());
    return QCoreApplication::exec();
}

} // namespace freerelay::app
