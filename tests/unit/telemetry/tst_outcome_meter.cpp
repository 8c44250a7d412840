#include "core/telemetry/outcome_meter.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::telemetry;
using namespace std::chrono_literals;

namespace {

class OutcomeList final : public relay::OutcomeSink
{
public:
    void record(const std::shared_ptr<const relay::Outcome> &outcome) override
    {
        list.push_back(outcome);
    }
    std::vector<std::shared_ptr<const relay::Outcome>> list;
};

relay::AttemptRecord attempt(const QByteArray &provider, const QByteArray &failure = {})
{
    relay::AttemptRecord record;
    record.provider = provider;
    record.model = provider + "/m";
    record.failure = failure;
    record.duration = 10ms;
    return record;
}

relay::Outcome answered(const QByteArray &provider)
{
    relay::Outcome outcome;
    outcome.requestId = "req_1"_ba;
    outcome.provider = provider;
    outcome.model = provider + "/m";
    outcome.status = 200;
    outcome.duration = 2s;
    outcome.attempts.push_back(attempt(provider));
    return outcome;
}

/// `name` with its labels, as the text has them.
QByteArray series(const QByteArray &name, const QList<std::pair<QByteArray, QByteArray>> &labels)
{
    QByteArrayList parts;
    for (const auto &[label, value] : labels) {
        parts.append(label + "=\"" + value + '"');
    }
    return name + '{' + parts.join(',') + '}';
}

QByteArray requests(const QByteArray &provider, const QByteArray &status, const QByteArray &error)
{
    const QByteArray model = provider == "none" || provider == "other" ? provider : provider + "/m";
    return series(
        "freerelay_requests_total"_ba,
        {{"cache_hit", "false"},
         {"error_class", error},
         {"model", model},
         {"namespace", "default"},
         {"provider", provider},
         {"sla_tier", "standard"},
         {"status", status},
         {"task_family", "unknown"}});
}

} // namespace

class TestOutcomeMeter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_next.list.clear();
        m_metrics = std::make_unique<Metrics>();
        m_metrics->setKnownNames({{"groq"_ba, "mistral"_ba}, {"groq/m"_ba, "mistral/m"_ba}});
        m_meter = std::make_unique<OutcomeMeter>(*m_metrics, m_next);
    }

    void handsOutcomesOn()
    {
        record(answered("groq"_ba));
        QCOMPARE(m_next.list.size(), std::size_t(1));
        QCOMPARE(m_next.list.front()->requestId, "req_1"_ba);
    }

    void countsRequestsByStatusAndErrorClass_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<QByteArray>("series");
        const auto row = [](const char *name) -> QTestData & { return QTest::newRow(name); };
        row("answered") << "groq"_ba << 200 << ""_ba << requests("groq", "200", "none");
        row("client left") << ""_ba << 499 << "client_left"_ba
                           << requests("none", "499", "client_left");
        row("stream broke") << "groq"_ba << 200 << "unavailable"_ba
                            << requests("groq", "200", "unavailable");
        row("limited") << ""_ba << 429 << "rate_limited"_ba
                       << requests("none", "429", "rate_limited");
        row("strange status and word")
            << ""_ba << 7'000 << "strange \"word\""_ba << requests("none", "other", "other");
        row("strange provider") << "evil"_ba << 200 << ""_ba << requests("other", "200", "none");
    }

    void countsRequestsByStatusAndErrorClass()
    {
        QFETCH(QByteArray, provider);
        QFETCH(int, status);
        QFETCH(QByteArray, error);
        QFETCH(QByteArray, series);
        relay::Outcome outcome = answered(provider);
        if (provider.isEmpty()) {
            outcome.model.clear();
        }
        outcome.status = status;
        outcome.errorClass = error;
        record(outcome);
        record(outcome);
        QCOMPARE(value(series), "2"_ba);
    }

    void countsStreamsThatBroke()
    {
        relay::Outcome outcome = answered("groq"_ba);
        outcome.stream = true;
        record(outcome);
        outcome.brokenStream = true;
        record(outcome);
        QCOMPARE(
            value(series(
                "freerelay_broken_streams_total", {{"model", "groq/m"}, {"provider", "groq"}})),
            "1"_ba);
    }

    void measuresTimesAndTokens()
    {
        relay::Outcome outcome = answered("mistral"_ba);
        outcome.stream = true;
        outcome.ttft = 250ms;
        outcome.promptTokens = 100;
        outcome.completionTokens = 7;
        record(outcome);
        record(outcome);
        QCOMPARE(
            value(series(
                "freerelay_request_duration_seconds_sum",
                {{"cached", "false"},
                 {"model", "mistral/m"},
                 {"namespace", "default"},
                 {"provider", "mistral"},
                 {"streaming", "true"}})),
            "4"_ba);
        QCOMPARE(
            value(series(
                "freerelay_ttft_seconds_bucket",
                {{"model", "mistral/m"},
                 {"provider", "mistral"},
                 {"task_family", "unknown"},
                 {"le", "0.3"}})),
            "2"_ba);
        QCOMPARE(
            value(series(
                "freerelay_ttft_seconds_bucket",
                {{"model", "mistral/m"},
                 {"provider", "mistral"},
                 {"task_family", "unknown"},
                 {"le", "0.2"}})),
            "0"_ba);
        QCOMPARE(
            value(series(
                "freerelay_tokens_total",
                {{"direction", "input"}, {"namespace", "default"}, {"provider", "mistral"}})),
            "200"_ba);
        QCOMPARE(
            value(series(
                "freerelay_tokens_total",
                {{"direction", "output"}, {"namespace", "default"}, {"provider", "mistral"}})),
            "14"_ba);
        QCOMPARE(
            value(series(
                "gen_ai_client_token_usage_sum",
                {{"gen_ai_operation_name", "chat"},
                 {"gen_ai_provider_name", "mistral_ai"},
                 {"gen_ai_request_model", "mistral/m"},
                 {"gen_ai_token_type", "output"}})),
            "14"_ba);
        QCOMPARE(
            value(series(
                "gen_ai_client_operation_duration_seconds_count",
                {{"error_type", ""},
                 {"gen_ai_operation_name", "chat"},
                 {"gen_ai_provider_name", "mistral_ai"},
                 {"gen_ai_request_model", "mistral/m"}})),
            "2"_ba);
        QCOMPARE(
            value(series(
                "gen_ai_server_time_to_first_token_seconds_sum",
                {{"gen_ai_operation_name", "chat"},
                 {"gen_ai_provider_name", "mistral_ai"},
                 {"gen_ai_request_model", "mistral/m"}})),
            "0.5"_ba);
    }

    void namesTheOperationOfEachTask()
    {
        relay::Outcome outcome = answered("mistral"_ba);
        outcome.promptTokens = 3;
        record(outcome);
        outcome.task = catalog::Task::Embeddings;
        record(outcome); // the same model, as far as names tell
        record(outcome);
        const auto asked = [this](const char *operation) {
            return value(series(
                "gen_ai_client_token_usage_count",
                {{"gen_ai_operation_name", operation},
                 {"gen_ai_provider_name", "mistral_ai"},
                 {"gen_ai_request_model", "mistral/m"},
                 {"gen_ai_token_type", "input"}}));
        };
        QCOMPARE(asked("chat"), "1"_ba);
        QCOMPARE(asked("embeddings"), "2"_ba);
    }

    void countsHedgesByWhoAnswered()
    {
        relay::Outcome outcome = answered("mistral"_ba);
        record(outcome); // nobody else was asked
        outcome.hedge = relay::Hedge::Second;
        record(outcome);
        record(outcome);
        outcome.hedge = relay::Hedge::First;
        record(outcome);
        const auto won = [this](const char *winner) {
            return value(series("freerelay_hedges_total", {{"winner", winner}}));
        };
        QCOMPARE(won("second"), "2"_ba);
        QCOMPARE(won("first"), "1"_ba);
        QCOMPARE(won("none"), "0"_ba);
    }

    void countsNoTokensThatNobodyReported()
    {
        record(answered("groq"_ba));
        QCOMPARE(
            value(series(
                "gen_ai_client_token_usage_count",
                {{"gen_ai_operation_name", "chat"},
                 {"gen_ai_provider_name", "groq"},
                 {"gen_ai_request_model", "groq/m"},
                 {"gen_ai_token_type", "input"}})),
            "0"_ba);
    }

    void countsAttemptsAndWhyTheyWereRepeated()
    {
        relay::Outcome outcome = answered("mistral"_ba);
        outcome.attempts = {
            attempt("groq"_ba, "rate_limited"_ba),
            attempt("groq"_ba, "timeout"_ba),
            attempt("mistral"_ba)};
        record(outcome);
        outcome.attempts = {
            attempt("mistral"_ba, "network"_ba), attempt("groq"_ba, "rate_limited"_ba)};
        record(outcome);
        const auto attempts = [](const QByteArray &provider,
                                 const QByteArray &result) -> QByteArray {
            return "freerelay_attempts_total{model=\"" + provider + "/m\",provider=\"" + provider
                + "\",result=\"" + result + "\"}";
        };
        QCOMPARE(value(attempts("groq", "rate_limited")), "2"_ba);
        QCOMPARE(value(attempts("groq", "timeout")), "1"_ba);
        QCOMPARE(value(attempts("mistral", "ok")), "1"_ba);
        QCOMPARE(value(attempts("mistral", "network")), "1"_ba);
        const auto retries = [](const QByteArray &provider, const QByteArray &cause) -> QByteArray {
            return "freerelay_retries_total{cause=\"" + cause + "\",provider=\"" + provider + "\"}";
        };
        // The last failure of the second request was not followed by another attempt.
        QCOMPARE(value(retries("groq", "rate_limited")), "1"_ba);
        QCOMPARE(value(retries("groq", "timeout")), "1"_ba);
        QCOMPARE(value(retries("mistral", "network")), "1"_ba);
    }

    void countsWhatEachAppWithAKeyDid()
    {
        const auto of = [](const QByteArray &figure, const QByteArray &rest) -> QByteArray {
            return "freerelay_app_" + figure + "_total{app=\"My script\"" + rest + '}';
        };
        relay::Outcome outcome = answered("groq"_ba);
        outcome.app = "My script"_ba;
        outcome.hasAppKey = true;
        outcome.promptTokens = 100;
        outcome.completionTokens = 7;
        outcome.cost = common::MicroUsd{2'500};
        record(outcome);
        outcome.status = relay::Outcome::clientLeft;
        record(outcome);
        outcome.status = 429;
        outcome.cost.reset();
        record(outcome);
        record(outcome);
        QCOMPARE(value(of("requests", ",result=\"ok\"")), "1"_ba);
        QCOMPARE(value(of("requests", ",result=\"client_left\"")), "1"_ba);
        QCOMPARE(value(of("requests", ",result=\"failed\"")), "2"_ba);
        QCOMPARE(value(of("tokens", ",direction=\"input\"")), "400"_ba);
        QCOMPARE(value(of("tokens", ",direction=\"output\"")), "28"_ba);
        QCOMPARE(value(of("cost_usd", "")), "0.005"_ba);
    }

    void aNameWithoutAKeyIsNoApp()
    {
        relay::Outcome outcome = answered("groq"_ba);
        for (int i = 0; i < 200; ++i) {
            outcome.app = "invented" + QByteArray::number(i);
            record(outcome);
        }
        QCOMPARE(value("freerelay_app_requests_total{app=\"none\",result=\"ok\"}"), "200"_ba);
        QVERIFY(!m_metrics->render().contains("invented"));
        outcome.hasAppKey = true;
        for (std::size_t i = 0; i < Metrics::maxApps + 5; ++i) {
            outcome.app = "app" + QByteArray::number(quint64(i));
            record(outcome);
        }
        QCOMPARE(value("freerelay_app_requests_total{app=\"other\",result=\"ok\"}"), "5"_ba);
    }

    void hearsOfNewNames()
    {
        record(answered("new"_ba));
        QCOMPARE(value(requests("other", "200", "none")), "1"_ba);
        m_metrics->setKnownNames({{"new"_ba}, {"new/m"_ba}});
        record(answered("new"_ba));
        QCOMPARE(value(requests("new", "200", "none")), "1"_ba);
        QCOMPARE(value(requests("other", "200", "none")), "1"_ba);
    }

    void doesNotGrowWithNamesThatClientsInvent()
    {
        record(answered("evil"_ba));
        const qsizetype lines = m_metrics->render().count('\n');
        for (int i = 0; i < 5'000; ++i) {
            record(answered("evil" + QByteArray::number(i)));
        }
        QCOMPARE(m_metrics->render().count('\n'), lines);
        QCOMPARE(value(requests("other", "200", "none")), "5001"_ba);
    }

private:
    void record(relay::Outcome outcome)
    {
        m_meter->record(std::make_shared<const relay::Outcome>(std::move(outcome)));
    }

    [[nodiscard]] QByteArray value(const QByteArray &series) const
    {
        for (const QByteArray &line : m_metrics->render().split('\n')) {
            if (line.startsWith(QByteArray(series + ' '))) {
                return line.mid(series.size() + 1);
            }
        }
        return {};
    }

    OutcomeList m_next;
    std::unique_ptr<Metrics> m_metrics;
    std::unique_ptr<OutcomeMeter> m_meter;
};

QTEST_GUILESS_MAIN(TestOutcomeMeter)
#include "tst_outcome_meter.moc"
