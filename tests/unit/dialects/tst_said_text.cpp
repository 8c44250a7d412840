#include "core/dialects/openai_dialect.h"
#include "core/dialects/text/rescued_reply.h"
#include "core/dialects/text/said_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArrayList tools{"get_weather", "search"};

QByteArray describe(const SaidPiece &all, const std::vector<PrintedCall> &calls)
{
    QByteArray out = '(' + all.thinking + ')' + all.text;
    for (const PrintedCall &call : calls) {
        out += " !" + call.name + call.arguments;
    }
    return out;
}

/// What becomes of a text that comes in pieces: "(thoughts)text !calls".
QByteArray sorted(const QByteArray &text, qsizetype size, const QByteArrayList &names = tools)
{
    SaidText said(names);
    SaidPiece all;
    const auto add = [&all](const SaidPiece &piece) {
        all.thinking += piece.thinking;
        all.text += piece.text;
    };
    for (qsizetype at = 0; at < text.size(); at += size) {
        add(said.take(QByteArrayView(text).sliced(at, std::min(size, text.size() - at))));
    }
    add(said.end());
    return describe(all, said.calls());
}

QByteArray delta(const QByteArray &members, const QByteArray &reason = "null")
{
    return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
           "\"choices\":[{\"index\":0,\"delta\":{"
        + members + "},\"finish_reason\":" + reason + "}]}\n\n";
}

/// @param escaped  as it stands in JSON
QByteArray content(const QByteArray &escaped)
{
    return "\"content\":\"" + escaped + '"';
}

ReplyContext context(bool stream)
{
    ReplyContext made;
    made.requestId = "r";
    made.stream = stream;
    made.tools = tools;
    return made;
}

struct Told
{
    QByteArray out;
    std::optional<common::Error> error;
    ReplyProgress progress;
};

Told told(const QByteArray &in, const ReplyContext &context)
{
    const auto translator = OpenAiDialect().translator(context);
    Told result;
    result.error = translator->feed(in, result.out);
    if (!result.error) {
        result.error = translator->finish(result.out);
    }
    result.progress = translator->progress();
    return result;
}

/// The choices of the chunks of a stream.
QJsonArray choicesOf(const QByteArray &stream)
{
    QJsonArray choices;
    for (const QByteArray &line : stream.split('\n')) {
        if (line.startsWith("data: {")) {
            choices.append(QJsonDocument::fromJson(line.mid(6)).object()[u"choices"_s][0]);
        }
    }
    return choices;
}

const QByteArray refusal
    = "{\"error\":{\"message\":\"Failed to call a function.\",\"code\":\"tool_use_failed\","
      "\"failed_generation\":\"<function=search>{\\\"q\\\":\\\"x\\\"}</function>\"}}";

} // namespace

/// Thoughts and tool calls that models write into their text.
class TestSaidText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsInAnyPieces_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const QByteArray &text, const QByteArray &expected) {
            QTest::newRow(name) << text << expected;
        };
        row("text", "Hello", "()Hello");
        row("nothing", "", "()");
        row("thoughts", "\n<think>hm</think>\n\nHello", "(hm)Hello");
        row("empty thoughts", "<think>\n\n</think>\n\nHello", "(\n\n)Hello");
        row("thoughts without an end", "<think>hm </thi", "(hm </thi)");
        row("no thoughts in the middle", "A <think> tag", "()A <think> tag");
        row("almost thoughts", "<thin", "()<thin");
        row("indented", "  Hello ", "()  Hello ");
        row("Hermes",
            "Let me look.\n<tool_call>\n{\"name\": \"search\", \"arguments\": {\"q\": "
            "\"a\"}}\n</tool_call>\n"
            "<tool_call>{\"name\":\"get_weather\"}</tool_call>",
            "()Let me look.\n !search{\"q\": \"a\"} !get_weather{}");
        row("Llama", "<function=search>{\"q\":1}</function>", "() !search{\"q\":1}");
        row("Llama, glued", "<function=search{\"q\":1}</function>", "() !search{\"q\":1}");
        row("Llama, Python",
            "<|python_tag|>{\"name\":\"search\",\"parameters\":{\"q\":1}}<|eom_id|>",
            "() !search{\"q\":1}");
        row("Mistral",
            "[TOOL_CALLS] [{\"name\":\"search\",\"arguments\":\"{\\\"q\\\":1}\"}]",
            "() !search{\"q\":1}");
        row("bare",
            "<think>a</think>\n{\"name\": \"search\",\n \"parameters\": {\"q\": 1}}",
            "(a) !search{\"q\": 1}");
        row("bare, nested",
            "{\"type\":\"function\",\"function\":{\"name\":\"search\",\"arguments\":{}}}",
            "() !search{}");
        row("bare, several",
            "[{\"name\":\"search\",\"arguments\":{}},{\"name\":\"get_weather\",\"arguments\":{}}]",
            "() !search{} !get_weather{}");
        row("fenced", "```json\n{\"name\":\"search\",\"arguments\":{}}\n```", "() !search{}");
        for (const QByteArray &text :
             {"{\"name\":\"unknown\",\"arguments\":{}}"_ba,
              "<tool_call>{\"name\":\"unknown\",\"arguments\":{}}</tool_call>"_ba,
              "<tool_call>{\"name\":\"search\",\"arguments\":{}}</tool_call> and text"_ba,
              "<tool_call>{\"name\":\"search\",\"argum"_ba,
              "{\"name\":\"search\",\"age\":5}"_ba,
              "{\"name\":\"search\",\"arguments\":[]}"_ba,
              "{\"name\":\"search\"} is what you asked for"_ba,
              "```\ncode\n```"_ba,
              "[1,2]"_ba,
              "a < b, <tool"_ba}) {
            row(text.constData(), text, "()" + text);
        }
    }

    void sortsInAnyPieces()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        for (const qsizetype size : {qsizetype(1000), qsizetype(1), qsizetype(3), qsizetype(7)}) {
            QByteArray result = sorted(text, size);
            // In pieces the text in front of calls has been told before they are found.
            QCOMPARE(result.replace("look. !", "look.\n !"), expected);
        }
    }

    void callsOfNoToolAreText()
    {
        const QByteArray call = "<tool_call>{\"name\":\"search\"}</tool_call>";
        QCOMPARE(sorted(call, 1, {}), "()" + call);
        SaidText said(tools);
        said.expectNoCalls();
        QCOMPARE(said.take(call).text, call);
        QVERIFY(said.isPlain());
    }

    void textIsToldAtOnce()
    {
        SaidText said(tools);
        QCOMPARE(said.take("Hel").text, "Hel"_ba);
        QCOMPARE(said.take("lo <").text, "lo "_ba);
        QCOMPARE(said.take("b").text, "<b"_ba);
        SaidText data(tools);
        QCOMPARE(data.take("{\"nam").text, ""_ba);
        QCOMPARE(data.take("es\"").text, "{\"names\""_ba);
    }

    void noMoreThanTheLimitIsHeldBack()
    {
        SaidText said(tools);
        const QByteArray begun = "<tool_call>" + QByteArray(SaidText::maxHeld, 'x');
        QCOMPARE(said.take(begun).text, begun);
        QVERIFY(said.isPlain());
    }

    void streamsTellThem()
    {
        const Told result = told(
            delta("\"role\":\"assistant\"," + content("<think>h"))
                + delta(content("m</think>Look: <tool_call>{\\\"name\\\":\\\"search\\\","))
                + delta(content("\\\"arguments\\\":{\\\"q\\\":1}}</tool_call>"))
                + delta({}, "\"stop\"") + "data: [DONE]\n\n",
            context(true));
        QVERIFY(!result.error);
        QByteArray thinking;
        QByteArray text;
        QJsonArray calls;
        const QJsonArray choices = choicesOf(result.out);
        for (const QJsonValue &choice : choices) {
            const QJsonValue said = choice[u"delta"_s];
            thinking += said[u"reasoning_content"_s].toString().toUtf8();
            QCOMPARE(said[u"reasoning"_s], said[u"reasoning_content"_s]);
            text += said[u"content"_s].toString().toUtf8();
            if (said[u"tool_calls"_s].isArray()) {
                calls = said[u"tool_calls"_s].toArray();
            }
        }
        QCOMPARE(thinking, "hm"_ba);
        QCOMPARE(text, "Look: "_ba);
        QCOMPARE(calls.size(), 1);
        QCOMPARE(calls[0][u"index"_s].toInt(-1), 0);
        QCOMPARE(calls[0][u"function"_s][u"arguments"_s].toString(), u"{\"q\":1}"_s);
        QCOMPARE(choices.last()[u"finish_reason"_s].toString(), u"tool_calls"_s);
        QCOMPARE(result.progress.finishReason, "tool_calls"_ba);
        QVERIFY(result.out.endsWith("data: [DONE]\n\n"));
    }

    void wholeRepliesTellThem()
    {
        const Told result = told(
            "{\"choices\":[{\"message\":{\"content\":\"<think>hm</"
            "think>{\\\"name\\\":\\\"search\\\","
            "\\\"parameters\\\":{}}\"},\"finish_reason\":\"stop\"}]}",
            context(false));
        QVERIFY(!result.error);
        const QJsonValue choice = QJsonDocument::fromJson(result.out).object()[u"choices"_s][0];
        const QJsonValue message = choice[u"message"_s];
        QCOMPARE(message[u"reasoning_content"_s].toString(), u"hm"_s);
        QCOMPARE(message[u"content"_s].toString(u"none"_s), QString());
        QCOMPARE(message[u"tool_calls"_s][0][u"function"_s][u"name"_s].toString(), u"search"_s);
        QCOMPARE(choice[u"finish_reason"_s].toString(), u"tool_calls"_s);
    }

    void whereJsonIsWantedItIsNoCall()
    {
        ReplyContext json = context(false);
        json.needs.jsonSchema = true;
        const Told result = told(
            "{\"choices\":[{\"message\":{\"content\":\"{\\\"name\\\":\\\"search\\\"}\"}}]}", json);
        QVERIFY(!result.out.contains("tool_calls"));
    }

    void groqsRefusalHoldsTheCall()
    {
        const QByteArray reply = rescuedReply(refusal, tools, "r");
        const QJsonValue choice = QJsonDocument::fromJson(reply).object()[u"choices"_s][0];
        const QJsonValue call = choice[u"message"_s][u"tool_calls"_s][0];
        QCOMPARE(call[u"function"_s][u"name"_s].toString(), u"search"_s);
        QCOMPARE(call[u"function"_s][u"arguments"_s].toString(), u"{\"q\":\"x\"}"_s);
        QVERIFY(rescuedReply(refusal, {"other"}, "r").isEmpty());
        QVERIFY(rescuedReply(QByteArray(refusal).replace("tool_use_failed", "other"), tools, "r")
                    .isEmpty());
        QVERIFY(rescuedReply("<html>"_ba, tools, "r").isEmpty());
    }

    void soDoesOneInsideAStream()
    {
        const Told result = told("data: " + refusal + "\n\n", context(true));
        QVERIFY(!result.error);
        const QJsonArray choices = choicesOf(result.out);
        QCOMPARE(
            choices[0][u"delta"_s][u"tool_calls"_s][0][u"function"_s][u"name"_s].toString(),
            u"search"_s);
        QCOMPARE(choices.last()[u"finish_reason"_s].toString(), u"tool_calls"_s);
        // After text it would be told twice.
        QVERIFY(told(delta(content("a")) + "data: " + refusal + "\n\n", context(true)).error);
    }
};

QTEST_APPLESS_MAIN(TestSaidText)
#include "tst_said_text.moc"
