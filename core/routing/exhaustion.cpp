#include "exhaustion.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::routing {

namespace {

using common::ErrorKind;

const Rejection *firstWith(const RoutePlan &plan, std::initializer_list<Disqualified> reasons)
{
    for (const Rejection &rejection : plan.rejections) {
        if (std::find(reasons.begin(), reasons.end(), rejection.reason) != reasons.end()) {
            return &rejection;
        }
    }
    return nullptr;
}

bool comesBackByItself(quota::CoolDownReason reason)
{
    return reason == quota::CoolDownReason::RateLimited
        || reason == quota::CoolDownReason::NoCredit;
}

/// Keys that were rejected and models that are gone tell nothing about the others: they only
/// decide the answer when nothing else does.
std::optional<Exhaustion> explainCoolDowns(const RoutePlan &plan, common::SteadyTime now)
{
    const quota::CoolDown *earliest = nullptr;
    const quota::CoolDown *anyOther = nullptr;
    for (const Rejection &rejection : plan.rejections) {
        if (!rejection.coolDown) {
            continue;
        }
        const quota::CoolDown &coolDown = *rejection.coolDown;
        if (!comesBackByItself(coolDown.reason)) {
            anyOther = anyOther == nullptr || coolDown.until < anyOther->until ? &coolDown
                                                                               : anyOther;
        } else if (earliest == nullptr || coolDown.until < earliest->until) {
            earliest = &coolDown;
        }
    }
    const quota::CoolDown *soonest = earliest != nullptr ? earliest : anyOther;
    if (soonest == nullptr) {
        return std::nullopt;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(soonest->until - now);
    const QString provider = QString::fromUtf8(soonest->scope.provider);
    Exhaustion result;
    result.retryAfter = std::max(wait, std::chrono::milliseconds(1));
    if (earliest != nullptr) {
        result.error.kind = ErrorKind::QuotaExhausted;
        result.error.message
            = u"Every provider that could answer has used up its quota; %1 is the first to come back."_s
                  .arg(provider);
    } else {
        result.error.kind = ErrorKind::Unavailable;
        result.error.message = u"No provider can answer at the moment; the last reason at %1: %2"_s
                                   .arg(provider, QString::fromUtf8(soonest->detail));
    }
    return result;
}

Exhaustion withError(ErrorKind kind, QString message)
{
    return {common::Error{kind, std::move(message)}, std::nullopt};
}

QString capabilityText(Disqualified reason)
{
    switch (reason) {
    case Disqualified::NoTools:
        return u"tool calls"_s;
    case Disqualified::NoVision:
        return u"images"_s;
    case Disqualified::NoJsonSchema:
        return u"a JSON schema as response_format"_s;
    default:
        return u"a prompt of this length"_s;
    }
}

} // namespace

Exhaustion explainExhaustion(
    const RoutePlan &plan, QByteArrayView requested, common::Mode mode, common::SteadyTime now)
{
    if (auto resting = explainCoolDowns(plan, now)) {
        return *resting;
    }
    if (const Rejection *rejection = firstWith(
            plan,
            {Disqualified::ContextTooSmall,
             Disqualified::NoTools,
             Disqualified::NoVision,
             Disqualified::NoJsonSchema})) {
        return withError(
            ErrorKind::InvalidArgument,
            u"None of the models that may be used takes %1. Ask for another model or add a provider that has one."_s
                .arg(capabilityText(rejection->reason)));
    }
    if (firstWith(plan, {Disqualified::ModeForbids}) != nullptr) {
        return withError(
            ErrorKind::PermissionDenied,
            u"The mode “%1” does not allow the model “%2”. Change the mode in the tray or with “freerelay mode auto”."_s
                .arg(common::toString(mode), QString::fromUtf8(requested)));
    }
    if (firstWith(plan, {Disqualified::WireNotSpoken}) != nullptr) {
        return withError(
            ErrorKind::InvalidArgument,
            u"The model “%1” is only offered in a wire format that FreeRelay does not speak yet."_s
                .arg(QString::fromUtf8(requested)));
    }
    return withError(
        ErrorKind::Unavailable,
        u"No provider is configured that could answer. Add a key with “freerelay setup”, in the "
        u"window under Providers, "
        "or through an environment variable such as GROQ_API_KEY."_s);
}

} // namespace freerelay::routing
