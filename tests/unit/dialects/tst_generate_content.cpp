#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/generate_content/generate_content_reader.h"
#include "core/dialects/generate_content/generate_content_writer.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/sse_encoder.h"
#include "core/dialects/sse_to_array.h"
#include "tests/support/relay_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

common::Result<ClientRequest> readGoogle(
    const QByteArray &body,
    const QByteArray &method = "generateContent"_ba,
    const QByteArray &query = {})
{
    const QByteArray path = "/v1beta/models/m:" + method;
    return GenerateContentDialect().read({body, path, query});
}

/// One user turn, with more members.
QByteArray hello(const QByteArray &more)
{
    return R"({"contents":[{"parts":[{"text":"Hi"}]}])" + more + '}';
}

// moc cannot read some raw strings with quotes.
const QByteArray resultOfG = "\"{\\\"a\\\":2}\"";

QByteArray contents(const QByteArray &list)
{
    return "{\"contents\":[" + list + "]}";
}

/// What becomes of it.
QByteArray chat(const QByteArray &messages, const QByteArray &more = "\"tools\":[]")
{
    return R"({"model":"m",)" + more + R"(,"messages":[)" + messages + "]}";
}

QByteArray helloChat(const QByteArray &more)
{
    return chat(R"({"role":"user","content":"Hi"})", more);
}

QByteArray written(const EventList &events, ClientReplyContext context)
{
    GenerateContentWriter writer(std::move(context));
    QByteArray out;
    for (const CanonicalEvent &event : events) {
        writer.write(event, out);
    }
    writer.finish(out);
    return out;
}

QJsonArray asArray(const QByteArray &events)
{
    SseToArray array;
    QByteArray out;
    array.feed(events, out);
    array.finish(out);
    return QJsonDocument::fromJson(out).array();
}

/// Two calls, the first signed.
EventList replyWithCalls()
{
    return {
        {MessageStart{"id", "model"}},
        {ThinkingDelta{"hm"}},
        {TextDelta{"let "}},
        {TextDelta{"me"}},
        {RedactedThinking{"s0", googleSignatureFormat}},
        {RedactedThinking{"theirs", anthropicSignatureFormat}},
        {ToolStart{0, "c1", "f", "s1"}},
        {ToolStart{1, "c2", "g", {}}},
        {ToolArgumentsDelta{0, "{\"a\""}},
        {ToolArgumentsDelta{0, ":1}"}},
        {Finish{FinishReason::ToolCalls, {}}},
        {UsageReport{Usage{10, 7, 4, 2}}}};
}

} // namespace

/// Google's generateContent API: requests in OpenAI's form, replies in Google's.
class TestGenerateContent final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysItInOpenAisForm_data()
    {
        const auto row = saidRows();
        row("parameters",
            hello(
                R"(,"generationConfig":{"temperature":0.70,"topP":0.9,"topK":5,"maxOutputTokens":9,)"
                R"("candidateCount":2,"stopSequences":["E"],"seed":3,"presencePenalty":1,"frequencyPenalty":2})"),
            helloChat(
                R"("temperature":0.70,"top_p":0.9,"top_k":5,"max_tokens":9,"n":2,"stop":["E"],"seed":3,)"
                R"("presence_penalty":1,"frequency_penalty":2,"tools":[])"));
        row("names in snake case",
            hello(
                R"(,"system_instruction":{"parts":[{"text":"A"}]},"generation_config":{"top_p":0.9})"),
            chat(
                R"({"role":"system","content":"A"},{"role":"user","content":"Hi"})",
                R"("top_p":0.9,"tools":[])"));
        row("system texts are joined",
            hello(R"(,"systemInstruction":{"parts":[{"text":"A"},{"text":"\u00e9"}]})"),
            chat(R"({"role":"system","content":"A\n\né"},{"role":"user","content":"Hi"})"));
        row("media",
            contents(
                R"({"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"QUJD"}},)"
                R"({"inline_data":{"mime_type":"audio/mpeg","data":"QUJD"}},{"inlineData":{"mimeType":"application/pdf","data":"QUJD"}},)"
                R"({"inlineData":{"mimeType":"text/csv","data":"QUJD"}}]})"),
            chat(
                R"({"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},)"
                R"({"type":"input_audio","input_audio":{"data":"QUJD","format":"mp3"}},)"
                R"({"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,QUJD"}},)"
                R"({"type":"text","text":"ABC"}]})"));
        row("calls without ids get their results in order",
            contents(
                R"({"role":"model","parts":[{"text":"a","thought":true},{"text":"b"},{"text":"c","thoughtSignature":"s0"},)"
                R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"s1"},{"functionCall":{"name":"f"}},)"
                R"({"functionCall":{"id":"x","name":"g"}}]},)"
                R"({"role":"user","parts":[{"text":"and"},{"functionResponse":{"name":"f","response":{"output":"1"}}},)"
                R"({"functionResponse":{"id":"x","name":"g","response":{"a":2}}},)"
                R"({"functionResponse":{"name":"f","response":{"error":"no"}}}]})"),
            chat(
                R"({"role":"assistant","content":"bc","reasoning_details":[{"type":"reasoning.encrypted","data":"s0","format":"google-gemini-v1"}],)"
                R"("tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s1"}}},)"
                R"({"id":"call_2","type":"function","function":{"name":"f","arguments":"{}"}},)"
                R"({"id":"x","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
                R"({"role":"tool","tool_call_id":"call_1","content":"1"},{"role":"tool","tool_call_id":"x","content":)"
                + resultOfG
                + R"(},)"
                  R"({"role":"tool","tool_call_id":"call_2","is_error":true,"content":"no"},{"role":"user","content":"and"})"));
        row("results with an id belong to the call of that id",
            contents(
                R"({"role":"model","parts":[{"functionCall":{"id":"x","name":"f"}},{"functionCall":{"name":"f"}},)"
                R"({"functionCall":{"id":"y","name":"f"}}]},)"
                R"({"role":"user","parts":[{"functionResponse":{"id":"y","name":"f","response":{"output":"1"}}},)"
                R"({"functionResponse":{"id":"x","name":"f","response":{"output":"2"}}},)"
                R"({"functionResponse":{"name":"f","response":{"output":"3"}}},)"
                R"({"functionResponse":{"id":"z","name":"f","response":{"output":"4"}}}]})"),
            chat(
                R"({"role":"assistant","content":null,)"
                R"("tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}},)"
                R"({"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}},)"
                R"({"id":"y","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
                R"({"role":"tool","tool_call_id":"y","content":"1"},{"role":"tool","tool_call_id":"x","content":"2"},)"
                R"({"role":"tool","tool_call_id":"call_1","content":"3"},{"role":"tool","tool_call_id":"z","content":"4"})"));
        row("tools, of which one may be called",
            hello(
                R"(,"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{)"
                R"("type":{"type":"STRING","nullable":true,"minLength":"2"},"l":{"type":"ARRAY","items":{"type":"INTEGER"}}},)"
                R"("propertyOrdering":["type"]}},{"name":"g"}]}],)"
                R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}})"),
            helloChat(
                R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{)"
                R"("type":{"type":["string","null"],"minLength":2},"l":{"type":"array","items":{"type":"integer"}}}}}}],"tool_choice":"required")"));
        row("JSON by Google's schema",
            hello(
                R"(,"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}})"),
            helloChat(
                R"("response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}},"tools":[])"));
        row("JSON",
            hello(R"(,"generationConfig":{"responseMimeType":"application/json"})"),
            helloChat(R"("response_format":{"type":"json_object"},"tools":[])"));
        row("thinking by tokens",
            hello(R"(,"generationConfig":{"thinkingConfig":{"thinkingBudget":512}})"),
            helloChat(R"("thinking":{"type":"enabled","budget_tokens":512},"tools":[])"));
        row("thinking by level",
            hello(R"(,"generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH"}})"),
            helloChat(R"("reasoning_effort":"high","tools":[])"));
        row("counting",
            R"({"generateContentRequest":)" + hello(R"(,"model":"models/x" )") + '}',
            helloChat(R"("tools":[])"));
    }

    void saysItInOpenAisForm()
    {
        compareSaid(
            [](const QByteArray &request) { return withNothingIgnored(readGoogle(request)); });
    }

    void thePathSaysWhatIsAskedFor()
    {
        QCOMPARE(googleTarget("/v1beta/models/a/b:free:generateContent"_ba).model, "a/b:free"_ba);
        const auto events = readGoogle(hello({}), "streamGenerateContent"_ba, "key=k&alt=sse"_ba);
        QVERIFY(parseOpenAiChat(events->chat)->stream);
        QVERIFY(!events->asArray);
        QVERIFY(readGoogle(hello({}), "streamGenerateContent"_ba)->asArray);
        QVERIFY(!readGoogle(hello({}))->asArray);
    }

    void namesWhatItLeavesOut()
    {
        const auto read = readGoogle(
            hello(R"(,"safetySettings":[],"labels":{},"tools":[{"googleSearch":{}}],)"
                  R"("generationConfig":{"speechConfig":{}})"));
        const QByteArrayList expected{
            "safetySettings", "generationConfig.speechConfig", "tools[0] googleSearch"};
        QCOMPARE(read->ignored, expected);
    }

    void refusesWhatWouldChangeTheAnswer_data()
    {
        QTest::addColumn<QByteArray>("google");
        QTest::addColumn<QString>("param");
        const auto row = [](const char *param, const QByteArray &in) {
            QTest::newRow(param) << in << QString::fromLatin1(param);
        };
        row("cachedContent", hello(R"(,"cachedContent":"cachedContents/1" )"));
        row("contents", "{}");
        row("contents[0].role", contents(R"({"role":"x","parts":[]})"));
        row("contents[0].parts[0].inlineData.mimeType",
            contents(R"({"parts":[{"inlineData":{"mimeType":"video/mp4","data":"QUJD"}}]})"));
        row("contents[0].parts[1].fileData",
            contents(
                R"({"parts":[{"text":"a"},{"fileData":{"mimeType":"image/png","fileUri":"gs:a"}}]})"));
        row("generationConfig.responseModalities",
            hello(R"(,"generationConfig":{"responseModalities":["TEXT","IMAGE"]})"));
    }

    void refusesWhatWouldChangeTheAnswer()
    {
        QFETCH(QByteArray, google);
        QFETCH(QString, param);
        const auto read = readGoogle(google);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, common::ErrorKind::InvalidArgument);
        QVERIFY(read.error().message.startsWith(param));
    }

    void writesWholeReplies()
    {
        const QJsonObject whole = parsed(
            written(replyWithCalls(), {.requestId = "r", .thinking = true, .stream = false}));
        const QJsonObject expected = parsed(
            R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"let me"},)"
            R"({"text":"","thoughtSignature":"s0"},)"
            R"({"functionCall":{"id":"c1","name":"f","args":{"a":1}},"thoughtSignature":"s1"},)"
            R"({"functionCall":{"id":"c2","name":"g","args":{}}}],"role":"model"},"finishReason":"STOP","index":0}],)"
            R"("usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":2,)"
            R"("cachedContentTokenCount":4,"totalTokenCount":17},"modelVersion":"model","responseId":"r"})");
        QCOMPARE(whole, expected);
    }

    void streamsTextAtOnceAndCallsWhole()
    {
        const QJsonArray events = asArray(
            written(replyWithCalls(), {.requestId = "r", .thinking = false, .stream = true}));
        QCOMPARE(events.size(), 4); // two texts, a signature, the end
        const auto part = [&events](int at, int number) {
            return events[at][u"candidates"_s][0][u"content"_s][u"parts"_s][number];
        };
        QCOMPARE(part(0, 0)[u"text"_s].toString(), u"let "_s);
        QVERIFY(events[0][u"candidates"_s][0][u"finishReason"_s].isUndefined());
        QCOMPARE(part(2, 0)[u"thoughtSignature"_s].toString(), u"s0"_s);
        QCOMPARE(part(3, 0)[u"functionCall"_s][u"args"_s][u"a"_s].toInt(), 1);
        QCOMPARE(events[3][u"candidates"_s][0][u"finishReason"_s].toString(), u"STOP"_s);
        QCOMPARE(events[3][u"usageMetadata"_s][u"totalTokenCount"_s].toInt(), 17);
    }

    void keepsCandidatesApart()
    {
        const QJsonObject whole = parsed(written(
            {{TextDelta{"a"}, 0},
             {TextDelta{"b"}, 1},
             {Finish{FinishReason::Length, {}}, 1},
             {Finish{FinishReason::ContentFilter, {}}, 0}},
            {.requestId = "r"}));
        const QJsonArray candidates = whole[u"candidates"_s].toArray();
        QCOMPARE(candidates.size(), 2);
        QCOMPARE(candidates[0][u"finishReason"_s].toString(), u"SAFETY"_s);
        QCOMPARE(candidates[1][u"finishReason"_s].toString(), u"MAX_TOKENS"_s);
        QCOMPARE(candidates[1][u"content"_s][u"parts"_s][0][u"text"_s].toString(), u"b"_s);
        QVERIFY(!whole.contains(u"usageMetadata"_s)); // nobody counted
    }

    void anEmptyStreamIsAnEmptyArray()
    {
        SseToArray array;
        QByteArray out;
        array.finish(out);
        QCOMPARE(out, "[]"_ba);
    }

    void errorsHaveGooglesShape()
    {
        const QByteArray error = GenerateContentDialect().error({429, "slow down"_ba, {}});
        QCOMPARE(
            parsed(error),
            parsed(
                R"({"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}})"));
    }
};

QTEST_APPLESS_MAIN(TestGenerateContent)
#include "tst_generate_content.moc"
