#include "core/dialects/json.h"
#include "core/dialects/ollama/ollama_dialect.h"
#include "core/dialects/ollama/ollama_embed_dialect.h"
#include "core/dialects/ollama/ollama_writer.h"
#include "core/dialects/openai_chat.h"
#include "tests/support/manual_clock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using tests::ManualClock;

namespace {

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

common::Result<ClientRequest> read(const QByteArray &body, OllamaForm form = OllamaForm::Chat)
{
    return OllamaDialect(form).read({body, {}, {}});
}

/// The chat that is made of it, which OpenAI's parser takes.
QJsonObject chatOf(const QByteArray &body, OllamaForm form = OllamaForm::Chat)
{
    const auto request = read(body, form);
    if (!request || !parseOpenAiChat(request->chat)) {
        return {};
    }
    return parsed(request->chat);
}

QByteArray withMessage(const QByteArray &more)
{
    return R"({"model":"m","messages":[{"role":"user","content":"Hi"}],)" + more + '}';
}

/// A reply in the making: what a client must have read at its end.
struct Script
{
    std::vector<CanonicalEvent> events;
    QString text;
    QString thinking;
    QJsonArray calls;
};

/// Events in a random order that providers may send, tool calls interleaved with each other.
Script randomScript(std::mt19937 &random)
{
    const auto below = [&random](int end) { return int(random() % unsigned(end)); };
    Script script;
    script.events.push_back({MessageStart{"id"_ba, "vendor/model"_ba}});
    const int tools = below(3);
    for (int i = 0; i < below(6); ++i) {
        const QByteArray word = QByteArray::number(below(1000)) + "\n\"ü\" ";
        script.events.push_back({ThinkingDelta{word}});
        script.thinking += QString::fromUtf8(word);
    }
    for (int i = 0; i < tools; ++i) {
        script.events.push_back({ToolStart{i, "id"_ba, "tool-" + QByteArray::number(i), {}}});
    }
    for (int i = 0; i < below(8); ++i) {
        const QByteArray word = "w" + QByteArray::number(below(1000)) + "\r\n";
        script.events.push_back({TextDelta{word}});
        script.text += QString::fromUtf8(word);
    }
    for (const QByteArray piece : {R"({"a":)", R"("b\n" )", "}"}) {
        for (int i = 0; i < tools; ++i) {
            script.events.push_back({ToolArgumentsDelta{i, piece}});
        }
    }
    for (int i = 0; i < tools; ++i) {
        script.calls.append(QJsonObject{
            {u"function"_s,
             QJsonObject{
                 {u"name"_s, u"tool-%1"_s.arg(i)},
                 {u"arguments"_s, QJsonObject{{u"a"_s, u"b\n"_s}}}}}});
    }
    script.events.push_back({Finish{FinishReason::Stop, {}}});
    script.events.push_back({UsageReport{{7, 5, {}, {}}}});
    return script;
}

} // namespace

class TestOllama final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void streamsUnlessToldOtherwise()
    {
        QVERIFY(chatOf(withMessage(R"("keep_alive":"5m" )"))[u"stream"_s].toBool());
        QVERIFY(!chatOf(withMessage(R"("stream":false)")).contains(u"stream"_s));
    }

    void saysOptionsAsAChatDoes()
    {
        const auto request = read(withMessage(
            R"("options":{"num_predict":9,"temperature":0.5,"top_p":0.9,"seed":3,"num_ctx":4096,)"
            R"("stop":["a","b","c","d","e"],"mirostat":2,"repeat_penalty":1.1})"));
        const QJsonObject chat = parsed(request->chat);
        QCOMPARE(chat[u"max_tokens"_s].toInt(), 9);
        QCOMPARE(chat[u"temperature"_s].toDouble(), 0.5);
        QCOMPARE(chat[u"top_p"_s].toDouble(), 0.9);
        QCOMPARE(chat[u"seed"_s].toInt(), 3);
        QCOMPARE(chat[u"stop"_s].toArray().size(), 4);
        QCOMPARE(
            request->ignored,
            (QByteArrayList{
                "options.stop[4]"_ba, "options.mirostat"_ba, "options.repeat_penalty"_ba}));
        QVERIFY(!chatOf(withMessage(R"("options":{"num_predict":-1})")).contains(u"max_tokens"_s));
    }

    void asksForFormats()
    {
        QCOMPARE(
            chatOf(withMessage(R"("format":"json" )"))[u"response_format"_s][u"type"_s].toString(),
            u"json_object"_s);
        const QJsonObject chat = chatOf(withMessage(R"("format":{"type":"object"})"));
        QCOMPARE(
            chat[u"response_format"_s][u"json_schema"_s][u"schema"_s][u"type"_s].toString(),
            u"object"_s);
        QVERIFY(!chatOf(withMessage(R"("format":"" )")).contains(u"response_format"_s));
    }

    void thinksAsTold()
    {
        QVERIFY(read(withMessage(R"("x":null)"))->thinking);
        QVERIFY(!read(withMessage(R"("think":false)"))->thinking);
        QVERIFY(read(withMessage(R"("think":true)"))->thinking);
        QCOMPARE(
            chatOf(withMessage(R"("think":"low" )"))[u"reasoning_effort"_s].toString(), u"low"_s);
    }

    void pairsToolCallsWithTheirResults()
    {
        const QJsonArray messages
            = chatOf(
                  R"({"model":"m","messages":[{"role":"user","content":"Hi"},)"
                  R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},)"
                  R"({"function":{"name":"g","arguments":{}}}]},)"
                  R"({"role":"tool","tool_name":"g","content":"G"},{"role":"tool","content":"F"}]})")
                  [u"messages"_s]
                      .toArray();
        QCOMPARE(messages.size(), 4);
        const QJsonValue calls = messages[1][u"tool_calls"_s];
        QCOMPARE(calls[0][u"function"_s][u"arguments"_s].toString(), uR"({"a":1})"_s);
        QCOMPARE(messages[2][u"tool_call_id"_s], calls[1][u"id"_s]);
        QCOMPARE(messages[3][u"tool_call_id"_s], calls[0][u"id"_s]);
        QVERIFY(calls[0][u"id"_s] != calls[1][u"id"_s]);
    }

    void sendsImagesWithTheirType()
    {
        const QJsonObject chat = chatOf(
            R"({"model":"m:latest","prompt":"What?","system":"Be brief.","images":["iVBORw0KGgo="]})",
            OllamaForm::Generate);
        QCOMPARE(chat[u"model"_s].toString(), u"m"_s);
        QCOMPARE(chat[u"messages"_s][0][u"content"_s].toString(), u"Be brief."_s);
        QCOMPARE(
            chat[u"messages"_s][1][u"content"_s][1][u"image_url"_s][u"url"_s].toString(),
            u"data:image/png;base64,iVBORw0KGgo="_s);
    }

    void fillsGaps()
    {
        const QJsonObject chat = chatOf(
            R"({"model":"m","prompt":"def f","suffix":"return 1"})", OllamaForm::Generate);
        const QString content = chat[u"messages"_s][1][u"content"_s].toString();
        QVERIFY(content.contains("def f"_L1) && content.contains("return 1"_L1));
    }

    void refusesWhatIsNoRequest()
    {
        for (const char *body : {"{", "[]", R"({"messages":"Hi"})", R"({"messages":[{}]})"}) {
            const auto request = read(body);
            QVERIFY(!request.has_value());
            QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
        }
    }

    /// Whatever comes in whatever order: a client that reads line by line gets all of it.
    void everyStreamIsLinesOfJson()
    {
        std::mt19937 random(20'261'129);
        for (int round = 0; round < 300; ++round) {
            const Script script = randomScript(random);
            const OllamaForm form = round % 4 == 0 ? OllamaForm::Generate : OllamaForm::Chat;
            readStrictly(streamOf(script, form), script, form);
            if (QTest::currentTestFailed()) {
                qWarning("round %d", round);
                return;
            }
        }
    }

    void theEndTellsCountsAndTimes()
    {
        OllamaStreamWriter writer(context(), OllamaForm::Chat);
        QByteArray out;
        m_clock.advance(3ms);
        writer.write({TextDelta{"a"_ba}}, out);
        m_clock.advance(4ms);
        writer.write({Finish{FinishReason::Length, {}}}, out);
        writer.write({UsageReport{{7, std::nullopt, {}, {}}}}, out);
        writer.finish(out);
        const QJsonObject last = parsed(out.split('\n').at(1));
        QCOMPARE(last[u"done_reason"_s].toString(), u"length"_s);
        QCOMPARE(last[u"total_duration"_s].toInt(), 7'000'000);
        QCOMPARE(last[u"prompt_eval_duration"_s].toInt(), 3'000'000);
        QCOMPARE(last[u"eval_duration"_s].toInt(), 4'000'000);
        QCOMPARE(last[u"prompt_eval_count"_s].toInt(), 7);
        QVERIFY(!last.contains(u"eval_count"_s)); // unknown is not 0
    }

    void wholeRepliesAreOneObject()
    {
        const auto translator = OllamaDialect(OllamaForm::Generate).translator(context());
        QByteArray out;
        QVERIFY(!translator->feed(
            R"({"model":"v/m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi",)"
            R"("reasoning_content":"Hm"},"finish_reason":"stop"}]})",
            out));
        QVERIFY(!translator->finish(out));
        const QJsonObject reply = parsed(out);
        QCOMPARE(reply[u"response"_s].toString(), u"Hi"_s);
        QCOMPARE(reply[u"thinking"_s].toString(), u"Hm"_s);
        QVERIFY(reply[u"done"_s].toBool());
        QVERIFY(reply[u"eval_duration"_s].toInt() > 0);
        QVERIFY(QDateTime::fromString(reply[u"created_at"_s].toString(), Qt::ISODate).isValid());
    }

    void errorsAreOneSentence()
    {
        const OllamaDialect dialect(OllamaForm::Chat);
        QCOMPARE(dialect.error({404, "gone"_ba, {}}), R"({"error":"gone"})"_ba);
        QCOMPARE(dialect.streamError({503, "cut"_ba, {}}), R"({"error":"cut"})"_ba + '\n');
    }

    void translatesEmbeddings()
    {
        using Form = OllamaEmbedDialect::Form;
        const QByteArray list
            = R"({"data":[{"embedding":[1]},{"embedding":[2]}],"model":"m","usage":{"prompt_tokens":4}})";
        const QByteArray asked = R"({"model":"m:latest","input":["a","b"],"truncate":true})";
        QCOMPARE(
            OllamaEmbedDialect(Form::Batch).read({asked, {}, {}})->chat,
            R"({"model":"m","input":["a","b"]})"_ba);
        QByteArray out;
        const auto batch = OllamaEmbedDialect(Form::Batch).translator(context());
        QVERIFY(!batch->feed(list, out) && !batch->finish(out));
        QCOMPARE(parsed(out)[u"embeddings"_s].toArray().size(), 2);
        QCOMPARE(parsed(out)[u"prompt_eval_count"_s].toInt(), 4);
        out.clear();
        const auto single = OllamaEmbedDialect(Form::Single).translator(context());
        QVERIFY(!single->feed(list, out) && !single->finish(out));
        QCOMPARE(out, R"({"embedding":[1]})"_ba);
    }

private:
    ClientReplyContext context()
    {
        ClientReplyContext context;
        context.requestId = "req_1"_ba;
        context.thinking = true;
        context.clock = &m_clock;
        context.began = m_clock.now();
        return context;
    }

    QByteArray streamOf(const Script &script, OllamaForm form)
    {
        OllamaStreamWriter writer(context(), form);
        QByteArray out;
        for (const CanonicalEvent &event : script.events) {
            writer.write(event, out);
        }
        writer.finish(out);
        return out;
    }

    void readStrictly(const QByteArray &bytes, const Script &script, OllamaForm form)
    {
        QVERIFY(bytes.endsWith('\n'));
        const QByteArrayList lines = bytes.chopped(1).split('\n');
        QString text;
        QString thinking;
        QJsonArray calls;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const QJsonObject line = parsed(lines[i]);
            QCOMPARE(line[u"model"_s].toString(), u"vendor/model"_s);
            QVERIFY(line[u"done"_s].isBool());
            QCOMPARE(line[u"done"_s].toBool(), i == lines.size() - 1);
            const QJsonObject said = form == OllamaForm::Chat ? line[u"message"_s].toObject()
                                                              : line;
            QVERIFY(said[form == OllamaForm::Chat ? u"content"_s : u"response"_s].isString());
            text += said[form == OllamaForm::Chat ? u"content"_s : u"response"_s].toString();
            thinking += said[u"thinking"_s].toString();
            for (const QJsonValue call : said[u"tool_calls"_s].toArray()) {
                calls.append(call);
            }
        }
        QCOMPARE(text, script.text);
        QCOMPARE(thinking, script.thinking);
        QCOMPARE(calls, form == OllamaForm::Chat ? script.calls : QJsonArray());
    }

    ManualClock m_clock;
};

QTEST_GUILESS_MAIN(TestOllama)
#include "tst_ollama.moc"
