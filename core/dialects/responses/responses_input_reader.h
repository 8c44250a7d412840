#pragma once

#include "core/common/error.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/responses/responses_tools.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QHash>
#include <QVarLengthArray>

#include <map>
#include <optional>
#include <vector>

namespace freerelay::dialects {

/// Says the items of a Responses request as messages of OpenAI chat.
///
/// Thoughts, words and calls of the assistant that follow each other become one message; the
/// outputs of its calls stand right behind it, wherever the client put them, since providers demand
/// that. Items and parts without a counterpart are left out and named. One object per request.
class ResponsesInputReader
{
public:
    /// Both outlive the reader.
    ResponsesInputReader(JsonWriter &json, QByteArrayList &ignored)
        : m_json(json)
        , m_ignored(ignored)
    { }

    /// Writes the elements of `messages`, into an array that is open.
    /// @param input  a string or an array
    /// @return InvalidArgument with `param` for an output without its call, and for what is kept
    ///         elsewhere: a file, or an item that is referred to
    [[nodiscard]] std::optional<common::Error> read(const JsonValue &input);

private:
    using MaybeError = std::optional<common::Error>;
    using Parts = QVarLengthArray<JsonValue, 8>;

    struct Call
    {
        QByteArray id;
        QByteArray name;
        QByteArray arguments;
    };
    /// Of one call, in order.
    struct Outputs
    {
        std::vector<JsonValue> items;
        std::size_t written = 0; ///< those that stand behind their call
        std::size_t met = 0; ///< those that were come to
    };

    void gatherOutputs(const JsonValue &input);
    MaybeError readItem(const JsonValue &object);
    MaybeError readMessage(const JsonFields &item);
    MaybeError readOutput(const JsonFields &item);
    void readAssistant(const JsonValue &content);
    void readThought(const JsonFields &item);
    void readSummary(const JsonFields &item);

    void flush();
    void writeWords();
    void writeCall(const Call &call);
    void writeOutputOf(const Call &call);
    void writeOutput(const JsonValue &object);
    void writeContent(const JsonValue &content);
    [[nodiscard]] MaybeError checkParts(const JsonValue &content) const;
    void writeParts(const Parts &parts);
    void writePart(const JsonValue &part);
    void ignore(const QByteArray &what);
    [[nodiscard]] QByteArray path() const; ///< of the item

    JsonWriter &m_json;
    QByteArrayList &m_ignored;

    int m_item = 0; ///< index of the one that is read

    // The assistant's message that is gathered.
    std::vector<JsonValue> m_words; ///< strings
    QByteArray m_details; ///< entries of reasoning_details
    std::vector<Call> m_calls;

    QHash<QByteArray, QByteArray> m_signatures; ///< Gemini's, by call id
    std::map<QByteArray, Outputs> m_outputs; ///< by call id
};

} // namespace freerelay::dialects
