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

void answerUnknown(QObject *context, Answer done)
{
    QMetaObject::invokeMethod(
        context, [done = std::move(done)] { done(std::nullopt); }, Qt::QueuedConnection);
}

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
        answerUnknown(context, std::move(done)); // no bus: a watcher would wait for ever
        return;
    }
    auto *watcher = new QDBusPendingCallWatcher(call, context);
    QObject::connect(
        watcher,
        &QDBusPendingCallWatcher::finished,
        context,
        [done = std::move(done)](QDBusPendingCallWatcher *finished) {
            const QDBusPendingReply<QDBusVariant> reply = *finished;
            finished->deleteLater();
            const QVariant locked = reply.isError() ? QVariant() : reply.value().variant();
            done(
                locked.userType() == QMetaType::Bool ? std::optional(locked.toBool())
                                                     : std::nullopt);
        });
}

#else

void askSecretServiceLocked(QObject *context, Answer done)
{
    answerUnknown(context, std::move(done));
}

#endif

} // namespace freerelay::keys
