#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QDir>
#include <QFile>
#include <QMutex>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

constexpr const char *anyFree
    = R"({"model":"freerelay-free","messages":[{"role":"user","content":"Hi"}]})";
constexpr const char *named
    = R"({"model":"mine/gift","messages":[{"role":"user","content":"Hi"}]})";

FakeReply answer()
{
    return FakeReply::json(
        R"({"id":"c","object":"chat.completion","created":1,"model":"gift","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]})");
}

} // namespace

/// The built program with one provider, whose model is said to be free (tier unverified_free).
/// The cases build on each other.
class TestFreeModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_upstream->setHandler([this](const FakeRequest &) {
            const QMutexLocker lock(&m_mutex);
            return m_answer;
        });
        QVERIFY(QDir().mkpath(m_fixture.paths.configFolder));
        QFile file(m_fixture.paths.providersFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "schema_version: 1\nproviders:\n- id: mine\n  tier: unverified_free\n  auth: none\n"
            "  models_path: none\n  base_url: "
            + m_upstream->url("/v1"_ba) + "\n  models:\n  - name: gift\n");
        file.close();
        QVERIFY(m_gateway->start());
    }

    void countsAsPaidAtFirst() { QCOMPARE(ask(anyFree), 403); }

    void isFreeOnceItHasAnswered()
    {
        QCOMPARE(ask(named), 200);
        QTRY_COMPARE(ask(anyFree), 200); // the record comes behind the answer
    }

    void staysFreeOverARestart()
    {
        (void)m_gateway->stop();
        m_gateway = std::make_unique<RunningGateway>(m_fixture);
        QVERIFY(m_gateway->start());
        QCOMPARE(ask(anyFree), 200);
        const QFile file(m_fixture.paths.dataFolder + "/proven_models.json"_L1);
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void isNoLongerFreeWhenItWantsCredit()
    {
        {
            const QMutexLocker lock(&m_mutex);
            m_answer = FakeReply::json(R"({"error":{"message":"Insufficient credits"}})", 402);
        }
        QVERIFY(ask(named) != 200);
        const auto forgotten = [this] {
            QFile file(m_fixture.paths.dataFolder + "/proven_models.json"_L1);
            return file.open(QIODevice::ReadOnly) && !file.readAll().contains("mine/gift");
        };
        QTRY_VERIFY(forgotten());
    }

private:
    int ask(const QByteArray &body) { return m_gateway->post("/v1/chat/completions", body).status; }

    CliFixture m_fixture;
    UpstreamThread m_upstream;
    QMutex m_mutex;
    FakeReply m_answer = answer();
    std::unique_ptr<RunningGateway> m_gateway = std::make_unique<RunningGateway>(m_fixture);
};

QTEST_GUILESS_MAIN(TestFreeModels)
#include "tst_free_models.moc"
