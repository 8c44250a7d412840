#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::interfaces {

/// One window of a provider's quota (docs/quota.md): what is counted, over which time, for whom.
struct QuotaWindowFigures
{
    QString key; ///< first digits of its fingerprint; "" = no key is needed
    QString subject; ///< full model id, or name of a shared pool; "" = all models of the provider
    bool shared = false; ///< several models use it up together
    QString window; ///< "rpm", "rpd", "tpm", "tpd", …
    QString unit; ///< "requests", "tokens", "input_tokens", "output_tokens", "credits"
    QString period; ///< "second", "minute", "hour", "day", "month", "total"
    qint64 used = 0;
    std::optional<qint64> limit;
    std::optional<qint64> remaining; ///< with a limit
    bool blocked = false; ///< the provider refuses now, whatever was counted
    bool soft = false; ///< the limit only advises: it is tried out whether more is possible
    /// Of the limit: "header", "account_api", "learned_from_error", "suspected", "catalogue",
    /// "guess"; "" = none is known.
    QString source;
    std::optional<std::chrono::seconds> age; ///< since the limit was stated
    double confidence = 0; ///< 0..1, in the limit
    std::optional<QDateTime>
        resetsAt; ///< nothing of it is used then; nullopt = nothing is now, or it is a total
    std::optional<QDateTime> emptyAt; ///< if it goes on as it does; nullopt = not before the reset
    QString forecast; ///< emptyAt as a sentence: "empty at 15:40, back at 09:00"
};

/// What must rest, and why.
struct CoolDownFigures
{
    QString key; ///< as above; "" = all keys
    QString model; ///< full id; "" = all models
    QString reason; ///< "rate_limited", "no_credit", "key_rejected", "forbidden", "model_gone", …
    QString detail; ///< the provider's sentence
    QDateTime until;
    bool onlyAdvice = false; ///< it failed a moment ago, and is the last resort
};

struct ProviderQuota
{
    QByteArray id;
    QString name;
    std::vector<QuotaWindowFigures> windows;
    std::vector<CoolDownFigures> coolDowns; ///< soonest end first
};

/// A provider that cannot answer before its quota comes back.
struct UsedUpProvider
{
    QByteArray id;
    QString name;
    QDateTime until;
    bool operator==(const UsedUpProvider &) const = default;
};

/// Who would answer a request for any model.
struct NextProvider
{
    QByteArray id;
    QString name;
    QString model; ///< full id
    bool operator==(const NextProvider &) const = default;
};

/// Where a request would go now.
struct QuotaOutlook
{
    static constexpr std::size_t mostNext = 5;

    std::vector<UsedUpProvider> usedUp; ///< soonest end first
    std::vector<NextProvider> next; ///< in this order, each provider once
    bool operator==(const QuotaOutlook &) const = default;
};

/// All that is known of the providers' quotas at one moment.
struct QuotaFigures
{
    QDateTime takenAt;
    std::vector<ProviderQuota> providers; ///< those that something is known of, by id
    QuotaOutlook outlook;
};

} // namespace freerelay::interfaces
