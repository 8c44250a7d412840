#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <QVarLengthArray>

#include <optional>

namespace freerelay::dialects {

/// Says a request of Anthropic's Messages API (SDK types of 2026-08-07) in OpenAI chat's form.
///
/// System text becomes a system message; results of tools become tool messages before the rest of
/// their turn; thinking becomes `reasoning_details`, so that a provider who signed it gets it back;
/// `thinking`, `top_k` and cache hints travel as they are. Server tools, kinds of blocks that have
/// no counterpart, and members that are not known are ignored and named: Claude Code sends several,
/// and its requests must not fail for them. One object per request.
class MessagesRequestReader
{
public:
    MessagesRequestReader()
        : m_json(m_request.chat)
    { }
    Q_DISABLE_COPY_MOVE(MessagesRequestReader)
    ~MessagesRequestReader() = default;

    [[nodiscard]] common::Result<ClientRequest> read(const QByteArray &body);

private:
    using MaybeError = std::optional<common::Error>;
    using Blocks = QVarLengthArray<JsonValue, 8>;

    MaybeError readMember(const JsonMember &member);
    MaybeError readMessages(const JsonValue &messages);
    MaybeError readMessage(const JsonValue &object, int index);
    void writeSystem(const JsonValue &system);
    void writeAssistant(const JsonValue &content);
    void writeUser(const JsonValue &content);
    void writeToolResult(const JsonValue &object, int at);
    void writeThinking(const Blocks &thoughts);
    void writeParts(const Blocks &parts);
    void writePart(const JsonValue &object);
    void writeMedia(const JsonValue &object);
    void writeToolUse(const JsonValue &object);
    void writeTools(const JsonValue &tools);
    void writeToolChoice(const JsonValue &choice);
    void writeOutputConfig(const JsonValue &config);
    void copyCacheControl(const JsonFields &block);
    void ignore(const QByteArray &what);
    [[nodiscard]] QByteArray path() const; ///< of the message

    ClientRequest m_request;
    JsonWriter m_json;
    JsonValue m_system;
    JsonValue m_messages;
    JsonValue m_toolChoice;
    bool m_hasTools = false;
    int m_message = 0; ///< index of the one that is read
};

} // namespace freerelay::dialects
