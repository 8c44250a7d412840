#include "core/settings/settings_file.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay::settings;
using freerelay::common::ErrorKind;
using freerelay::common::Mode;

class TestSettingsFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingMeansDefaults_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("comments") << "# nothing here\n\n"_ba;
        QTest::newRow("empty groups") << "limits:\nproviders:\nallowed_hosts:\n"_ba;
        QTest::newRow("empty map") << "{}"_ba;
        QTest::newRow("byte order mark") << "\xef\xbb\xbf# hello\n"_ba;
    }

    void nothingMeansDefaults()
    {
        QFETCH(QByteArray, yaml);
        const auto parsed = parseSettings(yaml, u"s.yaml"_s);
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().message));
        QCOMPARE(parsed->value, Settings());
    }

    void readsAWholeFile()
    {
        const auto parsed = parseSettings(
            "mode: free\nport: 8123\nallowed_hosts: [box.local]\nallowed_origins:\n"
            "  - https://app.example\nunknown_peer: allow\nlimits:\n  head_timeout: 5s\n"
            "  max_body_bytes: 64 MiB\nrequest_deadline: 10 min\nproviders:\n  groq:\n"
            "    base_url: http://127.0.0.1:9000/v1\n    consent: true\n"
            "  cloudflare: {extra: {account_id: abc}}\nlog_format: json\n",
            u"s.yaml"_s);
        QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().message));
        const Settings &settings = parsed->value;
        QVERIFY(settings.mode == Mode::Free);
        QCOMPARE(settings.port, 8123);
        QCOMPARE(settings.allowedHosts, QStringList{u"box.local"_s});
        QCOMPARE(settings.allowedOrigins, QStringList{u"https://app.example"_s});
        QCOMPARE(settings.unknownPeer, UnknownPeer::Allow);
        QVERIFY(settings.limits.headTimeout == 5s);
        QCOMPARE(settings.limits.maxBodyBytes, std::int64_t(64) << 20);
        QVERIFY(settings.requestDeadline == 10min);
        QVERIFY(settings.provider("groq").consent);
        QCOMPARE(settings.provider("cloudflare").extra.value("account_id"), "abc"_ba);
        QCOMPARE(settings.logFormat, u"json"_s);
        QCOMPARE(parsed->lines.value(u"limits.head_timeout"_s), 8);
    }

    void saysWhereAndWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("position");
        QTest::addColumn<QString>("says");
        QTest::newRow("syntax") << "mode: [free\nport: 1\n"_ba << u"s.yaml:2:"_s << u"not YAML"_s;
        QTest::newRow("tab") << "limits:\n\thead_timeout: 5s\n"_ba << u"s.yaml:2:1"_s
                             << u"not YAML"_s;
        QTest::newRow("unknown") << "mode: free\nprot: 1\n"_ba << u"s.yaml:2:1"_s << u"“port”"_s;
        QTest::newRow("unknown below")
            << "limits:\n  head_timeot: 5s\n"_ba << u"s.yaml:2:3"_s << u"head_timeout"_s;
        QTest::newRow("twice") << "port: 1\nmode: free\nport: 2\n"_ba << u"s.yaml:3:1"_s
                               << u"set twice"_s;
        QTest::newRow("provider twice")
            << "providers:\n  groq: {}\n  groq: {}\n"_ba << u"s.yaml:3:3"_s << u"set twice"_s;
        QTest::newRow("range") << "port: 70000\n"_ba << u"s.yaml:1:7"_s << u"from 0 to 65535"_s;
        QTest::newRow("no value") << "mode:\n"_ba << u"s.yaml:1:1"_s << u"one value"_s;
        QTest::newRow("list for scalar")
            << "port: [1, 2]\n"_ba << u"s.yaml:1:7"_s << u"whole number"_s;
        QTest::newRow("map for scalar") << "port: {a: 1}\n"_ba << u"s.yaml:1:1"_s << u"one value"_s;
        QTest::newRow("scalar for list")
            << "allowed_hosts: a.local\n"_ba << u"s.yaml:1:16"_s << u"list"_s;
        QTest::newRow("scalar for group") << "limits: 5\n"_ba << u"s.yaml:1:9"_s << u"pairs"_s;
        QTest::newRow("list at top") << "- a\n"_ba << u"s.yaml:1:1"_s << u"pairs"_s;
        QTest::newRow("nested list")
            << "allowed_hosts: [[a]]\n"_ba << u"s.yaml:1:17"_s << u"plain values"_s;
        QTest::newRow("wildcard") << "allowed_origins: ['*']\n"_ba << u"s.yaml:1:18"_s
                                  << u"exact origins"_s;
        QTest::newRow("two documents")
            << "port: 1\n---\nport: 2\n"_ba << u"s.yaml:3:1"_s << u"one document"_s;
        QTest::newRow("merge key")
            << "limits:\n  <<: {head_timeout: 1s}\n"_ba << u"s.yaml:2:3"_s << u"no setting"_s;
        QTest::newRow("dotted") << "limits.head_timeout: 5s\n"_ba << u"s.yaml:1:1"_s
                                << u"no setting"_s;
        QTest::newRow("provider name")
            << "providers: {Groq!: {}}\n"_ba << u"s.yaml:1:13"_s << u"name of a provider"_s;
        QTest::newRow("column in characters")
            << "providers: {groq: {base_url: \"ü\", enabled: 2}}\n"_ba << u"s.yaml:1:"_s
            << u"base_url"_s;
        QTest::newRow("together")
            << "limits:\n  max_body_bytes: 1 GiB\n  max_buffered_bytes: 1 MiB\n"_ba
            << u"s.yaml:3:1"_s << u"smaller"_s;
        QTest::newRow("binary") << "port: 1\xff\n"_ba << u"s.yaml:1:1"_s << u"UTF-8"_s;
    }

    void saysWhereAndWhatIsWrong()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, position);
        QFETCH(QString, says);
        const auto parsed = parseSettings(yaml, u"s.yaml"_s);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::InvalidArgument);
        const QString message = parsed.error().message;
        QVERIFY2(message.startsWith(position), qPrintable(message));
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    void survivesHostileDocuments_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("deep") << QByteArray(100'000, '[');
        QTest::newRow("deep maps") << QByteArray("{a: ").repeated(50'000);
        QTest::newRow("too large") << QByteArray(maxSettingsBytes + 1, '#');
        QByteArray laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c < 'k'; ++c) {
            const QByteArray before = "*" + QByteArray(1, static_cast<char>(c - 1));
            laughs += QByteArray(1, c) + ": &" + QByteArray(1, c) + " [" + before + "," + before
                + "," + before + "]\n";
        }
        QTest::newRow("aliases") << laughs;
        QTest::newRow("NUL") << QByteArray("port: 1\0", 8);
        QTest::newRow("UTF-16") << QByteArray("\xff\xfep\0o\0", 6);
    }

    void survivesHostileDocuments()
    {
        QFETCH(QByteArray, yaml);
        QVERIFY(!parseSettings(yaml, u"s.yaml"_s));
        QVERIFY(!editSettings(yaml, u"s.yaml"_s, u"port"_s, u"1"_s));
    }

    void editsOneValueAndKeepsTheComments()
    {
        const auto edited = editSettings(
            "# mine\nport: 8000 # taken by the other one\nmode: auto\n",
            u"s.yaml"_s,
            u"port"_s,
            u"8001"_s);
        QCOMPARE(edited.value(), "# mine\nport: 8001 # taken by the other one\nmode: auto\n"_ba);
    }

    void refusesToEditWhatItDoesNotUnderstand()
    {
        const auto bad = editSettings("prot: 1\n", u"s.yaml"_s, u"port"_s, u"1"_s);
        QVERIFY(!bad);
        QVERIFY(bad.error().message.startsWith("s.yaml:1:1"_L1));
        QCOMPARE(
            editSettings("", u"s.yaml"_s, u"prot"_s, u"1"_s).error().kind, ErrorKind::NotFound);
        QCOMPARE(
            editSettings("", u"s.yaml"_s, u"port"_s, u"x"_s).error().kind,
            ErrorKind::InvalidArgument);
        QVERIFY(!editSettings("", u"s.yaml"_s, u"allowed_hosts"_s, u"a"_s));
        QVERIFY(!editSettings("", u"s.yaml"_s, u"limits.max_buffered_bytes"_s, u"1 MiB"_s));
    }
};

QTEST_GUILESS_MAIN(TestSettingsFile)
#include "tst_settings_file.moc"
