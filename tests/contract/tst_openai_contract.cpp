#include "core/catalog/catalog.h"
#include "core/dialects/json.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

/// Exchanges with providers that speak OpenAI's dialect in their own way, written by hand from what
/// is known of them. tests/data/contract/openai/<provider>.<case>.<part>.in → .out, byte for byte;
/// requests are written by the rules of the shipped catalogue.
class OpenAiContract final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesRequests_data() { addCases(u".request"_s); }
    void writesRequests();
    void readsStreams_data() { addCases(u".stream"_s); }
    void readsStreams();
    void readsStreamsInPiecesOfAnySize_data() { addCases(u".stream"_s); }
    void readsStreamsInPiecesOfAnySize();
    void hidesUsageFromClientsThatDidNotAsk_data() { addCases(u".stream"_s); }
    void hidesUsageFromClientsThatDidNotAsk();
    void refusesStreamsThatWereCut_data() { addCases(u".stream"_s); }
    void refusesStreamsThatWereCut();
    void readsWholeReplies_data() { addCases(u".reply"_s); }
    void readsWholeReplies();
    void refusesWholeRepliesThatWereCut_data() { addCases(u".reply"_s); }
    void refusesWholeRepliesThatWereCut();
    void leavesItsOwnOutputAlone_data() { addCases(u".stream"_s); }
    void leavesItsOwnOutputAlone();

private:
    struct Outcome
    {
        QByteArray out;
        std::optional<common::Error> error;
    };

    static QByteArray read(const QString &name);
    static void addCases(const QString &part);
    static Outcome
    translate(const QByteArray &in, bool stream, bool usage = true, qsizetype piece = 0);
};

namespace {

QString folder()
{
    return QStringLiteral(FREERELAY_TEST_DATA "/contract/openai/");
}

const dialects::ProviderDialect &dialect()
{
    return *dialects::dialectFor(catalog::Wire::OpenAiChat);
}

} // namespace

QByteArray OpenAiContract::read(const QString &name)
{
    QFile file(folder() + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void OpenAiContract::addCases(const QString &part)
{
    QTest::addColumn<QString>("name");
    const QStringList files = QDir(folder()).entryList(
        {u'*' + part + u".in"_s}, QDir::Files, QDir::Name);
    QVERIFY(!files.isEmpty());
    for (const QString &file : files) {
        QTest::newRow(qPrintable(file)) << file.chopped(3);
    }
}

OpenAiContract::Outcome
OpenAiContract::translate(const QByteArray &in, bool stream, bool usage, qsizetype piece)
{
    const auto translator = dialect().translator(
        {"req1", "provider/model", stream, usage, 1'700'000'000});
    Outcome outcome;
    const qsizetype step = piece > 0 ? piece : std::max<qsizetype>(in.size(), 1);
    for (qsizetype at = 0; at < in.size() && !outcome.error; at += step) {
        outcome.error = translator->feed(
            in.sliced(at, std::min(step, in.size() - at)), outcome.out);
    }
    if (!outcome.error) {
        outcome.error = translator->finish(outcome.out);
    }
    return outcome;
}

void OpenAiContract::writesRequests()
{
    QFETCH(QString, name);
    const auto catalog = catalog::Catalog::shipped();
    const catalog::Provider *provider = catalog->provider(name.section(u'.', 0, 0).toLatin1());
    QVERIFY(provider != nullptr);
    const auto request = dialects::parseOpenAiChat(read(name + u".in"_s));
    QVERIFY2(request, request ? "" : qPrintable(request.error().message));
    catalog::Model model;
    model.name = "the-model";
    const auto encoded = dialect().encode(*request, *provider, model);
    QVERIFY(encoded);
    QVERIFY(dialects::parseJson(encoded->body));
    QCOMPARE(encoded->body, read(name + u".out"_s));
}

void OpenAiContract::readsStreams()
{
    QFETCH(QString, name);
    const Outcome outcome = translate(read(name + u".in"_s), /*stream=*/true);
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message) : "");
    QCOMPARE(outcome.out, read(name + u".out"_s));
}

void OpenAiContract::readsStreamsInPiecesOfAnySize()
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".in"_s);
    for (const qsizetype piece : {1, 2, 3, 5, 7, 16, 61, 256, 1021}) {
        QCOMPARE(translate(in, /*stream=*/true, /*usage=*/true, piece).out, read(name + u".out"_s));
    }
}

void OpenAiContract::hidesUsageFromClientsThatDidNotAsk()
{
    QFETCH(QString, name);
    const Outcome outcome = translate(read(name + u".in"_s), /*stream=*/true, /*usage=*/false);
    QVERIFY(!outcome.error);
    QVERIFY(!outcome.out.contains("usage"));
    QVERIFY(!outcome.out.contains("\"choices\":[]"));
}

void OpenAiContract::refusesStreamsThatWereCut()
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".in"_s);
    const qsizetype last = std::max(
        {in.indexOf("\"finish_reason\":\"stop\""),
         in.indexOf("\"finish_reason\":\"tool_calls\""),
         in.indexOf("\"finish_reason\":\"model_length\"")});
    QVERIFY(last > 0);
    for (qsizetype cut = 0; cut < last; ++cut) {
        const Outcome outcome = translate(in.first(cut), /*stream=*/true);
        QVERIFY2(outcome.error, qPrintable(QString::number(cut)));
        QCOMPARE(outcome.error->kind, common::ErrorKind::ProtocolError);
        QVERIFY(!outcome.out.contains("[DONE]"));
    }
}

void OpenAiContract::readsWholeReplies()
{
    QFETCH(QString, name);
    const Outcome outcome = translate(read(name + u".in"_s), /*stream=*/false);
    QVERIFY2(!outcome.error, outcome.error ? qPrintable(outcome.error->message) : "");
    QCOMPARE(outcome.out, read(name + u".out"_s));
}

void OpenAiContract::refusesWholeRepliesThatWereCut()
{
    QFETCH(QString, name);
    const QByteArray in = read(name + u".in"_s).trimmed();
    for (qsizetype cut = 0; cut < in.size(); ++cut) {
        const Outcome outcome = translate(in.first(cut), /*stream=*/false);
        QVERIFY2(outcome.error, qPrintable(QString::number(cut)));
        QCOMPARE(outcome.error->kind, common::ErrorKind::ProtocolError);
        QVERIFY(outcome.out.isEmpty());
    }
}

void OpenAiContract::leavesItsOwnOutputAlone()
{
    QFETCH(QString, name);
    const QByteArray out = read(name + u".out"_s);
    QCOMPARE(translate(out, /*stream=*/true).out, out);
}

} // namespace freerelay::tests

using freerelay::tests::OpenAiContract;
QTEST_APPLESS_MAIN(OpenAiContract)
#include "tst_openai_contract.moc"
