#include "core/telemetry/redactor.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using telemetry::Redactor;

class TestRedactor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void masks_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("masked");
        const auto row = [](const char *name, const char *text, const char *masked) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(masked);
        };
        row("an exact value", "key mine/is+odd~1 refused", "key [redacted] refused");
        row("twice", "mine/is+odd~1mine/is+odd~1", "[redacted][redacted]");
        row("in an address", "GET /x?k=mine%2Fis%2Bodd~1&b=1", "GET /x?k=[redacted]&b=1");
        row("a longer value that begins alike", "mine/is+odd~1-and-more!", "[redacted]!");
        row("a known prefix", "bad key gsk_abcDEF123456.", "bad key [redacted].");
        row("a prefix in quotes", "\"sk-ant-api03-abcdef\"", "\"[redacted]\"");
        row("no prefix, long", "t 0123456789abcdef0123456789abcdef.", "t [redacted].");
        row("bearer", "Authorization: Bearer abc.def~ghi=", "Authorization: Bearer [redacted]");
        row("basic", "basic dXNlcjpwdw==", "basic [redacted]");
        row("query", "https://h/v1?key=hunter22&x=1", "https://h/v1?key=[redacted]&x=1");
        row("header", "x-api-key: hunter22", "x-api-key: [redacted]");
        row("assignment", "OPENAI_API_KEY=hunter22 done", "OPENAI_API_KEY=[redacted] done");
        row("JSON", "{\"api_key\":\"hunter22\",\"a\":1}", "{\"api_key\":\"[redacted]\",\"a\":1}");
        row("escaped JSON", R"({\"password\": \"hunter22\"})", R"({\"password\": \"[redacted]\"})");
        row("user in an address", "redis://user:pa:ss@host:1/0", "redis://[redacted]@host:1/0");
        row("token", "access_token=hunter22", "access_token=[redacted]");
        row("beside other letters", "ключ gsk_abcDEF123456 ✓", "ключ [redacted] ✓");
    }

    void masks()
    {
        QFETCH(QString, text);
        QFETCH(QString, masked);
        QCOMPARE(redactor().redact(text), masked);
    }

    void leavesOtherTextAlone_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"",
              "groq/meta-llama/llama-4-maverick-17b-128e-instruct-fp8 answered",
              "req_0123456789abcdef01234567",
              "123e4567-e89b-12d3-a456-426614174000",
              "No provider answered: rate_limited at groq, timeout at mistral.",
              "prompt_tokens=12 tokens: 45678 keys: 3",
              "http://127.0.0.1:8000/v1 listens",
              "the key of groq was refused",
              "/home/user/.config/freerelay/settings.yaml:12:3",
              "a line\nand a 😀"}) {
            QTest::newRow(text) << QString::fromUtf8(text);
        }
    }

    void leavesOtherTextAlone()
    {
        QFETCH(QString, text);
        QCOMPARE(redactor().redact(text), text);
    }

    void keepsMaskingWhatWasTold()
    {
        Redactor all;
        all.setSecrets({common::Secret("first-value"_ba)});
        all.setSecrets({common::Secret("second-value"_ba)});
        QCOMPARE(all.redact(u"first-value second-value"_s), u"[redacted] [redacted]"_s);
    }

    void doesNotMaskByValuesThatAreWords()
    {
        Redactor all;
        all.setSecrets({common::Secret("demo"_ba), common::Secret()});
        QCOMPARE(all.redact(u"the demo answers"_s), u"the demo answers"_s);
    }

private:
    [[nodiscard]] static const Redactor &redactor()
    {
        static Redactor instance;
        instance.setSecrets(
            {common::Secret("mine/is+odd~1"_ba), common::Secret("mine/is+odd~1-and-more"_ba)});
        return instance;
    }
};

QTEST_GUILESS_MAIN(TestRedactor)
#include "tst_redactor.moc"
