#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/responses/responses_terms.h"
#include "core/dialects/responses/responses_thoughts.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace freerelay::dialects {

/// One item of a Response's output, while it is built.
struct ResponseItem
{
    enum class Kind : std::uint8_t { Message, Reasoning, Call, Compaction };
    enum class State : std::uint8_t { InProgress, Completed, Incomplete };

    Kind kind = Kind::Message;
    State state = State::InProgress;
    QByteArray id;
    QByteArray text; ///< of a message, a compaction; of reasoning what is told as its summary
    ThoughtSeal seal; ///< of reasoning
    // Of a call:
    BridgedTool tool;
    int callIndex = -1; ///< ToolStart::index
    QByteArray callId;
    QByteArray arguments; ///< as the model wrote them
};

/// A Response at one moment.
struct ResponseFacts
{
    QByteArray id;
    std::int64_t createdUnix = 0; ///< seconds
    QByteArray status; ///< "in_progress", "completed", …
    QByteArray model;
    std::int64_t completedUnix = 0; ///< 0 = it is not
    QByteArray incompleteReason; ///< "" = it is not
    QByteArray errorCode; ///< "" = none
    QByteArray errorMessage;
    QByteArray usage; ///< JSON object; "" = not known yet
};

/// OpenAI's id of a reply: "resp_" and what is left of ours.
[[nodiscard]] QByteArray responseId(const QByteArray &requestId);
/// The id of its item at `index`.
/// @param prefix  "msg", "rs", "fc", …
[[nodiscard]] QByteArray
itemId(QByteArrayView prefix, const QByteArray &requestId, qsizetype index);

/// A whole Response object. Without terms it says what OpenAI has as defaults.
void writeResponse(
    JsonWriter &json,
    const ResponseFacts &facts,
    const std::vector<ResponseItem> &items,
    const ResponsesTerms *terms);

/// An item as it stands.
void writeItem(JsonWriter &json, const ResponseItem &item);
/// The content part of a message.
void writeTextPart(JsonWriter &json, const QByteArray &text);

/// A `usage` object: all counters are numbers there.
/// @param promptTokens  told when nobody counted
/// @param outputBytes   of text and arguments, likewise
[[nodiscard]] QByteArray
responseUsage(const Usage &usage, std::int64_t promptTokens, std::int64_t outputBytes);

/// The members that a Response always says of its request, as they are without one.
[[nodiscard]] const std::vector<std::pair<QByteArray, QByteArray>> &defaultEcho();

} // namespace freerelay::dialects
