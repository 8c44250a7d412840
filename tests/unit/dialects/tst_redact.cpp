#include "core/dialects/redact.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class RedactTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hidesKeys_data();
    void hidesKeys();
    void keepsOrdinaryWords();
};

void RedactTest::hidesKeys_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("OpenAI") << "sk-proj-abc123DEF456"_ba;
    QTest::newRow("OpenAI, masked by itself") << "sk-abc1********************wxyz"_ba;
    QTest::newRow("OpenRouter") << "sk-or-v1-0123456789abcdef"_ba;
    QTest::newRow("Groq") << "gsk_0123456789abc"_ba;
    QTest::newRow("Google") << "AIzaSyA0123456789"_ba;
    QTest::newRow("NVIDIA") << "nvapi-0123456789"_ba;
    QTest::newRow("Mistral, no prefix") << "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"_ba;
}

void RedactTest::hidesKeys()
{
    QFETCH(QByteArray, key);
    QCOMPARE(redactSecrets("bad key " + key + ", sorry"), "bad key [redacted], sorry"_ba);
    QCOMPARE(redactSecrets(key), "[redacted]"_ba);
    QCOMPARE(redactSecrets("'" + key + "' '" + key + "'"), "'[redacted]' '[redacted]'"_ba);
}

void RedactTest::keepsOrdinaryWords()
{
    const QByteArray text = "model `openai/gpt-oss-120b` "
                            "GenerateRequestsPerDayPerProjectPerModel-FreeTier sk-1 https://x.y/z";
    QCOMPARE(redactSecrets(text), text);
}

QTEST_APPLESS_MAIN(RedactTest)
#include "tst_redact.moc"
