#include "exhaustion.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::routing {

namespace {

using common::ErrorKind;
using quota::CoolDownReason;

constexpr qsizetype maxProvidersNamed = 3;
constexpr qsizetype maxNameShown = 200;

bool comesBackByItself(CoolDownReason reason)
{
    return reason == CoolDownReason::RateLimited || reason == CoolDownReason::NoCredit;
}

Exhaustion because(ErrorKind kind, QString message, QString param = {}, QByteArray code = {})
{
    return {
        common::Error{kind, std::move(message), {}, std::move(param), {}},
        std::move(code),
        std::nullopt};
}

/// What is asked of one plan.
class Explainer
{
public:
    Explainer(const RoutePlan &plan, QByteArrayView requested, common::SteadyTime now)
        : m_plan(plan)
        , m_now(now)
        , m_name(QString::fromUtf8(requested.first(std::min(requested.size(), maxNameShown))))
    { }

    [[nodiscard]] Exhaustion explain() const
    {
        if (const Rejection *resting = soonestRest()) {
            return whileResting(*resting);
        }
        if (has(Disqualified::ModeForbids)) {
            return forbidden();
        }
        // Judged last, so every other capability was there.
        if (has(Disqualified::ContextTooSmall)) {
            return because(
                ErrorKind::InvalidArgument,
                u"The request is longer than the context window of every model that may answer it."_s,
                u"messages"_s,
                "context_length_exceeded"_ba);
        }
        if (const QString missing = missingCapability(); !missing.isEmpty()) {
            return because(
                ErrorKind::InvalidArgument,
                u"None of the models that may be used takes %1. Ask for another model or add a provider that has one."_s
                    .arg(missing),
                u"model"_s);
        }
        if (has(Disqualified::NotAllowed)) {
            return because(
                ErrorKind::PermissionDenied,
                u"The key of this app opens none of the models that could answer. Allow more of them in the window under Apps or with “freerelay apps set”."_s,
                u"model"_s,
                "model_not_allowed"_ba);
        }
        return notSetUp();
    }

private:
    [[nodiscard]] bool has(Disqualified reason) const
    {
        return std::any_of(
            m_plan.rejections.begin(), m_plan.rejections.end(), [reason](const Rejection &r) {
                return r.reason == reason;
            });
    }

    /// Keys that were rejected and models that are gone tell nothing about the others: they only
    /// decide the answer when nothing else does.
    [[nodiscard]] const Rejection *soonestRest() const
    {
        const Rejection *best = nullptr;
        for (const Rejection &rejection : m_plan.rejections) {
            if (!rejection.coolDown) {
                continue;
            }
            if (best == nullptr) {
                best = &rejection;
                continue;
            }
            const bool returns = comesBackByItself(rejection.coolDown->reason);
            const bool bestReturns = comesBackByItself(best->coolDown->reason);
            if (returns != bestReturns ? returns
                                       : rejection.coolDown->until < best->coolDown->until) {
                best = &rejection;
            }
        }
        return best;
    }

    [[nodiscard]] Exhaustion whileResting(const Rejection &soonest) const
    {
        const quota::CoolDown &rest = *soonest.coolDown;
        const QString provider = QString::fromUtf8(soonest.provider->name);
        Exhaustion result;
        if (comesBackByItself(rest.reason)) {
            result = because(
                ErrorKind::QuotaExhausted,
                u"Every provider that could answer has used up its quota; %1 is the first to come back."_s
                    .arg(provider));
        } else if (rest.reason == CoolDownReason::KeyRejected) {
            result = because(
                ErrorKind::Unavailable,
                u"%1 rejected the key that FreeRelay holds for it: %2 Check it with “freerelay keys test”."_s
                    .arg(provider, QString::fromUtf8(rest.detail)));
        } else {
            result = because(
                ErrorKind::Unavailable,
                u"No provider can answer at the moment; %1 says: %2"_s.arg(
                    provider, QString::fromUtf8(rest.detail)));
        }
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(rest.until - m_now);
        result.retryAfter = std::max(wait, std::chrono::milliseconds(1));
        return result;
    }

    [[nodiscard]] Exhaustion forbidden() const
    {
        const QString mode = common::toString(m_plan.mode);
        if (m_plan.asked == catalog::NameTarget::Kind::Models) {
            return because(
                ErrorKind::PermissionDenied,
                u"The mode “%1” does not allow the model “%2”. Change the mode in the tray or with “freerelay mode auto”."_s
                    .arg(mode, m_name),
                u"model"_s);
        }
        return because(
            ErrorKind::PermissionDenied,
            u"No model that the mode “%1” allows can answer this, others could. Change the mode in the tray or with “freerelay mode auto”."_s
                .arg(mode),
            u"model"_s);
    }

    [[nodiscard]] QString missingCapability() const
    {
        if (has(Disqualified::NoJsonSchema)) {
            return u"a JSON schema as response_format"_s;
        }
        if (has(Disqualified::NoVision)) {
            return u"images"_s;
        }
        return has(Disqualified::NoTools) ? u"tool calls"_s : QString();
    }

    /// Of a request that is none for a chat.
    [[nodiscard]] Exhaustion nobodyForTask() const
    {
        const bool embeds = m_plan.task == catalog::Task::Embeddings;
        if (has(Disqualified::WrongTask)) {
            return because(
                ErrorKind::InvalidArgument,
                (embeds ? u"“%1” is not an embedding model."_s
                        : u"“%1” is not a moderation model."_s)
                    .arg(m_name),
                u"model"_s);
        }
        return because(
            ErrorKind::Unavailable,
            embeds
                ? u"No configured provider has an embedding model. Add a key of one that has (Google, OpenAI, Mistral), or start a local one."_s
                : u"No configured provider has a moderation model. Add a key of one that has (OpenAI, Mistral)."_s);
    }

    [[nodiscard]] Exhaustion notSetUp() const
    {
        const bool isBarred = !barredProviders().isEmpty() && !has(Disqualified::WrongTask);
        if (m_plan.task != catalog::Task::Chat && !isBarred) {
            return nobodyForTask();
        }
        if (has(Disqualified::WireNotSpoken)) {
            return because(
                ErrorKind::InvalidArgument,
                u"The model “%1” is only offered in a wire format that FreeRelay does not speak yet."_s
                    .arg(m_name),
                u"model"_s);
        }
        if (has(Disqualified::NotChat)) {
            return because(
                ErrorKind::InvalidArgument, u"“%1” is not a chat model."_s.arg(m_name), u"model"_s);
        }
        if (has(Disqualified::Deprecated)) {
            return because(
                ErrorKind::Unavailable,
                u"Only models that were withdrawn are left. Ask for one of them by its full name."_s);
        }
        if (const QStringList providers = barredProviders(); !providers.isEmpty()) {
            return because(
                ErrorKind::Unavailable,
                u"“%1” is offered by %2, %3 set up. Add a key or agree to its use with “freerelay setup” or in the window under Providers."_s
                    .arg(
                        m_name,
                        providers.join(u", "_s),
                        providers.size() > 1 ? u"none of which is"_s : u"which is not"_s));
        }
        return because(
            ErrorKind::Unavailable,
            u"No provider is configured that could answer. Add a key with “freerelay setup”, in the window under Providers, or through an environment variable such as GROQ_API_KEY."_s);
    }

    [[nodiscard]] QStringList barredProviders() const
    {
        QStringList names;
        for (const Rejection &rejection : m_plan.rejections) {
            const QString name = QString::fromUtf8(rejection.provider->name);
            if (!names.contains(name) && names.size() < maxProvidersNamed) {
                names.append(name);
            }
        }
        return names;
    }

    const RoutePlan &m_plan;
    common::SteadyTime m_now;
    QString m_name;
};

} // namespace

Exhaustion
explainExhaustion(const RoutePlan &plan, QByteArrayView requested, common::SteadyTime now)
{
    return Explainer(plan, requested, now).explain();
}

} // namespace freerelay::routing
