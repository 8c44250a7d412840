#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/openai_messages_encoder.h"
#include "core/dialects/provider_dialect.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiRequestEncoderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void changesOnlyTheModel();
    void replacesEveryModel();
    void addsAMissingModel();
    void asksForUsageInStreams_data();
    void asksForUsageInStreams();
    void tellsPathAndHeaders();
    void dropsWhatTheProviderRefuses();
    void namesWhatItDrops();
    void dropsWhatOnlyThisModelRefuses();
    void dropsNullsOnlyForFussyProviders();
    void renamesAndDropsTheSecondSpelling();
    void clampsNumbers();
    void mapsToolChoice();
    void turnsParallelCallsOffOnlyWithTools();
    void saysASchemaInWords();
    void sendsStopAsAnArray();
    void sendsMaxTokensWhereItIsRequired();
    void dropsSamplingForModelsThatRefuseIt();
    void dropsAnEmptyToolList();
    void saysDeveloperAsSystem();
    void keepsTheDeveloperWhereItIsKnown();
    void repairsContent();
    void stripsUnknownKeysFromMessages();
    void rewritesToolCallIdsAlike();
    void shortensIds();
    void stripsSchemaKeysFromTools();
    void keepsImagesByteExact();
    void leavesOutWhatOnlyOtherDialectsHave();
    void saysInTheTextThatAToolFailed_data();
    void saysInTheTextThatAToolFailed();

private:
    QByteArray encode(const QByteArray &body) const;

    catalog::Provider m_provider;
    catalog::Model m_model;
};

void OpenAiRequestEncoderTest::init()
{
    m_provider = {};
    m_provider.chatPath = "/chat/completions";
    m_model = {};
    m_model.name = "llama";
}

QByteArray OpenAiRequestEncoderTest::encode(const QByteArray &body) const
{
    const auto request = parseOpenAiChat(body);
    if (!request) {
        return "request: " + request.error().message.toUtf8();
    }
    const auto encoded
        = dialectFor(catalog::Wire::OpenAiChat)->encode(*request, m_provider, m_model);
    if (!encoded) {
        return "encode: " + encoded.error().message.toUtf8();
    }
    return parseJson(encoded->body) ? encoded->body : "invalid: " + encoded->body;
}

void OpenAiRequestEncoderTest::changesOnlyTheModel()
{
    const QByteArray before = "{ \"temperature\":0.70,\n\"model\" : ";
    const QByteArray after
        = R"( ,"messages":[ {"role":"user","content":"\u00e9 \/ é"} ],"x":{"big":12345678901234567,"e":1E+2},"n":null } )";
    QCOMPARE(encode(before + "\"freerelay-auto\"" + after), before + "\"llama\"" + after);
}

void OpenAiRequestEncoderTest::replacesEveryModel()
{
    QCOMPARE(
        encode(R"({"model":"a","messages":[{"role":"user","content":"x"}],"mod\u0065l":"b"})"),
        R"({"messages":[{"role":"user","content":"x"}],"mod\u0065l":"llama"})"_ba);
    QCOMPARE(
        encode(
            R"({"messages":[],"temperature":1,"messages":[{"role":"user","content":"x"}],"temperature":2,"model":"b"})"),
        R"({"messages":[{"role":"user","content":"x"}],"temperature":2,"model":"llama"})"_ba);
}

void OpenAiRequestEncoderTest::addsAMissingModel()
{
    m_model.name = "a\"b";
    QCOMPARE(
        encode(R"({"messages":[{"role":"user","content":"x"}]})"),
        R"({"messages":[{"role":"user","content":"x"}],"model":"a\"b"})"_ba);
}

void OpenAiRequestEncoderTest::asksForUsageInStreams_data()
{
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("sent");
    const QByteArray on = R"("stream":true)";
    QTest::newRow("not given") << true << on << on + R"(,"stream_options":{"include_usage":true})";
    QTest::newRow("false") << true << on + R"(,"stream_options":{"include_usage":false,"x":1})"
                           << on + R"(,"stream_options":{"include_usage":true,"x":1})";
    QTest::newRow("other options") << true << on + R"(,"stream_options":{"x":1})"
                                   << on + R"(,"stream_options":{"x":1,"include_usage":true})";
    QTest::newRow("true") << true << on + R"(,"stream_options":{"include_usage":true})"
                          << on + R"(,"stream_options":{"include_usage":true})";
    QTest::newRow("null") << true << on + R"(,"stream_options":null)"
                          << on + R"(,"stream_options":{"include_usage":true})";
    QTest::newRow("refused") << false << on + R"(,"stream_options":{"include_usage":true})" << on;
    QTest::newRow("no stream") << true
                               << R"("stream":false,"stream_options":{"include_usage":true})"_ba
                               << R"("stream":false)"_ba;
}

void OpenAiRequestEncoderTest::asksForUsageInStreams()
{
    QFETCH(bool, accepted);
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, sent);
    m_provider.rules.streamOptions = accepted;
    const QByteArray head = R"({"model":"llama","messages":[{"role":"user","content":"x"}],)";
    QCOMPARE(encode(head + given + '}'), head + sent + '}');
}

void OpenAiRequestEncoderTest::tellsPathAndHeaders()
{
    for (const bool stream : {false, true}) {
        auto request = parseOpenAiChat(R"({"messages":[{"role":"user","content":"x"}]})");
        request->stream = stream;
        const auto encoded
            = dialectFor(catalog::Wire::OpenAiChat)->encode(*request, m_provider, m_model);
        QCOMPARE(encoded->path, "/chat/completions"_ba);
        QCOMPARE(encoded->headers.value("content-type"), "application/json"_ba);
        QCOMPARE(
            encoded->headers.value("accept"),
            stream ? "text/event-stream"_ba : "application/json"_ba);
    }
}

void OpenAiRequestEncoderTest::dropsWhatTheProviderRefuses()
{
    m_provider.rules.drop = {"logprobs", "logit_bias", "top_k"};
    QCOMPARE(
        encode(
            R"({"logprobs":true,"model":"m","top_k":4,"messages":[{"role":"user","content":"x"}],"logit_bias":{},"response_format":{"type":"text"},"keep":1})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}],"keep":1})"_ba);
}

void OpenAiRequestEncoderTest::namesWhatItDrops()
{
    m_provider.rules.drop = {"logit_bias", "seed", "user", "top_p"};
    auto request = parseOpenAiChat(
        R"({"messages":[{"role":"user","content":"x"}],"seed":1,"user":"u","logit_bias":{"1":1},"top_p":null,"top_k":4,"thinking":{},"cache_control":{}})");
    QVERIFY(request.has_value());
    const auto *dialect = dialectFor(catalog::Wire::OpenAiChat);
    const QByteArrayList ofOthers{"seed", "logit_bias"};
    QCOMPARE(dialect->encode(*request, m_provider, m_model)->ignored, ofOthers);
    request->foreign = true;
    const QByteArrayList ofForeign{"seed", "logit_bias", "top_k"};
    QCOMPARE(dialect->encode(*request, m_provider, m_model)->ignored, ofForeign);
    QVERIFY(
        dialect
            ->encode(
                *parseOpenAiChat(R"({"messages":[{"role":"user","content":"x"}]})"), {}, m_model)
            ->ignored.isEmpty());
}

void OpenAiRequestEncoderTest::dropsWhatOnlyThisModelRefuses()
{
    m_model.drop = {"stop"};
    QCOMPARE(
        encode(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":"y","seed":1})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}],"seed":1})"_ba);
}

void OpenAiRequestEncoderTest::dropsNullsOnlyForFussyProviders()
{
    const QByteArray body
        = R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":null,"response_format":{"type":"text"}})";
    QCOMPARE(encode(body), body);
    m_provider.rules.strictMessages = true;
    QCOMPARE(encode(body), R"({"model":"llama","messages":[{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::renamesAndDropsTheSecondSpelling()
{
    m_provider.rules.rename = {{"seed", "random_seed"}, {"max_completion_tokens", "max_tokens"}};
    QCOMPARE(
        encode(
            R"({"model":"llama","seed":1,"max_completion_tokens":5,"messages":[{"role":"user","content":"x"}]})"),
        R"({"model":"llama","random_seed":1,"max_tokens":5,"messages":[{"role":"user","content":"x"}]})"_ba);
    QCOMPARE(
        encode(
            R"({"model":"llama","max_tokens":4,"max_completion_tokens":5,"messages":[{"role":"user","content":"x"}]})"),
        R"({"model":"llama","max_tokens":4,"messages":[{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::clampsNumbers()
{
    m_provider.rules.rename = {{"max_completion_tokens", "max_tokens"}};
    m_provider.rules.clamp = {
        {"temperature", 0.1, 1.5}, {"n", std::nullopt, 1.0}, {"max_tokens", std::nullopt, 4000.0}};
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":2,"n":3,"max_completion_tokens":9000})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":1.5,"n":1,"max_tokens":4000})"_ba);
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":0,"max_tokens":3999})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":0.1,"max_tokens":3999})"_ba);
    const QByteArray inside
        = R"({"model":"llama","messages":[{"role":"user","content":"x"}],"temperature":1.50,"n":1})";
    QCOMPARE(encode(inside), inside);
}

void OpenAiRequestEncoderTest::mapsToolChoice()
{
    m_provider.rules.toolChoice = {{"required", "any"}};
    QVERIFY(
        encode(
            R"({"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"required"})")
            .contains(R"("tool_choice":"any")"));
    QVERIFY(
        encode(R"({"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"auto"})")
            .contains(R"("tool_choice":"auto")"));
}

void OpenAiRequestEncoderTest::turnsParallelCallsOffOnlyWithTools()
{
    m_provider.rules.parallelToolCallsOff = true;
    const QByteArray tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
    const QByteArray head = R"({"model":"llama","messages":[{"role":"user","content":"x"}])";
    QCOMPARE(
        encode(head + ',' + tools + '}'), head + ',' + tools + R"(,"parallel_tool_calls":false})");
    QCOMPARE(
        encode(head + R"(,"parallel_tool_calls":true,)" + tools + '}'),
        head + R"(,"parallel_tool_calls":false,)" + tools + '}');
    QCOMPARE(encode(head + R"(,"parallel_tool_calls":true})"), head + '}');
}

void OpenAiRequestEncoderTest::saysASchemaInWords()
{
    m_provider.rules.schemaAsObject = true;
    QCOMPARE(
        encode(
            R"({"model":"llama","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},"messages":[{"role":"user","content":"x"}]})"),
        R"({"model":"llama","response_format":{"type":"json_object"},"messages":[{"role":"system","content":"Answer only with JSON that conforms to this JSON Schema: {\"type\":\"object\"}"},{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::sendsStopAsAnArray()
{
    m_provider.rules.stopAsArray = true;
    QVERIFY(encode(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":"\n"})")
                .contains(R"("stop":["\n"])"));
    QVERIFY(encode(R"({"model":"m","messages":[{"role":"user","content":"x"}],"stop":["a"]})")
                .contains(R"("stop":["a"])"));
}

void OpenAiRequestEncoderTest::sendsMaxTokensWhereItIsRequired()
{
    m_provider.rules.maxTokensRequired = true;
    const QByteArray body = R"({"model":"llama","messages":[{"role":"user","content":"x"}]})";
    QCOMPARE(encode(body), body.chopped(1) + R"(,"max_tokens":8192})");
    m_model.maxOutput = 2'000;
    QCOMPARE(encode(body), body.chopped(1) + R"(,"max_tokens":2000})");
    const QByteArray given = body.chopped(1) + R"(,"max_completion_tokens":5})";
    QCOMPARE(encode(given), given);
    QCOMPARE(
        encode(body.chopped(1) + R"(,"max_tokens":null})"),
        body.chopped(1) + R"(,"max_tokens":2000})");
}

void OpenAiRequestEncoderTest::dropsSamplingForModelsThatRefuseIt()
{
    m_model.capabilities.temperature = catalog::Known::No;
    QCOMPARE(
        encode(
            R"({"model":"llama","temperature":0.2,"top_p":1,"messages":[{"role":"user","content":"x"}]})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::dropsAnEmptyToolList()
{
    QCOMPARE(
        encode(
            R"({"model":"llama","tools":[],"tool_choice":"auto","messages":[{"role":"user","content":"x"}]})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::saysDeveloperAsSystem()
{
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role": "developer" ,"content":"x"},{"role":"user","content":"developer"}]})"),
        R"({"model":"llama","messages":[{"role": "system" ,"content":"x"},{"role":"user","content":"developer"}]})"_ba);
}

void OpenAiRequestEncoderTest::keepsTheDeveloperWhereItIsKnown()
{
    m_provider.rules.developerRole = true;
    const QByteArray body = R"({"model":"llama","messages":[{"role":"developer","content":"x"}]})";
    QCOMPARE(encode(body), body);
}

void OpenAiRequestEncoderTest::repairsContent()
{
    m_provider.rules.nullContentAsEmpty = true;
    m_provider.rules.flattenContent = true;
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role":"assistant","content":null,"tool_calls":[]},{"role":"assistant","tool_calls":[]},{"role":"user","content":[{"type":"text","text":"a\"b"},{"type":"text","text":"c"}]},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}]})"),
        R"({"model":"llama","messages":[{"role":"assistant","content":"","tool_calls":[]},{"role":"assistant","tool_calls":[],"content":""},{"role":"user","content":"a\"b\nc"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}]})"_ba);
}

void OpenAiRequestEncoderTest::stripsUnknownKeysFromMessages()
{
    m_provider.rules.strictMessages = true;
    QCOMPARE(
        encode(
            R"({"model":"llama","user":"u","store":true,"custom":1,"messages":[{"refusal":null,"role":"assistant","content":"x","annotations":[],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{}}],"prefix":true,"name":"n"},{"role":"tool","tool_call_id":"a","content":"x","name":"f","z":1},{"role":"user","content":"x","name":"me"}]})"),
        R"({"model":"llama","custom":1,"messages":[{"role":"assistant","content":"x","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}],"prefix":true},{"role":"tool","tool_call_id":"a","content":"x","name":"f"},{"role":"user","content":"x"}]})"_ba);
}

void OpenAiRequestEncoderTest::rewritesToolCallIdsAlike()
{
    m_provider.rules.toolCallIdLength = 9;
    const QByteArray id = shortToolCallId("call_abc-123", 9);
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_abc-123","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"abcdefghi","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_abc-\u00312\u0033","content":"x"},{"role":"tool","tool_call_id":"abcdefghi","content":"x"}]})"),
        R"({"model":"llama","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":")"
            + id
            + R"(","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"abcdefghi","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":")"
            + id
            + R"(","content":"x"},{"role":"tool","tool_call_id":"abcdefghi","content":"x"}]})");
}

void OpenAiRequestEncoderTest::shortensIds()
{
    QSet<QByteArray> seen;
    for (int i = 0; i < 2'000; ++i) {
        const QByteArray id = shortToolCallId("call_" + QByteArray::number(i), 9);
        QCOMPARE(id.size(), 9);
        for (const char c : id) {
            QVERIFY(QByteArrayView("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
                        .contains(c));
        }
        seen.insert(id);
    }
    QCOMPARE(seen.size(), 2'000);
    QCOMPARE(shortToolCallId("Abc123xyZ", 9), "Abc123xyZ"_ba);
    QVERIFY(shortToolCallId("Abc123xyZ", 12).size() == 12);
    QVERIFY(shortToolCallId("Abc-23xyZ", 9) != "Abc-23xyZ");
}

void OpenAiRequestEncoderTest::stripsSchemaKeysFromTools()
{
    m_provider.rules.dropSchemaKeys = {"additionalProperties", "$schema"};
    QCOMPARE(
        encode(
            R"({"model":"llama","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"$schema":"s","type":"object","additionalProperties":false}}}]})"),
        R"({"model":"llama","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}]})"_ba);
}

void OpenAiRequestEncoderTest::keepsImagesByteExact()
{
    const QByteArray image = "data:image\\/png;base64," + QByteArray(2 * 1024 * 1024, 'Q')
        + "\\u003d";
    const QByteArray before
        = R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")";
    const QByteArray after = R"("}}]}],"model":)";
    QCOMPARE(encode(before + image + after + "\"x\"}"), before + image + after + "\"llama\"}");
}

void OpenAiRequestEncoderTest::leavesOutWhatOnlyOtherDialectsHave()
{
    auto request = parseOpenAiChat(
        R"({"top_k":5,"thinking":{"type":"enabled"},"reasoning_effort":"low","max_tokens":32000,"messages":[)"
        R"({"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]},)"
        R"({"role":"assistant","content":null,"reasoning_details":[{}],"tool_calls":[{"id":"t","type":"function",)"
        R"("function":{"name":"f","arguments":"{}"},"cache_control":{"type":"ephemeral"}}]},)"
        R"({"role":"tool","tool_call_id":"t","content":"c","cache_control":{"type":"ephemeral"}}],)"
        R"("tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}]})");
    QVERIFY(request.has_value());
    request->foreign = true;
    m_model.maxOutput = 8'000;
    const auto encoded
        = dialectFor(catalog::Wire::OpenAiChat)->encode(*request, m_provider, m_model);
    QVERIFY(encoded.has_value());
    for (const char *word : {"cache_control", "thinking", "top_k", "reasoning"}) {
        QVERIFY2(!encoded->body.contains(word), encoded->body);
    }
    const auto body = parseJson(encoded->body);
    QVERIFY(body.has_value());
    QCOMPARE((*body)["max_tokens"].integer(), std::optional<std::int64_t>(8'000));
    QVERIFY((*body)["messages"].text().contains(R"({"type":"text","text":"a"})"));

    m_model.capabilities.reasoning = catalog::Known::Yes;
    const auto reasoning
        = dialectFor(catalog::Wire::OpenAiChat)->encode(*request, m_provider, m_model);
    QVERIFY(reasoning->body.contains("reasoning_effort"));
}

/// `is_error` of other dialects: OpenAI's form has no member for it, and strict providers refuse
/// it.
void OpenAiRequestEncoderTest::saysInTheTextThatAToolFailed()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, flattens);
    QFETCH(QByteArray, said);
    const QByteArray head = R"({"role":"tool","tool_call_id":"t",)";
    auto request = parseOpenAiChat(
        R"({"model":"llama","messages":[)" + head + R"("is_error":true,"content":)" + content
        + R"(},)" + head + R"("content":"fine"}]})");
    QVERIFY(request.has_value());
    request->foreign = true;
    m_provider.rules.flattenContent = flattens;
    const auto encoded
        = dialectFor(catalog::Wire::OpenAiChat)->encode(*request, m_provider, m_model);
    QVERIFY(encoded.has_value());
    const QByteArray messages = head + R"("content":)" + said + "}," + head
        + R"("content":"fine"}])";
    QCOMPARE(encoded->body, QByteArray(R"({"model":"llama","messages":[)" + messages + '}'));
}

void OpenAiRequestEncoderTest::saysInTheTextThatAToolFailed_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("flattens");
    QTest::addColumn<QByteArray>("said");
    const QByteArray parts = R"([{"type":"text","text":"no"}])";
    QTest::newRow("text") << "\"no \\n\""_ba << false << "\"Error: no \\n\""_ba;
    QTest::newRow("says so itself") << "\"error: no\""_ba << false << "\"error: no\""_ba;
    QTest::newRow("parts") << parts << false
                           << R"([{"type":"text","text":"Error:"},{"type":"text","text":"no"}])"_ba;
    QTest::newRow("parts that become a text") << parts << true << "\"Error: no\""_ba;
}

QTEST_APPLESS_MAIN(OpenAiRequestEncoderTest)
#include "tst_openai_request_encoder.moc"
