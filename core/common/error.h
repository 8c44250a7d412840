#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace freerelay::common {

/// What went wrong, independent of any wire format. Tests assert on the kind, never on the text.
enum class ErrorKind {
    InvalidArgument,
    NotFound,
    AlreadyExists,
    Unauthenticated,
    PermissionDenied,
    QuotaExhausted,
    RateLimited,
    BudgetExhausted,
    Unavailable,
    Timeout,
    Cancelled,
    ProtocolError,
    StorageFailed,
    KeychainUnavailable,
    TooLarge,
    Internal,
};

/// A failure as a value. `message` is one sentence for a person and never holds a secret;
/// `detail` may hold technical context (also free of secrets).
struct Error
{
    ErrorKind kind = ErrorKind::Internal;
    QString message;
    QString detail{};
    /// Name of the offending request parameter, setting or option; empty when there is none.
    QString param{};
    /// Provider that caused the failure, when one did.
    std::optional<QByteArray> provider{};
};

/// Stable lower-case name of a kind ("rate_limited"), for logs and tests.
[[nodiscard]] const char *toString(ErrorKind kind);

} // namespace freerelay::common
