#include "chaos_client.h"

#include "core/upstream/chaos/body_fault_call.h"
#include "core/upstream/chaos/instead_call.h"
#include "core/upstream/chaos/late_call.h"

#include <QLoggingCategory>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

Q_LOGGING_CATEGORY(lcChaos, "freerelay.chaos", QtInfoMsg)

constexpr std::chrono::milliseconds shortestDelay = 500ms;
constexpr std::chrono::milliseconds longestDelay = 3s;

std::chrono::milliseconds delayOf(std::uint64_t draw)
{
    const auto span = static_cast<std::uint64_t>((longestDelay - shortestDelay).count());
    return shortestDelay + std::chrono::milliseconds(draw % (span + 1));
}

} // namespace

ChaosClient::ChaosClient(
    std::unique_ptr<HttpClient> inner, Chaos &chaos, const common::Clock &clock)
    : m_inner(std::move(inner))
    , m_chaos(chaos)
    , m_rules(chaos.rules())
    , m_clock(clock)
    , m_ticker(std::make_shared<Ticker>(clock))
{ }

ChaosClient::~ChaosClient()
{
    m_ticker->stop();
}

std::unique_ptr<Call> ChaosClient::start(HttpCall call, CallObserver &observer)
{
    const std::shared_ptr<const ChaosRules> &rules = m_rules.current();
    const catalog::Provider *provider = call.callee.provider;
    if (!rules->on || provider == nullptr) {
        return m_inner->start(std::move(call), observer);
    }
    const std::uint64_t number = m_chaos.nextCall(provider->id);
    const auto planned = plannedFault(rules->list, provider->id, number);
    if (!planned) {
        return m_inner->start(std::move(call), observer);
    }
    qCInfo(lcChaos).noquote() << "plays" << nameOf(planned->fault).toByteArray() << "at"
                              << provider->id << "in its call" << number;
    return play(*planned, std::move(call), observer);
}

std::unique_ptr<Call>
ChaosClient::play(const PlannedFault &planned, HttpCall call, CallObserver &observer)
{
    const Callee callee = std::exchange(call.callee, {});
    const auto count = [this, id = callee.provider->id, fault = planned.fault] {
        m_chaos.count(id, fault);
    };
    if (auto reply = playedReply(planned.fault, callee, m_clock.wallNow())) {
        count();
        return std::make_unique<InsteadCall>(m_ticker, *std::move(reply), call.limits, observer);
    }
    if (planned.fault == Fault::Latency) {
        count();
        return std::make_unique<LateCall>(
            m_ticker, *m_inner, std::move(call), observer, delayOf(planned.draw));
    }
    return std::make_unique<BodyFaultCall>(
        m_ticker, *m_inner, std::move(call), observer, BodyFaultCall::Play{planned, count});
}

} // namespace freerelay::upstream
