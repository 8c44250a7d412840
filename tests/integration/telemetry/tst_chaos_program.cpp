#include "app/common/start_options.h"
#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

FakeReply answer()
{
    return FakeReply::json(
        R"({"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],)"
        R"("usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}})"_ba);
}

QByteArray asking(const QByteArray &model)
{
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"hi"}]})";
}

} // namespace

/// `start --chaos`: the built program, between this client and two providers that are well.
class TestChaosProgram final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        for (UpstreamThread *one : {&m_groq, &m_cerebras}) {
            (*one)->setHandler([](const FakeRequest &request) {
                return request.method == "GET" ? FakeReply::json("{}"_ba, 500) : answer();
            });
        }
    }

    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_fixture->setVariable(u"GROQ_API_KEY"_s, u"gsk_0123456789abcdef"_s);
        m_fixture->setVariable(u"GROQ_BASE_URL"_s, QString::fromLatin1(m_groq->url("/v1")));
        m_fixture->setVariable(u"CEREBRAS_API_KEY"_s, u"csk-0123456789abcdef"_s);
        m_fixture->setVariable(u"CEREBRAS_BASE_URL"_s, QString::fromLatin1(m_cerebras->url("/v1")));
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
    }

    void anotherProviderAnswersAndNothingIsKept()
    {
        QVERIFY(m_gateway->start({u"--chaos"_s, u"provider=groq,fault=429-day,rate=1"_s}));
        QVERIFY(m_gateway->said().contains("CHAOS IS ON"));
        const RawReply refused = ask("groq/openai/gpt-oss-120b");
        QCOMPARE(refused.status, 429);
        QVERIFY2(refused.body.contains("groq"), refused.body.constData());
        const RawReply answered = ask("gpt-oss-120b");
        QCOMPARE(answered.status, 200);
        QCOMPARE(answered.headers.value("x-freerelay-provider"), "cerebras"_ba);
        const QJsonObject chaos = health().value("chaos"_L1).toObject();
        QVERIFY(chaos.value("on"_L1).toBool());
        const QJsonObject rule = chaos.value("rules"_L1).toArray().at(0).toObject();
        QCOMPARE(rule.value("provider"_L1).toString(), u"groq"_s);
        QCOMPARE(rule.value("fault"_L1).toString(), u"429-day"_s);
        const QJsonObject played = chaos.value("played"_L1).toArray().at(0).toObject();
        QCOMPARE(played.value("count"_L1).toInt(), 1);
        QVERIFY(m_fixture->run({u"status"_s}).out.contains("faults are played"));

        // The day is not over for Groq in a run without it.
        QCOMPARE(m_gateway->stop().exitCode, int(app::exitOk));
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
        QVERIFY(!m_gateway->said().contains("CHAOS"));
        QVERIFY(!health().contains("chaos"_L1));
        QCOMPARE(ask("groq/openai/gpt-oss-120b").status, 200);
    }

    void aloneItPlaysAMixture()
    {
        QVERIFY(m_gateway->start({u"--chaos"_s}));
        const QJsonObject chaos = health().value("chaos"_L1).toObject();
        const QJsonArray rules = chaos.value("rules"_L1).toArray();
        QCOMPARE(rules.size(), 1);
        QCOMPARE(
            rules.first().toObject(),
            (QJsonObject{
                {u"provider"_s, QString()},
                {u"fault"_s, u"any"_s},
                {u"rate"_s, 0.1},
                {u"seed"_s, 1}}));
    }

    void forDevelopersItPlaysNothingUnasked()
    {
        QVERIFY(m_gateway->start({u"--developer"_s}));
        QVERIFY(!m_gateway->said().contains("CHAOS"));
        QVERIFY(!health().value("chaos"_L1).toObject().value("on"_L1).toBool(true));
        QCOMPARE(ask("groq/openai/gpt-oss-120b").status, 200);
    }

    void refusesWhatItCannotUnderstand_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QByteArray>("named");
        QTest::newRow("fault") << u"fault=fire"_s << "429-day"_ba;
        QTest::newRow("rate") << u"rate=2"_s << "from 0 to 1"_ba;
        QTest::newRow("provider") << u"provider=grok"_s << "no provider “grok”"_ba;
    }

    void refusesWhatItCannotUnderstand()
    {
        QFETCH(QString, rule);
        QFETCH(QByteArray, named);
        const CliResult result = m_fixture->run(
            {u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s, u"--chaos"_s, rule});
        QCOMPARE(result.exitCode, int(app::exitUsage));
        QVERIFY2(result.all().contains(named), result.all().constData());
    }

    void theHelpNamesEveryFault()
    {
        const QByteArray help = m_fixture->run({u"start"_s, u"--help"_s}).out;
        for (const upstream::FaultWords &words : upstream::allFaults()) {
            QVERIFY2(help.contains(words.name), words.name.constData());
            QVERIFY2(help.contains(words.text), words.text.constData());
        }
    }

private:
    [[nodiscard]] RawReply ask(const QByteArray &model) const
    {
        return m_gateway->post("/v1/chat/completions", asking(model));
    }
    [[nodiscard]] QJsonObject health() const
    {
        return QJsonDocument::fromJson(m_gateway->get("/health").body).object();
    }

    UpstreamThread m_groq;
    UpstreamThread m_cerebras;
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestChaosProgram)
#include "tst_chaos_program.moc"
