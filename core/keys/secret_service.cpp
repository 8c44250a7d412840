#include "secret_service.h"

#include <QMetaObject>

#ifdef FREERELAY_HAS_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

using Answer = std::function<void(std::optional<bool>)>;

void answerLater(QObject *context, Answer done, std::optional<bool> locked)
{
    QMetaObject::invokeMethod(
        context, [done = std::move(done), locked] { done(locked); }, Qt::QueuedConnection);
}

#ifdef FREERELAY_HAS_DBUS

std::optional<bool> lockedIn(const QDBusPendingReply<QDBusVariant> &reply)
{
    const QVariant locked = reply.isError() ? QVariant() : reply.value().variant();
    return locked.userType() == QMetaType::Bool ? std::optional(locked.toBool()) : std::nullopt;
}

#endif

} // namespace

#ifdef FREERELAY_HAS_DBUS

void askSecretServiceLocked(QObject *context, Answer done)
{
    constexpr int patienceMs = 2'000; // QDBusConnection takes plain milliseconds
    QDBusMessage question = QDBusMessage::createMethodCall(
        u"org.freedesktop.secrets"_s,
        u"/org/freedesktop/secrets/aliases/default"_s,
        u"org.freedesktop.DBus.Properties"_s,
        u"Get"_s);
    question << u"org.freedesktop.Secret.Collection"_s << u"Locked"_s;
    question.setAutoStartService(false);
    const QDBusPendingCall call = QDBusConnection::sessionBus().asyncCall(question, patienceMs);
    if (call.isFinished()) {
        // Without a bus at once, and with one when its thread was quicker than this one: a watcher
        // would wait for ever.
        answerLater(context, std::move(done), lockedIn(call));
        return;
    }
    auto *watcher = new QDBusPendingCallWatcher(call, context);
    QObject::connect(
        watcher,
        &QDBusPendingCallWatcher::finished,
        context,
        [done = std::move(done)](QDBusPendingCallWatcher *finished) {
            finished->deleteLater();
            done(lockedIn(*finished));
        });
}

bool hasKeychainBus()
{
    if (QDBusConnection::sessionBus().isConnected()) {
        return true;
    }
    // Qt remembers for good that there was none.
    const QString name = u"freerelay-keychain"_s;
    const bool found
        = QDBusConnection::connectToBus(QDBusConnection::SessionBus, name).isConnected();
    QDBusConnection::disconnectFromBus(name);
    return found;
}

#else

void askSecretServiceLocked(QObject *context, Answer done)
{
    answerLater(context, std::move(done), std::nullopt);
}

bool hasKeychainBus()
{
    return true;
}

#endif

} // namespace freerelay::keys
