#include "tests/integration/telemetry/running_gateway.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

const QByteArray key = "gsk_PlantedInThePrompt0123";
const QByteArray question = R"({"messages":[{"role":"user","content":"xyzzy, and my key is )" + key
    + R"("}]})";

} // namespace

/// Prompts and answers of the built program, with the demo provider answering.
class TestKeptTexts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
    }

    void cleanup()
    {
        m_gateway.reset();
        m_fixture.reset();
    }

    void areNotKeptUnlessTheSettingsSaySo()
    {
        QVERIFY(m_gateway->start());
        const QByteArray id = ask(question);
        QTRY_COMPARE(request(id).value("id"_L1).toString().toLatin1(), id);
        QVERIFY(request(id).value("texts"_L1).isNull());
        QVERIFY(!records().value("keeps_content"_L1).toBool());
        QVERIFY(!records().contains("texts"_L1));
        QVERIFY(!QFileInfo::exists(m_fixture->paths.textsFile));
        QVERIFY(!m_fixture->run({u"status"_s}).out.contains("prompts"));
    }

    void areKeptWithoutSecretsAndToldOnlyWithTheToken()
    {
        QVERIFY(setHours(24));
        QVERIFY(m_gateway->start());
        const QByteArray id = ask(question);
        const auto texts = [&] { return request(id).value("texts"_L1).toObject(); };
        QTRY_VERIFY(!texts().isEmpty());
        QVERIFY(texts().value("prompt"_L1).toString().contains(u"xyzzy"_s));
        QVERIFY(texts().value("prompt"_L1).toString().contains(u"[redacted]"_s));
        QVERIFY(!texts().value("answer"_L1).toString().isEmpty());
        QVERIFY(!texts().value("prompt_cut"_L1).toBool());
        QCOMPARE(m_gateway->get("/v1/requests/" + id).status, 401);
        for (const QString &name : QDir(m_fixture->paths.dataFolder).entryList(QDir::Files)) {
            QFile file(m_fixture->paths.dataFolder % u'/' % name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            QVERIFY2(!content.contains(key), qPrintable(name));
            QCOMPARE(content.contains("xyzzy"), name == "texts.db"_L1);
        }
        const CliResult shown = m_fixture->run({u"requests"_s, QString::fromLatin1(id)});
        QVERIFY(shown.out.contains("xyzzy"));
        QVERIFY(!shown.out.contains(key));
    }

    void areToldOfWhereverTheStateIsTold()
    {
        QVERIFY(setHours(24));
        QVERIFY(m_gateway->start());
        (void)ask(question);
        const auto texts = [this] { return records().value("texts"_L1).toObject(); };
        QTRY_COMPARE(texts().value("kept"_L1).toInt(), 1);
        QVERIFY(records().value("keeps_content"_L1).toBool());
        QCOMPARE(texts().value("hours"_L1).toInt(), 24);
        const auto until = QDateTime::fromString(
            texts().value("oldest_until"_L1).toString(), Qt::ISODateWithMs);
        const qint64 left = QDateTime::currentDateTimeUtc().secsTo(until);
        QVERIFY(left > 23 * 3'600 && left <= 24 * 3'600);
        const QByteArray status = m_fixture->run({u"status"_s}).out;
        QVERIFY(status.contains("prompts and answers are kept for 24 h, of 1 requests"));
    }

    void keepWhatAStreamHasSaid()
    {
        QVERIFY(setHours(1));
        QVERIFY(m_gateway->start());
        const QByteArray id = ask(
            R"({"stream":true,"messages":[{"role":"user","content":"xyzzy"}]})"_ba);
        const auto answer = [&] {
            return request(id).value("texts"_L1).toObject().value("answer"_L1).toString();
        };
        QTRY_VERIFY(!answer().isEmpty());
        QVERIFY(!answer().contains(u"data:"_s));
    }

    void areSentAgainAsANewRequest()
    {
        m_fixture->setVariable(u"FREERELAY_API_KEY"_s, u"a-client-key-of-the-test"_s);
        QVERIFY(setHours(24));
        QVERIFY(m_gateway->start());
        const QByteArray id = ask(
            question, "Authorization: Bearer a-client-key-of-the-test\r\n"_ba);
        QTRY_VERIFY(request(id).value("texts"_L1).isObject());
        const QStringList command{u"requests"_s, u"replay"_s, QString::fromLatin1(id)};
        const CliResult sent = m_fixture->run(command);
        QVERIFY2(sent.exitCode == 0, sent.err.constData());
        const QByteArray again = sent.out.split('\n').first().trimmed();
        QVERIFY(again.startsWith("req_") && again != id);
        QTRY_VERIFY(request(again).value("texts"_L1).isObject());
        QCOMPARE(request(again).value("app"_L1).toString(), u"freerelay-resend"_s);
        QCOMPARE(request(again).value("status"_L1).toInt(), 200);
        QCOMPARE(request(again).value("texts"_L1), request(id).value("texts"_L1));
        QVERIFY(setHours(0));
        QTRY_VERIFY(request(id).value("texts"_L1).isNull());
        const CliResult refused = m_fixture->run(command);
        QVERIFY(refused.exitCode != 0);
        QVERIFY(refused.err.contains("is not kept"));
    }

    void goAtOnceWhenTheyAreSwitchedOff()
    {
        QVERIFY(setHours(24));
        QVERIFY(m_gateway->start());
        const QByteArray id = ask(question);
        QTRY_VERIFY(request(id).value("texts"_L1).isObject());
        QVERIFY(setHours(0));
        QTRY_VERIFY(!QFileInfo::exists(m_fixture->paths.textsFile));
        QVERIFY(request(id).value("texts"_L1).isNull());
        QTRY_VERIFY(!records().value("keeps_content"_L1).toBool());
    }

    void neverKeepAnAnswerFromAClient()
    {
        QVERIFY(QDir().mkpath(m_fixture->paths.textsFile)); // where the file should be
        QVERIFY(setHours(24));
        QVERIFY(m_gateway->start());
        QVERIFY(!ask(question).isEmpty());
        QTRY_COMPARE(
            records().value("texts"_L1).toObject().value("problem"_L1).toString(),
            u"The file of kept texts cannot be written."_s);
        QTRY_COMPARE(records().value("written"_L1).toInt(), 1);
        QVERIFY(m_fixture->run({u"status"_s}).out.contains("not kept"));
    }

private:
    [[nodiscard]] bool setHours(int hours)
    {
        QDir().mkpath(m_fixture->paths.configFolder);
        QFile file(m_fixture->paths.settingsFile);
        return file.open(QIODevice::WriteOnly)
            && file.write("records:\n  keep_texts_hours: " + QByteArray::number(hours) + '\n') > 0;
    }

    /// @return the request's id
    [[nodiscard]] QByteArray ask(const QByteArray &body, const QByteArray &head = {})
    {
        const RawReply reply = m_gateway->post("/v1/chat/completions"_ba, body, head);
        return reply.status == 200 ? reply.headers.value("x-freerelay-request-id") : QByteArray();
    }

    [[nodiscard]] QJsonObject request(const QByteArray &id)
    {
        QFile file(m_fixture->paths.adminTokenFile);
        if (!file.open(QIODevice::ReadOnly)) {
            return {};
        }
        const QByteArray head = "Authorization: Bearer " + file.readAll().trimmed() + "\r\n";
        return QJsonDocument::fromJson(m_gateway->get("/v1/requests/" + id, head).body).object();
    }

    [[nodiscard]] QJsonObject records()
    {
        return QJsonDocument::fromJson(m_gateway->get("/health"_ba).body)
            .object()
            .value("records"_L1)
            .toObject();
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestKeptTexts)
#include "tst_kept_texts.moc"
