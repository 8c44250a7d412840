#include "core/dialects/json.h"
#include "core/dialects/messages/messages_dialect.h"
#include "core/dialects/openai_chat.h"
#include "tests/support/relay_words.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

// moc cannot read some raw strings with quotes.
const QByteArray argumentsOfA = "\"{\\\"a\\\":1}\"";

common::Result<ClientRequest> readMessages(const QByteArray &body)
{
    return MessagesDialect().read({body, "/v1/messages"_ba, {}});
}

/// One user turn, with more members.
QByteArray hello(const QByteArray &more)
{
    return R"({"messages":[{"role":"user","content":"Hi"}])" + more + '}';
}

QByteArray turn(const QByteArray &role, const QByteArray &content)
{
    return "{\"messages\":[{\"role\":\"" + role + "\",\"content\":" + content + "}]}";
}

} // namespace

/// Requests of Anthropic's Messages API in OpenAI's form.
class TestMessagesRequest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysItInOpenAisForm_data()
    {
        const auto row = saidRows();
        row("parameters",
            hello(
                R"(,"model":"claude-x","max_tokens":100,"temperature":0.70,"top_p":0.9,"top_k":5,)"
                R"("stop_sequences":["END"],"metadata":{"user_id":"u"})"),
            hello(
                R"(,"model":"claude-x","max_tokens":100,"temperature":0.70,"top_p":0.9,"top_k":5,)"
                R"("stop":["END"],"user":"u")"));
        row("a stream asks for usage",
            hello(R"(,"stream":true)"),
            hello(R"(,"stream":true,"stream_options":{"include_usage":true})"));
        row("system text",
            hello(R"(,"system":"Be brief.")"),
            R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}]})");
        row("system blocks with a hint",
            hello(
                R"(,"system":[{"type":"text","text":"A"},{"type":"text","text":"B","cache_control":{"type":"ephemeral"}}])"),
            R"({"messages":[{"role":"system","content":[{"type":"text","text":"A"},)"
            R"({"type":"text","text":"B","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"Hi"}]})");
        row("one text block is a string",
            turn("user", R"([{"type":"text","text":"\u00e9\n"}])"),
            turn("user", R"("é\n")"));
        row("images",
            turn(
                "user",
                R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},)"
                R"({"type":"image","source":{"type":"url","url":"https:\/\/example.org\/a.png"}}])"),
            turn(
                "user",
                R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},)"
                R"({"type":"image_url","image_url":{"url":"https:\/\/example.org\/a.png"}}])"));
        row("documents",
            turn(
                "user",
                R"([{"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}},)"
                R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}])"),
            turn(
                "user",
                R"([{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}},)"
                R"({"type":"text","text":"words"}])"));
        row("calls of the assistant",
            turn(
                "assistant",
                R"([{"type":"text","text":"let me see"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}}])"),
            turn(
                "assistant",
                R"("let me see","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":)"
                    + argumentsOfA + "}}]"));
        row("calls alone",
            turn("assistant", R"([{"type":"tool_use","id":"t","name":"f","input":{}}])"),
            turn(
                "assistant",
                R"(null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}])"));
        row("thoughts",
            turn(
                "assistant",
                R"([{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"yes"}])"),
            turn(
                "assistant",
                R"("yes","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"s","format":"anthropic-claude-v1"},)"
                R"({"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1"}])"));
        row("results come before what else is said",
            turn(
                "user",
                R"([{"type":"text","text":"and now"},{"type":"tool_result","tool_use_id":"t1","content":"9"},)"
                R"({"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"10"}]},{"type":"tool_result","tool_use_id":"t3"}])"),
            R"({"messages":[{"role":"tool","tool_call_id":"t1","content":"9"},)"
            R"({"role":"tool","tool_call_id":"t2","content":"10"},{"role":"tool","tool_call_id":"t3","content":""},)"
            R"({"role":"user","content":"and now"}]})");
        row("tools",
            hello(
                R"(,"tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],)"
                R"("tool_choice":{"type":"any","disable_parallel_tool_use":true})"),
            hello(
                R"(,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}},)"
                R"("cache_control":{"type":"ephemeral"}}],"tool_choice":"required","parallel_tool_calls":false)"));
        row("one tool",
            hello(R"(,"tools":[{"name":"f"}],"tool_choice":{"type":"tool","name":"f"})"),
            hello(R"(,"tools":[{"type":"function","function":{"name":"f"}}],)"
                  R"("tool_choice":{"type":"function","function":{"name":"f"}})"));
        row("structured output and effort",
            hello(
                R"(,"output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}})"),
            hello(
                R"(,"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}})"));
        row("nulls", hello(R"(,"system":null,"tools":null,"thinking":null)"), hello(""));
    }

    void saysItInOpenAisForm()
    {
        compareSaid(
            [](const QByteArray &request) { return withNothingIgnored(readMessages(request)); });
    }

    void knowsWhetherThoughtsAreWanted()
    {
        QVERIFY(!readMessages(hello(""))->thinking);
        QVERIFY(!readMessages(hello(R"(,"thinking":{"type":"disabled"})"))->thinking);
        QVERIFY(readMessages(hello(R"(,"thinking":{"type":"enabled","budget_tokens":2000})"))
                    ->thinking);
    }

    void namesWhatItIgnores()
    {
        const auto read = readMessages(
            R"({"mcp_servers":[],"evil\r\nx":1,"service_tier":"auto",)"
            R"("tools":[{"type":"bash_20250124","name":"bash"},{"name":"f"}],"messages":[)"
            R"({"role":"user","content":[{"type":"search_result"},{"type":"text","text":"Hi"}]}]})");
        QVERIFY(read.has_value());
        QCOMPARE(
            read->ignored,
            (QByteArrayList{
                "mcp_servers",
                "evil??x",
                "tools[0] bash_20250124",
                "messages[0].content[0] search_result"}));
        QCOMPARE(parsed(read->chat)[u"tools"_s].toArray().size(), 1);
    }

    void aListOfWhatItIgnoresIsShort()
    {
        QByteArray body = R"({"messages":[{"role":"user","content":"Hi"}])";
        for (int i = 0; i < 1'000; ++i) {
            body += ",\"x" + QByteArray::number(i) + QByteArray(500, 'y') + "\":1";
        }
        const auto read = readMessages(body + '}');
        QVERIFY(read.has_value());
        QCOMPARE(read->ignored.size(), 20);
        QCOMPARE(read->ignored.front().size(), 100);
    }

    void refusesWhatIsNoRequest_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("param");
        QTest::newRow("no JSON") << "{"_ba << QString();
        QTest::newRow("no object") << "[]"_ba << QString();
        QTest::newRow("no messages") << "{}"_ba << u"messages"_s;
        QTest::newRow("messages of another type") << R"({"messages":"Hi"})"_ba << u"messages"_s;
        QTest::newRow("none") << R"({"messages":[]})"_ba << u"messages"_s;
        QTest::newRow("no content")
            << R"({"messages":[{"role":"user"}]})"_ba << u"messages[0].content"_s;
        QTest::newRow("role") << turn("robot", "\"Hi\"") << u"messages[0].role"_s;
        QTest::newRow("tools") << hello(R"(,"tools":{})") << u"tools"_s;
    }

    void refusesWhatIsNoRequest()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, param);
        const auto read = readMessages(body);
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().kind, common::ErrorKind::InvalidArgument);
        QCOMPARE(read.error().param, param);
    }
};

QTEST_APPLESS_MAIN(TestMessagesRequest)
#include "tst_messages_request.moc"
