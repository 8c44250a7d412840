#include "attempt_builder.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/text/rescued_reply.h"

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr std::chrono::milliseconds streamTotal = 1h;

/// How long an attempt is waited for, by its request's class. (Ours.)
struct Patience
{
    /// Sending a lost SYN again takes 1 s, then 2 s more (RFC 6298, 2.1): history tells nothing.
    std::chrono::milliseconds connect;
    // How much longer than one in a hundred of its latest answers a model may take before it counts
    // as failed; never less than the second of each pair, since a model that thinks may pause.
    int ttftSlack;
    std::chrono::milliseconds leastFirstContent;
    int gapSlack;
    std::chrono::milliseconds leastGap;
};

Patience patienceFor(LatencyClass latency)
{
    return latency == LatencyClass::Interactive ? Patience{5s, 4, 15s, 10, 30s}
                                                : Patience{10s, 8, 30s, 20, 60s};
}

/// Longer prompts take longer to read than those that the times are known of.
constexpr std::int64_t ordinaryPromptTokens = 16'000;

std::chrono::milliseconds limitOf(
    std::optional<common::Duration> usual,
    int slack,
    std::chrono::milliseconds least,
    std::chrono::milliseconds most)
{
    if (!usual) {
        return most;
    }
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(*usual * slack);
    return std::min(std::max(limit, least), most);
}

} // namespace

common::Result<AttemptSetup>
AttemptBuilder::build(const routing::Candidate &candidate, const health::Pace &pace) const
{
    const catalog::Provider &provider = *candidate.provider;
    const dialects::ProviderDialect *dialect = dialects::dialectFor(
        catalog::wireOf(provider, *candidate.model), m_request.chat.task);
    if (dialect == nullptr) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"FreeRelay does not speak the wire format of this model yet."_s);
    }
    auto encoded = dialect->encode(m_request.chat, provider, *candidate.model);
    if (!encoded) {
        return common::failure(encoded.error());
    }
    AttemptSetup setup;
    setup.stream = m_request.chat.stream;
    setup.call.url = catalog::effectiveUrl(m_config.baseUrls.value(provider.id), encoded->path);
    setup.call.headers = std::move(encoded->headers);
    setup.call.body = std::move(encoded->body);
    setup.ignored = std::move(encoded->ignored);
    setup.call.callee = {&provider, catalog::wireOf(provider, *candidate.model)};
    if (!m_request.hops.isEmpty()) {
        setup.call.headers.add("x-freerelay-hop"_ba, m_request.hops);
    }
    for (const auto &[name, value] : provider.headers) {
        setup.call.headers.add(name.toLower(), value);
    }
    setCredential(setup.call, candidate);
    setLimits(setup, provider, pace);
    const auto now = m_clock.wallNow().time_since_epoch();
    setup.translator = dialect->translator(
        {m_request.requestId,
         candidate.model->id,
         setup.stream,
         m_request.chat.includeUsage,
         std::chrono::duration_cast<std::chrono::seconds>(now).count(),
         m_request.chat.needs,
         m_request.chat.base64,
         encoded->textReply,
         m_request.chat.tools,
         m_request.chat.signatures});
    if (setup.call.callee.wire == catalog::Wire::OpenAiChat && !m_request.chat.tools.isEmpty()) {
        setup.rescue = [tools = m_request.chat.tools,
                        id = m_request.requestId](const QByteArray &error) {
            return dialects::rescuedReply(error, tools, id);
        };
    }
    return setup;
}

void AttemptBuilder::setCredential(
    upstream::HttpCall &call, const routing::Candidate &candidate) const
{
    const catalog::Provider &provider = *candidate.provider;
    const catalog::WireAuth auth = catalog::authOf(
        provider, catalog::wireOf(provider, *candidate.model));
    const keys::Key *key = m_config.key(provider.id, candidate.key);
    const QByteArray &bare = key != nullptr ? key->secret.reveal() : provider.anonymousKey;
    if (bare.isEmpty() || auth.header.isEmpty()) {
        return;
    }
    call.credentialHeader = auth.header.toLower();
    call.credential = common::Secret(auth.scheme.isEmpty() ? bare : auth.scheme + ' ' + bare);
}

std::chrono::milliseconds AttemptBuilder::firstContentLimit(const health::Pace &pace) const
{
    const bool isLong = m_request.chat.needs.promptTokensEstimated > ordinaryPromptTokens;
    const Patience patience = patienceFor(m_request.latency);
    return limitOf(
        isLong || m_request.latency == LatencyClass::Batch ? std::nullopt : pace.ttft,
        patience.ttftSlack,
        patience.leastFirstContent,
        m_config.firstContentTimeout);
}

std::chrono::milliseconds AttemptBuilder::gapLimit(const health::Pace &pace) const
{
    const bool hasPace = m_request.chat.stream && m_request.latency != LatencyClass::Batch;
    const Patience patience = patienceFor(m_request.latency);
    return limitOf(
        hasPace ? pace.gap : std::nullopt,
        patience.gapSlack,
        patience.leastGap,
        m_config.gapTimeout);
}

void AttemptBuilder::setLimits(
    AttemptSetup &setup, const catalog::Provider &provider, const health::Pace &pace) const
{
    // On hardware of one's own the prefill of a long prompt takes minutes in which nothing is sent:
    // only the client says when that is too long (by leaving, or by a deadline of its own).
    const bool local = provider.tier == catalog::Tier::Local;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        m_clock.now() - m_startedAt);
    const auto left = local && !m_request.deadline
        ? streamTotal
        : std::max<std::chrono::milliseconds>(deadlineOf(m_request, m_config) - elapsed, 1ms);
    upstream::CallLimits &limits = setup.call.limits;
    limits.connect = patienceFor(m_request.latency).connect;
    limits.gap = local ? streamTotal : gapLimit(pace);
    if (setup.stream) {
        limits.firstByte = left;
        limits.total = streamTotal;
        setup.firstContentLimit = local ? left : std::min(left, firstContentLimit(pace));
    } else {
        // A whole reply comes with its first byte, after all of the generation.
        const bool isHurried = !local && m_request.latency == LatencyClass::Interactive;
        limits.firstByte = isHurried ? std::min(left, m_config.wholeReplyTimeout) : left;
        limits.total = left;
    }
}

} // namespace freerelay::relay
