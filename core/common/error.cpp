#include "error.h"

namespace freerelay::common {

const char *toString(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::InvalidArgument:
        return "invalid_argument";
    case ErrorKind::NotFound:
        return "not_found";
    case ErrorKind::AlreadyExists:
        return "already_exists";
    case ErrorKind::Unauthenticated:
        return "unauthenticated";
    case ErrorKind::PermissionDenied:
        return "permission_denied";
    case ErrorKind::QuotaExhausted:
        return "quota_exhausted";
    case ErrorKind::RateLimited:
        return "rate_limited";
    case ErrorKind::BudgetExhausted:
        return "budget_exhausted";
    case ErrorKind::Unavailable:
        return "unavailable";
    case ErrorKind::Timeout:
        return "timeout";
    case ErrorKind::Cancelled:
        return "cancelled";
    case ErrorKind::ProtocolError:
        return "protocol_error";
    case ErrorKind::StorageFailed:
        return "storage_failed";
    case ErrorKind::KeychainUnavailable:
        return "keychain_unavailable";
    case ErrorKind::TooLarge:
        return "too_large";
    case ErrorKind::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace freerelay::common
