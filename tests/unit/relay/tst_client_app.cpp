#include "core/relay/client_app.h"

#include <QTest>

using namespace freerelay;
using namespace Qt::Literals::StringLiterals;

class TestClientApp final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesTheFirstProduct_data()
    {
        QTest::addColumn<QByteArray>("userAgent");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("version");
        const auto row = [](const char *userAgent, const char *name, const char *version) {
            QTest::newRow(userAgent)
                << QByteArray(userAgent) << QByteArray(name) << QByteArray(version);
        };
        row("", "", "");
        row("claude-cli/1.0.2 (external, cli)", "claude-cli", "1.0.2");
        row("OpenAI/Python 1.40.0", "OpenAI/Python", "1.40.0");
        row("AsyncOpenAI/JS v4.1", "AsyncOpenAI/JS", "v4.1");
        row("curl/7.88.1", "curl", "7.88.1");
        row("continue", "continue", "");
        row("ai-sdk/openai/2.0.1 ai-sdk/provider-utils/3 runtime/node", "ai-sdk/openai", "2.0.1");
        row("Mozilla/5.0 (X11; Linux x86_64) Chrome/120", "Mozilla", "5.0");
        row("tool (build 7)", "tool", "");
        row("tool next", "tool", "");
        row("(only a comment)", "", "");
        row(" 1.0", "", "1.0");
        row("evil\x01\"';drop", "evil", "");
        row("key/sk-abcdefghij0123456789", "key/[redacted]", "");
    }

    void takesTheFirstProduct()
    {
        QFETCH(QByteArray, userAgent);
        const relay::ClientApp app = relay::clientApp(userAgent);
        QTEST(app.name, "name");
        QTEST(app.version, "version");
    }

    void isShortWhateverIsSent()
    {
        const relay::ClientApp app = relay::clientApp(
            QByteArray(QByteArray(100, 'a') + "/1" + QByteArray(100'000, '.')));
        QCOMPARE(app.name.size(), 48);
        QCOMPARE(app.version.size(), 24);
    }

    void theLastOneIsRemembered()
    {
        relay::LastClientApp last;
        QCOMPARE(last.of({}).name, QByteArray());
        const QByteArray name = last.of("curl/7.88.1"_ba).name;
        QCOMPARE(name, "curl"_ba);
        QVERIFY(last.of("curl/7.88.1"_ba).name.isSharedWith(name)); // not read once more
        QCOMPARE(last.of("curl/8.0"_ba).version, "8.0"_ba);
        QCOMPARE(last.of({}).name, QByteArray());
        QCOMPARE(last.of("gsk_abcdefghijklmnop/1.0"_ba).name, "[redacted]"_ba);
    }

    void hidesWhatLooksLikeASecret()
    {
        QCOMPARE(relay::clientApp("gsk_abcdefghijklmnop/1.0").name, "[redacted]"_ba);
        QCOMPARE(relay::clientApp("x/0123456789abcdef0123456789abcdef01").version, "[redacted]"_ba);
    }
};

QTEST_APPLESS_MAIN(TestClientApp)
#include "tst_client_app.moc"
