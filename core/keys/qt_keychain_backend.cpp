#include "qt_keychain_backend.h"

#include "core/keys/secret_service.h"

#include <qt6keychain/keychain.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;

/// libsecret reports a missing bus or service as "some other error", in words only.
bool soundsLikeNoService(const QString &words)
{
    static const QStringList signs{
        u"D-Bus"_s,
        u"DBus"_s,
        u"autolaunch"_s,
        u"ServiceUnknown"_s,
        u"not provided by any .service"_s,
        u"Could not connect"_s,
        u"No such file"_s,
        u"unsupported transport"_s};
    return std::any_of(signs.begin(), signs.end(), [&words](const QString &sign) {
        return words.contains(sign, Qt::CaseInsensitive);
    });
}

QLatin1StringView reasonOf(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return keychain_reason::denied;
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return keychain_reason::noService;
    default:
        break;
    }
    return soundsLikeNoService(job.errorString()) ? keychain_reason::noService
                                                  : keychain_reason::failed;
}

Result<void> outcomeOf(const QKeychain::Job &job)
{
    if (job.error() == QKeychain::NoError) {
        return {};
    }
    if (job.error() == QKeychain::EntryNotFound) {
        return failure(ErrorKind::NotFound, u"The keychain has no such entry."_s);
    }
    return failure(keychainError(reasonOf(job), job.errorString()));
}

} // namespace

QtKeychainBackend::QtKeychainBackend(QString service, QObject *parent)
    : QObject(parent)
    , m_service(std::move(service))
{ }

void QtKeychainBackend::start(
    QKeychain::Job *job, const QString &entry, std::function<void(QKeychain::Job &)> finished)
{
    job->setKey(entry);
    job->setInsecureFallback(false);
    connect(
        job,
        &QKeychain::Job::finished,
        this,
        [finished = std::move(finished)](QKeychain::Job *done) { finished(*done); });
    job->start(); // deletes itself when it has finished
}

template <typename T> bool QtKeychainBackend::refuseWithoutBus(const Callback<T> &done)
{
    if (hasKeychainBus()) {
        return false;
    }
    QMetaObject::invokeMethod(
        this,
        [done] {
            done(failure(keychainError(
                keychain_reason::noService, u"There is no D-Bus in this session."_s)));
        },
        Qt::QueuedConnection);
    return true;
}

void QtKeychainBackend::read(const QString &entry, Callback<common::Secret> done)
{
    if (refuseWithoutBus(done)) {
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(m_service, this);
    start(job, entry, [job, done = std::move(done)](QKeychain::Job &finished) {
        auto outcome = outcomeOf(finished);
        if (!outcome) {
            done(failure(std::move(outcome.error())));
            return;
        }
        done(common::Secret(job->textData().toUtf8()));
    });
}

void QtKeychainBackend::write(
    const QString &entry, const common::Secret &value, Callback<void> done)
{
    if (refuseWithoutBus(done)) {
        return;
    }
    auto *job = new QKeychain::WritePasswordJob(m_service, this);
    job->setTextData(QString::fromUtf8(value.reveal()));
    start(job, entry, [done = std::move(done)](QKeychain::Job &finished) {
        done(outcomeOf(finished));
    });
}

void QtKeychainBackend::remove(const QString &entry, Callback<void> done)
{
    if (refuseWithoutBus(done)) {
        return;
    }
    auto *job = new QKeychain::DeletePasswordJob(m_service, this);
    start(job, entry, [done = std::move(done)](QKeychain::Job &finished) {
        done(outcomeOf(finished));
    });
}

void QtKeychainBackend::askLocked(std::function<void(std::optional<bool>)> done)
{
    askSecretServiceLocked(this, std::move(done));
}

} // namespace freerelay::keys
