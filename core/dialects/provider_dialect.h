#pragma once

#include "core/catalog/types.h"
#include "core/common/http_headers.h"
#include "core/common/result.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/reply_translator.h"

#include <QByteArray>
#include <QByteArrayList>

#include <memory>

namespace freerelay::dialects {

/// What to send upstream, without address and credentials.
struct EncodedRequest
{
    QByteArray path; ///< appended to the provider's base URL; starts with '/'
    common::HeaderList headers;
    QByteArray body;
    bool textReply = false; ///< for ReplyContext
    /// Parameters that could not be said although answers depend on them; printable ASCII.
    QByteArrayList ignored{};
};

/// What a translator needs to speak to the client.
struct ReplyContext
{
    QByteArray requestId; ///< ours; basis of ids that the provider does not give
    QByteArray model; ///< full id of the candidate, used when the provider names none
    bool stream = false;
    bool includeUsage = false;
    std::int64_t createdUnix = 0; ///< seconds
    RequestNeeds needs{}; ///< of the request
    bool base64 = false; ///< embeddings are wanted as base64
    bool textReply = false; ///< the provider answers with a text_completion
    QByteArrayList tools{}; ///< names of the functions that may be called
    SignatureBook *signatures = nullptr; ///< see ChatRequest
};

/// The tools whose calls may be found in a text: none when it was to be JSON.
[[nodiscard]] inline QByteArrayList callableTools(const ReplyContext &context)
{
    const bool isJson = context.needs.jsonObject || context.needs.jsonSchema;
    return isJson ? QByteArrayList() : context.tools;
}

/// A provider's wire format: writes requests, reads replies. Stateless; any thread.
class ProviderDialect
{
public:
    virtual ~ProviderDialect() = default;

    /// @return InvalidArgument when the request cannot be said in this dialect (the message names
    ///         what and why); the router then tries another candidate.
    [[nodiscard]] virtual common::Result<EncodedRequest> encode(
        const ChatRequest &request,
        const catalog::Provider &provider,
        const catalog::Model &model) const = 0;

    /// A fresh translator from this dialect to OpenAI chat, for one 2xx reply.
    [[nodiscard]] virtual std::unique_ptr<ReplyTranslator>
    translator(const ReplyContext &context) const = 0;
};

/// The dialect that speaks `wire` for a task; null for one that is not spoken. The object is
/// static.
[[nodiscard]] const ProviderDialect *
dialectFor(catalog::Wire wire, catalog::Task task = catalog::Task::Chat);

} // namespace freerelay::dialects
