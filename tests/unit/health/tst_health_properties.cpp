#include "core/health/health_table.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QTest>

#include <random>
#include <thread>

using namespace freerelay;
using namespace freerelay::health;
using namespace std::chrono_literals;

namespace {

/// A breaker under random calls, and what must hold of it.
struct RandomCircuit
{
    explicit RandomCircuit(uint seed)
        : random(seed)
    { }

    struct Call
    {
        BreakerPass pass;
        bool isProbe;
    };

    int upTo(int most) { return int(random() % uint(most + 1)); }
    double chance() { return upTo(999) / 1'000.0; }

    void begin()
    {
        const auto gate = breaker.gate(now);
        if (gate == CircuitBreaker::Gate::Shut && upTo(3) > 0) {
            return;
        }
        open.push_back({breaker.enter(now), gate == CircuitBreaker::Gate::Probe});
    }

    void end(int failuresOfTen)
    {
        const auto index = std::size_t(upTo(int(open.size()) - 1));
        const Call call = open[index];
        open.erase(open.begin() + std::ptrdiff_t(index));
        if (upTo(9) == 0) {
            breaker.left(call.pass);
            return;
        }
        CallMark mark;
        mark.at = now;
        mark.failed = upTo(9) < failuresOfTen;
        mark.slow = !mark.failed && upTo(9) == 0;
        breaker.ended(call.pass, mark, chance());
        callsBeforeJudging = breaker.window().calls();
        breaker.judge(now, chance());
    }

    [[nodiscard]] int probes() const
    {
        return int(
            std::count_if(open.begin(), open.end(), [](const Call &call) { return call.isProbe; }));
    }

    std::mt19937 random;
    CircuitBreaker breaker;
    common::SteadyTime now{1h};
    std::vector<Call> open;
    int callsBeforeJudging = 0;
};

} // namespace

class TestHealthProperties final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBreakerKeepsItsPromises_data()
    {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 60; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    /// Never two probes at once, never open without the minimum of calls, open for a bounded time.
    void aBreakerKeepsItsPromises()
    {
        QFETCH(uint, seed);
        RandomCircuit circuit(seed);
        const BreakerRules rules;
        int opened = 0;
        for (int step = 0; step < 5'000; ++step) {
            const int phase = step / 500 % 2; // well and sick by turns
            circuit.now += std::chrono::milliseconds(circuit.upTo(8'000));
            const bool wasClosed = circuit.breaker.state(circuit.now) == CircuitState::Closed;
            if (circuit.open.empty() || circuit.upTo(1) == 0) {
                circuit.begin();
            } else {
                circuit.end(phase == 0 ? 1 : 8);
            }
            QVERIFY(circuit.probes() <= 1);
            QCOMPARE(circuit.breaker.isProbing(), circuit.probes() == 1);
            const bool isOpen = circuit.breaker.state(circuit.now) == CircuitState::Open;
            if (wasClosed && isOpen) {
                ++opened;
                QVERIFY(circuit.callsBeforeJudging >= rules.minimumCalls);
            }
            if (isOpen) {
                const auto left = circuit.breaker.openUntil() - circuit.now;
                QVERIFY(left <= rules.longestOpen);
            }
            if (wasClosed && isOpen) {
                const auto length = circuit.breaker.openUntil() - circuit.now;
                QVERIFY(length >= rules.firstOpen * 4 / 5);
            }
        }
        QVERIFY(opened > 0);
    }

    void aTableBalancesItsTickets_data() { aBreakerKeepsItsPromises_data(); }

    void aTableBalancesItsTickets()
    {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        const auto upTo = [&](int most) { return int(random() % uint(most + 1)); };
        tests::ManualClock clock;
        HealthTable table(clock, [&] { return upTo(99) / 100.0; });
        const catalog::Provider provider = tests::aProvider("p");
        const std::vector<catalog::Model> models{tests::aModel("p/a"), tests::aModel("p/b")};
        const QByteArray key = "k";
        std::vector<CallTicket> open;
        const auto end = [&](CallTicket ticket) {
            switch (upTo(3)) {
            case 0:
                ticket.failed(CallFailure::Overloaded);
                break;
            case 1:
                ticket.ignored();
                break;
            case 2:
                ticket.succeeded({std::chrono::milliseconds(upTo(90'000)), nullptr});
                break;
            default: // without a word
                break;
            }
        };
        for (int step = 0; step < 3'000; ++step) {
            clock.advance(std::chrono::milliseconds(upTo(5'000)));
            if (!open.empty() && upTo(1) == 0) {
                const auto index = std::size_t(upTo(int(open.size()) - 1));
                std::swap(open[index], open.back());
                CallTicket last = std::move(open.back());
                open.pop_back();
                end(std::move(last));
            } else {
                const CallShape shape{upTo(1) == 0, upTo(3) == 0, upTo(5) == 0, upTo(9'000)};
                auto admitted = table.admit(
                    {provider, models[std::size_t(upTo(1))], key},
                    shape,
                    upTo(9) == 0 ? Need::LastResort : Need::Usual);
                if (auto *ticket = std::get_if<CallTicket>(&admitted)) {
                    open.push_back(std::move(*ticket));
                }
            }
            const CallCounts counts = table.counts();
            QCOMPARE(counts.begun - counts.ended, std::uint64_t(open.size()));
        }
        open.clear();
        QCOMPARE(table.counts().begun, table.counts().ended);
        for (const TargetView &view : table.view().targets) {
            QCOMPARE(view.inFlight, 0);
            QVERIFY(view.limit >= 1 && view.limit <= ConcurrencyLimit::most);
        }
    }

    void manyThreadsShareOneProbe()
    {
        constexpr int threads = 24;
        constexpr int tries = 400;
        tests::ManualClock clock;
        HealthTable table(clock, [] { return 0.0; });
        const catalog::Provider provider = tests::aProvider("p");
        const catalog::Model model = tests::aModel("p/a");
        const QByteArray key = "k";
        std::atomic<int> probes{0};
        std::atomic<int> mostProbes{0};
        std::vector<std::thread> callers;
        for (int caller = 0; caller < threads; ++caller) {
            callers.emplace_back([&, caller] {
                for (int i = 0; i < tries; ++i) {
                    auto admitted = table.admit({provider, model, key}, {});
                    if (auto *ticket = std::get_if<CallTicket>(&admitted)) {
                        if (ticket->isProbe()) {
                            const int under = ++probes;
                            int most = mostProbes.load();
                            while (under > most && !mostProbes.compare_exchange_weak(most, under)) {
                            }
                            (void)table.view();
                            --probes;
                        }
                        switch ((i + caller) % 3) {
                        case 0:
                            ticket->failed(CallFailure::Network);
                            break;
                        case 1:
                            ticket->succeeded({std::chrono::milliseconds(5), nullptr});
                            break;
                        default:
                            ticket->ignored();
                            break;
                        }
                    }
                    if (i % 40 == 0) {
                        clock.advance(std::chrono::seconds(1));
                        (void)table.view();
                        (void)table.unwell({});
                    }
                }
            });
        }
        for (std::thread &caller : callers) {
            caller.join();
        }
        QVERIFY(mostProbes.load() <= 1);
        QCOMPARE(table.counts().begun, table.counts().ended);
        QCOMPARE(table.view().targets.front().inFlight, 0);
    }
};

QTEST_GUILESS_MAIN(TestHealthProperties)
#include "tst_health_properties.moc"
