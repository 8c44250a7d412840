#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/responses/responses_terms.h"
#include "core/dialects/responses/responses_tools.h"

#include <memory>

namespace freerelay::dialects {

/// Says a request of OpenAI's Responses API (openai-openapi 2.3.0, 2026-08-21) in OpenAI chat's
/// form, and notes what its Response has to say of it.
///
/// Tools and items that only OpenAI can serve, and members that are not known, are ignored and
/// named: Codex sends several, and its requests must not fail for them. What would make the answer
/// another one is refused with the parameter's name: `conversation`, `prompt`.
/// `previous_response_id` is only told again: what it stands for has been put into `input` before.
/// One object per request.
class ResponsesRequestReader
{
public:
    /// What the request is read for. A compaction asks for a summary of the conversation and may
    /// call no tools; an item `compaction_trigger` makes one of any request.
    enum class Purpose : std::uint8_t { Answer, Compaction };

    explicit ResponsesRequestReader(Purpose purpose = Purpose::Answer);
    Q_DISABLE_COPY_MOVE(ResponsesRequestReader)
    ~ResponsesRequestReader() = default;

    [[nodiscard]] common::Result<ClientRequest> read(const QByteArray &body);

private:
    using MaybeError = std::optional<common::Error>;

    MaybeError readMember(const JsonMember &member);
    MaybeError readKnown(const JsonMember &member);
    [[nodiscard]] MaybeError checkShape(const JsonMember &member) const;
    MaybeError writeConversation();
    void readReasoning(const JsonValue &reasoning);
    void readText(const JsonValue &text);
    void readInclude(const JsonValue &include);
    void writeCompactionPrompt();
    void addTools();
    void echoTools();
    void echo(QByteArrayView name, const QByteArray &json);

    Purpose m_purpose;
    ClientRequest m_request;
    std::shared_ptr<ResponsesTerms> m_terms = std::make_shared<ResponsesTerms>();
    ToolBridge m_tools;
    JsonWriter m_json;
    JsonValue m_input;
    JsonValue m_instructions;
    JsonValue m_toolList;
    JsonValue m_toolChoice;
    JsonValue m_parallel;
};

} // namespace freerelay::dialects
