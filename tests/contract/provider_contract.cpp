#include "provider_contract.h"

#include "core/dialects/openai_chat.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

using common::ErrorKind;

namespace {

QJsonValue parsed(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError) {
        qWarning("not JSON: %s", qPrintable(error.errorString()));
        return {};
    }
    return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
}

QByteArray pretty(const QByteArray &text)
{
    return QJsonDocument::fromJson(text).toJson();
}

catalog::Known known(const QJsonValue &value)
{
    if (!value.isBool()) {
        return catalog::Known::Unknown;
    }
    return value.toBool() ? catalog::Known::Yes : catalog::Known::No;
}

catalog::Model modelFrom(const QByteArray &json)
{
    const QJsonObject facts = QJsonDocument::fromJson(json).object();
    catalog::Model model;
    model.name = facts.value("name"_L1).toString(u"test-model"_s).toUtf8();
    model.id = "provider/" + model.name;
    if (facts.contains("maxOutput"_L1)) {
        model.maxOutput = facts.value("maxOutput"_L1).toInteger();
    }
    model.capabilities.reasoning = known(facts.value("reasoning"_L1));
    model.capabilities.temperature = known(facts.value("temperature"_L1));
    model.capabilities.jsonSchema = known(facts.value("jsonSchema"_L1));
    return model;
}

} // namespace

ProviderContract::ProviderContract(catalog::Wire wire, QString folder)
    : m_wire(wire)
    , m_folder(QStringLiteral(FREERELAY_TEST_DATA "/contract/") + folder)
{ }

ProviderContract::Outcome ProviderContract::translate(
    const QByteArray &in, const dialects::ReplyContext &context, qsizetype piece) const
{
    const auto translator = dialects::dialectFor(m_wire)->translator(context);
    Outcome outcome;
    const qsizetype step = piece > 0 ? piece : std::max<qsizetype>(in.size(), 1);
    for (qsizetype at = 0; at < in.size() && !outcome.error; at += step) {
        outcome.error = translator->feed(
            in.sliced(at, std::min(step, in.size() - at)), outcome.out);
    }
    if (!outcome.error) {
        outcome.error = translator->finish(outcome.out);
    }
    outcome.progress = translator->progress();
    return outcome;
}

common::Result<dialects::EncodedRequest>
ProviderContract::encode(const QByteArray &request, const QByteArray &model) const
{
    const common::Result<dialects::ChatRequest> chat = dialects::parseOpenAiChat(request);
    if (!chat) {
        return tl::unexpected(chat.error());
    }
    catalog::Provider provider;
    provider.id = "provider";
    provider.messagesPath = "/v1/messages";
    provider.generatePath = "/models/{model}:generateContent";
    provider.streamPath = "/models/{model}:streamGenerateContent?alt=sse";
    return dialects::dialectFor(m_wire)->encode(*chat, provider, modelFrom(model));
}

QByteArray ProviderContract::read(const QString &name) const
{
    QFile file(m_folder + u'/' + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

dialects::ReplyContext ProviderContract::context(bool stream, bool includeUsage)
{
    return {"req1", "provider/test-model", stream, includeUsage, 1'700'000'000};
}

void ProviderContract::addCases(const QString &suffix) const
{
    QTest::addColumn<QString>("name");
    const QStringList files = QDir(m_folder).entryList({u'*' + suffix}, QDir::Files, QDir::Name);
    QVERIFY(!files.isEmpty());
    for (const QString &file : files) {
        const QString name = file.chopped(suffix.size());
        QTest::newRow(qPrintable(name)) << name;
    }
}

void ProviderContract::writesRequests() const
{
    QFETCH(QString, name);
    const auto encoded = encode(
        read(name + u".request.openai.json"_s), read(name + u".model.json"_s));
    QVERIFY2(encoded, qPrintable(encoded ? QString() : encoded.error().message));
    QCOMPARE(pretty(encoded->body), pretty(read(name + u".request.provider.json"_s)));
    QCOMPARE(parsed(encoded->body), parsed(read(name + u".request.provider.json"_s)));
}

void ProviderContract::writesTheSameBytesForTheSameRequest() const
{
    QFETCH(QString, name);
    const QByteArray request = read(name + u".request.openai.json"_s);
    const QByteArray model = read(name + u".model.json"_s);
    QCOMPARE(encode(request, model)->body, encode(request, model)->body);
}

void ProviderContract::readsStreams() const
{
    QFETCH(QString, name);
    const Outcome outcome = translate(
        read(name + u".stream.provider.sse"_s), context(/*stream=*/true));
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message) : "");
    QCOMPARE(outcome.out, read(name + u".stream.openai.sse"_s));
    QVERIFY(outcome.progress.finished);
    QVERIFY(outcome.progress.ended);
}

void ProviderContract::readsStreamsInPiecesOfAnySize() const
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".stream.provider.sse"_s);
    const QByteArray whole = translate(in, context(/*stream=*/true)).out;
    for (const qsizetype piece : {1, 2, 3, 5, 7, 16, 61, 256, 1021}) {
        QCOMPARE(translate(in, context(/*stream=*/true), piece).out, whole);
    }
}

void ProviderContract::hidesUsageFromClientsThatDidNotAsk() const
{
    QFETCH(QString, name);
    const Outcome outcome = translate(
        read(name + u".stream.provider.sse"_s), context(/*stream=*/true, /*includeUsage=*/false));
    QVERIFY(!outcome.out.contains("\"usage\""));
    QVERIFY(outcome.out.endsWith("data: [DONE]\n\n"));
}

void ProviderContract::refusesStreamsThatWereCut() const
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".stream.provider.sse"_s);
    const auto isCut = [&in](qsizetype size) {
        const QByteArray head = in.first(size);
        return !head.contains("finishReason") && !head.contains("message_delta");
    };
    QVERIFY(!isCut(in.size()));
    for (qsizetype cut = 0; isCut(cut); ++cut) {
        const Outcome outcome = translate(in.first(cut), context(/*stream=*/true));
        QVERIFY2(outcome.error, qPrintable(QString::number(cut)));
        QCOMPARE(outcome.error->kind, ErrorKind::ProtocolError);
        QVERIFY(!outcome.out.contains("[DONE]"));
    }
}

void ProviderContract::readsWholeReplies() const
{
    QFETCH(QString, name);
    const Outcome outcome = translate(
        read(name + u".reply.provider.json"_s), context(/*stream=*/false));
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message) : "");
    QCOMPARE(pretty(outcome.out), pretty(read(name + u".reply.openai.json"_s)));
}

void ProviderContract::refusesWholeRepliesThatWereCut() const
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".reply.provider.json"_s).trimmed();
    for (qsizetype cut = 0; cut < in.size(); ++cut) {
        const Outcome outcome = translate(in.first(cut), context(/*stream=*/false));
        QVERIFY(outcome.error);
        QCOMPARE(outcome.error->kind, ErrorKind::ProtocolError);
        QVERIFY(outcome.out.isEmpty());
    }
}

void ProviderContract::refusesPagesThatAreNoReply()
{
    for (const char *body : {"<html>busy</html>", "[]", "{}", "\"text\"", "null"}) {
        for (const bool stream : {true, false}) {
            const Outcome outcome = translate(QByteArray(body), context(stream));
            QVERIFY2(outcome.error, body);
            QCOMPARE(outcome.error->kind, ErrorKind::ProtocolError);
        }
    }
}

void ProviderContract::refusesEventsThatAreNotJson()
{
    const Outcome outcome = translate("data: {\"a\":tru}\n\n", context(/*stream=*/true));
    QVERIFY(outcome.error);
    QCOMPARE(outcome.error->kind, ErrorKind::ProtocolError);
}

} // namespace freerelay::tests
