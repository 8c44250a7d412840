#include "core/upstream/endpoint.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::upstream;
using common::ErrorKind;

class TestUpstreamEndpoint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsHostAndPortAsLibcurlDoes_data();
    void readsHostAndPortAsLibcurlDoes();
    void refusesWhatIsNoHttpAddress_data();
    void refusesWhatIsNoHttpAddress();
    void knowsLoopback_data();
    void knowsLoopback();
    void checksBaseUrls_data();
    void checksBaseUrls();
    void neverRepeatsTheUserPart();
    void refusesOwnListener_data();
    void refusesOwnListener();
    void bindsKeysToHosts_data();
    void bindsKeysToHosts();
    void joinsWithOneSlash_data();
    void joinsWithOneSlash();
};

void TestUpstreamEndpoint::readsHostAndPortAsLibcurlDoes_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<bool>("https");
    const auto row = [](const char *url, const char *host, int port, bool https) {
        QTest::newRow(url) << QByteArray(url) << QByteArray(host) << port << https;
    };
    row("https://API.Groq.com/openai/v1", "api.groq.com", 443, true);
    row("http://localhost", "localhost", 80, false);
    row("http://localhost.:11434/v1", "localhost", 11434, false);
    row("http://[::1]:8000/v1", "::1", 8000, false);
    row("http://0x7f.1:8000", "127.0.0.1", 8000, false);
    row("http://2130706433/", "127.0.0.1", 80, false);
}

void TestUpstreamEndpoint::readsHostAndPortAsLibcurlDoes()
{
    QFETCH(const QByteArray, url);
    QFETCH(const QByteArray, host);
    QFETCH(const int, port);
    QFETCH(const bool, https);
    const auto target = hostPortOf(url);
    QVERIFY(target);
    QCOMPARE(target->host, host);
    QCOMPARE(int(target->port), port);
    QCOMPARE(target->https, https);
}

void TestUpstreamEndpoint::refusesWhatIsNoHttpAddress_data()
{
    QTest::addColumn<QByteArray>("url");
    for (const char *url :
         {"",
          "localhost:8000",
          "ftp://host/",
          "file:///etc/passwd",
          "http://",
          "http://h:0/",
          "http://h:99999/",
          "http://a b/",
          "http://host/\r\nx: y",
          "//host/"}) {
        QTest::newRow(url) << QByteArray(url);
    }
}

void TestUpstreamEndpoint::refusesWhatIsNoHttpAddress()
{
    QFETCH(const QByteArray, url);
    const auto target = hostPortOf(url);
    QVERIFY(!target);
    QCOMPARE(target.error().kind, ErrorKind::InvalidArgument);
}

void TestUpstreamEndpoint::knowsLoopback_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("loopback");
    const auto row = [](const char *host, bool loopback) {
        QTest::newRow(host) << QByteArray(host) << loopback;
    };
    row("127.0.0.1", true);
    row("127.255.0.3", true);
    row("::1", true);
    row("[::1]", true);
    row("::ffff:127.0.0.1", true);
    row("LocalHost", true);
    row("models.localhost", true);
    row("localhost.", true);
    row("128.0.0.1", false);
    row("0.0.0.0", false);
    row("::2", false);
    row("::ffff:10.0.0.1", false);
    row("localhost.example.com", false);
    row("127.0.0.1.example.com", false);
    row("notlocalhost", false);
    row("", false);
}

void TestUpstreamEndpoint::knowsLoopback()
{
    QFETCH(const QByteArray, host);
    QTEST(isLoopback(host), "loopback");
}

void TestUpstreamEndpoint::checksBaseUrls_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<bool>("withKey");
    QTest::addColumn<bool>("fine");
    const auto row = [](const char *name, const char *url, bool withKey, bool fine) {
        QTest::newRow(name) << QByteArray(url) << withKey << fine;
    };
    row("https with key", "https://api.openai.com/v1", true, true);
    row("http to loopback with key", "http://127.0.0.1:1234/v1", true, true);
    row("http to the network without key", "http://10.0.0.5:11434", false, true);
    row("http to the network with key", "http://10.0.0.5:11434", true, false);
    row("user", "https://user@host/", false, false);
    row("user and password", "https://user:pw@host/", false, false);
    row("query", "https://host/v1?key=1", false, false);
    row("empty query", "https://host/v1?", false, false);
    row("fragment", "https://host/v1#a", false, false);
    row("empty fragment", "https://host/v1#", false, false);
    row("other scheme", "gopher://host/", false, false);
    row("no scheme", "api.openai.com/v1", false, false);
}

void TestUpstreamEndpoint::checksBaseUrls()
{
    QFETCH(const QByteArray, url);
    QFETCH(const bool, withKey);
    const auto checked = checkBaseUrl(url, withKey ? CarriesKey::Yes : CarriesKey::No);
    QTEST(checked.has_value(), "fine");
    if (!checked) {
        QCOMPARE(checked.error().kind, ErrorKind::InvalidArgument);
    }
}

void TestUpstreamEndpoint::neverRepeatsTheUserPart()
{
    const auto checked = checkBaseUrl("https://me:hush-hush@host/", CarriesKey::Yes);
    QVERIFY(!checked);
    QVERIFY(!checked.error().message.contains(QLatin1String("hush")));
    QVERIFY(!checked.error().detail.contains(QLatin1String("hush")));
}

void TestUpstreamEndpoint::refusesOwnListener_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<bool>("fine");
    const auto row = [](const char *url, bool fine) {
        QTest::newRow(url) << QByteArray(url) << fine;
    };
    row("http://127.0.0.1:8000/v1", false);
    row("http://localhost:8000", false);
    row("http://[::1]:8000", false);
    row("http://127.9.9.9:8000", false);
    row("http://0x7f000001:8000", false);
    row("http://0.0.0.0:8000", false);
    row("http://[::]:8000", false);
    row("http://192.168.1.7:8000", false);
    row("http://127.0.0.1:8001", true);
    row("http://192.168.1.8:8000", true);
    row("https://api.groq.com", true);
}

void TestUpstreamEndpoint::refusesOwnListener()
{
    QFETCH(const QByteArray, url);
    const auto checked = checkNotOwnListener(url, 8000, {"192.168.1.7"});
    QTEST(checked.has_value(), "fine");
    if (!checked) {
        QCOMPARE(checked.error().kind, ErrorKind::InvalidArgument);
        QVERIFY(checked.error().message.contains(QLatin1String(":8000")));
    }
}

void TestUpstreamEndpoint::bindsKeysToHosts_data()
{
    QTest::addColumn<QByteArray>("bound");
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<bool>("fits");
    const auto row = [](const char *bound, const char *url, bool fits) {
        QTest::addRow("%s to %s", bound, url) << QByteArray(bound) << QByteArray(url) << fits;
    };
    row("api.groq.com", "https://api.groq.com/openai/v1", true);
    row("API.groq.com", "https://api.groq.com:8443/", true);
    row("api.groq.com", "https://api.groq.com.evil.example/", false);
    row("api.groq.com", "https://groq.com/", false);
    row("127.0.0.1:1234", "http://127.0.0.1:1234/v1", true);
    row("127.0.0.1:1234", "http://127.0.0.1:1235/v1", false);
    row("[::1]:1234", "http://[::1]:1234/v1", true);
    row("[::1]", "http://[::1]:1234/v1", true);
    row("", "https://api.groq.com", false);
}

void TestUpstreamEndpoint::bindsKeysToHosts()
{
    QFETCH(const QByteArray, bound);
    QFETCH(const QByteArray, url);
    QTEST(isBoundTo(bound, url), "fits");
}

void TestUpstreamEndpoint::joinsWithOneSlash_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("joined");
    QTest::newRow("none") << QByteArray("https://h/v1") << QByteArray("models")
                          << QByteArray("https://h/v1/models");
    QTest::newRow("both") << QByteArray("https://h/v1/") << QByteArray("/models")
                          << QByteArray("https://h/v1/models");
    QTest::newRow("empty path") << QByteArray("https://h/v1") << QByteArray()
                                << QByteArray("https://h/v1");
    QTest::newRow("query") << QByteArray("https://h") << QByteArray("/a:b?alt=sse")
                           << QByteArray("https://h/a:b?alt=sse");
}

void TestUpstreamEndpoint::joinsWithOneSlash()
{
    QFETCH(const QByteArray, base);
    QFETCH(const QByteArray, path);
    QTEST(joinUrl(base, path), "joined");
}

QTEST_APPLESS_MAIN(TestUpstreamEndpoint)
#include "tst_upstream_endpoint.moc"
