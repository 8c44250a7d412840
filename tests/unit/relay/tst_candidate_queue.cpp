#include "core/relay/candidate_queue.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;
using catalog::Tier;
using health::Need;
using quota::Reach;
using relay::CandidateQueue;
using relay::Turn;
using Spared = CandidateQueue::Spared;

namespace {

/// A plan of the free models "a/m" and "b/m" and the paid "c/m", in this order.
class Plan
{
public:
    Plan()
    {
        auto config = std::make_shared<relay::RelayConfig>();
        std::vector<catalog::Provider> providers;
        std::vector<catalog::Model> models;
        for (const auto &[id, tier] :
             {std::pair("a"_ba, Tier::Free), {"b"_ba, Tier::Free}, {"c"_ba, Tier::Paid}}) {
            providers.push_back(aProvider(id, tier));
            models.push_back(aModel(id + "/m", tier));
        }
        config->catalog = std::make_shared<catalog::Catalog>(
            std::move(providers), std::move(models), std::vector<catalog::Alias>{});
        for (const catalog::Provider &provider : config->catalog->providers()) {
            config->endpoints.push_back({&provider, {"key"_ba}, std::nullopt, false});
        }
        config->rank();
        m_config = config;
        for (const catalog::Model &model : config->catalog->models()) {
            m_plan.candidates.push_back(
                {config->catalog->provider(model.id.first(1)), &model, "key"_ba});
        }
    }

    routing::Candidate &candidate(int index) { return m_plan.candidates[std::size_t(index)]; }
    CandidateQueue queue() const
    {
        return CandidateQueue(std::make_shared<const relay::PlannedCandidates>(
            m_plan, m_config, relay::PlannedCandidates::Moment{}));
    }

private:
    std::shared_ptr<const relay::RelayConfig> m_config;
    routing::RoutePlan m_plan;
};

QByteArray nameOf(const std::optional<Turn> &turn)
{
    return turn ? turn->candidate.provider->id : "nobody"_ba;
}

/// Everybody that is left, as "abc".
QByteArray rest(CandidateQueue &queue)
{
    QByteArray names;
    while (const auto turn = queue.next()) {
        names += nameOf(turn);
    }
    return names;
}

} // namespace

class TestCandidateQueue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nobodyIsPlanned()
    {
        CandidateQueue queue;
        QCOMPARE(rest(queue), ""_ba);
        QVERIFY(!queue.takeAhead([](const auto &) { return true; }));
    }

    void keepsToThePlan()
    {
        CandidateQueue queue = Plan().queue();
        QCOMPARE(rest(queue), "abc"_ba);
        QCOMPARE(rest(queue), ""_ba);
    }

    void aTurnIsOverWhenTheNextOneComes()
    {
        CandidateQueue queue = Plan().queue();
        QCOMPARE(nameOf(queue.next()), "a"_ba);
        QCOMPARE(queue.untried(), std::size_t(0));
        QCOMPARE(nameOf(queue.next()), "b"_ba);
        QCOMPARE(queue.untried(), std::size_t(1));
        QCOMPARE(rest(queue), "c"_ba);
        QCOMPARE(queue.untried(), std::size_t(3));
    }

    void whoIsBeyondAQuotaIsOnlyProbed()
    {
        Plan plan;
        plan.candidate(1).beyondQuota = true;
        CandidateQueue queue = plan.queue();
        QCOMPARE(queue.next()->reach, Reach::Within);
        QCOMPARE(queue.next()->reach, Reach::Probe);
    }

    void sparedOnesComeLastAndByTheirReason()
    {
        Plan plan;
        CandidateQueue queue = plan.queue();
        queue.spare(plan.candidate(0), Spared::Unwell);
        queue.spare(plan.candidate(1), Spared::LastResort);
        queue.spare(plan.candidate(2), Spared::Busy);
        QCOMPARE(nameOf(queue.next()), "a"_ba);
        QCOMPARE(nameOf(queue.next()), "b"_ba);
        QCOMPARE(nameOf(queue.next()), "c"_ba);
        const auto busy = queue.next();
        QCOMPARE(nameOf(busy), "c"_ba);
        QCOMPARE(busy->reach, Reach::Within);
        QCOMPARE(busy->need, Need::LastResort);
        const auto beyond = queue.next();
        QCOMPARE(nameOf(beyond), "b"_ba);
        QCOMPARE(beyond->reach, Reach::Anyway);
        const auto unwell = queue.next();
        QCOMPARE(nameOf(unwell), "a"_ba);
        QCOMPARE(unwell->reach, Reach::Anyway);
        QCOMPARE(unwell->need, Need::LastResort);
        QVERIFY(!queue.next());
    }

    void aBusyOneThatCostsNothingGoesBeforeAPaidOne()
    {
        Plan plan;
        CandidateQueue queue = plan.queue();
        (void)queue.next();
        queue.spare(plan.candidate(0), Spared::Busy);
        QCOMPARE(rest(queue), "bac"_ba);
    }

    void aBusyPaidOneDoesNot()
    {
        Plan plan;
        std::swap(plan.candidate(0), plan.candidate(2)); // c, b, a
        std::swap(plan.candidate(1), plan.candidate(2)); // c, a, b
        CandidateQueue queue = plan.queue();
        queue.spare(plan.candidate(0), Spared::Busy);
        QCOMPARE(rest(queue), "cabc"_ba);
    }

    void whoIsTakenAheadIsPassedOver()
    {
        CandidateQueue queue = Plan().queue();
        (void)queue.next();
        const auto isPaid = [](const routing::Candidate &candidate) {
            return candidate.provider->id == "c";
        };
        QCOMPARE(nameOf(queue.takeAhead(isPaid)), "c"_ba);
        QVERIFY(!queue.takeAhead(isPaid));
        QCOMPARE(rest(queue), "b"_ba);
    }

    void whoseTurnItIsCannotBeTakenAhead()
    {
        CandidateQueue queue = Plan().queue();
        const auto anybody = [](const routing::Candidate &) { return true; };
        (void)queue.next();
        QCOMPARE(nameOf(queue.takeAhead(anybody)), "b"_ba);
        QCOMPARE(nameOf(queue.takeAhead(anybody)), "c"_ba);
        QVERIFY(!queue.takeAhead(anybody));
        QCOMPARE(rest(queue), ""_ba);
    }
};

QTEST_APPLESS_MAIN(TestCandidateQueue)
#include "tst_candidate_queue.moc"
