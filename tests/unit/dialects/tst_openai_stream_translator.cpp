#include "core/dialects/json.h"
#include "core/dialects/openai_dialect.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class OpenAiStreamTranslatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesACleanStreamByteForByte_data();
    void passesACleanStreamByteForByte();
    void rewritesChunks_data();
    void rewritesChunks();
    void tellsUsageOnlyWhenAsked_data();
    void tellsUsageOnlyWhenAsked();
    void keepsOneIdentity();
    void makesAnIdentityWhenThereIsNone();
    void putsToolCallsInOrder_data();
    void putsToolCallsInOrder();
    void saysToolCallsWhereTheProviderSaysStop();
    void reportsProgressStepByStep();
    void doesNotCommitOnEmptyDeltas();
    void waitsForAllChoices();
    void addsDoneAfterAFinishReason();
    void writesDoneOnce();
    void dropsComments();
    void joinsAnEventOfSeveralLines();
    void showsTheFinishOnlyAtTheEnd();
    void anEarlyFinishOfOneChoiceIsKeptForTheOthers();
    void tellsAWholeReplyAsAStream_data();
    void tellsAWholeReplyAsAStream();
    void reportsErrors_data();
    void reportsErrors();
    void givesTheSameForAnySplit();
};

namespace {

struct Translated
{
    QByteArray out;
    std::optional<common::Error> error;
    ReplyProgress progress;
};

ReplyContext context(bool includeUsage = false)
{
    return {"req1", "groq/llama", true, includeUsage, 1'700'000'000};
}

Translated translate(const QByteArray &in, bool includeUsage = false, qsizetype piece = 1 << 20)
{
    const auto translator = OpenAiDialect().translator(context(includeUsage));
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

const QByteArray head
    = R"({"id":"c","object":"chat.completion.chunk","created":5,"model":"m","choices":[)";
const QByteArray done = "data: [DONE]\n\n";

/// One event with these choices; `more` goes behind them.
QByteArray frame(const QByteArray &choices, const QByteArray &more = {})
{
    return "data: " + head + choices + "]" + more + "}\n\n";
}

QByteArray delta(const QByteArray &members, const QByteArray &finish = "null")
{
    return R"({"index":0,"delta":{)" + members + R"(},"finish_reason":)" + finish + '}';
}

const QByteArray role = frame(delta(R"("role":"assistant","content":"")"));
const QByteArray hello = frame(delta(R"("content":"hel\u006co")"));
const QByteArray stop = frame(delta("", "\"stop\""));
const QByteArray usageObject = R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7})";

} // namespace

void OpenAiStreamTranslatorTest::passesACleanStreamByteForByte_data()
{
    QTest::addColumn<bool>("includeUsage");
    QTest::addColumn<QByteArray>("stream");
    QTest::newRow("plain") << false << role + hello + stop + done;
    const QByteArray none = R"(,"usage":null)";
    QTest::newRow("with usage") << true
                                << frame(delta(R"("role":"assistant","content":"")"), none)
            + frame(delta(R"("content":"x")"), none) + frame(delta("", "\"length\""), none)
            + frame("", ",\"usage\":" + usageObject) + done;
    QTest::newRow("odd spelling, unknown members") << false
                                                   << "data: " + head
            + R"({ "index":0, "delta":{"role":"assistant","content":"1.0","x":1.00} ,"logprobs":null,"finish_reason":null}],"obfuscation":"aaa"})"
            + "\n\n" + stop + done;
}

void OpenAiStreamTranslatorTest::passesACleanStreamByteForByte()
{
    QFETCH(bool, includeUsage);
    QFETCH(QByteArray, stream);
    const Translated result = translate(stream, includeUsage);
    QVERIFY(!result.error);
    QCOMPARE(result.out, stream);
}

void OpenAiStreamTranslatorTest::rewritesChunks_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<QByteArray>("out");
    const auto row = [](const char *name, const QByteArray &in, const QByteArray &out) {
        QTest::newRow(name) << in + stop + done << out + stop + done;
    };
    row("role added",
        frame(delta(R"("content":"x")")),
        frame(delta(R"("content":"x","role":"assistant")")));
    row("role only once",
        role + frame(delta(R"("role":"assistant","content":"x")")),
        role + frame(delta(R"("content":"x")")));
    row("finish reason missing",
        role + frame(R"({"index":0,"delta":{"content":"x"}})"),
        role + frame(R"({"index":0,"delta":{"content":"x"},"finish_reason":null})"));
    row("finish reason empty",
        role + frame(delta(R"("content":"x")", "\"\"")),
        role + frame(delta(R"("content":"x")")));
    row("index missing",
        role + frame(R"({"delta":{"content":"x"},"finish_reason":null})"),
        role + frame(R"({"delta":{"content":"x"},"finish_reason":null,"index":0})"));
    row("delta missing",
        role + hello + frame(R"({"index":0,"finish_reason":null})"),
        role + hello + frame(R"({"index":0,"finish_reason":null,"delta":{}})"));
    row("reasoning",
        role + frame(delta(R"("reasoning":"t")")) + frame(delta(R"("reasoning_content":"u")")),
        role + frame(delta(R"("reasoning":"t","reasoning_content":"t")"))
            + frame(delta(R"("reasoning_content":"u","reasoning":"u")")));
    row("thinking parts",
        role
            + frame(
                delta(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]}])"))
            + hello,
        role + frame(delta(R"("content":"","reasoning_content":"t","reasoning":"t")")) + hello);
    row("nulls",
        role
            + frame(
                delta(R"("content":"x","tool_calls":null,"function_call":null)"),
                R"(,"system_fingerprint":null)"),
        role + frame(delta(R"("content":"x")")));
    row("no choices", role + frame("", R"(,"prompt_filter_results":[])") + hello, role + hello);
    row("choices missing", role + "data: {\"id\":\"c\"}\n\n" + hello, role + hello);
    row("object",
        "data: " + QByteArray(head).replace("completion.chunk", "completion")
            + delta(R"("role":"assistant","content":"x")") + "]}\n\n",
        frame(delta(R"("role":"assistant","content":"x")")));
    QTest::newRow("said again after the end")
        << role + hello + stop + stop + frame(delta(R"("content":"")", "\"stop\"")) + done
        << role + hello + stop + done;
    QTest::newRow("foreign finish reason") << role + hello + frame(delta("", "\"model_length\""))
            + done << role + hello + frame(delta("", "\"length\"")) + done;
}

void OpenAiStreamTranslatorTest::rewritesChunks()
{
    QFETCH(QByteArray, in);
    QFETCH(QByteArray, out);
    const Translated result = translate(in);
    if (QByteArray(QTest::currentDataTag()) != "finish reason missing") {
        QVERIFY2(!result.error || result.error->kind == common::ErrorKind::Unavailable, "");
    }
    QCOMPARE(result.out, out);
}

void OpenAiStreamTranslatorTest::tellsUsageOnlyWhenAsked_data()
{
    QTest::addColumn<QByteArray>("in");
    const QByteArray usage = ",\"usage\":" + usageObject;
    const QByteArray early
        = R"(,"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4})";
    const QByteArray first = delta(R"("role":"assistant","content":"x")");
    const QByteArray last = delta("", "\"stop\"");
    QTest::newRow("own chunk") << frame(first) + frame(last) + frame("", usage) + done;
    QTest::newRow("own chunk, choices missing") << frame(first) + frame(last)
            + "data: {\"id\":\"c\",\"created\":5,\"model\":\"m\",\"object\":\"x\"" + usage + "}\n\n"
            + done;
    QTest::newRow("with null before") << frame(first, R"(,"usage":null)")
            + frame(last, R"(,"usage":null)") + frame("", usage) + done;
    QTest::newRow("on the last chunk") << frame(first) + frame(last, usage) + done;
    QTest::newRow("on every chunk") << frame(first, early) + frame(last, usage) + done;
    QTest::newRow("corrected") << frame(first) + frame(last) + frame("", early) + frame("", usage)
            + done;
    QTest::newRow("in x_groq")
        << frame(first, R"(,"x_groq":{"id":"r"})").replace(R"(,"x_groq":{"id":"r"})", "")
            + frame(last, R"(,"x_groq":{"id":"r","usage":)" + usageObject + "}") + done;
    QTest::newRow("both places") << frame(first)
            + frame(last, R"(,"x_groq":{"id":"r","usage":)" + usageObject + "}" + usage) + done;
    QTest::newRow("without [DONE]") << frame(first) + frame(last) + frame("", usage);
    QTest::newRow("chunk repeats the finish")
        << frame(first) + frame(last) + frame(last, usage) + done;
}

void OpenAiStreamTranslatorTest::tellsUsageOnlyWhenAsked()
{
    QFETCH(QByteArray, in);
    const QByteArray first = delta(R"("role":"assistant","content":"x")");
    const QByteArray last = delta("", "\"stop\"");
    const Translated silent = translate(in, false);
    QVERIFY(!silent.error);
    QCOMPARE(silent.out, frame(first) + frame(last) + done);
    QCOMPARE(silent.progress.usage.promptTokens, std::optional<std::int64_t>(3));
    QCOMPARE(silent.progress.usage.completionTokens, std::optional<std::int64_t>(4));

    const Translated asked = translate(in, true);
    const QByteArray none = R"(,"usage":null)";
    const QByteArray start = frame(first, none) + frame(last, none);
    QVERIFY2(asked.out.startsWith(start), asked.out.constData());
    QVERIFY(asked.out.endsWith(QByteArray("}\n\n" + done)));
    const QByteArray final = asked.out.sliced(start.size() + 6).chopped(done.size() + 2);
    const auto chunk = parseJson(final);
    QVERIFY2(chunk, final.constData());
    QCOMPARE((*chunk)["usage"].text().toByteArray(), usageObject);
    QCOMPARE((*chunk)["choices"].text().toByteArray(), "[]"_ba);
    QCOMPARE((*chunk)["id"].string(), "c"_ba);
    QCOMPARE((*chunk)["object"].string(), "chat.completion.chunk"_ba);
    QCOMPARE((*chunk)["created"].integer(), std::optional<std::int64_t>(5));
    QCOMPARE((*chunk)["model"].string(), "m"_ba);
}

void OpenAiStreamTranslatorTest::keepsOneIdentity()
{
    const QByteArray other = QByteArray(hello)
                                 .replace(R"("id":"c")", R"("id":"d")")
                                 .replace(R"("created":5)", R"("created":6)");
    QCOMPARE(translate(role + other + stop + done).out, role + hello + stop + done);
}

void OpenAiStreamTranslatorTest::makesAnIdentityWhenThereIsNone()
{
    const QByteArray in
        = R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":"stop"}]})"
        + "\n\n"_ba;
    QCOMPARE(
        translate(in).out,
        R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"id":"chatcmpl-req1","object":"chat.completion.chunk","created":1700000000,"model":"groq/llama"})"
            + "\n\n"_ba + done);
}

void OpenAiStreamTranslatorTest::putsToolCallsInOrder_data()
{
    QTest::addColumn<QByteArrayList>("in");
    QTest::addColumn<QByteArrayList>("out");
    const QByteArray first
        = R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}})";
    const QByteArray piece = R"({"index":0,"function":{"arguments":"{\"x\""}})";
    const QByteArray second
        = R"({"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}})";
    QTest::newRow("in order") << QByteArrayList{first, piece, second}
                              << QByteArrayList{first, piece, second};
    QTest::newRow("index 0 again with a new id")
        << QByteArrayList{first, piece, R"({"index":0,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}})", R"({"index":0,"function":{"arguments":"1"}})"}
        << QByteArrayList{first, piece, second, R"({"index":1,"function":{"arguments":"1"}})"};
    QTest::newRow("id, type and name repeated")
        << QByteArrayList{first, R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"1"}})"}
        << QByteArrayList{first, R"({"index":0,"type":"function","function":{"arguments":"1"}})"};
    QTest::newRow("empty id and name in later pieces")
        << QByteArrayList{first, R"({"index":0,"id":"","type":"","function":{"name":null,"arguments":"1"}})"}
        << QByteArrayList{first, R"({"index":0,"function":{"arguments":"1"}})"};
    QTest::newRow("no index")
        << QByteArrayList{R"({"id":"a","type":"function","function":{"name":"f","arguments":""}})", R"({"function":{"arguments":"1"}})", R"({"id":"b","type":"function","function":{"name":"f","arguments":"2"}})"}
        << QByteArrayList{
               R"({"id":"a","type":"function","function":{"name":"f","arguments":""},"index":0})",
               R"({"function":{"arguments":"1"},"index":0})",
               R"({"id":"b","type":"function","function":{"name":"f","arguments":"2"},"index":1})"};
    QTest::newRow("no id, no type, no arguments")
        << QByteArrayList{R"({"index":0,"function":{"name":"f"}})"}
        << QByteArrayList{
               R"({"index":0,"function":{"name":"f","arguments":""},"id":"call_req1_0_0","type":"function"})"};
    QTest::newRow("no id, two names")
        << QByteArrayList{R"({"index":0,"type":"function","function":{"name":"f","arguments":"{}"}})", R"({"index":0,"type":"function","function":{"name":"g","arguments":"{}"}})"}
        << QByteArrayList{
               R"({"index":0,"type":"function","function":{"name":"f","arguments":"{}"},"id":"call_req1_0_0"})",
               R"({"index":1,"type":"function","function":{"name":"g","arguments":"{}"},"id":"call_req1_0_1"})"};
    QTest::newRow("arguments as an object")
        << QByteArrayList{R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{"x":"y"}}})"}
        << QByteArrayList{
               R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":\"y\"}"}})"};
    QTest::newRow("indices from 1")
        << QByteArrayList{R"({"index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}})", R"({"index":1,"function":{"arguments":"1"}})"}
        << QByteArrayList{first, R"({"index":0,"function":{"arguments":"1"}})"};
    QTest::newRow("two calls in one chunk")
        << QByteArrayList{first + ',' + QByteArray(second).replace("\"index\":1", "\"index\":0")}
        << QByteArrayList{first + ',' + second};
}

void OpenAiStreamTranslatorTest::putsToolCallsInOrder()
{
    QFETCH(QByteArrayList, in);
    QFETCH(QByteArrayList, out);
    const auto stream = [](const QByteArrayList &calls) -> QByteArray {
        QByteArray text = role;
        for (const QByteArray &call : calls) {
            text += frame(delta(R"("tool_calls":[)" + call + "]"));
        }
        return text + frame(delta("", "\"tool_calls\"")) + done;
    };
    const Translated result = translate(stream(in));
    QVERIFY(!result.error);
    QCOMPARE(result.out, stream(out));
}

void OpenAiStreamTranslatorTest::saysToolCallsWhereTheProviderSaysStop()
{
    const QByteArray call = frame(delta(
        R"("role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}])"));
    const Translated result = translate(call + stop + done);
    QCOMPARE(result.out, call + frame(delta("", "\"tool_calls\"")) + done);
    QCOMPARE(result.progress.finishReason, "tool_calls"_ba);
}

void OpenAiStreamTranslatorTest::reportsProgressStepByStep()
{
    const auto translator = OpenAiDialect().translator(context());
    const ReplyProgress &progress = translator->progress();
    QByteArray out;
    QVERIFY(!translator->feed(role, out));
    QVERIFY(!progress.content);
    QCOMPARE(progress.model, "m"_ba);
    QVERIFY(!translator->feed(hello, out));
    QVERIFY(progress.content);
    QVERIFY(!progress.finished);
    QVERIFY(!translator->feed(stop, out));
    QVERIFY(progress.finished);
    QVERIFY(!progress.ended);
    QCOMPARE(progress.finishReason, "stop"_ba);
    QVERIFY(!translator->feed(done, out));
    QVERIFY(progress.ended);
}

void OpenAiStreamTranslatorTest::doesNotCommitOnEmptyDeltas()
{
    for (const QByteArray &members :
         {R"("role":"assistant")"_ba,
          R"("content":"")"_ba,
          R"("content":" ")"_ba, // thoughts may follow
          R"("content":null)"_ba,
          ""_ba,
          R"("tool_calls":[])"_ba,
          R"("reasoning":"")"_ba}) {
        const auto translator = OpenAiDialect().translator(context());
        QByteArray out;
        QVERIFY(!translator->feed(frame(delta(members)), out));
        QVERIFY2(!translator->progress().content, members.constData());
    }
    for (const QByteArray &members :
         {R"("content":" x")"_ba,
          R"("reasoning":"x")"_ba,
          R"("refusal":"no")"_ba,
          R"("tool_calls":[{"index":0,"function":{"name":"f"}}])"_ba}) {
        const auto translator = OpenAiDialect().translator(context());
        QByteArray out;
        QVERIFY(!translator->feed(frame(delta(members)), out));
        QVERIFY2(translator->progress().content, members.constData());
    }
}

void OpenAiStreamTranslatorTest::waitsForAllChoices()
{
    const auto translator = OpenAiDialect().translator(context());
    const QByteArray second
        = R"({"index":1,"delta":{"role":"assistant","content":"y"},"finish_reason":null})";
    QByteArray out;
    QVERIFY(!translator->feed(
        QByteArray(frame(delta(R"("role":"assistant","content":"x")")) + frame(second) + stop),
        out));
    QVERIFY(!translator->progress().finished);
    QVERIFY(!translator->feed(frame(R"({"index":1,"delta":{},"finish_reason":"stop"})"), out));
    QVERIFY(translator->progress().finished);
}

void OpenAiStreamTranslatorTest::addsDoneAfterAFinishReason()
{
    QCOMPARE(translate(role + hello + stop).out, role + hello + stop + done);
    QCOMPARE(translate(QByteArray(role + hello + stop).chopped(2)).out, role + hello + stop + done);
}

void OpenAiStreamTranslatorTest::writesDoneOnce()
{
    QCOMPARE(translate(role + hello + stop + done + done + hello).out, role + hello + stop + done);
}

void OpenAiStreamTranslatorTest::dropsComments()
{
    QCOMPARE(
        translate(
            ": OPENROUTER PROCESSING\n\n" + role + ": x\n" + hello + "event: ping\n\n" + stop
            + done)
            .out,
        role + hello + stop + done);
}

void OpenAiStreamTranslatorTest::joinsAnEventOfSeveralLines()
{
    QByteArray lines = hello;
    lines.replace(",\"choices\"", ",\ndata: \"choices\"");
    const Translated result = translate(role + lines + stop + done);
    QVERIFY(!result.error);
    QCOMPARE(
        result.out,
        role + QByteArray(hello).replace(",\"choices\"", ", \"choices\"") + stop + done);
}

void OpenAiStreamTranslatorTest::showsTheFinishOnlyAtTheEnd()
{
    const auto said = [](const QByteArray &text, const QByteArray &finish) {
        return frame(delta(R"("content":")" + text + '"', finish));
    };
    const QByteArray in = role + said("a", "\"stop\"") + said("b", "\"stop\"")
        + said("c", "\"stop\"");
    const Translated result = translate(in + done);
    QVERIFY(!result.error);
    QCOMPARE(
        result.out, role + said("a", "null") + said("b", "null") + said("c", "\"stop\"") + done);
    // A stream that breaks off after such a chunk is broken, not finished.
    const auto translator = OpenAiDialect().translator(context());
    QByteArray out;
    const QByteArray cut = role + said("a", "\"stop\"") + said("b", "null");
    QVERIFY(!translator->feed(cut, out));
    QVERIFY(!translator->progress().finished);
    QVERIFY(translator->finish(out));
    QVERIFY(!out.contains("\"stop\""));
}

void OpenAiStreamTranslatorTest::anEarlyFinishOfOneChoiceIsKeptForTheOthers()
{
    const QByteArray start
        = R"({"index":0,"delta":{"role":"assistant","content":"x"},"finish_reason":null},{"index":1,"delta":{"role":"assistant","content":"y"},"finish_reason":null})";
    const QByteArray first = R"({"index":0,"delta":{},"finish_reason":"stop"})";
    const QByteArray more = R"({"index":1,"delta":{"content":"z"},"finish_reason":null})";
    const QByteArray second = R"({"index":1,"delta":{},"finish_reason":"length"})";
    const QByteArray in = frame(start) + frame(first) + frame(more) + frame(second) + done;
    QCOMPARE(translate(in).out, in);
}

void OpenAiStreamTranslatorTest::tellsAWholeReplyAsAStream_data()
{
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<QByteArray>("out");
    const QByteArray wholeHead
        = R"({"id":"c","object":"chat.completion","created":5,"model":"m","choices":[)";
    const QByteArray text
        = R"({"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"})";
    const QByteArray told
        = R"({"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":"stop"})";
    QTest::newRow("text") << wholeHead + text + "]}" << frame(told) + done;
    QTest::newRow("over several lines") << wholeHead + "\n" + text + "\n]}\n"
                                        << frame(" " + told + " ") + done;
    QTest::newRow("no finish reason")
        << wholeHead + QByteArray(text).replace("\"stop\"", "null") + "]}" << frame(told) + done;
    QTest::newRow("a tool call")
        << wholeHead
            + R"({"index":0,"message":{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})"
        << frame(
               R"({"index":0,"delta":{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"index":0}]},"finish_reason":"tool_calls"})")
            + done;
}

void OpenAiStreamTranslatorTest::tellsAWholeReplyAsAStream()
{
    QFETCH(QByteArray, in);
    QFETCH(QByteArray, out);
    for (const qsizetype piece : {qsizetype(1), qsizetype(1 << 20)}) {
        const Translated result = translate(in, false, piece);
        QVERIFY2(!result.error, qUtf8Printable(result.error ? result.error->message : QString()));
        QCOMPARE(result.out, out);
        QVERIFY(result.progress.content && result.progress.ended);
    }
    const QByteArray usage
        = R"(,"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})";
    const Translated counted = translate(in.trimmed().chopped(1) + usage, true);
    QVERIFY(!counted.error);
    QCOMPARE(counted.progress.usage.promptTokens, std::optional<std::int64_t>(3));
    QCOMPARE(counted.out.count("\"total_tokens\":7"), 1);
}

void OpenAiStreamTranslatorTest::reportsErrors_data()
{
    using Kind = common::ErrorKind;
    QTest::addColumn<QByteArray>("in");
    QTest::addColumn<Kind>("kind");
    const auto row = [](const char *name, const QByteArray &in, Kind kind) {
        QTest::newRow(name) << in << kind;
    };
    row("malformed", role + "data: {\"id\":\n\n", Kind::ProtocolError);
    row("not an object", role + "data: 5\n\n", Kind::ProtocolError);
    row("HTML", "<html>502</html>", Kind::ProtocolError);
    row("JSON that is no reply", R"({"detail":"hello"})", Kind::ProtocolError);
    row("a choice without a message", R"({"choices":[{"text":"x"}]})", Kind::ProtocolError);
    row("a whole reply that says nothing",
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"stop"}]})",
        Kind::Unavailable);
    row("a whole reply, cut",
        R"({"choices":[{"index":0,"message":{"content":"x)",
        Kind::ProtocolError);
    row("empty", "", Kind::ProtocolError);
    row("cut", role + hello, Kind::ProtocolError);
    row("done without finish", role + hello + done, Kind::ProtocolError);
    row("cut inside an event", role + hello + stop.chopped(8), Kind::ProtocolError);
    row("nothing said", role + stop + done, Kind::Unavailable);
    row("rate limit",
        "data: {\"error\":{\"message\":\"x\",\"type\":\"rate_limit_error\",\"code\":null}}\n\n",
        Kind::RateLimited);
    row("OpenRouter",
        role
            + R"(data: {"id":"c","error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]})"
            + "\n\n",
        Kind::Unavailable);
    row("OpenRouter 429",
        R"(data: {"error":{"code":429,"message":"slow"}})"
        "\n\n",
        Kind::RateLimited);
    row("finish error", role + hello + frame(delta("", "\"error\"")), Kind::Unavailable);
    row("vLLM",
        R"(data: {"object":"error","message":"too long","type":"BadRequestError","code":400})"
        "\n\n",
        Kind::InvalidArgument);
    row("vLLM, length",
        R"(data: {"object":"error","message":"maximum context length is 10","code":400})"
        "\n\n",
        Kind::TooLarge);
    row("Gemini array",
        R"(data: [{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}])"
        "\n\n",
        Kind::Unavailable);
    row("string",
        R"(data: {"error":"boom"})"
        "\n\n",
        Kind::Unavailable);
    row("error as a whole body",
        R"([{"error":{"code":429,"message":"q","status":"RESOURCE_EXHAUSTED"}}])",
        Kind::RateLimited);
    row("reply that is no stream", R"({"id":"x","choices":[]})", Kind::ProtocolError);
    row("impossible index",
        frame(R"({"index":500,"delta":{"content":"x"},"finish_reason":null})"),
        Kind::ProtocolError);
    row("choice null", frame("null"), Kind::ProtocolError);
}

void OpenAiStreamTranslatorTest::reportsErrors()
{
    QFETCH(QByteArray, in);
    QFETCH(common::ErrorKind, kind);
    const Translated result = translate(in);
    QVERIFY(result.error);
    QCOMPARE(result.error->kind, kind);
    QVERIFY(!result.out.contains("[DONE]"));
    QVERIFY(!result.out.contains("\"error\""));
}

void OpenAiStreamTranslatorTest::givesTheSameForAnySplit()
{
    const QByteArray in = ": hi\r\n\r\n" + QByteArray(role).replace("\n\n", "\r\n\r\n")
        + frame(delta(R"("content":"é😀","reasoning":"r")"))
        + frame(delta(
            R"("tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{}}}])"))
        + frame(delta("", "\"stop\""), ",\"usage\":" + usageObject) + done;
    const QByteArray whole = translate(in, true).out;
    QVERIFY(whole.endsWith(done));
    for (qsizetype piece = 1; piece < in.size(); ++piece) {
        QCOMPARE(translate(in, true, piece).out, whole);
    }
}

QTEST_APPLESS_MAIN(OpenAiStreamTranslatorTest)
#include "tst_openai_stream_translator.moc"
