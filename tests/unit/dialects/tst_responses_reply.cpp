#include "core/dialects/responses/responses_dialect.h"
#include "core/dialects/responses/responses_reply_writer.h"
#include "core/dialects/sse_decoder.h"
#include "tests/support/json_schema_check.h"
#include "tests/support/relay_words.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

const JsonSchemaCheck &openAisSchema()
{
    static const JsonSchemaCheck check = [] {
        QFile file(QStringLiteral(FREERELAY_TEST_DATA "/openai/responses.schema.json"));
        return JsonSchemaCheck(
            file.open(QIODevice::ReadOnly) ? parsed(file.readAll()) : QJsonObject());
    }();
    return check;
}

/// The definition of each event in OpenAI's specification.
QString definitionOf(const QString &type)
{
    static const QHash<QString, QString> names{
        {u"response.created"_s, u"ResponseCreatedEvent"_s},
        {u"response.in_progress"_s, u"ResponseInProgressEvent"_s},
        {u"response.completed"_s, u"ResponseCompletedEvent"_s},
        {u"response.incomplete"_s, u"ResponseIncompleteEvent"_s},
        {u"response.failed"_s, u"ResponseFailedEvent"_s},
        {u"response.output_item.added"_s, u"ResponseOutputItemAddedEvent"_s},
        {u"response.output_item.done"_s, u"ResponseOutputItemDoneEvent"_s},
        {u"response.content_part.added"_s, u"ResponseContentPartAddedEvent"_s},
        {u"response.content_part.done"_s, u"ResponseContentPartDoneEvent"_s},
        {u"response.output_text.delta"_s, u"ResponseTextDeltaEvent"_s},
        {u"response.output_text.done"_s, u"ResponseTextDoneEvent"_s},
        {u"response.function_call_arguments.delta"_s, u"ResponseFunctionCallArgumentsDeltaEvent"_s},
        {u"response.function_call_arguments.done"_s, u"ResponseFunctionCallArgumentsDoneEvent"_s},
        {u"response.custom_tool_call_input.delta"_s, u"ResponseCustomToolCallInputDeltaEvent"_s},
        {u"response.custom_tool_call_input.done"_s, u"ResponseCustomToolCallInputDoneEvent"_s},
        {u"response.reasoning_summary_part.added"_s, u"ResponseReasoningSummaryPartAddedEvent"_s},
        {u"response.reasoning_summary_part.done"_s, u"ResponseReasoningSummaryPartDoneEvent"_s},
        {u"response.reasoning_summary_text.delta"_s, u"ResponseReasoningSummaryTextDeltaEvent"_s},
        {u"response.reasoning_summary_text.done"_s, u"ResponseReasoningSummaryTextDoneEvent"_s},
        {u"error"_s, u"ResponseErrorEvent"_s}};
    return names.value(type, u"unknown event "_s + type);
}

/// A client that reads OpenAI's stream as strictly as its specification has it.
class StrictClient
{
public:
    explicit StrictClient(bool checksSchema = true)
        : m_checksSchema(checksSchema)
    { }

    void read(const QByteArray &bytes)
    {
        SseDecoder decoder;
        decoder.append(bytes);
        while (const auto event = decoder.next()) {
            const QJsonObject json = parsed(event->data);
            const QString type = json[u"type"_s].toString();
            require(QString::fromUtf8(event->type.toByteArray()) == type, u"event name"_s);
            require(json[u"sequence_number"_s].toInt(-1) == m_next++, u"consecutive numbers"_s);
            if (m_checksSchema) {
                const QString found = openAisSchema().amiss(json, definitionOf(type));
                require(found.isEmpty(), type + u' ' + found);
            }
            take(type, json);
        }
        require(m_over, u"a last event"_s);
    }

    QString amiss; ///< the first rule that was broken; "" = none
    QString text;
    QString thinking;
    QStringList calls; ///< "name(arguments)"
    QJsonObject response; ///< the last one

private:
    struct Item
    {
        QString id;
        QString type;
        QString said; ///< all deltas
        QString whole; ///< by the event that ends them
        int parts = 0; ///< open content or summary parts
        bool done = false;
    };

    void require(bool holds, const QString &rule)
    {
        if (!holds && amiss.isEmpty()) {
            amiss = rule;
        }
    }

    void take(const QString &type, const QJsonObject &json)
    {
        require(!m_over, u"nothing behind the end"_s);
        require((m_next == 1) == (type == u"response.created"_s), u"created comes first, once"_s);
        require(
            (m_next == 2) == (type == u"response.in_progress"_s), u"in_progress is the second"_s);
        if (type == u"response.output_item.added"_s) {
            const QJsonObject item = json[u"item"_s].toObject();
            require(
                json[u"output_index"_s].toInt(-1) == m_items.size(), u"indices are contiguous"_s);
            Item begun;
            begun.id = item[u"id"_s].toString();
            begun.type = item[u"type"_s].toString();
            m_items.append(begun);
        } else if (json.contains(u"output_index"_s)) {
            takeOfItem(type, json);
        } else if (json.contains(u"response"_s)) {
            response = json[u"response"_s].toObject();
            m_over = m_next > 2;
            if (type != u"response.failed"_s && m_over) {
                end();
            }
        }
    }

    void takeOfItem(const QString &type, const QJsonObject &json)
    {
        const int index = json[u"output_index"_s].toInt();
        if (index >= m_items.size()) {
            require(false, u"the item was added"_s);
            return;
        }
        Item &item = m_items[index];
        require(!item.done, u"the item is open"_s);
        if (type == u"response.output_item.done"_s) {
            require(item.parts == 0, u"its parts are over"_s);
            require(item.said == item.whole, u"deltas are the whole"_s);
            const QJsonObject whole = json[u"item"_s].toObject();
            require(whole[u"id"_s].toString() == item.id, u"same id"_s);
            require(whole[u"type"_s].toString() == item.type, u"same type"_s);
            item.done = true;
            m_done.append(whole);
            return;
        }
        require(json[u"item_id"_s].toString() == item.id, u"its id"_s);
        if (type.endsWith(u"part.added"_s)) {
            ++item.parts;
        } else if (type.endsWith(u"part.done"_s)) {
            --item.parts;
        } else if (type.endsWith(u".delta"_s)) {
            require(item.whole.isNull(), u"no delta behind done"_s);
            require(isOf(type, item.type), u"delta in its item: "_s + type + u' ' + item.type);
            require(item.parts == (item.type.endsWith(u"call"_s) ? 0 : 1), u"in its part"_s);
            item.said += json[u"delta"_s].toString();
        } else {
            const bool isCustom = item.type == u"custom_tool_call"_s;
            item.whole = json
                             [item.type == u"function_call"_s ? u"arguments"_s
                                                              : (isCustom ? u"input"_s : u"text"_s)]
                                 .toString();
        }
    }

    static bool isOf(const QString &event, const QString &item)
    {
        return (item == u"message"_s && event.contains(u"output_text"_s))
            || (item == u"reasoning"_s && event.contains(u"reasoning_summary_text"_s))
            || (item == u"function_call"_s && event.contains(u"function_call_arguments"_s))
            || (item == u"custom_tool_call"_s && event.contains(u"custom_tool_call_input"_s));
    }

    void end()
    {
        const QJsonArray output = response[u"output"_s].toArray();
        require(output.size() == m_items.size(), u"all items are in the response"_s);
        for (const QJsonValue item : output) {
            require(m_done.contains(item.toObject()), u"each as it was told"_s);
            const QString type = item[u"type"_s].toString();
            if (type == u"message"_s) {
                text += item[u"content"_s][0][u"text"_s].toString();
            } else if (type == u"reasoning"_s) {
                thinking += item[u"summary"_s][0][u"text"_s].toString();
            } else {
                const QString key = type == u"function_call"_s ? u"arguments"_s : u"input"_s;
                calls.append(item[u"name"_s].toString() + u'(' + item[key].toString() + u')');
            }
        }
    }

    bool m_checksSchema;
    int m_next = 0;
    bool m_over = false;
    QList<Item> m_items;
    QList<QJsonObject> m_done;
};

std::shared_ptr<ResponsesTerms> someTerms()
{
    auto terms = std::make_shared<ResponsesTerms>();
    terms->echo = defaultEcho();
    terms->encrypted = true;
    terms->tools = {
        {ToolKind::Custom, "patch", "patch", {}},
        {ToolKind::LocalShell, "local_shell", "local_shell", {}},
        {ToolKind::Shell, "shell", "shell", {}},
        {ToolKind::ApplyPatch, "apply_patch", "apply_patch", {}},
        {ToolKind::Function, "ns__f", "f", "ns"}};
    return terms;
}

ClientReplyContext context(bool stream, bool thinking = true)
{
    ClientReplyContext context{"req_1", 7, thinking, stream};
    context.terms = someTerms();
    return context;
}

QByteArray replyOf(const EventList &events, const ClientReplyContext &context)
{
    ResponsesReplyWriter writer(context);
    QByteArray out;
    for (const CanonicalEvent &event : events) {
        writer.write(event, out);
    }
    writer.finish(out);
    return out;
}

EventList callOf(const QByteArray &name, const QByteArray &arguments)
{
    return {
        {MessageStart{"c", "m"}},
        {ToolStart{0, "c1", name, {}}},
        {ToolArgumentsDelta{0, arguments}},
        {Finish{FinishReason::ToolCalls, {}}}};
}

} // namespace

/// The relay's replies as clients of the Responses API read them.
class TestResponsesReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void translatesAStream()
    {
        const auto translator = ResponsesDialect().translator(context(true));
        QByteArray out;
        for (
            const QByteArray &piece :
            {deltaOf(R"({"role":"assistant","content":""})"),
             deltaOf(R"({"reasoning_content":"hm"})"),
             deltaOf(R"({"content":"Hel"})"),
             deltaOf(R"({"content":"lo ñ日"})"),
             deltaOf("{}", "\"stop\""),
             QByteArray(
                 R"(data: {"id":"c","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16,)"
                 R"("prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":2}}})"
                 "\n\n"),
             QByteArray("data: [DONE]\n\n")}) {
            QVERIFY(!translator->feed(piece, out));
        }
        QVERIFY(!translator->finish(out));
        StrictClient client;
        client.read(out);
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.text, u"Hello ñ日"_s);
        QCOMPARE(client.thinking, u"hm"_s);
        QCOMPARE(client.response[u"status"_s].toString(), u"completed"_s);
        QCOMPARE(client.response[u"id"_s].toString(), u"resp_1"_s);
        QCOMPARE(client.response[u"model"_s].toString(), u"groq/m"_s);
        const QJsonValue usage = client.response[u"usage"_s];
        QCOMPARE(usage[u"input_tokens"_s].toInt(), 12);
        QCOMPARE(usage[u"input_tokens_details"_s][u"cached_tokens"_s].toInt(), 5);
        QCOMPARE(usage[u"output_tokens"_s].toInt(), 4);
        QCOMPARE(usage[u"output_tokens_details"_s][u"reasoning_tokens"_s].toInt(), 2);
        QCOMPARE(usage[u"total_tokens"_s].toInt(), 16);
        QVERIFY(!out.contains("[DONE]"));
    }

    void anyReplyGivesALegalStream()
    {
        for (unsigned seed = 1; seed <= 300; ++seed) {
            const AnyReply reply = anyReply(seed);
            StrictClient client(seed <= 20); // the schema takes its time
            client.read(replyOf(reply.events, context(true)));
            QVERIFY2(
                client.amiss.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(client.amiss)));
            QCOMPARE(client.text, reply.text);
            QCOMPARE(client.thinking, reply.thinking);
            QCOMPARE(client.calls.size(), reply.calls);
        }
    }

    void callsMayInterleave()
    {
        StrictClient client;
        client.read(replyOf(
            {{MessageStart{"c", "m"}},
             {TextDelta{"I call"}},
             {ToolStart{0, "a", "f", {}}},
             {ToolArgumentsDelta{0, "{\"x\":"}},
             {ToolStart{1, "b", "g", {}}},
             {ToolArgumentsDelta{1, "{\"y\":"}},
             {ToolArgumentsDelta{0, "1}"}},
             {ToolArgumentsDelta{1, "2}"}},
             {ToolStart{2, "c", "h", {}}},
             {Finish{FinishReason::ToolCalls, {}}}},
            context(true)));
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.calls, (QStringList{u"f({\"x\":1})"_s, u"g({\"y\":2})"_s, u"h({})"_s}));
    }

    void toolsComeBackAsTheClientKnowsThem_data()
    {
        QTest::addColumn<QByteArray>("function");
        QTest::addColumn<QByteArray>("arguments");
        QTest::addColumn<QByteArray>("item");
        const auto row = [](const char *name,
                            const QByteArray &function,
                            const QByteArray &arguments,
                            const QByteArray &item) {
            QTest::newRow(name) << function << arguments << item;
        };
        row("free text",
            "patch",
            R"({"input":"a\nb"})",
            R"({"type":"custom_tool_call","name":"patch","input":"a\nb"})");
        row("free text that is no JSON",
            "patch",
            "plain",
            R"({"type":"custom_tool_call","name":"patch","input":"plain"})");
        row("namespace",
            "ns__f",
            "{}",
            R"({"type":"function_call","name":"f","namespace":"ns","arguments":"{}"})");
        row("local shell",
            "local_shell",
            R"({"command":["ls","-l"],"timeout_ms":5})",
            R"({"type":"local_shell_call","action":{"type":"exec","command":["ls","-l"],"env":{},"timeout_ms":5,"working_directory":null}})");
        row("local shell with a line",
            "local_shell",
            R"({"command":"ls"})",
            R"({"type":"local_shell_call","action":{"type":"exec","command":["bash","-lc","ls"],"env":{},"timeout_ms":null,"working_directory":null}})");
        row("shell",
            "shell",
            R"({"commands":["ls"]})",
            R"({"type":"shell_call","action":{"commands":["ls"],"timeout_ms":null,"max_output_length":null},"environment":null})");
        row("patch",
            "apply_patch",
            R"({"type":"create_file","path":"a","diff":"+x"})",
            R"({"type":"apply_patch_call","operation":{"type":"create_file","path":"a","diff":"+x"}})");
        row("deletion",
            "apply_patch",
            R"({"type":"delete_file","path":"a"})",
            R"({"type":"apply_patch_call","operation":{"type":"delete_file","path":"a"}})");
        row("arguments that cannot be read",
            "shell",
            "nonsense",
            R"({"type":"shell_call","action":{"commands":[],"timeout_ms":null,"max_output_length":null},"environment":null})");
    }

    void toolsComeBackAsTheClientKnowsThem()
    {
        QFETCH(QByteArray, function);
        QFETCH(QByteArray, arguments);
        QFETCH(QByteArray, item);
        StrictClient client;
        client.read(replyOf(callOf(function, arguments), context(true)));
        QCOMPARE(client.amiss, QString());
        QJsonObject expected = parsed(item);
        expected[u"call_id"_s] = u"c1"_s;
        expected[u"status"_s] = u"completed"_s;
        QJsonObject told = client.response[u"output"_s][0].toObject();
        QVERIFY(!told.take(u"id"_s).toString().isEmpty());
        QCOMPARE(told, expected);
    }

    void wholeRepliesSayWhatStreamsDo()
    {
        const EventList events{
            {MessageStart{"c", "m"}},
            {ThinkingDelta{"hm"}},
            {ThinkingSignature{"s", anthropicSignatureFormat}},
            {TextDelta{"Hi"}},
            {ToolStart{0, "c1", "f", "g"}},
            {ToolArgumentsDelta{0, "{}"}},
            {Finish{FinishReason::ToolCalls, {}}}};
        StrictClient client;
        client.read(replyOf(events, context(true)));
        QCOMPARE(client.amiss, QString());
        const QJsonObject whole = parsed(replyOf(events, context(false)));
        QCOMPARE(openAisSchema().amiss(whole, u"Response"_s), QString());
        QCOMPARE(whole, client.response);
        const QJsonArray output = whole[u"output"_s].toArray();
        QCOMPARE(output.size(), 4); // the call's signature is a thought of its own
        const auto opened = openSeal(output[2][u"encrypted_content"_s].toString().toUtf8());
        QVERIFY(opened.has_value());
        QCOMPARE(opened->callSignatures.value("c1"), "g"_ba);
        const QJsonValue usage = whole[u"usage"_s];
        QCOMPARE(usage[u"input_tokens"_s].toInt(), 7); // estimated
    }

    void thoughtsAreToldOnRequestOnly()
    {
        const EventList events{
            {MessageStart{"c", "m"}},
            {ThinkingDelta{"secret thought"}},
            {ThinkingSignature{"s", anthropicSignatureFormat}},
            {TextDelta{"Hi"}},
            {Finish{}}};
        StrictClient client;
        client.read(replyOf(events, context(true, false)));
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.thinking, QString());
        const QJsonValue thought = client.response[u"output"_s][0];
        const auto opened = openSeal(thought[u"encrypted_content"_s].toString().toUtf8());
        QVERIFY(opened && opened->details.contains("secret thought"));
        ClientReplyContext plain = context(false, false);
        plain.terms = nullptr;
        QCOMPARE(parsed(replyOf(events, plain))[u"output"_s].toArray().size(), 1);
    }

    void anEndThatCameTooEarlyIsIncomplete_data()
    {
        QTest::addColumn<int>("reason");
        QTest::addColumn<QString>("told");
        QTest::newRow("length") << int(FinishReason::Length) << u"max_output_tokens"_s;
        QTest::newRow("filter") << int(FinishReason::ContentFilter) << u"content_filter"_s;
    }

    void anEndThatCameTooEarlyIsIncomplete()
    {
        QFETCH(int, reason);
        QFETCH(QString, told);
        StrictClient client;
        client.read(replyOf(
            {{MessageStart{"c", "m"}}, {TextDelta{"Hi"}}, {Finish{FinishReason(reason), {}}}},
            context(true)));
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.response[u"status"_s].toString(), u"incomplete"_s);
        QCOMPARE(client.response[u"incomplete_details"_s][u"reason"_s].toString(), told);
        QCOMPARE(client.response[u"output"_s][0][u"status"_s].toString(), u"incomplete"_s);
    }

    void aStreamThatBreaksOffSaysSo()
    {
        const auto translator = ResponsesDialect().translator(context(true));
        QByteArray out;
        QVERIFY(!translator->feed(deltaOf(R"({"content":"Hel"})"), out));
        const auto error = translator->feed(
            "data: {\"error\":{\"message\":\"broke off\",\"code\":\"rate_limit_exceeded\"}}\n\n",
            out);
        QVERIFY(error.has_value());
        StrictClient client;
        client.read(out);
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.response[u"status"_s].toString(), u"failed"_s);
        QCOMPARE(client.response[u"error"_s][u"message"_s].toString(), u"broke off"_s);
        QCOMPARE(client.response[u"error"_s][u"code"_s].toString(), u"rate_limit_exceeded"_s);
        QVERIFY(out.contains("event: error\n"));
        QVERIFY(ResponsesDialect().streamError({503, "broke off", "req_1"}).isEmpty());
    }

    void errorsAreOpenAis()
    {
        const ResponsesDialect dialect;
        QCOMPARE(dialect.error({400, "w", "req_1", "{\"error\":{}}"}), "{\"error\":{}}"_ba);
        const QJsonValue error = parsed(dialect.error({502, "words", "req_1"}))[u"error"_s];
        QCOMPARE(error[u"type"_s].toString(), u"server_error"_s);
        QCOMPARE(error[u"message"_s].toString(), u"words"_s);
    }
};

QTEST_APPLESS_MAIN(TestResponsesReply)
#include "tst_responses_reply.moc"
