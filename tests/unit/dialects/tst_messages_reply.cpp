#include "core/dialects/canonical/openai_chunk_writer.h"
#include "core/dialects/messages/messages_dialect.h"
#include "core/dialects/messages/messages_stream_writer.h"
#include "core/dialects/sse_decoder.h"
#include "tests/support/relay_words.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A client that reads Anthropic's stream as strictly as the documentation has it.
class StrictClient
{
public:
    void read(const QByteArray &bytes)
    {
        SseDecoder decoder;
        decoder.append(bytes);
        while (const auto event = decoder.next()) {
            const QJsonObject json = parsed(event->data);
            const QString type = json[u"type"_s].toString();
            require(QString::fromUtf8(event->type.toByteArray()) == type, u"event name"_s);
            take(type, json);
        }
        require(m_over, u"message_stop"_s);
    }

    QString amiss; ///< the first rule that was broken; "" = none
    QString text;
    QString thinking;
    QStringList tools; ///< "name(arguments)"
    QString stopReason;
    QJsonObject usage;

private:
    void require(bool holds, const QString &rule)
    {
        if (!holds && amiss.isEmpty()) {
            amiss = rule;
        }
    }

    void take(const QString &type, const QJsonObject &json)
    {
        require(!m_over, u"nothing behind message_stop"_s);
        require(m_started != (type == u"message_start"_s), u"message_start comes first, once"_s);
        if (type == u"message_start"_s) {
            m_started = true;
        } else if (type == u"content_block_start"_s) {
            require(m_open.isEmpty(), u"blocks do not overlap"_s);
            require(json[u"index"_s].toInt() == ++m_index, u"indices are contiguous"_s);
            const QJsonObject block = json[u"content_block"_s].toObject();
            m_open = block[u"type"_s].toString();
            m_toolName = block[u"name"_s].toString();
            m_arguments.clear();
        } else if (type == u"content_block_delta"_s) {
            require(json[u"index"_s].toInt() == m_index, u"deltas belong to the open block"_s);
            takeDelta(json[u"delta"_s].toObject());
        } else if (type == u"content_block_stop"_s) {
            require(!m_open.isEmpty(), u"only an open block stops"_s);
            if (m_open == u"tool_use"_s) {
                tools.append(m_toolName + u'(' + m_arguments + u')');
            }
            m_open.clear();
        } else if (type == u"message_delta"_s) {
            require(m_open.isEmpty(), u"all blocks are closed"_s);
            stopReason = json[u"delta"_s][u"stop_reason"_s].toString();
            usage = json[u"usage"_s].toObject();
            m_delta = true;
        } else if (type == u"message_stop"_s) {
            require(m_delta, u"message_delta before message_stop"_s);
            m_over = true;
        } else {
            require(false, u"known event"_s);
        }
    }

    void takeDelta(const QJsonObject &delta)
    {
        const QString type = delta[u"type"_s].toString();
        if (m_open == u"text"_s && type == u"text_delta"_s) {
            text += delta[u"text"_s].toString();
        } else if (m_open == u"thinking"_s && type == u"thinking_delta"_s) {
            thinking += delta[u"thinking"_s].toString();
        } else if (m_open == u"tool_use"_s && type == u"input_json_delta"_s) {
            m_arguments += delta[u"partial_json"_s].toString();
        } else {
            require(
                m_open == u"thinking"_s && type == u"signature_delta"_s, u"delta in its block"_s);
        }
    }

    bool m_started = false;
    bool m_delta = false;
    bool m_over = false;
    int m_index = -1;
    QString m_open;
    QString m_toolName;
    QString m_arguments;
};

QByteArray streamOf(const EventList &events, bool thinking = true)
{
    MessagesStreamWriter writer({"req_1", 7, thinking, true});
    QByteArray out;
    for (const CanonicalEvent &event : events) {
        writer.write(event, out);
    }
    writer.finish(out);
    return out;
}

// moc cannot read some raw strings with quotes.
const QByteArray argumentsOfA = "\"{\\\"a\\\":1}\"";
const QByteArray goOn = ",\"function\":{\"arguments\":\"";

/// A piece of a tool call. @param head  up to the arguments
QByteArray callPiece(const QByteArray &index, const QByteArray &head, const QByteArray &arguments)
{
    return deltaOf("{\"tool_calls\":[{\"index\":" + index + head + arguments + "\"}}]}");
}

} // namespace

/// The relay's replies as Anthropic's clients read them.
class TestMessagesReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsOfAnAnswerThatHadNoTokensLeftToSpeak()
    {
        const auto translator = MessagesDialect().translator({.requestId = "r"});
        QByteArray out;
        QVERIFY(!translator->feed(
            R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"length"}]})",
            out));
        QVERIFY(!translator->finish(out));
        QCOMPARE(parsed(out)[u"stop_reason"_s].toString(), u"max_tokens"_s);
    }

    void translatesAStream()
    {
        const auto translator = MessagesDialect().translator({"req_1", 7, false, true});
        QByteArray out;
        for (
            const QByteArray &piece :
            {deltaOf(R"({"role":"assistant","content":""})"),
             deltaOf(R"({"reasoning_content":"hm","reasoning":"hm"})"),
             deltaOf(R"({"content":"Hel"})"),
             QByteArray(": a comment\n\n"),
             deltaOf(R"({"content":"lo ñ日"})"),
             deltaOf("{}", "\"length\""),
             chunkOf(
                 "",
                 R"(,"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":5}})"),
             QByteArray("data: [DONE]\n\n")}) {
            QVERIFY(!translator->feed(piece, out));
        }
        QVERIFY(!translator->finish(out));
        StrictClient client;
        client.read(out);
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.text, u"Hello ñ日"_s);
        QCOMPARE(client.thinking, QString()); // nobody asked for it
        QCOMPARE(client.stopReason, u"max_tokens"_s);
        QCOMPARE(client.usage[u"input_tokens"_s].toInt(), 7); // without what was cached
        QCOMPARE(client.usage[u"cache_read_input_tokens"_s].toInt(), 5);
        QCOMPARE(client.usage[u"output_tokens"_s].toInt(), 4);
        QVERIFY(out.contains(R"("id":"msg_1")"));
        QVERIFY(out.contains(R"("model":"groq/m")"));
    }

    void translatesCallsThatInterleave()
    {
        const auto translator = MessagesDialect().translator({"req_1", 7, false, true});
        QByteArray out;
        for (const QByteArray &piece :
             {callPiece(
                  "0",
                  ",\"id\":\"a\",\"function\":{\"name\":\"f0\",\"arguments\":\"",
                  "{\\\"x\\\":"),
              callPiece(
                  "1",
                  ",\"id\":\"b\",\"function\":{\"name\":\"f1\",\"arguments\":\"",
                  "{\\\"y\\\":"),
              callPiece("0", goOn, "1}"),
              callPiece("1", goOn, "2}"),
              deltaOf(R"({"content":"late"})"),
              deltaOf("{}", "\"tool_calls\"")}) {
            QVERIFY(!translator->feed(piece, out));
        }
        QVERIFY(!translator->finish(out));
        StrictClient client;
        client.read(out);
        QCOMPARE(client.amiss, QString());
        QCOMPARE(client.tools, (QStringList{u"f0({\"x\":1})"_s, u"f1({\"y\":2})"_s}));
        QCOMPARE(client.text, u"late"_s);
        QCOMPARE(client.stopReason, u"tool_use"_s);
    }

    void anyReplyGivesALegalStream()
    {
        for (unsigned seed = 1; seed <= 500; ++seed) {
            const AnyReply reply = anyReply(seed);
            StrictClient client;
            client.read(streamOf(reply.events));
            QVERIFY2(
                client.amiss.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(client.amiss)));
            QCOMPARE(client.text, reply.text);
            QCOMPARE(client.thinking, reply.thinkingBeforeCalls);
            QCOMPARE(client.tools.size(), reply.calls);
        }
    }

    void translatesAWholeReply()
    {
        const auto translator = MessagesDialect().translator({"req_1", 7, true, false});
        QByteArray out;
        const QByteArray reply
            = R"({"id":"c","model":"groq/m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi",)"
              R"("reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"s","format":"anthropic-claude-v1"}],)"
              R"("tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":)"
            + argumentsOfA
            + R"(}}]},"finish_reason":"tool_calls"}],)"
              R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
        QVERIFY(!translator->feed(reply, out));
        QVERIFY(!translator->finish(out));
        const QJsonObject message = parsed(out);
        QCOMPARE(message[u"type"_s].toString(), u"message"_s);
        QCOMPARE(message[u"stop_reason"_s].toString(), u"tool_use"_s);
        const QJsonArray content = message[u"content"_s].toArray();
        QCOMPARE(content.size(), 3);
        QCOMPARE(content[0][u"thinking"_s].toString(), u"hm"_s);
        QCOMPARE(content[0][u"signature"_s].toString(), u"s"_s);
        QCOMPARE(content[1][u"text"_s].toString(), u"Hi"_s);
        QCOMPARE(content[2][u"input"_s][u"a"_s].toInt(), 1);
        QCOMPARE(message[u"usage"_s][u"input_tokens"_s].toInt(), 3);
    }

    void tellsWhichStopSequenceWasHit()
    {
        const auto answer = [](const Finish &finish) {
            return streamOf({{MessageStart{"id", "m"}}, {TextDelta{"Hi"}}, {finish}});
        };
        const QByteArray hit = answer({FinishReason::Stop, "ZZ"});
        QVERIFY(hit.contains(R"("stop_reason":"stop_sequence","stop_sequence":"ZZ"})"));
        const QByteArray cut = answer({FinishReason::Length, "ZZ"});
        QVERIFY(cut.contains(R"("stop_reason":"max_tokens","stop_sequence":null})"));

        // As it comes from an Anthropic provider, by way of OpenAI's form.
        const auto toOpenAi = std::make_unique<OpenAiChunkWriter>(ReplyContext());
        QByteArray chunks;
        toOpenAi->write({TextDelta{"Hi"}}, chunks);
        toOpenAi->write({Finish{FinishReason::Stop, "ZZ"}}, chunks);
        toOpenAi->finish(chunks);
        const auto translator = MessagesDialect().translator({"req_1", 7, false, true});
        QByteArray out;
        QVERIFY(!translator->feed(chunks, out));
        QVERIFY(!translator->finish(out));
        QVERIFY(out.contains(R"("stop_reason":"stop_sequence","stop_sequence":"ZZ"})"));
    }

    void anErrorInTheStreamIsTold()
    {
        const auto translator = MessagesDialect().translator({"req_1", 7, false, true});
        QByteArray out;
        QVERIFY(!translator->feed(deltaOf(R"({"content":"Hel"})"), out));
        const auto error = translator->feed(
            "data: {\"error\":{\"message\":\"broke off\",\"type\":\"server_error\"}}\n\n", out);
        QVERIFY(error.has_value());
        QCOMPARE(error->message, u"broke off"_s);
        const QByteArray last = MessagesDialect().streamError({503, "broke off", "req_1"});
        QVERIFY(last.startsWith("event: error\n"));
        QVERIFY(last.contains("overloaded_error"));
    }

    void errorsHaveAnthropicsTypes()
    {
        const MessagesDialect dialect;
        const auto type = [&](int status) {
            return parsed(dialect.error({status, "words", "req_1"}))[u"error"_s][u"type"_s]
                .toString();
        };
        QCOMPARE(type(400), u"invalid_request_error"_s);
        QCOMPARE(type(404), u"not_found_error"_s);
        QCOMPARE(type(429), u"rate_limit_error"_s);
        QCOMPARE(type(500), u"api_error"_s);
        QCOMPARE(type(503), u"overloaded_error"_s);
        QCOMPARE(parsed(dialect.error({400, "words", "req_1"}))[u"type"_s].toString(), u"error"_s);
    }

    void whatNobodyCountedIsEstimated()
    {
        StrictClient client;
        client.read(streamOf({{MessageStart{}}, {TextDelta{QByteArray(40, 'x')}}, {Finish{}}}));
        QCOMPARE(client.usage[u"input_tokens"_s].toInt(), 7);
        QCOMPARE(client.usage[u"output_tokens"_s].toInt(), 10);
    }
};

QTEST_APPLESS_MAIN(TestMessagesReply)
#include "tst_messages_reply.moc"
