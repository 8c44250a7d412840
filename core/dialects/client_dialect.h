#pragma once

#include "core/common/clock.h"
#include "core/common/result.h"
#include "core/dialects/reply_translator.h"

#include <QByteArray>
#include <QByteArrayList>

#include <cstdint>
#include <memory>

namespace freerelay::dialects {

/// A request as it came. A view: for the time of one call.
struct ClientCall
{
    const QByteArray &body; ///< any bytes
    const QByteArray &path; ///< percent-decoded; some dialects name the model in it
    const QByteArray &query; ///< raw, without '?'
};

/// What a dialect notes of a request to write its reply with. Each dialect has a form of its own,
/// or none. A value; any thread.
class ClientTerms
{
public:
    virtual ~ClientTerms() = default;
};

/// A request in a client's own dialect, said in OpenAI chat's.
struct ClientRequest
{
    QByteArray chat; ///< body of a chat completion, for parseOpenAiChat(); or of another task
    /// What OpenAI's form cannot say and the answer does not depend on ("mcp_servers", "tools[1]
    /// bash_20250124"); printable ASCII.
    QByteArrayList ignored;
    bool thinking = false; ///< visible reasoning is wanted
    bool fillsIn = false; ///< see ChatRequest
    bool asArray = false; ///< the stream's events are wanted as one JSON array
    std::shared_ptr<const ClientTerms> terms; ///< for ClientReplyContext; null = none
};

/// What the translator of one reply needs.
struct ClientReplyContext
{
    QByteArray requestId; ///< ours
    std::int64_t promptTokensEstimated = 0; ///< told where the dialect needs a number at once
    bool thinking = false;
    bool stream = false;
    const common::Clock *clock = nullptr; ///< outlives the translator
    common::SteadyTime began{}; ///< when the request came
    std::shared_ptr<const ClientTerms> terms{}; ///< of the request, by the same dialect

    // Zero without a clock.
    [[nodiscard]] common::SteadyTime now() const
    {
        return clock != nullptr ? clock->now() : common::SteadyTime();
    }
    [[nodiscard]] common::WallTime wallNow() const
    {
        return clock != nullptr ? clock->wallNow() : common::WallTime();
    }
    [[nodiscard]] std::int64_t createdUnix() const ///< seconds
    {
        return std::chrono::duration_cast<std::chrono::seconds>(wallNow().time_since_epoch())
            .count();
    }
};

/// An error reply, whatever its dialect.
struct ErrorWords
{
    int status = 500;
    QByteArray message;
    QByteArray requestId;
    QByteArray openAi{}; ///< the same as OpenAI's body; "" in a stream
};

/// The wire format of clients that do not speak OpenAI chat: reads their requests into OpenAI's
/// form, which all of the relay understands, and writes what the relay answers in theirs. What
/// OpenAI chat lacks travels in the extensions that the canonical form reads (`reasoning_details`,
/// `cache_control`, `thinking`, `top_k`); see ChatRequest::foreign. Stateless; any thread.
class ClientDialect
{
public:
    virtual ~ClientDialect() = default;

    /// @return InvalidArgument in the dialect's words, with `param` where one is at fault
    [[nodiscard]] virtual common::Result<ClientRequest> read(const ClientCall &call) const = 0;

    /// A fresh translator for one reply with status 200 of the relay: a stream of chunks, or a
    /// whole chat completion, fed in one piece or many.
    [[nodiscard]] virtual std::unique_ptr<ReplyTranslator>
    translator(const ClientReplyContext &context) const = 0;

    [[nodiscard]] virtual QByteArray error(const ErrorWords &words) const = 0;
    /// The same as the last event of a stream that breaks off.
    [[nodiscard]] virtual QByteArray streamError(const ErrorWords &words) const = 0;

    /// The content type of a stream.
    [[nodiscard]] virtual QByteArray streamType() const
    {
        return "text/event-stream; charset=utf-8";
    }
};

} // namespace freerelay::dialects
