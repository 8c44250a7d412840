#include "core/keys/keychain_secret_store.h"
#include "core/keys/qt_keychain_backend.h"
#include "tests/support/await_result.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingReply>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::ErrorKind;
using freerelay::common::Result;
using freerelay::common::Secret;
using freerelay::tests::awaitResult;

/// Against a real gnome-keyring; run by with_keyring.sh.
class TestKeychain final : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] static std::unique_ptr<KeychainSecretStore> opened()
    {
        return std::make_unique<KeychainSecretStore>(
            std::make_unique<QtKeychainBackend>(u"freerelay-test"_s));
    }

    static Result<std::vector<StoredKey>> readAll(KeychainSecretStore &store)
    {
        return awaitResult<std::vector<StoredKey>>([&](auto done) { store.readAll(done); });
    }

    static Result<StoredKey>
    write(KeychainSecretStore &store, const QByteArray &provider, const QByteArray &key)
    {
        return awaitResult<StoredKey>([&](auto done) {
            store.write({provider, {}, "api.groq.com", Secret(key)}, done);
        });
    }

    /// Asynchronous calls that are waited for: Qt's blocking ones leak, which a sanitizer reports.
    template <typename Reply>
    static QDBusPendingReply<Reply> ask(const QString &method, const QVariant &argument)
    {
        QDBusMessage message = QDBusMessage::createMethodCall(
            u"org.freedesktop.secrets"_s,
            u"/org/freedesktop/secrets"_s,
            u"org.freedesktop.Secret.Service"_s,
            method);
        message << argument;
        QDBusPendingReply<Reply> reply = QDBusConnection::sessionBus().asyncCall(message);
        reply.waitForFinished();
        return reply;
    }

    /// The daemon is started, but may not have taken its name on the bus yet.
    static bool isServiceThere()
    {
        QDBusMessage message = QDBusMessage::createMethodCall(
            u"org.freedesktop.DBus"_s,
            u"/org/freedesktop/DBus"_s,
            u"org.freedesktop.DBus"_s,
            u"NameHasOwner"_s);
        message << u"org.freedesktop.secrets"_s;
        QDBusPendingReply<bool> reply = QDBusConnection::sessionBus().asyncCall(message);
        reply.waitForFinished();
        return !reply.isError() && reply.value();
    }

    static void lock()
    {
        const auto collection = ask<QDBusObjectPath>(u"ReadAlias"_s, u"default"_s);
        QVERIFY2(!collection.isError(), qPrintable(collection.error().message()));
        const auto locked = ask<QList<QDBusObjectPath>>(
            u"Lock"_s, QVariant::fromValue(QList<QDBusObjectPath>{collection.value()}));
        QVERIFY2(!locked.isError(), qPrintable(locked.error().message()));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(freerelay::common::initialiseCrypto());
        QTRY_VERIFY(isServiceThere());
    }

    void keepsSeveralKeysOverARestart()
    {
        {
            const auto store = opened();
            QVERIFY(readAll(*store).value().empty());
            const auto first = write(*store, "groq", "gsk_first");
            QVERIFY2(first, first ? "" : qPrintable(first.error().message + first.error().detail));
            QVERIFY(write(*store, "groq", "gsk_second"));
            QVERIFY(write(*store, "mistral", QByteArray(2'000, 'm')));
        }
        const auto store = opened();
        const auto keys = readAll(*store);
        QVERIFY(keys);
        QCOMPARE(keys->size(), std::size_t(3));
        QCOMPARE(keys->at(0).secret.reveal(), "gsk_first"_ba);
        QCOMPARE(keys->at(1).secret.reveal(), "gsk_second"_ba);
        QCOMPARE(keys->at(2).secret.reveal().size(), 2'000);
        QCOMPARE(keys->at(0).boundHost, "api.groq.com"_ba);
    }

    void removesOneKeyAndKeepsTheOthers()
    {
        const auto store = opened();
        const StoredKey first = readAll(*store).value().front();
        QVERIFY(
            awaitResult<void>([&](auto done) { store->remove(first.provider, first.id, done); }));
        const auto left = readAll(*store);
        QCOMPARE(left.value().size(), std::size_t(2));
        const auto again = awaitResult<void>(
            [&](auto done) { store->remove(first.provider, first.id, done); });
        QVERIFY(!again && again.error().kind == ErrorKind::NotFound);
    }

    // The last one: nobody can unlock it again without a display.
    void aLockedKeyringIsToldFromAnEmptyOne()
    {
        lock();
        const auto store = opened();
        const auto keys = readAll(*store);
        QVERIFY(!keys);
        QVERIFY(keys.error().kind == ErrorKind::KeychainUnavailable);
        QVERIFY2(keys.error().param == keychain_reason::locked, qPrintable(keys.error().detail));
        const auto written = write(*store, "groq", "gsk_third");
        QVERIFY(!written);
        QCOMPARE(written.error().param, QString(keychain_reason::locked));
    }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
