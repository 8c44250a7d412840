#include "core/dialects/completions/completions_dialect.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/sse_decoder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject parsed(QByteArrayView json)
{
    return QJsonDocument::fromJson(json.toByteArray()).object();
}

common::Result<ClientRequest> read(const QByteArray &body)
{
    return CompletionsDialect().read({body, {}, {}});
}

QByteArray translated(const QByteArray &reply, bool stream)
{
    ClientReplyContext context;
    context.requestId = "req_1"_ba;
    context.stream = stream;
    const auto translator = CompletionsDialect().translator(context);
    QByteArray out;
    const bool isGood = !translator->feed(reply, out) && !translator->finish(out);
    return isGood ? out : QByteArray();
}

} // namespace

class TestCompletions final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysThePromptAsTheUser_data()
    {
        QTest::addColumn<QByteArray>("prompt");
        QTest::newRow("text") << R"("Say hi" )"_ba;
        QTest::newRow("list of one") << R"(["Say hi"])"_ba;
    }

    void saysThePromptAsTheUser()
    {
        QFETCH(QByteArray, prompt);
        const auto request = read(
            R"({"model":"m","max_tokens":5,"stop":["x"],"stream":true,"n":2,"prompt":)" + prompt
            + R"(,"echo":true,"best_of":1,"logprobs":null,"suffix":null})");
        QCOMPARE(request->ignored, QByteArrayList{"echo"_ba});
        const auto chat = parseOpenAiChat(request->chat);
        QVERIFY(chat.has_value());
        QVERIFY(chat->stream);
        QCOMPARE(chat->needs.outputTokensRequested, 5);
        QCOMPARE(chat->needs.choices, 2);
        const QJsonArray messages = parsed(request->chat)[u"messages"_s].toArray();
        QCOMPARE(messages.size(), 1);
        QCOMPARE(messages[0][u"role"_s].toString(), u"user"_s);
        QCOMPARE(messages[0][u"content"_s].toString(), u"Say hi"_s);
    }

    void asksToFillTheGap()
    {
        const auto request = read(R"({"prompt":"def f","suffix":"return 1"})");
        const QJsonArray messages = parsed(request->chat)[u"messages"_s].toArray();
        QCOMPARE(messages.size(), 2);
        QCOMPARE(
            messages[1][u"content"_s].toString(),
            u"<before>def f</before>\n<behind>return 1</behind>"_s);
    }

    void takesTheAddressForGaps_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("textReply");
        const auto row = [](const QByteArray &model, const QByteArray &path, bool text) {
            QTest::newRow(model.constData()) << model << path << text;
        };
        row("codestral-latest", "/v1/fim/completions", false);
        row("Coder:7b", "/v1/completions", true);
        row("mistral-small", "/v1/chat/completions", false);
    }

    void takesTheAddressForGaps()
    {
        QFETCH(QByteArray, path);
        const auto said = read(
            R"({"prompt":"a","suffix":"b","max_tokens":5,"seed":1,"n":1,"stream":true})");
        auto chat = parseOpenAiChat(said->chat);
        chat->foreign = true;
        chat->fillsIn = said->fillsIn;
        QFETCH(QByteArray, model);
        catalog::Provider asked;
        asked.rules.fillIn = {
            {"codestral*"_ba, "/fim/completions"_ba, false},
            {"coder*"_ba, "/completions"_ba, true}};
        asked.chatPath = "/v1/chat/completions";
        asked.rules.rename = {{"seed", "random_seed"}};
        catalog::Model named;
        named.name = model;
        const auto sent = dialectFor(catalog::Wire::OpenAiChat)->encode(*chat, asked, named);
        QCOMPARE(sent->path, path);
        QTEST(sent->textReply, "textReply");
        const QJsonObject body = parsed(sent->body);
        QCOMPARE(body[u"model"_s].toString().toUtf8(), model);
        QVERIFY(!body.contains(u"fill_in"_s));
        const bool isNative = !path.endsWith("/chat/completions");
        QCOMPARE(body.contains(u"messages"_s), !isNative);
        if (isNative) {
            QCOMPARE(body[u"prompt"_s].toString(), u"a"_s);
            QCOMPARE(body[u"suffix"_s].toString(), u"b"_s);
            QCOMPARE(body[u"random_seed"_s].toInt(), 1);
            QVERIFY(body[u"stream"_s].toBool());
        }
    }

    void readsTextsOfProviders()
    {
        ReplyContext context;
        context.requestId = "req_1"_ba;
        context.model = "p/m"_ba;
        context.textReply = true;
        const auto *dialect = dialectFor(catalog::Wire::OpenAiChat);
        const auto whole = dialect->translator(context);
        QByteArray out;
        QVERIFY(!whole->feed(
            R"({"choices":[{"text":"Hi","finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})",
            out));
        QVERIFY(!whole->finish(out));
        QCOMPARE(parsed(out)[u"choices"_s][0][u"message"_s][u"content"_s].toString(), u"Hi"_s);
        QCOMPARE(whole->progress().finishReason, "length"_ba);
        QCOMPARE(whole->progress().usage.completionTokens, 2);
        context.stream = true;
        const auto cut = dialect->translator(context);
        QVERIFY(!cut->feed("data: {\"choices\":[{\"text\":\"H\"}]}\n\n", out));
        QVERIFY(cut->progress().content);
        QCOMPARE(cut->finish(out)->kind, common::ErrorKind::ProtocolError);
    }

    void refusesOtherPrompts_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("none") << R"({"model":"m"})"_ba;
        QTest::newRow("several") << R"({"prompt":["a","b"]})"_ba;
        QTest::newRow("tokens") << R"({"prompt":[1,2]})"_ba;
        QTest::newRow("no JSON") << "{"_ba;
    }

    void refusesOtherPrompts()
    {
        QFETCH(QByteArray, body);
        const auto request = read(body);
        QVERIFY(!request.has_value());
        QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
    }

    void writesWholeCompletions()
    {
        const QJsonObject reply = parsed(translated(
            R"({"id":"x","model":"v/m","choices":[)"
            R"({"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"Hm"},"finish_reason":"stop"},)"
            R"({"index":1,"message":{"role":"assistant","content":"Ho"},"finish_reason":"length"}],)"
            R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})",
            false));
        QCOMPARE(reply[u"object"_s].toString(), u"text_completion"_s);
        QCOMPARE(reply[u"id"_s].toString(), u"cmpl-1"_s);
        QCOMPARE(reply[u"choices"_s][0][u"text"_s].toString(), u"Hi"_s);
        QCOMPARE(reply[u"choices"_s][1][u"finish_reason"_s].toString(), u"length"_s);
        QCOMPARE(reply[u"usage"_s][u"total_tokens"_s].toInt(), 3);
    }

    void streamsCompletions()
    {
        const QByteArray out = translated(
            "data: "
            "{\"id\":\"x\",\"model\":\"v/"
            "m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}\n\n"
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"i\"}}]}\n\n"
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            "data: "
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_"
            "tokens\":3}}\n\n"
            "data: [DONE]\n\n",
            true);
        SseDecoder decoder;
        decoder.append(out);
        QString text;
        QStringList reasons;
        int usages = 0;
        QByteArray last;
        while (const auto event = decoder.next()) {
            last = event->data.toByteArray();
            const QJsonObject chunk = parsed(event->data);
            text += chunk[u"choices"_s][0][u"text"_s].toString();
            reasons.append(chunk[u"choices"_s][0][u"finish_reason"_s].toString());
            usages += chunk.contains(u"usage"_s) ? 1 : 0;
        }
        QCOMPARE(text, u"Hi"_s);
        QCOMPARE(reasons, (QStringList{{}, {}, u"stop"_s, {}, {}}));
        QCOMPARE(usages, 1);
        QCOMPARE(last, "[DONE]"_ba);
    }

    void errorsHaveOpenAisShape()
    {
        const QByteArray error = CompletionsDialect().error({429, "slow"_ba, {}});
        QCOMPARE(parsed(error)[u"error"_s][u"type"_s].toString(), u"rate_limit_error"_s);
        QVERIFY(CompletionsDialect().streamError({503, "cut"_ba, {}}).startsWith("data: {"));
    }
};

QTEST_GUILESS_MAIN(TestCompletions)
#include "tst_completions.moc"
