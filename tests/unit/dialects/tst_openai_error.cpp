#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiErrorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAllFourFields();
    void writesNullForWhatIsEmpty();
    void endsAStreamWithoutDone();
    void escapesStrings_data();
    void escapesStrings();
};

void OpenAiErrorTest::writesAllFourFields()
{
    QCOMPARE(
        openAiError("no \"x\"", "invalid_request_error", "model", "model_not_found"),
        R"({"error":{"message":"no \"x\"","type":"invalid_request_error","param":"model","code":"model_not_found"}})"_ba);
}

void OpenAiErrorTest::writesNullForWhatIsEmpty()
{
    QCOMPARE(
        openAiError("m", "server_error"),
        R"({"error":{"message":"m","type":"server_error","param":null,"code":null}})"_ba);
}

void OpenAiErrorTest::endsAStreamWithoutDone()
{
    QCOMPARE(
        openAiStreamError("cut\noff", "server_error", "cut"),
        "data: {\"error\":{\"message\":\"cut\\noff\",\"type\":\"server_error\",\"param\":null,\"code\":\"cut\"}}\n\n"_ba);
}

void OpenAiErrorTest::escapesStrings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("plain") << "abc"_ba
                           << R"("abc")"_ba;
    QTest::newRow("quotes") << R"(a"b\c)"_ba
                            << R"("a\"b\\c")"_ba;
    QTest::newRow("control") << "\x01\n\r\t\x1f"_ba
                             << R"("\u0001\n\r\t\u001f")"_ba;
    QTest::newRow("NUL") << QByteArray("\0", 1) << R"("\u0000")"_ba;
    QTest::newRow("UTF-8") << "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"_ba
                           << "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""_ba;
    QTest::newRow("lone byte") << "a\xff"
                                  "b"_ba
                               << "\"a\xef\xbf\xbd"
                                  "b\""_ba;
    QTest::newRow("cut sequence") << "\xe2\x82"_ba
                                  << "\"\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("overlong") << "\xc0\xaf"_ba
                              << "\"\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("surrogate") << "\xed\xa0\x80"_ba
                               << "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("beyond Unicode") << "\xf5\x80\x80\x80"_ba
                                    << "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""_ba;
}

void OpenAiErrorTest::escapesStrings()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QByteArray out;
    appendJsonString(out, text);
    QCOMPARE(out, json);
    QVERIFY(parseJson(out));
}

QTEST_APPLESS_MAIN(OpenAiErrorTest)
#include "tst_openai_error.moc"
