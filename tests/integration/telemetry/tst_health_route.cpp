#include "tests/integration/relay/provider_replies.h"
#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr auto key = "gsk_of-the-test";
constexpr int callsToOpen = 5; // docs/health.md
constexpr int firstOpenSeconds = 30;

QByteArray question(const QByteArray &model, bool stream)
{
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}],"stream":)"
        + (stream ? "true" : "false") + "}";
}

} // namespace

/// What the built program tells of providers that fail, asked over HTTP.
class TestHealthRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_upstream = std::make_unique<UpstreamThread>();
        letAnswer();
        m_fixture = std::make_unique<CliFixture>();
        m_fixture->setVariable(u"GROQ_API_KEY"_s, QString::fromLatin1(key));
        m_fixture->setVariable(
            u"GROQ_BASE_URL"_s, QString::fromLatin1((*m_upstream)->url("/v1"_ba)));
        QFile settings(m_fixture->paths.settingsFile);
        QVERIFY(QDir().mkpath(QFileInfo(settings).path()));
        QVERIFY(settings.open(QIODevice::WriteOnly));
        settings.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        QVERIFY(settings.write("brownout:\n  minimum_calls: 10\n") > 0);
        settings.close();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
    }

    void cleanup()
    {
        m_gateway.reset();
        m_fixture.reset();
        m_upstream.reset();
    }

    void aCircuitIsToldFromItsOpeningToItsClosing()
    {
        QCOMPARE(circuits(), QJsonArray());
        letFail();
        for (int i = 1; i < callsToOpen; ++i) {
            QCOMPARE(ask(), 503);
        }
        QCOMPARE(circuits(), QJsonArray()); // one call too few
        QCOMPARE(ask(), 503);
        const QJsonArray open = circuits();
        QCOMPARE(open.size(), 1);
        QJsonObject circuit = open.first().toObject();
        const int retryAfter = circuit.take("retry_after"_L1).toInt();
        QVERIFY2( // chance takes up to a fifth off
            retryAfter > 0 && retryAfter <= firstOpenSeconds,
            qPrintable(QString::number(retryAfter)));
        QCOMPARE(
            circuit,
            (QJsonObject{
                {u"provider"_s, u"groq"_s},
                {u"model"_s, u"groq/openai/gpt-oss-120b"_s},
                {u"state"_s, u"open"_s}}));

        letAnswer();
        QCOMPARE(ask(), 200); // nobody else is left, so it is asked; and it answers
        QCOMPARE(
            circuits(),
            (QJsonArray{QJsonObject{
                {u"provider"_s, u"groq"_s},
                {u"model"_s, u"groq/openai/gpt-oss-120b"_s},
                {u"state"_s, u"half_open"_s}}}));
        QCOMPARE(ask(), 200);
        QCOMPARE(circuits(), QJsonArray());
    }

    void aProviderAsAWholeHasACircuitOfItsOwn()
    {
        letFail();
        for (const QByteArray &model :
             {"groq/openai/gpt-oss-120b"_ba,
              "groq/openai/gpt-oss-20b"_ba,
              "groq/llama-3.3-70b-versatile"_ba}) {
            for (int i = 0; i < callsToOpen; ++i) {
                QCOMPARE(ask(model), 503);
            }
        }
        const QJsonArray open = circuits();
        QCOMPARE(open.size(), 1 + 3);
        const QJsonObject whole = open.first().toObject();
        QCOMPARE(whole.value("provider"_L1).toString(), u"groq"_s);
        QCOMPARE(whole.value("state"_L1).toString(), u"open"_s);
        QVERIFY(!whole.contains("model"_L1));
    }

    void whatIsBrokenOfAModelIsTold()
    {
        QCOMPARE(ask(), 200);
        QCOMPARE(ask(), 200);
        letFail();
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(ask("groq/openai/gpt-oss-120b"_ba, true), 503);
        }
        QCOMPARE(
            circuits(),
            (QJsonArray{QJsonObject{
                {u"provider"_s, u"groq"_s},
                {u"model"_s, u"groq/openai/gpt-oss-120b"_s},
                {u"state"_s, u"degraded"_s},
                {u"feature"_s, u"stream"_s}}}));
    }

    void namesNoKeyAndStaysReady()
    {
        letFail();
        for (int i = 0; i < callsToOpen; ++i) {
            QCOMPARE(ask(), 503);
        }
        const RawReply reply = m_gateway->get("/health"_ba);
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.body.contains(R"("state":"open")"));
        QVERIFY(!reply.body.contains("gsk_"));
        const QJsonObject health = QJsonDocument::fromJson(reply.body).object();
        QVERIFY(health.value("live"_L1).toBool());
        QVERIFY(health.value("ready"_L1).toBool()); // what fails is still asked, last
    }

    void aBrownoutPutsOffWhatCanWait()
    {
        const QByteArray batch = "X-FreeRelay-Latency-Class: batch\r\n";
        QCOMPARE(
            brownout(), (QJsonObject{{u"active"_s, false}, {u"open"_s, 0}, {u"configured"_s, 1}}));
        QCOMPARE(ask({}, false, batch), 200);
        letFail();
        for (int i = 0; i < 2 * callsToOpen; ++i) {
            QCOMPARE(ask(), 503);
        }
        QTRY_COMPARE(
            brownout(), (QJsonObject{{u"active"_s, true}, {u"open"_s, 1}, {u"configured"_s, 1}}));
        letAnswer();
        const int before = (*m_upstream)->requestCount();
        const RawReply reply = m_gateway->post(
            "/v1/chat/completions"_ba, question("groq/openai/gpt-oss-120b"_ba, false), batch);
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.headers.value("retry-after"), "300"_ba);
        QVERIFY2(reply.body.contains(R"("code":"brownout")"), reply.body);
        QCOMPARE((*m_upstream)->requestCount(), before);
        QCOMPARE(ask({}, false, batch + "X-FreeRelay-Precision: high\r\n"), 200);
        QCOMPARE(ask(), 200);
        QVERIFY(brownout().value("active"_L1).toBool()); // not over with the first answer
        QVERIFY(m_gateway->get("/metrics"_ba).body.contains("\nfreerelay_brownout_active 1\n"));
        QTRY_VERIFY(m_gateway->said().contains("brownout: 1 of 1 providers"));
    }

    void wordsThatMeanNothingAreRefused()
    {
        QCOMPARE(ask({}, false, "X-FreeRelay-Latency-Class: async\r\n"), 200);
        QCOMPARE(ask({}, false, "X-FreeRelay-Latency-Class: whenever\r\n"), 400);
        QCOMPARE(ask({}, false, "X-FreeRelay-Precision: perfect\r\n"), 400);
    }

private:
    /// Status of the answer to a question.
    [[nodiscard]] int
    ask(const QByteArray &model = {}, bool stream = false, const QByteArray &head = {}) const
    {
        const QByteArray name = model.isEmpty() ? "groq/openai/gpt-oss-120b"_ba : model;
        return m_gateway->post("/v1/chat/completions"_ba, question(name, stream), head).status;
    }

    [[nodiscard]] QJsonObject health() const
    {
        return QJsonDocument::fromJson(m_gateway->get("/health"_ba).body).object();
    }
    [[nodiscard]] QJsonArray circuits() const
    {
        return health().value("circuits"_L1).toArray({u"there is none"_s});
    }
    [[nodiscard]] QJsonObject brownout() const { return health().value("brownout"_L1).toObject(); }

    void letAnswer()
    {
        (*m_upstream)->setHandler([](const FakeRequest &request) {
            return request.method == "GET"
                ? FakeReply::json("{}"_ba, 500)
                : ProviderReplies(catalog::Wire::OpenAiChat)
                      .answer(request.body.contains(R"("stream":true)"), {"Hello ", "you"});
        });
    }

    void letFail()
    {
        (*m_upstream)->setHandler([](const FakeRequest &) {
            return FakeReply::json("{}"_ba).withFault(FakeFault::Reset, FakeReply::beforeHead);
        });
    }

    std::unique_ptr<UpstreamThread> m_upstream;
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestHealthRoute)
#include "tst_health_route.moc"
