#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/responses/responses_dialect.h"
#include "core/dialects/responses/responses_terms.h"
#include "core/dialects/responses/responses_thoughts.h"
#include "tests/support/relay_words.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

common::Result<ClientRequest> readResponses(const QByteArray &body)
{
    return ResponsesDialect().read({body, "/v1/responses"_ba, {}});
}

/// "Hi", with more members.
QByteArray hello(const QByteArray &more)
{
    return "{\"input\":\"Hi\"" + more + '}';
}

/// The same in OpenAI chat's form.
QByteArray said(const QByteArray &more)
{
    return R"({"messages":[{"role":"user","content":"Hi"}])" + more + '}';
}

QByteArray items(const QByteArray &list)
{
    return "{\"input\":[" + list + "]}";
}

QByteArray messages(const QByteArray &list)
{
    return "{\"messages\":[" + list + "]}";
}

QByteArray call(const QByteArray &id, const QByteArray &name, const QByteArray &arguments)
{
    return "{\"id\":\"" + id + "\",\"type\":\"function\",\"function\":{\"name\":\"" + name
        + "\",\"arguments\":\"" + arguments + "\"}}";
}

QByteArray assistant(const QByteArray &calls)
{
    return R"({"role":"assistant","content":null,"tool_calls":[)" + calls + "]}";
}

QByteArray result(const QByteArray &id, const QByteArray &content)
{
    return "{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":" + content + '}';
}

QByteArray function(const QByteArray &name, const QByteArray &more = {})
{
    return "{\"type\":\"function\",\"function\":{\"name\":\"" + name + '"' + more + "}}";
}

const QByteArray inputParameter
    = R"(,"parameters":{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false})";

} // namespace

/// Requests of OpenAI's Responses API in OpenAI chat's form.
class TestResponsesRequest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysItInChatsForm_data()
    {
        const auto row = saidRows();
        row("parameters",
            hello(
                R"(,"model":"m","max_output_tokens":100,"temperature":0.70,"top_p":0.9,"metadata":{"a":"b"},)"
                "\"store\":false,\"user\":\"u\",\"client_metadata\":{},\"truncation\":"
                "\"disabled\""),
            said(",\"model\":\"m\",\"max_completion_tokens\":100,\"temperature\":0.70,\"top_p\":0."
                 "9,\"user\":\"u\""));
        row("a stream asks for usage",
            hello(R"(,"stream":true,"stream_options":{"include_obfuscation":false})"),
            said(R"(,"stream":true,"stream_options":{"include_usage":true})"));
        row("effort, verbosity and a schema",
            hello(
                R"(,"reasoning":{"effort":"low"},"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}})"),
            said(
                R"(,"reasoning_effort":"low","verbosity":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})"));
        row("a JSON object",
            hello(R"(,"text":{"format":{"type":"json_object"}})"),
            said(R"(,"response_format":{"type":"json_object"})"));
        row("nulls", hello(R"(,"instructions":null,"tools":null,"text":null)"), said(""));
        row("instructions",
            hello(",\"instructions\":\"Be brief.\""),
            messages(R"({"role":"system","content":"Be brief."},{"role":"user","content":"Hi"})"));
        addItems(row);
        addTools(row);
    }

    void saysItInChatsForm() { compareSaid(&readResponses); }

    void whatOnlyOpenAiServesIsNamed()
    {
        const auto read = readResponses(
            R"({"input":[{"role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"video"}]},)"
            R"({"type":"web_search_call","id":"ws_1"},{"type":"compaction","encrypted_content":"x"},)"
            R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"}],)"
            "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"shell\",\"environment\":{\"type\":"
            "\"container_auto\"}},{\"type\":\"function\"}],"
            "\"tool_choice\":{\"type\":\"web_search\"},\"include\":[\"message.output_text."
            "logprobs\"],\"truncation\":\"auto\",\"novelty\":1}");
        QVERIFY(read.has_value());
        QCOMPARE(
            read->ignored,
            (QByteArrayList{
                "include message.output_text.logprobs",
                "truncation",
                "novelty",
                "tools[0] web_search",
                "tools[1] shell",
                "tools[2] function",
                "input[0].content[1] video",
                "input[1] web_search_call",
                "input[2] compaction",
                "input[3] reasoning.encrypted_content"}));
        QVERIFY(!parsed(read->chat).contains(u"tools"_s));
        QVERIFY(!parsed(read->chat).contains(u"tool_choice"_s));
    }

    void sealsComeBackWhereTheyBelong()
    {
        ThoughtSeal seal;
        seal.addText("hm", {"s", anthropicSignatureFormat});
        seal.addCall("c1", "g");
        const auto read = readResponses(items(
            "{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\""
            + seal.sealed()
            + "\"},{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}"
              "\"}"));
        QVERIFY(read.has_value());
        QVERIFY(read->ignored.isEmpty());
        const QJsonObject message = parsed(read->chat)[u"messages"_s][0].toObject();
        const QJsonArray details = message[u"reasoning_details"_s].toArray();
        QCOMPARE(details.size(), 1);
        QCOMPARE(details[0][u"text"_s].toString(), u"hm"_s);
        QCOMPARE(details[0][u"signature"_s].toString(), u"s"_s);
        QCOMPARE(
            message[u"tool_calls"_s][0][u"extra_content"_s][u"google"_s][u"thought_signature"_s]
                .toString(),
            u"g"_s);
    }

    void aSealThatWasBrokenIsNone()
    {
        ThoughtSeal seal;
        seal.addRedacted({"d", anthropicSignatureFormat});
        QVERIFY(openSeal(seal.sealed()).has_value());
        QVERIFY(!openSeal(seal.sealed().chopped(4)).has_value());
        QVERIFY(!openSeal("frt1.####").has_value());
        QVERIFY(!openSeal("gAAAA").has_value());
    }

    void notesWhatTheResponseSaysAgain()
    {
        const auto read = readResponses(hello(
            R"(,"instructions":"Be brief.","metadata":{"a":"b"},"previous_response_id":null,"temperature":0.5,)"
            "\"reasoning\":{\"summary\":\"auto\"},\"include\":[\"reasoning.encrypted_content\"],"
            "\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{}},{\"type\":"
            "\"custom\",\"name\":\"c\"}]"));
        QVERIFY(read.has_value());
        QVERIFY(read->thinking);
        const auto *terms = dynamic_cast<const ResponsesTerms *>(read->terms.get());
        QVERIFY(terms != nullptr);
        QVERIFY(terms->encrypted);
        QCOMPARE(terms->tools.size(), 1U);
        QCOMPARE(terms->tools.front().kind, ToolKind::Custom);
        const auto echoed = [terms](const QByteArray &name) {
            for (const auto &[key, value] : terms->echo) {
                if (key == name) {
                    return value;
                }
            }
            return QByteArray();
        };
        QCOMPARE(echoed("instructions"), "\"Be brief.\""_ba);
        QCOMPARE(echoed("metadata"), "{\"a\":\"b\"}"_ba);
        QCOMPARE(echoed("temperature"), "0.5"_ba);
        QCOMPARE(echoed("top_p"), "1"_ba);
        QCOMPARE(echoed("previous_response_id"), "null"_ba);
        QVERIFY(echoed("tools").contains("\"strict\":null"));
    }

    void refusesWhatItCannotMean_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QString>("param");
        QTest::newRow("no JSON") << "{"_ba << QString();
        QTest::newRow("no object") << "[]"_ba << QString();
        QTest::newRow("no input") << "{}"_ba << u"input"_s;
        QTest::newRow("input of another type") << "{\"input\":1}"_ba << u"input"_s;
        QTest::newRow("a conversation") << hello(",\"conversation\":\"c\"") << u"conversation"_s;
        QTest::newRow("a prompt") << hello(R"(,"prompt":{"id":"p"})") << u"prompt"_s;
        QTest::newRow("tools") << hello(R"(,"tools":{})") << u"tools"_s;
        QTest::newRow("no tokens") << hello(R"(,"max_output_tokens":0)") << u"max_output_tokens"_s;
        QTest::newRow("content") << items(R"({"role":"user","content":1})")
                                 << u"input[0].content"_s;
        QTest::newRow("an uploaded picture")
            << items(R"({"role":"user","content":[{"type":"input_image","file_id":"f"}]})")
            << u"input[0].content[0].image_url"_s;
        QTest::newRow("an item kept elsewhere") << items(R"({"id":"msg_1"})") << u"input[0]"_s;
        QTest::newRow("an output without its call")
            << items(R"({"type":"function_call_output","call_id":"c","output":"x"})")
            << u"input[0]"_s;
    }

    void refusesWhatItCannotMean()
    {
        QFETCH(QByteArray, request);
        QFETCH(QString, param);
        const auto read = readResponses(request);
        QVERIFY(!read.has_value());
        QCOMPARE(read.error().kind, common::ErrorKind::InvalidArgument);
        QCOMPARE(read.error().param, param);
    }

    void longNamesOfNamespacesStayDistinct()
    {
        const QByteArray space(50, 's');
        const QByteArray one = functionName(space, "first_of_the_long_names");
        const QByteArray other = functionName(space, "first_of_the_long_namez");
        QVERIFY(one != other);
        QCOMPARE(one.size(), 64);
        QCOMPARE(functionName("mcp__a__", "b.c"), "mcp__a__b_c"_ba);
        QCOMPARE(functionName({}, "b"), "b"_ba);
    }

private:
    template <typename Row> static void addItems(Row row)
    {
        row("messages of all roles",
            items(
                R"({"role":"developer","content":"D"},{"type":"message","role":"user","content":[{"type":"input_text","text":"A"}]},)"
                R"({"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"B","annotations":[]}]},)"
                R"({"role":"assistant","content":[{"type":"refusal","refusal":"no"}]})"),
            messages(
                R"({"role":"system","content":"D"},{"role":"user","content":"A"},)"
                R"({"role":"assistant","content":[{"type":"text","text":"B"},{"type":"text","text":"no"}]})"));
        row("pictures and files",
            items(
                R"({"role":"user","content":[{"type":"input_text","text":"A"},{"type":"input_image","detail":"low","image_url":"data:image/png;base64,QUJD"},)"
                "{\"type\":\"input_file\",\"filename\":\"a.pdf\",\"file_data\":\"data:application/"
                "pdf;base64,QUJD\"},{\"type\":\"input_file\",\"file_url\":\"https://example.org/"
                "a.pdf\"}]}"),
            messages(
                R"({"role":"user","content":[{"type":"text","text":"A"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD","detail":"low"}},)"
                "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:"
                "application/"
                "pdf;base64,QUJD\"}},{\"type\":\"file\",\"file\":{\"file_data\":\"https://"
                "example.org/a.pdf\"}}]}"));
        row("outputs stand behind their calls",
            items(
                R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}]},)"
                R"({"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","call_id":"b","name":"g","arguments":"{}"},)"
                R"({"role":"user","content":"wait"},{"type":"function_call_output","call_id":"b","output":"2"},)"
                R"({"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":"1"}]})"),
            messages(
                assistant(call("a", "f", "{}") + ',' + call("b", "g", "{}")) + ','
                + result("a", "\"1\"") + ',' + result("b", "\"2\"")
                + R"(,{"role":"user","content":"wait"})"));
        row("ids that come again",
            items(
                R"({"type":"function_call","call_id":"a","name":"f","arguments":"1"},{"type":"function_call_output","call_id":"a","output":"1"},)"
                R"({"type":"function_call","call_id":"a","name":"f","arguments":"2"},{"type":"function_call_output","call_id":"a","output":"2"})"),
            messages(
                assistant(call("a", "f", "1")) + ',' + result("a", "\"1\"") + ','
                + assistant(call("a", "f", "2")) + ',' + result("a", "\"2\"")));
        row("calls of other kinds",
            items(
                R"({"type":"custom_tool_call","call_id":"a","name":"c","input":"x\n"},{"type":"custom_tool_call_output","call_id":"a","output":"1"},)"
                R"({"type":"local_shell_call","call_id":"b","action":{"type":"exec"}},{"type":"local_shell_call_output","call_id":"b","output":"2"},)"
                R"({"type":"shell_call","call_id":"s","action":{}},{"type":"shell_call_output","call_id":"s","output":[{"stdout":"o"}]},)"
                R"({"type":"apply_patch_call","call_id":"p","operation":{}},{"type":"apply_patch_call_output","call_id":"p","status":"completed"},)"
                R"({"type":"function_call","call_id":"n","namespace":"ns","name":"f","arguments":""})"),
            messages(
                assistant(call("a", "c", "{\\\"input\\\":\\\"x\\\\n\\\"}")) + ','
                + result("a", "\"1\"") + ','
                + assistant(call("b", "local_shell", "{\\\"type\\\":\\\"exec\\\"}")) + ','
                + result("b", "\"2\"") + ',' + assistant(call("s", "shell", "{}")) + ','
                + result("s", "\"[{\\\"stdout\\\":\\\"o\\\"}]\"") + ','
                + assistant(call("p", "apply_patch", "{}")) + ',' + result("p", "\"completed\"")
                + ',' + assistant(call("n", "ns__f", ""))));
    }

    template <typename Row> static void addTools(Row row)
    {
        row("functions",
            hello(
                R"(,"tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":false,"novelty":1},)"
                R"({"type":"function","name":"f"}],"tool_choice":"required","parallel_tool_calls":false)"),
            said(
                ",\"tools\":["
                + function(
                    "f", R"(,"description":"d","parameters":{"type":"object"},"strict":false)")
                + R"(],"tool_choice":"required","parallel_tool_calls":false)"));
        row("one function",
            hello(
                R"(,"tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"f"})"),
            said(",\"tools\":[" + function("f") + R"(],"tool_choice":)" + function("f")));
        row("some of them",
            hello(R"(,"tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],)"
                  "\"tool_choice\":{\"type\":\"allowed_tools\",\"mode\":\"required\",\"tools\":[{"
                  "\"type\":\"function\",\"name\":\"g\"}]}"),
            said(",\"tools\":[" + function("g") + "],\"tool_choice\":\"required\""));
        row("no tools, no choice",
            hello(R"(,"tools":[],"tool_choice":"auto","parallel_tool_calls":true)"),
            said(""));
        row("free text with a grammar",
            hello(
                R"(,"tools":[{"type":"custom","name":"c","description":"d","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}])"),
            said(
                ",\"tools\":["
                + function(
                    "c",
                    ",\"description\":\"d\\n\\n`input` must match this lark grammar:\\nstart: x\""
                        + inputParameter)
                + ']'));
        row("a namespace, and tools that come in the input",
            items(
                R"({"type":"additional_tools","role":"developer","tools":[{"type":"function","name":"later"}]},{"role":"user","content":"Hi"}],)"
                "\"tools\":[{\"type\":\"namespace\",\"name\":\"ns\",\"tools\":[{\"type\":"
                "\"function\",\"name\":\"f\"}]}"),
            said(",\"tools\":[" + function("ns__f") + ',' + function("later") + ']'));
    }
};

QTEST_APPLESS_MAIN(TestResponsesRequest)
#include "tst_responses_request.moc"
