#include "core/quota/quota_calendar.h"
#include "core/relay/failure_policy.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QDateTime>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using catalog::Wire;
using dialects::FailureClass;
using dialects::ProviderFailure;
using quota::CoolDownReason;
using relay::FailurePolicy;
using relay::NextStep;

namespace {

ProviderFailure failureOf(FailureClass kind)
{
    ProviderFailure failure;
    failure.kind = kind;
    failure.message = "its words";
    return failure;
}

} // namespace

class TestFailurePolicy final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_coolDowns = std::make_unique<quota::CoolDownTable>();
        m_policy = std::make_unique<FailurePolicy>(*m_coolDowns, m_clock);
    }

    void benchesAsTheFailureSays_data()
    {
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<int>("reason");
        QTest::addColumn<bool>("otherModelsToo");
        const auto row = [](const char *name,
                            FailureClass failure,
                            std::chrono::seconds rest,
                            CoolDownReason reason,
                            bool otherModelsToo) {
            QTest::newRow(name) << int(failure) << int(rest.count()) << int(reason)
                                << otherModelsToo;
        };
        row("rate limit", FailureClass::RateLimited, 30s, CoolDownReason::RateLimited, false);
        row("credit", FailureClass::NoCredit, 24h, CoolDownReason::NoCredit, true);
        row("key", FailureClass::KeyRejected, 5s, CoolDownReason::KeyRejected, true);
        row("forbidden", FailureClass::Forbidden, 10min, CoolDownReason::Forbidden, false);
        row("gone", FailureClass::ModelGone, 10min, CoolDownReason::ModelGone, false);
        row("overloaded", FailureClass::Overloaded, 1s, CoolDownReason::Unhealthy, false);
        row("timeout", FailureClass::Timeout, 1s, CoolDownReason::Unhealthy, false);
        row("network", FailureClass::Network, 1s, CoolDownReason::Unhealthy, false);
        row("malformed", FailureClass::Malformed, 1s, CoolDownReason::Unhealthy, false);
    }

    void benchesAsTheFailureSays()
    {
        QFETCH(int, failure);
        QFETCH(int, seconds);
        QFETCH(int, reason);
        QFETCH(bool, otherModelsToo);
        const NextStep step = m_policy->onFailure(candidate(), failureOf(FailureClass(failure)));
        QCOMPARE(step, NextStep::TryNext);
        const auto rest = covering("groq/m");
        QCOMPARE(rest->until - m_clock.now(), std::chrono::seconds(seconds));
        QCOMPARE(rest->reason, CoolDownReason(reason));
        QCOMPARE(rest->detail, "its words"_ba);
        QCOMPARE(covering("groq/other").has_value(), otherModelsToo);
    }

    void benchesNothingForWhatIsNobodysFault_data()
    {
        QTest::addColumn<int>("failure");
        QTest::newRow("bad request") << int(FailureClass::BadRequest);
        QTest::newRow("too long") << int(FailureClass::ContextTooLong);
        QTest::newRow("client left") << int(FailureClass::Cancelled);
    }

    void benchesNothingForWhatIsNobodysFault()
    {
        QFETCH(int, failure);
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass(failure)));
        QVERIFY(m_coolDowns->active(m_clock.now()).empty());
    }

    void benchesAGoneModelForEveryKey()
    {
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass::ModelGone));
        QVERIFY(m_coolDowns->covering("groq", "another key", "groq/m", m_clock.now()));
    }

    void takesTheProvidersResetWithinReason_data()
    {
        QTest::addColumn<qint64>("told");
        QTest::addColumn<qint64>("rest");
        const qint64 month = std::chrono::milliseconds(31 * 24h).count();
        QTest::newRow("as told") << qint64(7'500) << qint64(7'500);
        QTest::newRow("at once") << qint64(0) << qint64(1'000);
        QTest::newRow("a month") << month << month;
        QTest::newRow("a year") << 12 * month << month;
    }

    void takesTheProvidersResetWithinReason()
    {
        QFETCH(qint64, told);
        QFETCH(qint64, rest);
        ProviderFailure failure = failureOf(FailureClass::RateLimited);
        failure.retryAfter = std::chrono::milliseconds(told);
        (void)m_policy->onFailure(candidate(), failure);
        QCOMPARE(covering("groq/m")->until - m_clock.now(), std::chrono::milliseconds(rest));
    }

    void restsUntilTheDayEndsForADailyQuota()
    {
        ProviderFailure failure = failureOf(FailureClass::RateLimited);
        failure.daily = true;
        failure.retryAfter = 3s; // Google tells seconds for quotas of a day
        (void)m_policy->onFailure(candidate(), failure);
        QCOMPARE(
            covering("groq/m")->until - m_clock.now(),
            quota::untilDailyReset(m_groq.quota, m_clock.wallNow()));
        QVERIFY(covering("groq/m")->until - m_clock.now() > 1h);
    }

    void advisesForAMomentHoweverOftenItFailed()
    {
        for (int i = 0; i < 7; ++i) {
            m_coolDowns->clear("groq");
            (void)m_policy->onFailure(candidate(), failureOf(FailureClass::Overloaded));
            QCOMPARE(restSeconds(), 1); // more is the breaker's
        }
    }

    void asksARejectedKeyAgainSoonAtFirst()
    {
        QList<int> seconds;
        for (int i = 0; i < 6; ++i) {
            m_coolDowns->clear("groq");
            (void)m_policy->onFailure(candidate(), failureOf(FailureClass::KeyRejected));
            seconds.append(restSeconds());
        }
        QCOMPARE(seconds, QList<int>({5, 20, 80, 320, 900, 900}));
    }

    void startsSmallAgainAfterASuccess()
    {
        for (int i = 0; i < 4; ++i) {
            (void)m_policy->onFailure(candidate(), failureOf(FailureClass::KeyRejected));
        }
        m_policy->onSuccess(candidate());
        m_coolDowns->clear("groq");
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass::KeyRejected));
        QCOMPARE(restSeconds(), 5);
    }

    void forgetsTheAdviceAfterASuccess()
    {
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass::Overloaded));
        m_policy->onSuccess(candidate());
        QVERIFY(m_coolDowns->active(m_clock.now()).empty());
    }

    void keepsAQuotaInMindAfterASuccess()
    {
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass::RateLimited));
        m_policy->onSuccess(candidate());
        QVERIFY(covering("groq/m"));
    }

    void countsEachModelByItself()
    {
        (void)m_policy->onFailure(candidate(), failureOf(FailureClass::Overloaded));
        routing::Candidate other = candidate();
        other.model = &m_other;
        (void)m_policy->onFailure(other, failureOf(FailureClass::Overloaded));
        QCOMPARE(covering("groq/other")->until - m_clock.now(), 1s);
    }

    void keepsAnOverloadedProvidersOwnWordWithinBounds_data()
    {
        QTest::addColumn<int>("told");
        QTest::addColumn<int>("rest");
        QTest::newRow("short") << 0 << 1;
        QTest::newRow("as told") << 10 << 10;
        QTest::newRow("long") << 3'600 << 30;
    }

    void keepsAnOverloadedProvidersOwnWordWithinBounds()
    {
        QFETCH(int, told);
        QFETCH(int, rest);
        ProviderFailure failure = failureOf(FailureClass::Overloaded);
        failure.retryAfter = std::chrono::seconds(told);
        (void)m_policy->onFailure(candidate(), failure);
        QCOMPARE(restSeconds(), rest);
    }

    void neverBenchesALocalEndpoint()
    {
        m_groq.tier = Tier::Local;
        for (const FailureClass kind :
             {FailureClass::RateLimited, FailureClass::Network, FailureClass::ModelGone}) {
            QCOMPARE(m_policy->onFailure(candidate(), failureOf(kind)), NextStep::TryNext);
        }
        QVERIFY(m_coolDowns->active(m_clock.now()).empty());
    }

    void givesUpOnTheClientsMistakeOnly_data()
    {
        QTest::addColumn<int>("wire");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<bool>("final");
        QTest::newRow("same dialect") << int(Wire::OpenAiChat) << QByteArray() << true;
        QTest::newRow("badly written tool call")
            << int(Wire::OpenAiChat) << "tool_use_failed"_ba << false;
        QTest::newRow("translated") << int(Wire::AnthropicMessages) << QByteArray() << false;
        QTest::newRow("translated too")
            << int(Wire::GoogleGenerateContent) << QByteArray() << false;
    }

    void givesUpOnTheClientsMistakeOnly()
    {
        QFETCH(int, wire);
        QFETCH(QByteArray, code);
        QFETCH(bool, final);
        m_groq.wireByModel = {{"*", Wire(wire)}};
        ProviderFailure failure = failureOf(FailureClass::BadRequest);
        failure.code = code;
        QCOMPARE(
            m_policy->onFailure(candidate(), failure),
            final ? NextStep::GiveUp : NextStep::TryNext);
    }

    void givesUpWhenTheClientHasLeft()
    {
        QCOMPARE(
            m_policy->onFailure(candidate(), failureOf(FailureClass::Cancelled)), NextStep::GiveUp);
    }

private:
    routing::Candidate candidate() const { return {&m_groq, &m_model, "key"}; }
    std::optional<quota::CoolDown> covering(const QByteArray &model) const
    {
        return m_coolDowns->covering("groq", "key", model, m_clock.now());
    }
    int restSeconds() const
    {
        return int(std::chrono::duration_cast<std::chrono::seconds>(
                       covering("groq/m")->until - m_clock.now())
                       .count());
    }

    ManualClock m_clock;
    catalog::Provider m_groq = aProvider("groq");
    catalog::Model m_model = aModel("groq/m");
    catalog::Model m_other = aModel("groq/other");
    std::unique_ptr<quota::CoolDownTable> m_coolDowns;
    std::unique_ptr<FailurePolicy> m_policy;
};

QTEST_GUILESS_MAIN(TestFailurePolicy)
#include "tst_failure_policy.moc"
