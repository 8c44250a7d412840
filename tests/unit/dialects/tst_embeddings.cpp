#include "core/dialects/embeddings/embeddings_request.h"
#include "core/dialects/embeddings/vectors.h"
#include "core/dialects/json.h"
#include "core/dialects/provider_dialect.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

catalog::Model modelOf(const QByteArray &name)
{
    catalog::Model model;
    model.id = "p/" + name;
    model.name = name;
    model.chat = false;
    return model;
}

catalog::Provider providerOf(catalog::Wire wire)
{
    catalog::Provider provider;
    provider.id = "p";
    provider.name = "Provider";
    provider.wire = wire;
    provider.chatPath = "/v1/chat/completions";
    return provider;
}

common::Result<EncodedRequest> encoded(const QByteArray &body, catalog::Wire wire)
{
    const auto request = parseEmbeddings(body);
    return dialectFor(wire, catalog::Task::Embeddings)
        ->encode(*request, providerOf(wire), modelOf("embed-1"));
}

/// What a client of `texts` texts gets, or the error.
common::Result<QByteArray>
translated(const QByteArray &reply, int texts, bool base64, catalog::Wire wire)
{
    ReplyContext context;
    context.model = "p/embed-1";
    context.needs.choices = texts;
    context.needs.promptTokensEstimated = 9;
    context.base64 = base64;
    const auto translator = dialectFor(wire, catalog::Task::Embeddings)->translator(context);
    QByteArray out;
    auto error = translator->feed(reply, out);
    if (!error) {
        error = translator->finish(out);
    }
    if (error) {
        return common::failure(*std::move(error));
    }
    return out;
}

} // namespace

class TestEmbeddings final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatClientsSend_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("texts");
        QTest::newRow("a text") << R"({"model":"m","input":"Hello"})"_ba << 1;
        QTest::newRow("texts") << R"({"input":["a","b","c"]})"_ba << 3;
        QTest::newRow("tokens") << R"({"input":[1,2,3]})"_ba << 1;
        QTest::newRow("lists of tokens") << R"({"input":[[1,2],[3]]})"_ba << 2;
    }

    void readsWhatClientsSend()
    {
        QFETCH(QByteArray, body);
        const auto request = parseEmbeddings(body);
        QVERIFY(request.has_value());
        QCOMPARE(request->task, catalog::Task::Embeddings);
        QTEST(request->needs.choices, "texts");
        QVERIFY(request->needs.promptTokensEstimated > 0);
    }

    void refusesWhatIsNoRequest_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("param");
        QTest::newRow("no JSON") << "{"_ba << QString();
        QTest::newRow("no object") << "[]"_ba << QString();
        QTest::newRow("no input") << "{}"_ba << u"input"_s;
        QTest::newRow("an empty text") << R"({"input":""})"_ba << u"input"_s;
        QTest::newRow("no texts") << R"({"input":[]})"_ba << u"input"_s;
        QTest::newRow("an object") << R"({"input":["a",{}]})"_ba << u"input[1]"_s;
        QTest::newRow("format") << R"({"input":"a","encoding_format":"hex"})"_ba
                                << u"encoding_format"_s;
        QTest::newRow("dimensions") << R"({"input":"a","dimensions":0})"_ba << u"dimensions"_s;
        QTest::newRow("model") << R"({"input":"a","model":1})"_ba << u"model"_s;
        QByteArray many(R"({"input":["a")");
        for (int i = 0; i < maxEmbeddingInputs; ++i) {
            many += R"(,"a")";
        }
        QTest::newRow("too many") << many + "]}" << u"input"_s;
    }

    void refusesWhatIsNoRequest()
    {
        QFETCH(QByteArray, body);
        const auto request = parseEmbeddings(body);
        QVERIFY(!request.has_value());
        QCOMPARE(request.error().kind, common::ErrorKind::InvalidArgument);
        QTEST(request.error().param, "param");
    }

    void asksOpenAiForNumbers()
    {
        const auto request = encoded(
            R"({"model":"x","input":["a"],"encoding_format":"base64","user":null,"dimensions":8})",
            catalog::Wire::OpenAiChat);
        QCOMPARE(request->path, "/v1/embeddings"_ba);
        QCOMPARE(request->body, R"({"model":"embed-1","input":["a"],"dimensions":8})"_ba);
    }

    void asksGeminiInItsOwnForm()
    {
        const auto request = encoded(
            R"({"input":["a","b"],"dimensions":8})", catalog::Wire::GoogleGenerateContent);
        QCOMPARE(request->path, "/models/embed-1:batchEmbedContents"_ba);
        const QJsonArray requests = parsed(request->body)[u"requests"_s].toArray();
        QCOMPARE(requests.size(), 2);
        QCOMPARE(requests[1][u"model"_s].toString(), u"models/embed-1"_s);
        QCOMPARE(requests[1][u"content"_s][u"parts"_s][0][u"text"_s].toString(), u"b"_s);
        QCOMPARE(requests[1][u"outputDimensionality"_s].toInt(), 8);
        QVERIFY(!encoded(R"({"input":[1,2]})", catalog::Wire::GoogleGenerateContent));
    }

    void writesTheVectorsInTheOrderOfTheTexts()
    {
        const auto reply = translated(
            R"({"data":[{"index":1,"embedding":[2.5]},{"index":0,"embedding":[1.25,-3e-2]}],)"
            R"("model":"embed-1","usage":{"prompt_tokens":4,"total_tokens":4}})",
            2,
            false,
            catalog::Wire::OpenAiChat);
        QCOMPARE(
            *reply,
            R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.25,-3e-2]},)"
            R"({"object":"embedding","index":1,"embedding":[2.5]}],"model":"embed-1",)"
            R"("usage":{"prompt_tokens":4,"total_tokens":4}})"_ba);
    }

    void readsGeminisReply()
    {
        const auto reply = translated(
            R"({"embeddings":[{"values":[1,2]},{"values":[3,4]}]})",
            2,
            false,
            catalog::Wire::GoogleGenerateContent);
        const QJsonObject list = parsed(*reply);
        QCOMPARE(list[u"data"_s][1][u"embedding"_s].toArray(), (QJsonArray{3, 4}));
        QCOMPARE(list[u"model"_s].toString(), u"p/embed-1"_s);
        QCOMPARE(list[u"usage"_s][u"prompt_tokens"_s].toInt(), 9);
    }

    void refusesRepliesThatDoNotFit_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::newRow("fewer") << R"({"data":[{"index":0,"embedding":[1]}]})"_ba;
        QTest::newRow("twice the same")
            << R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})"_ba;
        QTest::newRow("more")
            << R"({"data":[{"embedding":[1]},{"embedding":[1]},{"embedding":[1]}]})"_ba;
        QTest::newRow("empty") << R"({"data":[{"embedding":[]},{"embedding":[1]}]})"_ba;
        QTest::newRow("words") << R"({"data":[{"embedding":["a"]},{"embedding":[1]}]})"_ba;
        QTest::newRow("a chat") << R"({"choices":[]})"_ba;
        QTest::newRow("no JSON") << "<html>"_ba;
    }

    void refusesRepliesThatDoNotFit()
    {
        QFETCH(QByteArray, reply);
        const auto out = translated(reply, 2, false, catalog::Wire::OpenAiChat);
        QVERIFY(!out.has_value());
        QCOMPARE(out.error().kind, common::ErrorKind::ProtocolError);
    }

    void numbersAndBase64SayTheSame()
    {
        std::mt19937 random(7);
        std::uniform_real_distribution<float> distribution(-1, 1);
        for (int round = 0; round < 50; ++round) {
            QByteArray numbers("[");
            for (int i = 0; i < 1 + round; ++i) {
                numbers += QByteArray::number(double(distribution(random)), 'g', 9) + ',';
            }
            numbers.back() = ']';
            const QByteArray base64 = vectorAsBase64(JsonValue(numbers));
            QCOMPARE(vectorAsNumbers(JsonValue(base64)), numbers);
            QCOMPARE(vectorAsBase64(JsonValue(base64)), base64);
        }
        QVERIFY(vectorAsNumbers(JsonValue(R"("AAA=")"_ba)).isNull());
    }

    void moderationsPassTheirResults()
    {
        const auto *dialect = dialectFor(catalog::Wire::OpenAiChat, catalog::Task::Moderations);
        const auto request = parseModerations(R"({"input":"Hello"})");
        const auto sent = dialect->encode(
            *request, providerOf(catalog::Wire::OpenAiChat), modelOf("moderation-1"));
        QCOMPARE(sent->path, "/v1/moderations"_ba);
        QCOMPARE(sent->body, R"({"input":"Hello","model":"moderation-1"})"_ba);
        const auto translator = dialect->translator({});
        QByteArray out;
        QVERIFY(!translator->feed(R"({"id":"m","model":"x","results":[{"flagged":true}]})", out));
        QVERIFY(!translator->finish(out));
        QCOMPARE(out, R"({"id":"m","model":"x","results":[{"flagged":true}]})"_ba);
    }
};

QTEST_GUILESS_MAIN(TestEmbeddings)
#include "tst_embeddings.moc"
