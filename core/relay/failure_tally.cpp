#include "failure_tally.h"

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

using dialects::FailureClass;

/// A 429 without a known reset: half the usual one-minute window.
constexpr std::chrono::milliseconds unknownReset = 30s;

ClientError quotaUsedUp()
{
    return toClientError(common::Error{
        common::ErrorKind::QuotaExhausted,
        u"Every provider that could answer has used up its quota."_s});
}

} // namespace

FailureTally::Group FailureTally::groupOf(FailureClass failure)
{
    switch (failure) {
    case FailureClass::RateLimited:
    case FailureClass::NoCredit:
        return Group::Quota;
    case FailureClass::BadRequest:
    case FailureClass::ContextTooLong:
        return Group::Request;
    case FailureClass::KeyRejected:
    case FailureClass::Forbidden:
        return Group::Keys;
    case FailureClass::ModelGone:
        return Group::Gone;
    case FailureClass::Overloaded:
    case FailureClass::Timeout:
    case FailureClass::Network:
    case FailureClass::Malformed:
    case FailureClass::Cancelled:
        return Group::Trouble;
    }
    return Group::Trouble;
}

void FailureTally::add(const dialects::ProviderFailure &failure, const QByteArray &provider)
{
    m_entries.push_back({failure, provider});
}

bool FailureTally::isOnlyQuota() const
{
    return !m_final && std::all_of(m_entries.begin(), m_entries.end(), [](const Entry &entry) {
        return groupOf(entry.failure.kind) == Group::Quota;
    });
}

const FailureTally::Entry *FailureTally::lastOf(Group group) const
{
    const auto found = std::find_if(m_entries.rbegin(), m_entries.rend(), [group](const Entry &e) {
        return groupOf(e.failure.kind) == group;
    });
    return found == m_entries.rend() ? nullptr : &*found;
}

ClientError FailureTally::troubleError(const Entry &last, const ComeBack &comeBack) const
{
    ClientError error = toClientError(last.failure, last.provider);
    const bool mixed = std::any_of(m_entries.begin(), m_entries.end(), [&last](const Entry &e) {
        return groupOf(e.failure.kind) == Group::Trouble && e.failure.kind != last.failure.kind;
    });
    if (mixed) {
        const ClientError plain = toClientError(
            common::Error{common::ErrorKind::Unavailable, QString()});
        error.status = plain.status;
        error.code = plain.code;
    }
    error.retryAfter = comeBack.any;
    return error;
}

std::optional<ClientError> FailureTally::verdict(const ComeBack &comeBack, bool modelsNamed) const
{
    if (m_final && !m_entries.empty()) {
        return toClientError(m_entries.back().failure, m_entries.back().provider);
    }
    if (const Entry *trouble = lastOf(Group::Trouble)) {
        return troubleError(*trouble, comeBack);
    }
    const Entry *quota = lastOf(Group::Quota);
    if (quota != nullptr || comeBack.quota) {
        ClientError error = quota != nullptr ? toClientError(quota->failure, quota->provider)
                                             : quotaUsedUp();
        error.retryAfter = comeBack.quota ? comeBack.quota : error.retryAfter;
        error.retryAfter = error.retryAfter.value_or(unknownReset);
        return error;
    }
    for (const Group group : {Group::Request, Group::Keys, Group::Gone}) {
        const Entry *entry = lastOf(group);
        if (entry == nullptr) {
            continue;
        }
        ClientError error = toClientError(entry->failure, entry->provider);
        if (group == Group::Gone && !modelsNamed) {
            const ClientError plain = toClientError(
                common::Error{common::ErrorKind::Unavailable, QString()});
            error.status = plain.status;
            error.type = plain.type;
            error.code = plain.code;
        }
        return error;
    }
    return std::nullopt;
}

} // namespace freerelay::relay
