#pragma once

#include "core/common/money.h"
#include "core/common/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

class QObject;

namespace freerelay::interfaces {

/// One request as a list shows it.
struct RequestRow
{
    /// Status of a request whose client left before its answer.
    static constexpr int clientLeft = 499;

    quint64 sequence = 0; ///< counts the requests of this run from 1; 0 = read from the record
    QDateTime time;
    QString requestId;
    QString app; ///< "" = the client named none
    QString askedModel;
    QString provider; ///< "" = nobody answered
    QString model;
    int status = 0;
    bool stream = false;
    bool brokenStream = false; ///< failed after its head was sent
    int attempts = 0;
    std::optional<std::chrono::milliseconds> ttft;
    std::chrono::milliseconds duration{0};
    std::optional<qint64> promptTokens;
    std::optional<qint64> completionTokens;
    QString error; ///< "" = none
};

/// Whether the request failed; a client that left is nobody's failure.
[[nodiscard]] inline bool isFailure(const RequestRow &row)
{
    return row.brokenStream || (row.status >= 400 && row.status != RequestRow::clientLeft);
}

/// What a list is to show by status.
enum class StatusClass : std::uint8_t {
    Any,
    Success, ///< 2xx, as far as the stream did not break
    Failed, ///< isFailure()
    ClientError, ///< 4xx, without the clients that left
    ServerError, ///< 5xx
    ClientLeft, ///< 499
};

/// Which requests to list; every condition must hold. Empty = any.
struct RequestFilter
{
    QString provider; ///< id of the one that answered
    QString model; ///< that answered, full id
    QString app;
    StatusClass statusClass = StatusClass::Any;
    std::optional<int> status; ///< exactly this one; wins over `statusClass`
    QString errorText; ///< part of the error's sentence, letter case ignored; of failures only
    std::optional<QDateTime> from; ///< inclusive
    std::optional<QDateTime> until; ///< exclusive

    bool operator==(const RequestFilter &) const = default;
    [[nodiscard]] bool isEmpty() const { return *this == RequestFilter(); }
};

/// Whether a row passes. Pure; the same as the record's own filter.
[[nodiscard]] bool matches(const RequestFilter &filter, const RequestRow &row);

/// Where the next page begins: opaque to everybody but the history.
struct RequestCursor
{
    qint64 timeUs = 0;
    qint64 id = 0;
    bool operator==(const RequestCursor &) const = default;
};

struct RequestPage
{
    std::vector<RequestRow> rows; ///< newest first
    std::optional<RequestCursor> next; ///< nullopt = this was the last page
};

/// One try at one candidate.
struct AttemptInfo
{
    QString provider;
    QString model;
    QString keyFingerprint; ///< "" = none was needed
    QString tier;
    int status = 0; ///< the provider's HTTP status; 0 = none was received
    QString failure; ///< "" = it answered; else the class of the failure ("rate_limited")
    std::chrono::microseconds startedAfter{0}; ///< since the request was read
    std::optional<std::chrono::microseconds> ttft; ///< since the attempt's start
    std::chrono::microseconds duration{0};
};

/// A model with one key, as the decision looked at it.
struct CandidateInfo
{
    QString provider;
    QString model;
    QString keyFingerprint; ///< "" = none is needed, or the reason applies whatever the key
    QString tier;
    bool paid = false;
    QString disqualified; ///< "" = ranked; else the reason in one word ("cooling_down")
    std::optional<QDateTime> restsUntil; ///< with "cooling_down" and "quota_exhausted"
};

struct DecisionInfo
{
    QString mode;
    QString target; ///< what the asked name meant: "auto", "free", "paid", "provider", "models"
    bool needsTools = false;
    bool needsVision = false;
    bool needsJsonSchema = false;
    qint64 promptTokensEstimated = 0;
    qint64 outputTokensRequested = 0; ///< 0 = not given
    std::chrono::nanoseconds duration{0};
    std::vector<CandidateInfo> candidates; ///< the ranked ones, best first, then the others
};

/// What became known of a request after its end.
struct AmendmentInfo
{
    QString kind; ///< "client_retried", "client_regenerated"
    QDateTime time;
    std::chrono::milliseconds after{0}; ///< since the request's end
    QString otherRequestId; ///< the later request; "" = it is not recorded any more
};

/// What is kept of a request's texts, for debugging; secrets in them are masked.
struct RequestTexts
{
    QString prompt; ///< the body that the client sent: JSON, unless it was cut
    bool promptCut = false;
    QString answer; ///< what it said, without the form it came in
    bool answerCut = false;
};

/// Everything that is recorded of one request.
struct RequestDetails
{
    RequestRow row;
    QString appVersion;
    QString process; ///< program behind the connection; "" = not found, or it has a key
    std::optional<common::MicroUsd> cost; ///< of the answer; nullopt = not known
    QString keyFingerprint; ///< of the key that was used for the answer
    QString tier;
    bool paid = false;
    QString finishReason;
    QString errorClass;
    QString retryCause; ///< why the last attempt but one failed
    /// Who answered when a second provider was asked beside a late one: "first", "second", "none";
    /// "" = none was.
    QString hedgeWinner;
    QString traceId; ///< of the exported trace; "" = there is none
    std::chrono::nanoseconds parseTime{0}; ///< before `duration` begins
    std::chrono::microseconds duration{0};
    std::optional<std::chrono::microseconds> ttft;
    std::optional<std::chrono::microseconds> streamTime; ///< first content to last
    std::optional<qint64> cachedTokens;
    std::optional<qint64> reasoningTokens;
    std::vector<AttemptInfo> attempts;
    std::optional<DecisionInfo> decision; ///< nullopt = it ended before there was one
    std::vector<AmendmentInfo> amendments; ///< in the order of time
    std::optional<RequestTexts> texts; ///< nullopt = not kept (any more)
    QString textsProblem; ///< why they cannot be read; "" = they can, or are not kept
};

enum class StatsWindow : std::uint8_t { Hour, Day, Week, Month, Quarter };

/// What else than the totals a series has a line of its own for.
enum class StatsSeries : std::uint8_t { None, Totals, Providers, Models, Apps };

/// A question for sums over a window of time.
struct StatsQuery
{
    StatsWindow window = StatsWindow::Day; ///< up to now; does not count when there is a `from`
    std::optional<QDateTime> from{}; ///< inclusive
    std::optional<QDateTime> until{}; ///< exclusive; nullopt = now
    StatsSeries series = StatsSeries::None;

    bool operator==(const StatsQuery &) const = default;
};

/// Sums over requests. Requests count where they were answered, attempts where they were made.
struct StatsFigures
{
    QString name; ///< of the provider, model or app; "" = nobody answered, no app was told
    qint64 requests = 0;
    qint64 failed = 0;
    qint64 clientLeft = 0;
    qint64 streams = 0;
    qint64 attempts = 0;
    qint64 failedAttempts = 0;
    qint64 promptTokens = 0; ///< of the requests whose provider told them
    qint64 completionTokens = 0;
    qint64 cachedTokens = 0;
    qint64 reasoningTokens = 0;
    qint64 unmetered = 0; ///< answered, but the provider told no token counts
    std::chrono::microseconds durations{0}; ///< of all requests together
    std::chrono::microseconds ttfts{0}; ///< of `ttftCount` requests together
    qint64 ttftCount = 0;
    qint64 retried = 0; ///< the client sent the identical request again
    qint64 regenerated = 0; ///< the client sent the same prompt again
    /// Time to first content that half, 95 % and 99 % of the requests had at most: estimates, off
    /// by less than the factor 2. nullopt = not counted in this window.
    std::optional<std::chrono::microseconds> ttftP50{};
    std::optional<std::chrono::microseconds> ttftP95{};
    std::optional<std::chrono::microseconds> ttftP99{};
};

/// The sums of one step of a series.
struct StatsPoint
{
    QDateTime start;
    StatsFigures figures;
};

/// The points of one provider, model or app.
struct StatsLine
{
    QString name; ///< "" = nobody answered, no app was told
    std::vector<StatsPoint> points;
};

/// Sums over whole steps: the window begins with the first of them.
struct RequestStats
{
    /// Points of all lines together, at most; of the totals as well.
    static constexpr int maxPoints = 2'000;

    QDateTime from;
    QDateTime until;
    std::chrono::seconds step{0}; ///< length of a point, counted from 1970 on
    StatsFigures totals;
    std::vector<StatsFigures> providers;
    std::vector<StatsFigures> models;
    std::vector<StatsFigures> apps;
    /// By time. Steps without requests are left out, here and in the lines.
    std::vector<StatsPoint> series;
    /// Of what the query asked for: those with the most requests, as many as maxPoints allows.
    std::vector<StatsLine> lines;
};

/// What the gateway has recorded, for whoever wants to look: the window, the command line, HTTP.
///
/// Any thread with an event loop; never blocks. `done` is called once, later, from the event loop
/// of the calling thread, unless `receiver` (of that thread) or the history has gone by then. What
/// has just ended may take a fraction of a second to be found.
class RequestHistory
{
public:
    static constexpr int maxPage = 500;

    template <typename T> using Callback = std::function<void(common::Result<T>)>;

    virtual ~RequestHistory() = default;

    /// @param limit  1..maxPage
    /// @param after  `next` of the page before; nullopt = the first page
    /// @return Unavailable when too many have asked; errors of the record, with a sentence
    virtual void page(
        const RequestFilter &filter,
        int limit,
        const std::optional<RequestCursor> &after,
        QObject &receiver,
        Callback<RequestPage> done)
        = 0;
    /// @return also NotFound when there is no record of it, or none any more
    virtual void details(const QString &requestId, QObject &receiver, Callback<RequestDetails> done)
        = 0;
    virtual void stats(const StatsQuery &query, QObject &receiver, Callback<RequestStats> done) = 0;
};

} // namespace freerelay::interfaces
