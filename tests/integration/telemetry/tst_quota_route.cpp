#include "core/services/quota/quota_file.h"
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
using namespace std::chrono_literals;

namespace {

/// 2 of 2 requests a minute of OVHcloud's without a key, which the provider refuses for an hour.
quota::QuotaBook someBook()
{
    quota::QuotaWindowRecord window;
    window.provider = "ovhcloud";
    window.subject = "ovhcloud/gpt-oss-120b";
    window.unit = "requests";
    window.period = "minute";
    window.limit = 2;
    window.source = "header";
    window.statedAt = std::chrono::system_clock::now();
    window.charges = {{2, window.statedAt + 1h}};
    window.blockedUntil = window.statedAt + 1h;
    return {window.statedAt, {window}, {}};
}

/// An answer whose headers say that `left` of three requests a day are left.
FakeReply answer(int left)
{
    return FakeReply::
        json(R"({"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
             R"("message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],)"
             R"("usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}})"_ba)
            .withHeader("x-ratelimit-limit-requests", "3")
            .withHeader("x-ratelimit-remaining-requests", QByteArray::number(left))
            .withHeader("x-ratelimit-reset-requests", "2h0m0s");
}

/// OpenRouter's page about a key: 12 of 1,000 free requests are used, 2.5 of 5 credits are left.
QByteArray accountPage()
{
    return R"({"data":{"label":"sk-or-v1-012...def","limit":5,"limit_remaining":2.5,)"
           R"("limit_reset":null,"usage":2.5,"is_free_tier":false,)"
           R"("free_model_daily_requests":{"limit":1000,"remaining":988,"used":12}}})"_ba;
}

constexpr auto question
    = R"({"model":"groq/openai/gpt-oss-120b","messages":[{"role":"user","content":"hi"}]})";

} // namespace

/// What the built program knows of quotas, asked over HTTP and by the command line.
class TestQuotaRoute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        QVERIFY(services::QuotaFile(m_fixture->paths.quotaFile).save(someBook()));
        start();
    }

    void cleanup() { m_gateway.reset(); }

    void tellsWhatIsUsed()
    {
        const QJsonObject quota = object("/v1/quota"_ba);
        QCOMPARE(quota.value("object"_L1).toString(), u"list"_s);
        QVERIFY(hasTheWindow());
        QCOMPARE(object("/v1/quota?provider=groq"_ba).value("data"_L1).toArray(), QJsonArray());
        QVERIFY(m_gateway->get("/metrics"_ba)
                    .body.contains(
                        R"(freerelay_quota_remaining_ratio{provider="ovhcloud",window="rpm"} 0)"));
    }

    void needsTheAdminToken()
    {
        QCOMPARE(m_gateway->get("/v1/quota"_ba).status, 401);
        const RawReply wrong = ask("/v1/quota?model=x"_ba);
        QCOMPARE(wrong.status, 400);
        QVERIFY2(wrong.body.contains(R"("param":"model")"), wrong.body);
    }

    void theCommandLineShowsTheSame()
    {
        const CliResult result = m_fixture->run({u"quota"_s});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.out.contains("ovhcloud/gpt-oss-120b"), result.out.constData());
        QVERIFY2(result.out.contains("2 of 2, refused"), result.out.constData());
        QVERIFY2(result.out.contains("told by replies"), result.out.constData());
    }

    void whatRepliesTellIsShownObeyedAndKept()
    {
        UpstreamThread provider;
        std::atomic<int> asked = 0;
        provider->setHandler([&asked](const FakeRequest &request) {
            return request.method == "GET" ? FakeReply::json("{}"_ba, 500) : answer(2 - asked++);
        });
        QCOMPARE(m_gateway->stop().exitCode, 0);
        m_fixture->setVariable(u"GROQ_API_KEY"_s, u"gsk_0123456789abcdef"_s);
        m_fixture->setVariable(u"GROQ_BASE_URL"_s, QString::fromLatin1(provider->url("/v1"_ba)));
        start();
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, question).status, 200);
        }
        const auto isUsedUp = [this] {
            const QJsonObject day = windowOf("groq"_ba, "rpd"_L1);
            return day.value("used"_L1).toInt() == 3 && day.value("limit"_L1).toInt() == 3
                && day.value("remaining"_L1).toInt() == 0
                && day.value("source"_L1).toString() == "header"_L1
                && day.value("key_fingerprint"_L1).toString().size() == 8;
        };
        QTRY_VERIFY(isUsedUp());
        QCOMPARE(m_gateway->stop().exitCode, 0);
        start();
        QVERIFY(isUsedUp());
        const RawReply refused = m_gateway->post("/v1/chat/completions"_ba, question);
        QCOMPARE(refused.status, 429);
        QVERIFY(refused.headers.contains("retry-after"));
        QCOMPARE(asked, 3); // the fourth was never sent
        const QByteArray all = ask("/v1/quota"_ba).body + m_fixture->run({u"quota"_s}).all();
        QVERIFY(!all.contains("gsk_"));
    }

    void readsTheAccountPageAndKeepsTheKeyToItself()
    {
        UpstreamThread provider;
        std::atomic<int> asked = 0;
        provider->setHandler([&asked](const FakeRequest &request) {
            const bool isPage = request.target == "/api/v1/key"
                && request.headers.value("authorization") == "Bearer sk-or-v1-0123456789abcdef";
            asked += isPage ? 1 : 0;
            return isPage ? FakeReply::json(accountPage()) : FakeReply::json("{}"_ba, 500);
        });
        QCOMPARE(m_gateway->stop().exitCode, 0);
        m_fixture->setVariable(u"OPENROUTER_API_KEY"_s, u"sk-or-v1-0123456789abcdef"_s);
        m_fixture->setVariable(
            u"OPENROUTER_BASE_URL"_s, QString::fromLatin1(provider->url("/api/v1"_ba)));
        start();
        const auto isKnown = [this] {
            const QJsonObject day = windowOf("openrouter"_ba, "rpd"_L1);
            return day.value("used"_L1).toInt() == 12 && day.value("limit"_L1).toInt() == 1'000
                && day.value("source"_L1).toString() == "account_api"_L1
                && day.value("subject"_L1).toString() == "openrouter:free"_L1;
        };
        QTRY_VERIFY(isKnown());
        const QJsonObject credit = windowOf("openrouter"_ba, "ctotal"_L1);
        QCOMPARE(credit.value("remaining"_L1).toInt(), 3);
        QVERIFY(credit.value("resets_at"_L1).isNull());
        QCOMPARE(asked, 1); // however often the figures are looked at
        const QByteArray all = ask("/v1/quota"_ba).body + m_fixture->run({u"quota"_s}).all()
            + m_gateway->said();
        QVERIFY(!all.contains("0123456789abcdef"));
    }

    void modelsAndReadinessKnowWhatIsUsedUp()
    {
        UpstreamThread provider;
        provider->setHandler([](const FakeRequest &) { return answer(0); });
        QCOMPARE(m_gateway->stop().exitCode, 0);
        QFile file(m_fixture->paths.providersFile);
        QVERIFY(QDir().mkpath(QFileInfo(file).path()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            R"({"schema_version":1,"providers":[{"id":"mine","tier":"free","auth":"none",)"
            R"("models_path":"none","models":[{"name":"only"}],"base_url":")"
            + provider->url("/v1"_ba) + R"("}]})"); // JSON is YAML
        file.close();
        start();
        QVERIFY(object("/v1/models/mine/only"_ba).value("usable"_L1).toBool());
        QVERIFY(object("/health"_ba).value("ready"_L1).toBool());
        QVERIFY(ask("/v1/models"_ba).body.contains(R"("mine/only")"));
        const QByteArray asked
            = R"({"model":"mine/only","messages":[{"role":"user","content":"hi"}]})";
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, asked).status, 200);

        const auto isBackInTwoHours = [](const QJsonObject &object) {
            constexpr int twoHours = 7'200;
            const int left = object.value("retry_after"_L1).toInt();
            return left > twoHours / 2 && left <= twoHours;
        };
        const QJsonObject model = object("/v1/models/mine/only"_ba);
        QVERIFY(!model.value("usable"_L1).toBool());
        QCOMPARE(model.value("state"_L1).toString(), u"quota_exhausted"_s);
        QVERIFY(isBackInTwoHours(model));
        QVERIFY(!ask("/v1/models"_ba).body.contains(R"("mine/only")"));
        QVERIFY(ask("/v1/models?all=true"_ba).body.contains(R"("mine/only")"));
        const QJsonObject health = object("/health"_ba);
        QVERIFY(!health.value("ready"_L1).toBool());
        QCOMPARE(health.value("status"_L1).toString(), u"not_ready"_s);
        QVERIFY(isBackInTwoHours(health));
        const QJsonObject mine = health.value("providers"_L1).toArray().at(0).toObject();
        QCOMPARE(mine.value("state"_L1).toString(), u"quota_exhausted"_s);
        QVERIFY(isBackInTwoHours(mine));
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, asked).status, 429); // as was said
    }

    void outlivesTheProgram()
    {
        QCOMPARE(m_gateway->stop().exitCode, 0);
        start();
        QVERIFY(hasTheWindow());
    }

    void aDamagedFileIsSetAsideAndAllGoesOn()
    {
        QCOMPARE(m_gateway->stop().exitCode, 0);
        QFile file(m_fixture->paths.quotaFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{");
        file.close();
        start();
        QCOMPARE(object("/v1/quota"_ba).value("data"_L1).toArray(), QJsonArray());
        QVERIFY(m_gateway->said().contains("counted anew"));
    }

private:
    void start()
    {
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_gateway->start());
        QFile file(m_fixture->paths.adminTokenFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_token = file.readAll().trimmed();
    }

    [[nodiscard]] RawReply ask(const QByteArray &target) const
    {
        return m_gateway->get(target, "Authorization: Bearer " + m_token + "\r\n");
    }
    [[nodiscard]] QJsonObject object(const QByteArray &target) const
    {
        return QJsonDocument::fromJson(ask(target).body).object();
    }

    /// The provider's first window of that name.
    [[nodiscard]] QJsonObject windowOf(const QByteArray &provider, QLatin1StringView name) const
    {
        const QJsonArray providers
            = object("/v1/quota?provider=" + provider).value("data"_L1).toArray();
        for (const QJsonValue &window : providers.at(0).toObject().value("windows"_L1).toArray()) {
            if (window.toObject().value("window"_L1).toString() == name) {
                return window.toObject();
            }
        }
        return {};
    }

    [[nodiscard]] bool hasTheWindow() const
    {
        const QJsonObject window = windowOf("ovhcloud"_ba, "rpm"_L1);
        return window.value("limit"_L1).toInt() == 2 && window.value("blocked"_L1).toBool()
            && window.value("source"_L1).toString() == "header"_L1
            && window.value("key_fingerprint"_L1).isNull();
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
    QByteArray m_token;
};

QTEST_GUILESS_MAIN(TestQuotaRoute)
#include "tst_quota_route.moc"
