#include "record_words.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

using dialects::FailureClass;

QByteArray wordFor(FailureClass failure)
{
    switch (failure) {
    case FailureClass::BadRequest:
        return "bad_request"_ba;
    case FailureClass::ContextTooLong:
        return "context_too_long"_ba;
    case FailureClass::KeyRejected:
        return "key_rejected"_ba;
    case FailureClass::NoCredit:
        return "no_credit"_ba;
    case FailureClass::Forbidden:
        return "forbidden"_ba;
    case FailureClass::ModelGone:
        return "model_gone"_ba;
    case FailureClass::RateLimited:
        return "rate_limited"_ba;
    case FailureClass::Overloaded:
        return "overloaded"_ba;
    case FailureClass::Timeout:
        return "timeout"_ba;
    case FailureClass::Network:
        return "network"_ba;
    case FailureClass::Malformed:
        return "malformed"_ba;
    case FailureClass::Cancelled:
        return "cancelled"_ba;
    }
    return "unknown"_ba;
}

QByteArray hedgeLostWord()
{
    return "cancelled_by_hedge"_ba;
}

QByteArray wordFor(catalog::NameTarget::Kind kind)
{
    using Kind = catalog::NameTarget::Kind;
    switch (kind) {
    case Kind::Auto:
        return "auto"_ba;
    case Kind::Free:
        return "free"_ba;
    case Kind::Paid:
        return "paid"_ba;
    case Kind::Provider:
        return "provider"_ba;
    case Kind::Models:
        return "models"_ba;
    }
    return "unknown"_ba;
}

} // namespace freerelay::relay
