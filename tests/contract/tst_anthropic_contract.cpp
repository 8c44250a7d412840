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

const QByteArray start = sse(R"({"type":"message_start","message":{"id":"msg_1","model":"m"}})");
const QByteArray textBlock = sse(
    R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
const QByteArray textDelta = sse(
    R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}})");
const QByteArray blockStop = sse(R"({"type":"content_block_stop","index":0})");
const QByteArray endTurn = sse(
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}})");
const QByteArray messageStop = sse(R"({"type":"message_stop"})");

} // namespace

class AnthropicContract final : public ProviderContract
{
    Q_OBJECT

public:
    AnthropicContract()
        : ProviderContract(catalog::Wire::AnthropicMessages, u"anthropic"_s)
    { }

private Q_SLOTS:
    void acceptsTheOrderThatTheOthersBreak()
    {
        const QByteArray in = start + textBlock + textDelta + blockStop + endTurn + messageStop;
        QVERIFY(!translate(in, context(true)).error);
    }

    void refusesEventsOutOfOrder_data()
    {
        QTest::addColumn<QByteArray>("in");
        QTest::newRow("block before start") << QByteArray(textBlock + textDelta);
        QTest::newRow("two starts") << QByteArray(start + start);
        QTest::newRow("delta without block") << QByteArray(start + textDelta);
        QTest::newRow("block inside block") << QByteArray(start + textBlock + textBlock);
        QTest::newRow("stop without block") << QByteArray(start + blockStop);
        QTest::newRow("end inside block") << QByteArray(start + textBlock + textDelta + endTurn);
        QTest::newRow("message_stop too early")
            << QByteArray(start + textBlock + textDelta + blockStop + messageStop);
        QTest::newRow("block after the end") << QByteArray(start + endTurn + textBlock);
        QTest::newRow("index skipped") << QByteArray(
            start
            + sse(R"({"type":"content_block_start","index":1,"content_block":{"type":"text"}})"));
        QTest::newRow("delta of another kind") << QByteArray(
            start + textBlock
            + sse(
                R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1"}})"));
        QTest::newRow("delta of another block") << QByteArray(
            start + textBlock
            + sse(
                R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"x"}})"));
    }

    void refusesEventsOutOfOrder()
    {
        QFETCH(QByteArray, in);
        const auto translator
            = dialects::dialectFor(catalog::Wire::AnthropicMessages)->translator(context(true));
        QByteArray out;
        // At once, not only when the stream ends: that would be refused as cut anyway.
        const std::optional<common::Error> error = translator->feed(in, out);
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::ProtocolError);
    }

    void carriesThatAToolFailed()
    {
        const auto encoded = encode(
            R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":)"
            R"([{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
            R"({"role":"tool","tool_call_id":"t","is_error":true,"content":"no"}]})");
        QVERIFY(encoded);
        QVERIFY2(encoded->body.contains(R"("is_error":true)"), encoded->body);
    }

    void tellsWhatAnErrorEventMeans_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *type, ErrorKind kind) {
            QTest::newRow(type) << QByteArray(type) << int(kind);
        };
        row("overloaded_error", ErrorKind::Unavailable);
        row("api_error", ErrorKind::Unavailable);
        row("rate_limit_error", ErrorKind::RateLimited);
        row("invalid_request_error", ErrorKind::InvalidArgument);
        row("authentication_error", ErrorKind::Unauthenticated);
        row("billing_error", ErrorKind::QuotaExhausted);
        row("permission_error", ErrorKind::PermissionDenied);
        row("not_found_error", ErrorKind::NotFound);
        row("timeout_error", ErrorKind::Timeout);
        row("an_error_to_come", ErrorKind::Unavailable);
    }

    void tellsWhatAnErrorEventMeans()
    {
        QFETCH(QByteArray, type);
        QFETCH(int, kind);
        const QByteArray body
            = R"({"type":"error","error":{"type":"TYPE","message":"no"}})"_ba.replace("TYPE", type);
        const QByteArray stream = start + textBlock + textDelta + sse(body);
        QCOMPARE(int(translate(stream, context(true)).error->kind), kind);
        QCOMPARE(int(translate(body, context(false)).error->kind), kind);
    }

    void callsAnEmptyReplyUnavailable()
    {
        const Outcome outcome = translate(start + endTurn + messageStop, context(true));
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::Unavailable);
    }

    void commitsOnlyOnContent()
    {
        const auto translator
            = dialects::dialectFor(catalog::Wire::AnthropicMessages)->translator(context(true));
        QByteArray out;
        QVERIFY(!translator->feed(QByteArray(start + sse(R"({"type":"ping"})") + textBlock), out));
        QVERIFY(!translator->progress().content);
        QVERIFY(!translator->feed(textDelta, out));
        QVERIFY(translator->progress().content);
        QVERIFY(!translator->feed(QByteArray(blockStop + endTurn), out));
        QVERIFY(translator->progress().finished);
        QVERIFY(!translator->progress().ended);
        QVERIFY(!translator->feed(messageStop, out));
        QVERIFY(translator->progress().ended);
    }

    void countsTheCacheIntoThePrompt()
    {
        const QByteArray body
            = R"({"type":"message","id":"m","content":[{"type":"text","text":"x"}],)"
              R"("stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":5,)"
              R"("cache_creation_input_tokens":200,"cache_read_input_tokens":3000}})";
        const dialects::Usage usage = translate(body, context(false)).progress.usage;
        QCOMPARE(usage.promptTokens, std::optional<std::int64_t>(3210));
        QCOMPARE(usage.completionTokens, std::optional<std::int64_t>(5));
        QCOMPARE(usage.cachedTokens, std::optional<std::int64_t>(3000));
    }

    void sendsVersionAndPath()
    {
        const auto encoded = encode(R"({"messages":[{"role":"user","content":"Hi"}]})");
        QVERIFY(encoded);
        QCOMPARE(encoded->path, "/v1/messages"_ba);
        QCOMPARE(encoded->headers.value("anthropic-version"), "2023-06-01"_ba);
    }

    void refusesWhatItCannotSay_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::newRow("two choices") << R"({"n":2,"messages":[{"role":"user","content":"Hi"}]})"_ba;
        QTest::newRow("audio")
            << R"({"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]})"_ba;
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
};

} // namespace freerelay::tests

QTEST_APPLESS_MAIN(freerelay::tests::AnthropicContract)
#include "tst_anthropic_contract.moc"
