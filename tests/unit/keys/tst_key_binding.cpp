#include "core/keys/key_binding.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::ErrorKind;

Q_DECLARE_METATYPE(freerelay::keys::KeySource)

class TestKeyBinding final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheHostOfAnAddress_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("https") << "https://API.Groq.com/openai/v1"_ba
                               << "api.groq.com"_ba;
        QTest::newRow("own port") << "https://api.groq.com:443/v1"_ba
                                  << "api.groq.com"_ba;
        QTest::newRow("other port") << "https://api.groq.com:8443"_ba
                                    << "api.groq.com:8443"_ba;
        QTest::newRow("http") << "http://127.0.0.1:80"_ba
                              << "127.0.0.1"_ba;
        QTest::newRow("https port on http") << "http://127.0.0.1:443"_ba
                                            << "127.0.0.1:443"_ba;
        QTest::newRow("IPv6") << "http://[::1]:9/v1"_ba
                              << "[::1]:9"_ba;
        QTest::newRow("other scheme") << "ftp://x.example"_ba << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("no host") << "https:///v1"_ba << QByteArray();
        QTest::newRow("user") << "https://api.groq.com@evil.example/"_ba
                              << "evil.example"_ba;
    }

    void namesTheHostOfAnAddress()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, host);
        QCOMPARE(hostOf(url), host);
    }

    void knowsLoopback_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("loopback");
        QTest::newRow("v4") << "http://127.0.0.1:1"_ba << true;
        QTest::newRow("v4 net") << "http://127.9.9.9"_ba << true;
        QTest::newRow("v6") << "http://[::1]"_ba << true;
        QTest::newRow("name") << "http://localhost:11434/v1"_ba << true;
        QTest::newRow("any") << "http://0.0.0.0"_ba << false;
        QTest::newRow("lan") << "http://192.168.1.2"_ba << false;
        QTest::newRow("looks like") << "http://127.0.0.1.evil.example"_ba << false;
        QTest::newRow("begins like") << "http://localhost.evil.example"_ba << false;
    }

    void knowsLoopback()
    {
        QFETCH(QByteArray, url);
        QFETCH(bool, loopback);
        QCOMPARE(isLoopback(url), loopback);
        QCOMPARE(mayCarryKeys(url).has_value(), loopback);
    }

    void aKeyGoesOnlyWhereItMay_data()
    {
        QTest::addColumn<KeySource>("source");
        QTest::addColumn<QByteArray>("boundHost");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("allowed");
        const QByteArray shipped = "https://api.groq.com/openai/v1";
        const QByteArray proxy = "https://proxy.example/v1";
        QTest::newRow("environment, shipped")
            << KeySource::Environment << QByteArray() << shipped << true;
        QTest::newRow("environment, configured")
            << KeySource::Environment << QByteArray() << proxy << true;
        QTest::newRow("environment, plain http")
            << KeySource::Environment << QByteArray() << "http://proxy.example"_ba << false;
        QTest::newRow("environment, loopback")
            << KeySource::Environment << QByteArray() << "http://127.0.0.1:9"_ba << true;
        QTest::newRow(".env, shipped") << KeySource::DotEnv << QByteArray() << shipped << true;
        QTest::newRow("keychain, its host")
            << KeySource::Keychain << "api.groq.com"_ba << shipped << true;
        QTest::newRow("keychain, other host")
            << KeySource::Keychain << "api.groq.com"_ba << proxy << false;
        QTest::newRow("keychain, other port") << KeySource::Keychain << "api.groq.com"_ba
                                              << "https://api.groq.com:8443"_ba << false;
        QTest::newRow("keychain, no host")
            << KeySource::Keychain << QByteArray() << shipped << false;
        QTest::newRow("keychain, no host, no address")
            << KeySource::Keychain << QByteArray() << QByteArray() << false;
        QTest::newRow("keychain, downgraded") << KeySource::Keychain << "api.groq.com"_ba
                                              << "http://api.groq.com/v1"_ba << false;
        QTest::newRow("file, other host") << KeySource::File << "api.groq.com"_ba << proxy << false;
        QTest::newRow("session, other host")
            << KeySource::Session << "api.groq.com"_ba << proxy << false;
        QTest::newRow("session, its host")
            << KeySource::Session << "proxy.example"_ba << proxy << true;
    }

    void aKeyGoesOnlyWhereItMay()
    {
        QFETCH(KeySource, source);
        QFETCH(QByteArray, boundHost);
        QFETCH(QByteArray, url);
        QFETCH(bool, allowed);
        Key key;
        key.provider = "groq";
        key.source = source;
        key.boundHost = boundHost;
        freerelay::catalog::Provider provider;
        provider.id = "groq";
        const auto use = mayUse(key, provider, url);
        QCOMPARE(use.has_value(), allowed);
        if (!allowed) {
            QVERIFY(use.error().kind == ErrorKind::PermissionDenied);
            QVERIFY(!use.error().message.isEmpty());
        }
    }

    void aKeyOfAnotherProviderIsRefused()
    {
        Key key;
        key.provider = "mistral";
        freerelay::catalog::Provider provider;
        provider.id = "groq";
        QVERIFY(!mayUse(key, provider, "https://api.groq.com"));
    }

    void theRingKeepsTheOrderOfKeys()
    {
        Key first;
        first.provider = "groq";
        first.fingerprint = "1";
        Key second = first;
        second.fingerprint = "2";
        const KeyRing ring({first, second});
        QCOMPARE(ring.keysFor("groq").size(), std::size_t(2));
        QCOMPARE(ring.keysFor("groq").front().fingerprint, "1"_ba);
        QVERIFY(ring.keysFor("none").empty());
        QVERIFY(!ring.isEmpty());
        QVERIFY(KeyRing().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestKeyBinding)
#include "tst_key_binding.moc"
