#pragma once

#include "core/common/result.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/ollama/ollama_words.h"

#include <deque>
#include <optional>

namespace freerelay::dialects {

/// An Ollama request → OpenAI chat's form. Tool calls have no ids there: they get some, and results
/// go to the call with their name, else to the first without one. One use; one thread.
class OllamaRequestReader
{
public:
    explicit OllamaRequestReader(OllamaForm form)
        : m_form(form)
        , m_json(m_request.chat)
    { }

    /// @return InvalidArgument with `param` where one is at fault
    [[nodiscard]] common::Result<ClientRequest> read(const QByteArray &body);

private:
    using MaybeError = std::optional<common::Error>;
    struct Call
    {
        QByteArray id;
        QByteArray name;
    };

    void writeMember(const JsonMember &member);
    void writeFormat(const JsonValue &format);
    void writeOptions(const JsonValue &options);
    void writeStop(const JsonValue &stop);
    [[nodiscard]] MaybeError writeMessages(const JsonValue &messages);
    void writePrompt(const JsonValue &root);
    void writeContent(const JsonValue &text, const JsonValue &images);
    void writeCalls(const JsonValue &calls);
    [[nodiscard]] QByteArray takeCallId(const JsonValue &message);

    OllamaForm m_form;
    ClientRequest m_request;
    JsonWriter m_json;
    std::deque<Call> m_open; ///< calls without a result so far
    int m_calls = 0;
};

} // namespace freerelay::dialects
