#pragma once

#include "core/common/clock.h"
#include "core/dialects/provider_error.h"
#include "core/relay/come_back.h"
#include "core/relay/error_reply.h"

#include <QByteArray>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// The failures of one request, and what the client is told when nothing is left to try. One
/// thread.
///
/// The first of these that happened decides:
/// 1. the client's mistake that no other candidate would take (final): its own 400 or 422;
/// 2. trouble (overloaded, timeout, network, malformed): waiting a moment may help. 503, or 502
///    or 504 when every trouble was of that kind; Retry-After when an end is known;
/// 3. quota (rate limit, credit; also of candidates that were resting from the start): waiting for
///    the reset is all that helps. 429 with Retry-After;
/// 4. a request that only these candidates cannot take (too long, not sayable in their dialect,
///    refused after translation): 400;
/// 5. keys and permissions: 503 that names the provider. Never 401 or 403: it is not the client's
///    key;
/// 6. models that are gone: 404 when the client named them, else 503.
/// Within one group the last failure gives the words.
class FailureTally
{
public:
    /// @param provider  its name for people
    void add(const dialects::ProviderFailure &failure, const QByteArray &provider);
    /// The failure that was added last is the answer, whatever else failed.
    void setFinal() { m_final = true; }
    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    /// Whether nothing but quotas stood in the way: waiting for a reset may be all that is needed.
    [[nodiscard]] bool isOnlyQuota() const;

    /// @param modelsNamed  the client asked for particular models
    /// @return nullopt when nothing failed and no quota is known to be used up
    [[nodiscard]] std::optional<ClientError>
    verdict(const ComeBack &comeBack, bool modelsNamed) const;

private:
    struct Entry
    {
        dialects::ProviderFailure failure;
        QByteArray provider;
    };
    enum class Group { Trouble, Quota, Request, Keys, Gone };

    [[nodiscard]] static Group groupOf(dialects::FailureClass failure);
    [[nodiscard]] const Entry *lastOf(Group group) const;
    [[nodiscard]] ClientError troubleError(const Entry &last, const ComeBack &comeBack) const;

    std::vector<Entry> m_entries;
    bool m_final = false;
};

} // namespace freerelay::relay
