#include "core/settings/value_text.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay::settings;

class TestValueText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTimesWithTheirUnit_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("milliseconds"); // -1: not a time
        QTest::newRow("ms") << u"300 ms"_s << qint64(300);
        QTest::newRow("s") << u"5s"_s << qint64(5'000);
        QTest::newRow("fraction") << u"1.5 s"_s << qint64(1'500);
        QTest::newRow("min") << u"10 min"_s << qint64(600'000);
        QTest::newRow("h") << u"1h"_s << qint64(3'600'000);
        QTest::newRow("zero") << u"0 s"_s << qint64(0);
        QTest::newRow("no unit") << u"5"_s << qint64(-1);
        QTest::newRow("unknown unit") << u"5 m"_s << qint64(-1);
        QTest::newRow("negative") << u"-5 s"_s << qint64(-1);
        QTest::newRow("two spaces") << u"5  s"_s << qint64(-1);
        QTest::newRow("too large") << u"999999999999999 h"_s << qint64(-1);
        QTest::newRow("empty") << QString() << qint64(-1);
    }

    void readsTimesWithTheirUnit()
    {
        QFETCH(QString, text);
        QFETCH(qint64, milliseconds);
        const auto read = durationFromText(text);
        QCOMPARE(read.value_or(std::chrono::milliseconds(-1)).count(), milliseconds);
    }

    void writesTimesAndSizesInTheLargestUnitThatDividesThem()
    {
        QCOMPARE(toText(90s), u"90 s"_s);
        QCOMPARE(toText(300s), u"5 min"_s);
        QCOMPARE(toText(1'500ms), u"1500 ms"_s);
        QCOMPARE(toText(0ms), u"0 ms"_s);
        QCOMPARE(bytesToText(32 << 20), u"32 MiB"_s);
        QCOMPARE(bytesToText(1'000), u"1000"_s);
    }

    void readsSizes()
    {
        QCOMPARE(bytesFromText(u"1024").value_or(-1), 1'024);
        QCOMPARE(bytesFromText(u"64 KiB").value_or(-1), 65'536);
        QCOMPARE(bytesFromText(u"0.5GiB").value_or(-1), 536'870'912);
        QVERIFY(!bytesFromText(u"1 MB"));
    }

    void acceptsBaseUrls_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("url"); // empty: refused
        QTest::newRow("https") << u"https://api.example/v1"_s << "https://api.example/v1"_ba;
        QTest::newRow("trailing slash")
            << u"http://127.0.0.1:1234/v1/"_s << "http://127.0.0.1:1234/v1"_ba;
        QTest::newRow("IPv6") << u"http://[::1]:8080"_s << "http://[::1]:8080"_ba;
        QTest::newRow("other scheme") << u"ftp://api.example"_s << QByteArray();
        QTest::newRow("file") << u"file:///etc/passwd"_s << QByteArray();
        QTest::newRow("no scheme") << u"api.example/v1"_s << QByteArray();
        QTest::newRow("no host") << u"http:///v1"_s << QByteArray();
        QTest::newRow("user name") << u"https://user:pass@api.example"_s << QByteArray();
        QTest::newRow("query") << u"https://api.example/?a=b"_s << QByteArray();
        QTest::newRow("fragment") << u"https://api.example/#a"_s << QByteArray();
        QTest::newRow("blank") << u"https://api example/"_s << QByteArray();
        QTest::newRow("line break") << u"https://api.example/\r\nX: y"_s << QByteArray();
    }

    void acceptsBaseUrls()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, url);
        QCOMPARE(baseUrlFromText(text).value_or(QByteArray()), url);
    }

    void acceptsHostsAndOriginsButNoWildcards()
    {
        QCOMPARE(hostFromText(u"MyBox.local:8000").value_or(QString()), u"mybox.local:8000"_s);
        QVERIFY(hostFromText(u"[fe80::1]:8000"));
        QVERIFY(!hostFromText(u"*"));
        QVERIFY(!hostFromText(u"http://mybox"));
        QVERIFY(!hostFromText(u"mybox/path"));
        QCOMPARE(
            originFromText(u"https://app.example").value_or(QString()), u"https://app.example"_s);
        QVERIFY(originFromText(u"vscode-webview://abc"));
        QVERIFY(!originFromText(u"*"));
        QVERIFY(!originFromText(u"null"));
        QVERIFY(!originFromText(u"https://app.example/"));
        QVERIFY(!originFromText(u"https://app.example/path"));
    }

    void listensOnWrittenOutAddressesOnly()
    {
        QVERIFY(listenHostFromText(u"127.0.0.1"));
        QVERIFY(listenHostFromText(u"::1"));
        QVERIFY(listenHostFromText(u"0.0.0.0"));
        QVERIFY(listenHostFromText(u"localhost"));
        QVERIFY(!listenHostFromText(u"8"));
        QVERIFY(!listenHostFromText(u"300.1.1.1"));
        QVERIFY(!listenHostFromText(u"example.org"));
        QVERIFY(!listenHostFromText(u""));
    }
};

QTEST_GUILESS_MAIN(TestValueText)
#include "tst_value_text.moc"
