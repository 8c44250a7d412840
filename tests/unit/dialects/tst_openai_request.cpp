#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheBodyThatItHas();
    void readsWhatRoutingNeeds();
    void acceptsEveryDocumentedField();
    void keepsTheBodyAsReceived();
    void acceptsNullForOptionalFields();
    void takesAMissingModelAsNone();
    void readsAnEscapedName();
    void takesTheLastOfRepeatedNames();
    void seesImages();
    void seesSchemas();
    void estimatesTokensFromText();
    void acceptsRanges_data();
    void acceptsRanges();
    void refusesBadBodies_data();
    void refusesBadBodies();
    void refusesWrongValues_data();
    void refusesWrongValues();
};

namespace {

/// A valid request with `more` behind its messages.
QByteArray with(const QByteArray &more)
{
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + more + '}';
}

QByteArray withMessages(const QByteArray &messages)
{
    return R"({"model":"m","messages":)" + messages + '}';
}

} // namespace

void OpenAiRequestTest::readsTheBodyThatItHas()
{
    auto request = parseOpenAiChat(R"({"model":"one","messages":[{"role":"user","content":"x"}]})");
    QVERIFY(request);
    QVERIFY(request->root().node() != nullptr);
    const ChatRequest copy = *request;
    request->body = R"( {"model":"two"} )";
    QCOMPARE(request->root()["model"].string(), QByteArray("two"));
    QCOMPARE(copy.root()["model"].string(), QByteArray("one"));
}

void OpenAiRequestTest::readsWhatRoutingNeeds()
{
    const auto request = parseOpenAiChat(with(
        R"(,"stream":true,"stream_options":{"include_usage":true},"n":3,"max_tokens":77,"tools":[{"type":"function","function":{"name":"f"}}],"response_format":{"type":"json_object"})"));
    QVERIFY(request);
    QCOMPARE(request->model, "m"_ba);
    QVERIFY(request->stream);
    QVERIFY(request->includeUsage);
    QCOMPARE(request->needs.choices, 3);
    QCOMPARE(request->needs.outputTokensRequested, 77);
    QVERIFY(request->needs.tools);
    QVERIFY(request->needs.jsonObject);
    QVERIFY(!request->needs.jsonSchema);
    QVERIFY(!request->needs.vision);
}

void OpenAiRequestTest::acceptsEveryDocumentedField()
{
    const auto request = parseOpenAiChat(with(
        R"(,"audio":{"voice":"alloy","format":"mp3"},"frequency_penalty":-2,"function_call":"auto","functions":[{"name":"f"}],)"
        R"("logit_bias":{"50256":-100},"logprobs":true,"max_completion_tokens":9,"max_tokens":1,"metadata":{"a":"b"},)"
        R"("modalities":["text"],"moderation":{"x":1},"n":1,"parallel_tool_calls":false,"prediction":{"type":"content","content":"x"},)"
        R"("presence_penalty":2.0,"prompt_cache_key":"k","prompt_cache_options":{},"prompt_cache_retention":"24h",)"
        R"("reasoning_effort":"high","response_format":{"type":"text"},"safety_identifier":"s","seed":-5,"service_tier":"auto",)"
        R"("stop":["a","b","c","d"],"store":false,"stream":false,"stream_options":null,"temperature":2,"tool_choice":{"type":"function","function":{"name":"f"}},)"
        R"("tools":[{"type":"custom","custom":{"name":"c"}}],"top_logprobs":20,"top_p":0.0,"user":"u","verbosity":"low","web_search_options":{},"unknown_thing":[1])"));
    QVERIFY2(request, request ? "" : qPrintable(request.error().message));
    QCOMPARE(request->needs.outputTokensRequested, 9);
    QVERIFY(request->needs.tools);
}

void OpenAiRequestTest::keepsTheBodyAsReceived()
{
    const QByteArray body = " " + with(",\n \"temperature\" : 0.70 ") + "\n";
    const auto request = parseOpenAiChat(body);
    QVERIFY(request);
    QCOMPARE(request->body, body);
    QVERIFY(request->body.capacity() - request->body.size() >= jsonPadding);
}

void OpenAiRequestTest::acceptsNullForOptionalFields()
{
    const auto request = parseOpenAiChat(
        R"({"messages":[{"role":"user","content":"x"}],"model":null,"temperature":null,"stream":null,"tools":null,"n":null,"stop":null,"response_format":null,"logit_bias":null,"stream_options":null,"max_tokens":null,"tool_choice":null,"user":null})");
    QVERIFY(request);
    QCOMPARE(request->model, ""_ba);
    QVERIFY(!request->stream);
    QCOMPARE(request->needs.choices, 1);
    QCOMPARE(request->needs.outputTokensRequested, 0);
}

void OpenAiRequestTest::takesAMissingModelAsNone()
{
    const auto request = parseOpenAiChat(R"({"messages":[{"role":"user","content":"x"}]})");
    QVERIFY(request);
    QVERIFY(request->model.isEmpty());
}

void OpenAiRequestTest::readsAnEscapedName()
{
    const auto request = parseOpenAiChat(
        R"({"mod\u0065l":"g\u0070t","messages":[{"r\u006fle":"us\u0065r","content":"x"}]})");
    QVERIFY(request);
    QCOMPARE(request->model, "gpt"_ba);
}

void OpenAiRequestTest::takesTheLastOfRepeatedNames()
{
    const auto request = parseOpenAiChat(
        R"({"model":"a","stream":true,"messages":[],"model":"b","stream":false,"messages":[{"role":"user","content":"x"}]})");
    QVERIFY(request);
    QCOMPARE(request->model, "b"_ba);
    QVERIFY(!request->stream);
}

void OpenAiRequestTest::seesImages()
{
    const auto request = parseOpenAiChat(withMessages(
        R"([{"role":"user","content":[{"type":"text","text":"what"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"something_new","x":1}]}])"));
    QVERIFY(request);
    QVERIFY(request->needs.vision);
    QVERIFY(request->needs.promptTokensEstimated >= 1'000);
    QVERIFY(request->needs.promptTokensEstimated < 2'100);
}

void OpenAiRequestTest::seesSchemas()
{
    const auto request = parseOpenAiChat(with(
        R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}})"));
    QVERIFY(request);
    QVERIFY(request->needs.jsonSchema);
    QVERIFY(!request->needs.jsonObject);
}

void OpenAiRequestTest::estimatesTokensFromText()
{
    const QByteArray text(4'000, 'a');
    const auto request = parseOpenAiChat(withMessages(
        R"([{"role":"system","content":")" + text
        + R"("},{"role":"user","content":[{"type":"text","text":")" + text + R"("}]}])"));
    QVERIFY(request);
    QCOMPARE(request->needs.promptTokensEstimated, 2'000);
}

void OpenAiRequestTest::acceptsRanges_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("accepted");
    const auto bounds = [](const char *name,
                           const QByteArrayList &good,
                           const QByteArrayList &bad) {
        for (const QByteArray &value : good) {
            QTest::addRow("%s %s", name, value.constData()) << QByteArray(name) << value << true;
        }
        for (const QByteArray &value : bad) {
            QTest::addRow("%s %s", name, value.constData()) << QByteArray(name) << value << false;
        }
    };
    bounds(
        "temperature", {"0", "2", "1.5", "0.0"}, {"-0.001", "2.001", "3", "\"1\"", "true", "[]"});
    bounds("top_p", {"0", "1"}, {"-0.1", "1.01", "\"x\""});
    bounds("n", {"1", "128"}, {"0", "129", "-1", "1.5", "\"2\""});
    bounds("presence_penalty", {"-2", "2"}, {"-2.1", "2.1"});
    bounds("frequency_penalty", {"-2", "2"}, {"-2.1", "2.1"});
    bounds("top_logprobs", {"0", "20"}, {"-1", "21", "1.0"});
    bounds("max_tokens", {"1", "1000000000"}, {"0", "-1", "1.5", "\"10\""});
    bounds("max_completion_tokens", {"1"}, {"0", "{}"});
    bounds("seed", {"-1", "0", "9007199254740993"}, {"1.5", "\"1\""});
    bounds("stream", {"true", "false"}, {"1", "\"true\""});
    bounds("logprobs", {"true"}, {"0"});
    bounds("store", {"false"}, {"\"no\""});
    bounds("parallel_tool_calls", {"true"}, {"1"});
    bounds("user", {"\"u\""}, {"1"});
    bounds("metadata", {"{}"}, {"[]", "\"x\""});
    bounds("modalities", {"[]"}, {"\"text\""});
    bounds("reasoning_effort", {"\"low\""}, {"1"});
    bounds(
        "stop",
        {"\"x\"", "[]", "[\"a\",\"b\",\"c\",\"d\"]"},
        {"1", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "{}"});
    bounds(
        "logit_bias",
        {"{}", "{\"1\":100,\"2\":-100}"},
        {"{\"1\":101}", "{\"1\":-100.5}", "{\"1\":\"2\"}", "[]"});
    bounds(
        "tool_choice",
        {"\"none\"", "\"auto\"", "\"required\"", "{\"type\":\"function\"}"},
        {"\"any\"", "1", "[]"});
    bounds("tools", {"[]"}, {"{}", "\"x\""});
    bounds("functions", {"[]"}, {"{}"});
    bounds("model", {"\"x\""}, {"1", "[\"x\"]", "{}", "true"});
}

void OpenAiRequestTest::acceptsRanges()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(bool, accepted);
    const auto request = parseOpenAiChat(with(",\"" + name + "\":" + value));
    QCOMPARE(request.has_value(), accepted);
    if (!request) {
        QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
        QCOMPARE(request.error().param, QString::fromLatin1(name));
    }
}

void OpenAiRequestTest::refusesBadBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("text") << "hello"_ba;
    QTest::newRow("array") << "[]"_ba;
    QTest::newRow("string") << "\"x\""_ba;
    QTest::newRow("null") << "null"_ba;
    QTest::newRow("truncated") << R"({"messages":[{"role":"user")"_ba;
    QTest::newRow("invalid UTF-8") << with(",\"user\":\"\xff\"");
    QTest::newRow("too deep") << with(",\"x\":" + QByteArray(200, '[') + QByteArray(200, ']'));
    QTest::newRow("bad value in an unknown member") << with(R"(,"x":[tru])");
}

void OpenAiRequestTest::refusesBadBodies()
{
    QFETCH(QByteArray, body);
    const auto request = parseOpenAiChat(body);
    QVERIFY(!request);
    QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
    QVERIFY(!request.error().message.isEmpty());
}

void OpenAiRequestTest::refusesWrongValues_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("param");
    const auto row = [](const char *name, const QByteArray &body, const char *param) {
        QTest::newRow(name) << body << QString::fromLatin1(param);
    };
    row("no messages", "{}", "messages");
    row("messages null", R"({"messages":null})", "messages");
    row("messages a string", R"({"messages":"hi"})", "messages");
    row("messages empty", withMessages("[ ]"), "messages");
    row("message a string", withMessages(R"(["x"])"), "messages[0]");
    row("no role", withMessages(R"([{"content":"x"}])"), "messages[0].role");
    row("role a number", withMessages(R"([{"role":1,"content":"x"}])"), "messages[0].role");
    row("unknown role",
        withMessages(R"([{"role":"user","content":"x"},{"role":"robot","content":"x"}])"),
        "messages[1].role");
    row("no content", withMessages(R"([{"role":"user"}])"), "messages[0].content");
    row("content null", withMessages(R"([{"role":"user","content":null}])"), "messages[0].content");
    row("content a number",
        withMessages(R"([{"role":"user","content":5}])"),
        "messages[0].content");
    row("assistant without anything",
        withMessages(R"([{"role":"assistant"}])"),
        "messages[0].content");
    row("part a string",
        withMessages(R"([{"role":"user","content":["x"]}])"),
        "messages[0].content[0]");
    row("part without type",
        withMessages(R"([{"role":"user","content":[{"text":"x"}]}])"),
        "messages[0].content[0].type");
    row("text missing",
        withMessages(R"([{"role":"user","content":[{"type":"text"}]}])"),
        "messages[0].content[0].text");
    row("image without address",
        withMessages(R"([{"role":"user","content":[{"type":"image_url","image_url":{}}]}])"),
        "messages[0].content[0].image_url.url");
    row("tool without id",
        withMessages(R"([{"role":"tool","content":"x"}])"),
        "messages[0].tool_call_id");
    row("tool calls an object",
        withMessages(R"([{"role":"assistant","content":null,"tool_calls":{}}])"),
        "messages[0].tool_calls");
    row("tool call a string",
        withMessages(R"([{"role":"assistant","content":null,"tool_calls":["x"]}])"),
        "messages[0].tool_calls[0]");
    row("tool a string", with(R"(,"tools":["x"])"), "tools[0]");
    row("tool without type", with(R"(,"tools":[{}])"), "tools[0].type");
    row("function without name",
        with(R"(,"tools":[{"type":"function","function":{}}])"),
        "tools[0].function.name");
    row("stop with a number", with(R"(,"stop":["a",1])"), "stop[1]");
    row("unknown format", with(R"(,"response_format":{"type":"xml"})"), "response_format.type");
    row("schema missing",
        with(R"(,"response_format":{"type":"json_schema"})"),
        "response_format.json_schema");
    row("include_usage a string",
        with(R"(,"stream_options":{"include_usage":"yes"})"),
        "stream_options.include_usage");
}

void OpenAiRequestTest::refusesWrongValues()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, param);
    const auto request = parseOpenAiChat(body);
    QVERIFY(!request);
    QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
    QCOMPARE(request.error().param, param);
}

QTEST_APPLESS_MAIN(OpenAiRequestTest)
#include "tst_openai_request.moc"
