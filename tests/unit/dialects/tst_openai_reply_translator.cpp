#include "core/dialects/json.h"
#include "core/dialects/openai_dialect.h"
#include "core/dialects/openai_reply_translator.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiReplyTranslatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsACompleteReplyByteForByte();
    void completesAReply_data();
    void completesAReply();
    void reportsProgress();
    void doesNotDependOnThePieces();
    void refusesWhatIsNoReply_data();
    void refusesWhatIsNoReply();
    void refusesMoreThanTheLimit();
};

namespace {

ReplyContext context()
{
    return {"req1", "groq/llama", false, false, 1'700'000'000};
}

struct Translated
{
    QByteArray out;
    std::optional<common::Error> error;
    ReplyProgress progress;
};

Translated translate(const QByteArray &in, qsizetype piece = 1 << 20)
{
    const auto translator = OpenAiDialect().translator(context());
    Translated result;
    for (qsizetype at = 0; at < in.size() && !result.error; at += piece) {
        result.error = translator->feed(
            QByteArrayView(in).sliced(at, std::min(piece, in.size() - at)), result.out);
    }
    if (!result.error) {
        result.error = translator->finish(result.out);
    }
    result.progress = translator->progress();
    return result;
}

const QByteArray complete
    = "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":17,\"model\":\"llama\","
      "\"choices\":[ {\"index\":0,"
      "\"message\":{\"role\":\"assistant\",\"content\":\"h\\u00e9 "
      "\\/\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\n"
      "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3},\"extra\":1.0}";

} // namespace

void OpenAiReplyTranslatorTest::keepsACompleteReplyByteForByte()
{
    const Translated result = translate(complete);
    QVERIFY(!result.error);
    QCOMPARE(result.out, complete);
}

void OpenAiReplyTranslatorTest::completesAReply_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<QByteArray>("out");
    const QByteArray head = R"("id":"c","object":"chat.completion","created":1,"model":"m")";
    const auto row =
        [&](const char *name, const QByteArray &choiceIn, const QByteArray &choiceOut) {
            QTest::newRow(name) << "{" + head + ",\"choices\":[" + choiceIn + "]}"
                                << "{" + head + ",\"choices\":[" + choiceOut + "]}";
        };
    QTest::newRow("nothing but text")
        << R"({"choices":[{"message":{"content":"x"}}]})"_ba
        << R"({"choices":[{"message":{"content":"x","role":"assistant","refusal":null},"index":0,"logprobs":null,"finish_reason":"stop"}],"id":"chatcmpl-req1","object":"chat.completion","created":1700000000,"model":"groq/llama"})"_ba;
    row("stop with tool calls",
        R"({"index":0,"message":{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}],"refusal":null},"logprobs":null,"finish_reason":"stop"})",
        R"({"index":0,"message":{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}],"refusal":null,"content":null},"logprobs":null,"finish_reason":"tool_calls"})");
    row("tool call without id, type and with an object",
        R"({"index":0,"message":{"role":"assistant","content":"","refusal":null,"tool_calls":[{"function":{"name":"f","arguments":{"a":"b"}}}]},"logprobs":null,"finish_reason":"tool_calls"})",
        R"({"index":0,"message":{"role":"assistant","content":"","refusal":null,"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":\"b\"}"},"id":"call_req1_0_0","type":"function"}]},"logprobs":null,"finish_reason":"tool_calls"})");
    row("reasoning",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null,"reasoning":"t\"t"},"logprobs":null,"finish_reason":"stop"})",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null,"reasoning":"t\"t","reasoning_content":"t\"t"},"logprobs":null,"finish_reason":"stop"})");
    row("nulls and foreign words",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null,"tool_calls":null,"function_call":null},"logprobs":null,"finish_reason":"eos"})",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"})");
    row("content in parts",
        R"({"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"x"}],"refusal":null},"logprobs":null,"finish_reason":"stop"})",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null,"reasoning_content":"hm","reasoning":"hm"},"logprobs":null,"finish_reason":"stop"})");
    row("empty tool calls",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null,"tool_calls":[]},"logprobs":null,"finish_reason":"stop"})",
        R"({"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"})");
    row("cut by the limit before any text",
        R"({"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"length"})",
        R"({"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"length"})");
    QTest::newRow("usage without total") << "{" + head
            + R"(,"choices":[{"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2},"system_fingerprint":null})"
                                         << "{" + head
            + R"(,"choices":[{"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})";
    QTest::newRow("unusable usage") << "{" + head
            + R"(,"usage":{"kudos":3},"choices":[{"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"}]})"
                                    << "{" + head
            + R"(,"choices":[{"index":0,"message":{"role":"assistant","content":"x","refusal":null},"logprobs":null,"finish_reason":"stop"}]})";
}

void OpenAiReplyTranslatorTest::completesAReply()
{
    QFETCH(QByteArray, in);
    QFETCH(QByteArray, out);
    const Translated result = translate(in);
    QVERIFY2(!result.error, result.error ? qPrintable(result.error->message) : "");
    QCOMPARE(result.out, out);
    QVERIFY(parseJson(result.out));
}

void OpenAiReplyTranslatorTest::reportsProgress()
{
    const Translated result = translate(complete);
    QVERIFY(result.progress.content);
    QVERIFY(result.progress.finished);
    QVERIFY(result.progress.ended);
    QCOMPARE(result.progress.finishReason, "stop"_ba);
    QCOMPARE(result.progress.model, "llama"_ba);
    QCOMPARE(result.progress.usage.promptTokens, std::optional<std::int64_t>(1));
    QCOMPARE(result.progress.usage.completionTokens, std::optional<std::int64_t>(2));
    QVERIFY(!result.progress.usage.cachedTokens);
}

void OpenAiReplyTranslatorTest::doesNotDependOnThePieces()
{
    for (qsizetype piece = 1; piece < complete.size(); piece += 7) {
        QCOMPARE(translate(complete, piece).out, complete);
    }
}

void OpenAiReplyTranslatorTest::refusesWhatIsNoReply_data()
{
    using Kind = common::ErrorKind;
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<Kind>("kind");
    QTest::newRow("empty") << ""_ba << Kind::ProtocolError;
    QTest::newRow("HTML") << "<html><title>Just a moment</title></html>"_ba << Kind::ProtocolError;
    QTest::newRow("truncated") << complete.chopped(5) << Kind::ProtocolError;
    QTest::newRow("array") << "[]"_ba << Kind::ProtocolError;
    QTest::newRow("no choices") << R"({"id":"x"})"_ba << Kind::ProtocolError;
    QTest::newRow("empty choices") << R"({"choices":[]})"_ba << Kind::ProtocolError;
    QTest::newRow("choice without message") << R"({"choices":[{}]})"_ba << Kind::ProtocolError;
    QTest::newRow("choice that is null") << R"({"choices":[null]})"_ba << Kind::ProtocolError;
    QTest::newRow("choice far away")
        << R"({"choices":[{"index":2000000000,"message":{"content":"x"},"finish_reason":"stop"}]})"_ba
        << Kind::ProtocolError;
    QTest::newRow("no text")
        << R"({"choices":[{"message":{"content":""},"finish_reason":"stop"}]})"_ba
        << Kind::Unavailable;
    QTest::newRow("null text") << R"({"choices":[{"message":{"content":null}}]})"_ba
                               << Kind::Unavailable;
    QTest::newRow("finish error")
        << R"({"choices":[{"message":{"content":"x"},"finish_reason":"error"}]})"_ba
        << Kind::Unavailable;
    QTest::newRow("rate limit on 200")
        << R"({"error":{"message":"slow down","code":429}})"_ba << Kind::RateLimited;
    QTest::newRow("error on 200") << R"({"error":{"message":"bad","code":502}})"_ba
                                  << Kind::Unavailable;
    QTest::newRow("array error on 200")
        << R"([{"error":{"code":429,"message":"q","status":"RESOURCE_EXHAUSTED"}}])"_ba
        << Kind::RateLimited;
    QTest::newRow("vLLM error on 200")
        << R"({"object":"error","message":"bad","type":"BadRequestError","code":400})"_ba
        << Kind::InvalidArgument;
}

void OpenAiReplyTranslatorTest::refusesWhatIsNoReply()
{
    QFETCH(QByteArray, in);
    QFETCH(common::ErrorKind, kind);
    const Translated result = translate(in);
    QVERIFY(result.error);
    QCOMPARE(result.error->kind, kind);
    QVERIFY(result.out.isEmpty());
}

void OpenAiReplyTranslatorTest::refusesMoreThanTheLimit()
{
    OpenAiReplyTranslator translator(context());
    QByteArray out;
    const QByteArray half(OpenAiReplyTranslator::maxReplyBytes / 2, ' ');
    QVERIFY(!translator.feed(half, out));
    QVERIFY(!translator.feed(half, out));
    const auto error = translator.feed(" ", out);
    QVERIFY(error);
    QCOMPARE(error->kind, common::ErrorKind::ProtocolError);
}

QTEST_APPLESS_MAIN(OpenAiReplyTranslatorTest)
#include "tst_openai_reply_translator.moc"
