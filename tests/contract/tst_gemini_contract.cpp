#include "core/dialects/gemini/signature_book.h"
#include "core/dialects/openai_chat.h"
#include "tests/contract/provider_contract.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

using common::ErrorKind;

namespace {

QByteArray sse(const QByteArray &json)
{
    return "data: " + json + "\n\n";
}

const QByteArray hello = sse(R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]})");

QByteArray toolRequest(const QByteArray &parameters)
{
    return R"({"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":)"
           R"({"name":"f","parameters":)"
        + parameters + "}}]}";
}

/// A call of `f` as a client sends it back.
/// @param args  as they stand in JSON
QByteArray historyCall(const QByteArray &id, const QByteArray &args)
{
    const QByteArray call
        = R"({"type":"function","id":"%1","function":{"name":"f","arguments":"%2"}})";
    return QByteArray(call).replace("%1", id).replace("%2", args);
}

/// The cleaned parameters inside an encoded body.
QByteArray parametersIn(const QByteArray &body)
{
    const QByteArray key = R"("parameters":)";
    const qsizetype begin = body.indexOf(key) + key.size();
    const qsizetype end = body.indexOf("}]}]", begin);
    return body.mid(begin, end - begin);
}

} // namespace

class GeminiContract final : public ProviderContract
{
    Q_OBJECT

public:
    GeminiContract()
        : ProviderContract(catalog::Wire::GoogleGenerateContent, u"gemini"_s)
    { }

private Q_SLOTS:
    void tellsWhatAnErrorMeans_data()
    {
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, const char *error, ErrorKind kind) {
            QTest::newRow(name) << QByteArray(error) << int(kind);
        };
        row("overloaded", R"({"status":"UNAVAILABLE"})", ErrorKind::Unavailable);
        row("bad key",
            R"({"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]})",
            ErrorKind::Unauthenticated);
        row("bad request", R"({"status":"INVALID_ARGUMENT"})", ErrorKind::InvalidArgument);
        row("region", R"({"status":"FAILED_PRECONDITION"})", ErrorKind::PermissionDenied);
        row("minute quota",
            R"({"status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"XPerMinute"}]}]})",
            ErrorKind::RateLimited);
        row("day quota",
            R"({"status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"XPerDayY"}]}]})",
            ErrorKind::QuotaExhausted);
    }

    void tellsWhatAnErrorMeans()
    {
        QFETCH(QByteArray, error);
        QFETCH(int, kind);
        const QByteArray body = R"({"error":)" + error + '}';
        for (const QByteArray &form : {body, QByteArray('[' + body + ']')}) {
            const Outcome stream = translate(QByteArray(hello + sse(form)), context(true));
            QVERIFY(stream.error);
            QCOMPARE(int(stream.error->kind), kind);
            const Outcome whole = translate(form, context(false));
            QVERIFY(whole.error);
            QCOMPARE(int(whole.error->kind), kind);
        }
    }

    void callsABrokenToolCallUnavailable()
    {
        const QByteArray in = sse(R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})");
        const Outcome outcome = translate(in, context(true));
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::Unavailable);
    }

    void deliversABlockedPromptAsContentFilter()
    {
        const Outcome outcome = translate(
            sse(R"({"promptFeedback":{"blockReason":"SAFETY"}})"), context(true));
        QVERIFY(!outcome.error);
        QCOMPARE(outcome.progress.finishReason, "content_filter"_ba);
    }

    void callsAnEmptyReplyUnavailable()
    {
        const Outcome outcome = translate(
            sse(R"({"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]})"),
            context(true));
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::Unavailable);
    }

    void mapsFinishReasons_data()
    {
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("word");
        const std::pair<const char *, const char *> rows[] = {
            {"STOP", "stop"},
            {"MAX_TOKENS", "length"},
            {"SAFETY", "content_filter"},
            {"RECITATION", "content_filter"},
            {"PROHIBITED_CONTENT", "content_filter"},
            {"BLOCKLIST", "content_filter"},
            {"SPII", "content_filter"}};
        for (const auto &[reason, word] : rows) {
            QTest::newRow(reason) << QByteArray(reason) << QByteArray(word);
        }
    }

    void mapsFinishReasons()
    {
        QFETCH(QByteArray, reason);
        QFETCH(QByteArray, word);
        const QByteArray last = sse(R"({"candidates":[{"finishReason":")" + reason + R"("}]})");
        const Outcome outcome = translate(QByteArray(hello + last), context(true));
        QVERIFY(!outcome.error);
        QCOMPARE(outcome.progress.finishReason, word);
    }

    void asksForTheStreamOnItsOwnPath()
    {
        const QByteArray message = R"("messages":[{"role":"user","content":"Hi"}]})";
        QCOMPARE(encode("{" + message)->path, "/models/test-model:generateContent"_ba);
        QCOMPARE(
            encode("{\"stream\":true," + message)->path,
            "/models/test-model:streamGenerateContent?alt=sse"_ba);
    }

    void carriesThatAToolFailed()
    {
        const auto encoded = encode(
            R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":)"
            R"([{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
            R"({"role":"tool","tool_call_id":"t","is_error":true,"content":"no"}]})");
        QVERIFY(encoded);
        QVERIFY2(encoded->body.contains(R"("response":{"error":"no"})"), encoded->body);
    }

    void refusesWhatItCannotSay_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::newRow("image by address")
            << R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.example/x.png"}}]}]})"_ba;
        QTest::newRow("uploaded file")
            << R"({"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]})"_ba;
        QTest::newRow("no text") << R"({"messages":[{"role":"user","content":""}]})"_ba;
    }

    void refusesWhatItCannotSay()
    {
        QFETCH(QByteArray, request);
        const auto encoded = encode(request);
        QVERIFY(!encoded);
        QCOMPARE(encoded.error().kind, ErrorKind::InvalidArgument);
    }

    void cleansSchemas_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("cleaned");
        const auto row = [](const char *name, const char *schema, const char *cleaned) {
            QTest::newRow(name) << QByteArray(schema) << QByteArray(cleaned);
        };
        row("unknown keys go",
            R"({"$schema":"x","type":"object","additionalProperties":false,"x-a":1,"properties":{"a":{"type":"string","format":"uri"}}})",
            R"({"type":"object","properties":{"a":{"type":"string"}}})");
        row("a property may be called like a keyword",
            R"({"type":"object","properties":{"$schema":{"type":"string"},"format":{"type":"integer","format":"int32"}}})",
            R"({"type":"object","properties":{"$schema":{"type":"string"},"format":{"type":"integer","format":"int32"}}})");
        row("null becomes nullable",
            R"({"properties":{"a":{"type":["string","null"]}}})",
            R"({"properties":{"a":{"type":"string","nullable":true}},"type":"object"})");
        row("empty enum words go",
            R"({"type":"object","properties":{"a":{"type":"string","enum":["","x"]},"b":{"enum":[""]}}})",
            R"({"type":"object","properties":{"a":{"type":"string","enum":["x"]},"b":{}}})");
        row("references are inlined",
            R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A~1"}},"$defs":{"A/":{"type":"number"}}})",
            R"({"type":"object","properties":{"a":{"type":"number"}}})");
        row("recursion ends",
            R"({"type":"object","properties":{"next":{"$ref":"#/$defs/N"}},"$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}}})",
            R"({"type":"object","properties":{"next":{"type":"object","properties":{"next":{"type":"object"}}}}})");
        row("arrays have items",
            R"({"properties":{"a":{"type":"array"}},"type":"object"})",
            R"({"properties":{"a":{"type":"array","items":{"type":"string"}}},"type":"object"})");
        row("missing properties are not required",
            R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a","b"]})",
            R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})");
        row("oneOf with null",
            R"({"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]}}})",
            R"({"type":"object","properties":{"a":{"anyOf":[{"type":"string"}],"nullable":true}}})");
    }

    void cleansSchemas()
    {
        QFETCH(QByteArray, schema);
        QFETCH(QByteArray, cleaned);
        const auto encoded = encode(toolRequest(schema));
        QVERIFY2(encoded, qPrintable(encoded ? QString() : encoded.error().message));
        QCOMPARE(parametersIn(encoded->body), cleaned);
    }

    void givesLostSignaturesBack_data()
    {
        QTest::addColumn<QByteArray>("call");
        QTest::addColumn<QByteArray>("signature");
        const auto row = [](const char *name, const char *id, const char *args, const char *found) {
            QTest::newRow(name) << historyCall(id, args) << QByteArray(found);
        };
        row("same id", "call_r_0", R"({\"x\":1,\"y\":2})", "s1");
        row("same id, other arguments", "call_r_0", "{}", "s1");
        row("other id, same arguments", "mine", R"({ \"y\": 2, \"x\": 1 })", "s1");
        row("neither", "mine", "{}", "skip_thought_signature_validator");
    }

    void givesLostSignaturesBack()
    {
        QFETCH(QByteArray, call);
        QFETCH(QByteArray, signature);
        dialects::SignatureBook book;
        dialects::ReplyContext noting = context(true);
        noting.requestId = "r";
        noting.signatures = &book;
        const QByteArray reply = sse(
            R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":1,"y":2}},)"
            R"("thoughtSignature":"s1" }]},"finishReason":"STOP"}]})");
        QVERIFY(!translate(reply, noting).error);

        auto chat = dialects::parseOpenAiChat(
            R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[)"
            + call + R"(]}]})");
        QVERIFY(chat.has_value());
        chat->signatures = &book;
        catalog::Model model;
        model.name = "gemini-3-pro";
        const auto encoded = dialects::dialectFor(catalog::Wire::GoogleGenerateContent)
                                 ->encode(*chat, catalog::Provider(), model);
        QVERIFY(encoded.has_value());
        QVERIFY2(
            encoded->body.contains(QByteArray("\"thoughtSignature\":\"" + signature + '"')),
            encoded->body);
    }

    void forgetsTheOldestSignatures()
    {
        dialects::SignatureBook book;
        const auto call = [](int number, qsizetype size) {
            const QByteArray text = QByteArray::number(number);
            return dialects::ToolUseBlock{text, "f", "{\"n\":" + text + '}', QByteArray(size, 's')};
        };
        const qsizetype half = dialects::SignatureBook::mostBytes / 4;
        for (int number = 0; number < 3; ++number) {
            book.note(call(number, half)); // twice: by id and by arguments
        }
        QVERIFY(book.find(call(0, 0)).isEmpty());
        QCOMPARE(book.find(call(2, 0)).size(), half);
        book.note({"x", "f", "{}", {}});
        QVERIFY(book.find({"x", "f", "{}", {}}).isEmpty());
    }

    void refusesSchemasThatExplode()
    {
        // 2^40 strings when every reference is inlined.
        QByteArray definitions;
        for (int i = 0; i < 40; ++i) {
            const QByteArray next = "{\"$ref\":\"#/$defs/d" + QByteArray::number(i + 1) + "\"}";
            definitions += "\"d" + QByteArray::number(i)
                + "\":{\"type\":\"object\",\"properties\":{\"a\":" + next + ",\"b\":" + next
                + "}},";
        }
        const QByteArray schema
            = "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/d0\"}},\"$defs\":{"
            + definitions + R"("d40":{"type":"string"}}})";
        const auto encoded = encode(toolRequest(schema));
        QVERIFY(!encoded);
        QCOMPARE(encoded.error().kind, ErrorKind::InvalidArgument);
    }
};

} // namespace freerelay::tests

QTEST_APPLESS_MAIN(freerelay::tests::GeminiContract)
#include "tst_gemini_contract.moc"
