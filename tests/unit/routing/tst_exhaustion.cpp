#include "core/routing/exhaustion.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using common::ErrorKind;
using quota::CoolDownReason;
using routing::Disqualified;

namespace {

constexpr common::SteadyTime now{std::chrono::hours(1)};

} // namespace

class TestExhaustion final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapsRejectionsToKinds_data()
    {
        QTest::addColumn<QList<int>>("reasons");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name,
                            std::initializer_list<Disqualified> reasons,
                            ErrorKind kind,
                            const QByteArray &code = {}) {
            QList<int> numbers;
            for (const Disqualified reason : reasons) {
                numbers.append(int(reason));
            }
            QTest::newRow(name) << numbers << int(kind) << code;
        };
        row("nothing", {}, ErrorKind::Unavailable);
        row("no key", {Disqualified::NoKey}, ErrorKind::Unavailable);
        row("no consent", {Disqualified::NoConsent}, ErrorKind::Unavailable);
        row("disabled", {Disqualified::Disabled}, ErrorKind::Unavailable);
        row("deprecated", {Disqualified::Deprecated}, ErrorKind::Unavailable);
        row("mode", {Disqualified::ModeForbids}, ErrorKind::PermissionDenied);
        row("tools", {Disqualified::NoTools}, ErrorKind::InvalidArgument);
        row("vision", {Disqualified::NoVision}, ErrorKind::InvalidArgument);
        row("schema", {Disqualified::NoJsonSchema}, ErrorKind::InvalidArgument);
        row("window",
            {Disqualified::ContextTooSmall},
            ErrorKind::InvalidArgument,
            "context_length_exceeded");
        row("wire", {Disqualified::WireNotSpoken}, ErrorKind::InvalidArgument);
        row("not chat", {Disqualified::NotChat}, ErrorKind::InvalidArgument);
        row("the mode before what cannot",
            {Disqualified::NoTools, Disqualified::ModeForbids},
            ErrorKind::PermissionDenied);
        row("the window before capabilities",
            {Disqualified::NoTools, Disqualified::ContextTooSmall},
            ErrorKind::InvalidArgument,
            "context_length_exceeded");
        row("capabilities before keys",
            {Disqualified::NoKey, Disqualified::NoTools},
            ErrorKind::InvalidArgument);
    }

    void mapsRejectionsToKinds()
    {
        QFETCH(QList<int>, reasons);
        QFETCH(int, kind);
        QFETCH(QByteArray, code);
        routing::RoutePlan plan;
        for (const int reason : reasons) {
            plan.rejections.push_back({&m_groq, &m_model, Disqualified(reason)});
        }
        const routing::Exhaustion exhaustion = routing::explainExhaustion(plan, "some-name", now);
        QCOMPARE(exhaustion.error.kind, ErrorKind(kind));
        QCOMPARE(exhaustion.code, code);
        QVERIFY(!exhaustion.retryAfter);
        QVERIFY(!exhaustion.error.message.isEmpty());
    }

    void namesTheEarliestResetOfAllQuotas()
    {
        const routing::Exhaustion exhaustion = routing::explainExhaustion(
            resting(
                {{60s, CoolDownReason::NoCredit},
                 {20s, CoolDownReason::RateLimited},
                 {5s, CoolDownReason::KeyRejected}}),
            {},
            now);
        QCOMPARE(exhaustion.error.kind, ErrorKind::QuotaExhausted);
        QCOMPARE(*exhaustion.retryAfter, 20s);
    }

    void blamesTheKeyOnlyWhenNoQuotaIsTheReason()
    {
        const routing::Exhaustion exhaustion = routing::explainExhaustion(
            resting({{20s, CoolDownReason::Forbidden}, {5s, CoolDownReason::KeyRejected}}),
            {},
            now);
        QCOMPARE(exhaustion.error.kind, ErrorKind::Unavailable);
        QCOMPARE(*exhaustion.retryAfter, 5s);
        QVERIFY(exhaustion.error.message.contains(u"Groq"_s));
    }

    void prefersWaitingToWhatTheModeForbids()
    {
        routing::RoutePlan plan = resting({{20s, CoolDownReason::RateLimited}});
        plan.rejections.push_back({&m_groq, &m_model, Disqualified::ModeForbids});
        QCOMPARE(routing::explainExhaustion(plan, {}, now).error.kind, ErrorKind::QuotaExhausted);
    }

    void roundsUpAndNeverSaysZero()
    {
        const routing::RoutePlan plan = resting({{1ns, CoolDownReason::RateLimited}});
        QCOMPARE(*routing::explainExhaustion(plan, {}, now).retryAfter, 1ms);
    }

    void namesTheProvidersThatWouldServeANamedModel()
    {
        routing::RoutePlan plan;
        plan.asked = catalog::NameTarget::Kind::Models;
        plan.rejections.push_back({&m_groq, &m_model, Disqualified::NoKey});
        const QString message = routing::explainExhaustion(plan, "llama", now).error.message;
        QVERIFY(message.contains(u"Groq"_s));
        QVERIFY(message.contains(u"llama"_s));
    }

private:
    struct Rest
    {
        std::chrono::nanoseconds length;
        CoolDownReason reason;
    };

    routing::RoutePlan resting(std::initializer_list<Rest> rests) const
    {
        routing::RoutePlan plan;
        for (const Rest &rest : rests) {
            plan.rejections.push_back(
                {&m_groq,
                 &m_model,
                 Disqualified::CoolingDown,
                 quota::CoolDown{{"groq", {}, {}}, now + rest.length, rest.reason, "its words"}});
        }
        return plan;
    }

    catalog::Provider m_groq = aProvider("groq");
    catalog::Model m_model = aModel("groq/m");
};

QTEST_GUILESS_MAIN(TestExhaustion)
#include "tst_exhaustion.moc"
