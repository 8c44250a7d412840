#include "core/health/health_table.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

constexpr CallShape plain{};
constexpr CallShape streamed{true, false, false, 100};

/// One provider with models "p/a" to "p/d".
struct House
{
    explicit House(catalog::Tier tier = catalog::Tier::Free)
        : provider(tests::aProvider("p", tier))
    {
        for (const char *id : {"p/a", "p/b", "p/c", "p/d"}) {
            models.push_back(tests::aModel(id, tier));
        }
    }

    std::optional<CallTicket>
    admit(std::size_t model = 0, Need need = Need::Usual, const CallShape &shape = plain)
    {
        auto admitted = table.admit({provider, models[model], key}, shape, need);
        if (auto *ticket = std::get_if<CallTicket>(&admitted)) {
            return std::move(*ticket);
        }
        refusal = std::get<HealthRefusal>(admitted);
        return std::nullopt;
    }

    bool answer(std::size_t model = 0, const CallShape &shape = plain, CallTimes times = {})
    {
        auto ticket = admit(model, Need::Usual, shape);
        if (ticket) {
            ticket->succeeded(times);
        }
        return ticket.has_value();
    }

    bool fail(std::size_t model = 0, const CallShape &shape = plain, Need need = Need::Usual)
    {
        auto ticket = admit(model, need, shape);
        if (ticket) {
            ticket->failed(CallFailure::Network);
        }
        return ticket.has_value();
    }

    void failUntilOpen(std::size_t model = 0)
    {
        for (int i = 0; i < 20 && fail(model); ++i) { }
    }

    TargetView target(std::size_t model = 0)
    {
        for (const TargetView &view : table.view().targets) {
            if (view.model == models[model].id && view.key == key) {
                return view;
            }
        }
        return {};
    }

    tests::ManualClock clock;
    HealthTable table{clock, [] { return 0.0; }};
    catalog::Provider provider;
    std::vector<catalog::Model> models;
    QByteArray key = "k1";
    HealthRefusal refusal;
};

} // namespace

class TestHealthTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsThePaceAfterSomeAnswers()
    {
        House house;
        LatencyDigest gaps;
        for (int i = 0; i < 20; ++i) {
            gaps.add(20ms, house.clock.now());
        }
        for (int i = 0; i < 20; ++i) {
            const auto ticket = house.admit();
            QVERIFY(ticket && !ticket->pace().ttft);
            QVERIFY(house.answer(0, streamed, {i == 0 ? 800ms : 100ms, &gaps}));
        }
        const auto ticket = house.admit();
        QVERIFY(ticket && ticket->pace().ttft && ticket->pace().gap);
        const auto isAbout = [](common::Duration actual, common::Duration expected) {
            return actual > expected * 9 / 10 && actual < expected * 11 / 10;
        };
        QVERIFY(isAbout(*ticket->pace().ttft, 800ms)); // one in a hundred is slower
        QVERIFY(isAbout(*ticket->pace().gap, 20ms));
        QVERIFY(
            isAbout(*house.table.lateTtft({house.provider, house.models[0], house.key}), 100ms));
        QVERIFY(!house.table.lateTtft({house.provider, house.models[1], house.key}));
    }

    void aFailingTargetIsRefusedUntilItsTimeIsOver()
    {
        House house;
        house.failUntilOpen();
        QCOMPARE(house.target().state, CircuitState::Open);
        QVERIFY(!house.admit());
        QCOMPARE(house.refusal.reason, Unwell::CircuitOpen);
        QCOMPARE(house.refusal.until, house.clock.now() + 30s);
        QVERIFY(house.admit(1)); // another model
        house.key = "k2";
        QVERIFY(house.admit(0)); // another key
    }

    void whatIsWellIsNotLookedAt()
    {
        House house;
        QVERIFY(house.answer());
        QVERIFY(!house.table.isAnyUnwell());
        house.failUntilOpen();
        QVERIFY(house.table.isAnyUnwell());
        QCOMPARE(house.table.unwell(plain).size(), std::size_t(1));
        QCOMPARE(house.table.unwell(plain).front().model, house.models[0].id);
        house.clock.advance(30s); // waits for a probe: may be called
        QVERIFY(house.table.unwell(plain).empty());
        QVERIFY(house.answer());
        QVERIFY(house.answer());
        QVERIFY(!house.table.isAnyUnwell());
    }

    void oneProbeFindsOut()
    {
        House house;
        house.failUntilOpen();
        house.clock.advance(30s);
        auto probe = house.admit();
        QVERIFY(probe && probe->isProbe());
        QVERIFY(!house.admit());
        QCOMPARE(house.refusal.reason, Unwell::ProbeUnderWay);
        probe.reset(); // ended without a word
        probe = house.admit();
        QVERIFY(probe && probe->isProbe());
        probe->failed(CallFailure::Timeout);
        QVERIFY(!house.admit());
        QCOMPARE(house.refusal.until, house.clock.now() + 60s);
    }

    void whatTellsNothingCountsForNobody()
    {
        House house;
        for (int i = 0; i < 50; ++i) {
            house.admit()->ignored();
        }
        QCOMPARE(house.target().calls, 0);
        QCOMPARE(house.target().inFlight, 0);
        QCOMPARE(house.target().state, CircuitState::Closed);
    }

    void theLastOneThatIsLeftIsNeverRefused()
    {
        House house;
        house.failUntilOpen();
        auto ticket = house.admit(0, Need::LastResort);
        QVERIFY(ticket && !ticket->isProbe());
        ticket->succeeded({});
        QCOMPARE(house.target().state, CircuitState::HalfOpen); // it answers again
    }

    void localProvidersAreNeverRefused()
    {
        House house(catalog::Tier::Local);
        for (int i = 0; i < 50; ++i) {
            QVERIFY(house.fail());
        }
        std::vector<CallTicket> open;
        for (int i = 0; i < 50; ++i) {
            open.push_back(std::move(*house.admit()));
        }
        QCOMPARE(house.target().inFlight, 50);
        QVERIFY(!house.table.isAnyUnwell());
    }

    void asManyCallsAtOnceAsItBears()
    {
        House house;
        house.provider.freeLimits.requestsPerMinute = 3;
        std::vector<CallTicket> open;
        while (auto ticket = house.admit()) {
            open.push_back(std::move(*ticket));
        }
        QCOMPARE(open.size(), std::size_t(3));
        QCOMPARE(house.refusal.reason, Unwell::Busy);
        QVERIFY(house.admit(0, Need::LastResort));
        open.pop_back();
        QVERIFY(house.admit());
    }

    void anUnusuallySlowAnswerShrinksTheLimit()
    {
        House house;
        for (int i = 0; i < 40; ++i) {
            QVERIFY(house.answer(0, streamed, {200ms, nullptr}));
        }
        const int before = house.target().limit;
        QVERIFY(house.answer(0, streamed, {300ms, nullptr}));
        QCOMPARE(house.target().limit, before);
        QVERIFY(house.answer(0, streamed, {2s, nullptr}));
        QVERIFY(house.target().limit < before);
    }

    void slowAnswersOpenIt()
    {
        House house;
        for (int i = 0; i < 5; ++i) {
            QVERIFY(house.answer(0, streamed, {HealthTable::slowTtft, nullptr}));
        }
        QCOMPARE(house.target().state, CircuitState::Open);
    }

    void severalOpenTargetsOpenTheProvider()
    {
        House house;
        // Each model has answered before: what fails of all calls stays below the provider's rate.
        for (std::size_t model = 0; model < 3; ++model) {
            for (int i = 0; i < 5; ++i) {
                QVERIFY(house.answer(model));
            }
        }
        house.failUntilOpen(0);
        house.failUntilOpen(1);
        QVERIFY(house.answer(3));
        house.failUntilOpen(2);
        QVERIFY(!house.admit(3));
        QCOMPARE(house.refusal.reason, Unwell::ProviderOpen);
        const ProviderView view = house.table.view().providers.front();
        QCOMPARE(view.state, CircuitState::Open);
        QCOMPARE(view.openTargets, 3);
        const auto unwell = house.table.unwell(plain);
        QCOMPARE(unwell.size(), std::size_t(1));
        QVERIFY(unwell.front().model.isEmpty());
    }

    void whenMostCallsFailTheProviderOpens()
    {
        House house;
        for (int i = 0; i < 4; ++i) {
            QVERIFY(house.fail(0));
            QVERIFY(house.fail(1));
        }
        QCOMPARE(house.target(0).state, CircuitState::Closed);
        QVERIFY(!house.admit(2));
        QCOMPARE(house.refusal.reason, Unwell::ProviderOpen);
    }

    void oneBrokenModelDoesNotOpenItsProvider()
    {
        House house;
        for (int i = 0; i < 50; ++i) {
            QVERIFY(house.fail(0, plain, Need::LastResort));
        }
        QVERIFY(house.admit(1));
    }

    void aProviderRecoversWithItsModels()
    {
        House house;
        for (int i = 0; i < 4; ++i) {
            QVERIFY(house.fail(0));
            QVERIFY(house.fail(1));
        }
        QVERIFY(!house.admit(2));
        house.clock.advance(30s);
        auto probe = house.admit(2);
        QVERIFY(probe && probe->isProbe());
        QVERIFY(!house.admit(3));
        probe->succeeded({});
        QVERIFY(house.answer(3));
        QVERIFY(house.answer(0));
        QVERIFY(house.answer(1));
        QCOMPARE(house.table.view().providers.front().state, CircuitState::Closed);
    }

    void aBrokenFeatureGoesElsewhereAndTheRestStays()
    {
        House house;
        QVERIFY(house.answer());
        QVERIFY(house.answer());
        for (int i = 0; i < 3; ++i) {
            QVERIFY(house.fail(0, streamed));
        }
        QCOMPARE(house.target().state, CircuitState::Closed);
        QCOMPARE(house.target().degraded.size(), std::size_t(1));
        QVERIFY(house.answer());
        QVERIFY(!house.admit(0, Need::Usual, streamed));
        QCOMPARE(house.refusal.reason, Unwell::Degraded);
        QVERIFY(house.table.unwell(plain).empty());
        QCOMPARE(house.table.unwell(streamed).size(), std::size_t(1));
        for (int i = 0; i < 20; ++i) {
            QVERIFY(house.fail(0, streamed, Need::LastResort)); // no news
        }
        QCOMPARE(house.target().state, CircuitState::Closed);
        house.clock.advance(Degradation::length);
        QVERIFY(house.admit(0, Need::Usual, streamed));
    }

    void aFeatureThatAnswersIsWellAgain()
    {
        House house;
        QVERIFY(house.answer());
        QVERIFY(house.answer());
        for (int i = 0; i < 3; ++i) {
            QVERIFY(house.fail(0, streamed));
        }
        house.admit(0, Need::LastResort, streamed)->succeeded({});
        QVERIFY(house.answer(0, streamed));
        QVERIFY(!house.table.isAnyUnwell());
    }

    void aNewKeyIsTakenForWell()
    {
        House house;
        house.failUntilOpen();
        house.table.clear("p", "other");
        QVERIFY(!house.admit());
        house.table.clear("p", house.key);
        QVERIFY(house.answer());
        QVERIFY(!house.table.isAnyUnwell());
    }

    void timesAreTold()
    {
        House house;
        LatencyDigest gaps;
        gaps.add(20ms, house.clock.now());
        QVERIFY(house.answer(0, streamed, {200ms, &gaps}));
        const TargetView view = house.target();
        QVERIFY(view.ttft.p50 && *view.ttft.p50 > 189ms && *view.ttft.p50 < 211ms);
        QVERIFY(view.gap.p99 && *view.gap.p99 > 18ms && *view.gap.p99 < 22ms);
        QVERIFY(house.fail());
        QCOMPARE(house.target().failureRate, 0.5);
        QVERIFY(house.target().lastFailure == CallFailure::Network);
    }
};

QTEST_GUILESS_MAIN(TestHealthTable)
#include "tst_health_table.moc"
