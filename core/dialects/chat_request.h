#pragma once

#include "core/catalog/model_task.h"
#include "core/common/result.h"
#include "core/dialects/json_index.h"

#include <QByteArray>
#include <QByteArrayList>

#include <cstdint>
#include <memory>

namespace freerelay::dialects {

class SignatureBook;

/// What routing must know about a request: small, copyable, without content.
struct RequestNeeds
{
    bool tools = false;
    bool vision = false;
    bool jsonSchema = false;
    bool jsonObject = false;
    int choices = 1; ///< `n`; of embeddings: how many texts
    std::int64_t promptTokensEstimated = 0; ///< bytes of text / 4, images 1,000 each; ≥ 0
    std::int64_t outputTokensRequested = 0; ///< max_tokens; 0 = not given
};

/// Part of a text, in bytes.
struct TextSpan
{
    qsizetype begin = 0;
    qsizetype size = 0;
};

/// A chat request (or one of another task) as a client sent it (OpenAI form), validated. A view on
/// the received bytes: nothing is re-serialised unless a provider speaks another dialect.
struct ChatRequest
{
    /// The JSON text exactly as received; valid UTF-8, depth ≤ 128. Its capacity exceeds its size
    /// by simdjson's padding.
    QByteArray body;
    std::shared_ptr<const JsonIndex> index; ///< of the body; null = none was made
    TextSpan messages; ///< where the value of "messages" is in the body
    QByteArray model; ///< "" when absent or null
    bool stream = false;
    bool includeUsage = false; ///< stream_options.include_usage
    /// A message may have the role developer. False only when there is surely none.
    bool developerRole = true;
    /// The body was written out of another dialect: what OpenAI chat does not have (`thinking`,
    /// `top_k`, `cache_control`, `reasoning_details`) is only for providers of other dialects.
    bool foreign = false;
    /// `fill_in` of a foreign request tells a gap: {"prompt","suffix"}. `messages` ask for the
    /// same.
    bool fillsIn = false;
    /// Of another task the body is a request to that address of OpenAI's, and no chat at all.
    catalog::Task task = catalog::Task::Chat;
    bool base64 = false; ///< embeddings: encoding_format
    QByteArrayList tools; ///< names of the functions that may be called
    RequestNeeds needs;
    SignatureBook *signatures = nullptr; ///< outlives the request; null = none are kept

    /// Of the body; valid as long as the request and its copies have it.
    [[nodiscard]] JsonValue root() const
    {
        const bool isOurs = index != nullptr && index->text().constData() == body.constData();
        return isOurs ? index->root() : JsonValue(QByteArrayView(body).trimmed());
    }
};

} // namespace freerelay::dialects
