#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <vector>

namespace freerelay::dialects {

/// What a path of Google's API asks for: ".../models/{model}:{method}".
struct GoogleTarget
{
    QByteArray model; ///< may hold slashes and colons; "" = none
    QByteArray method; ///< "streamGenerateContent"; "" = none
};

/// @param path  percent-decoded
[[nodiscard]] GoogleTarget googleTarget(const QByteArray &path);

/// Says a request of Google's generateContent API (ai.google.dev/api, v1beta, 2026-11) in OpenAI
/// chat's form.
///
/// Google's own tools, safety settings and members that are not known are ignored and named.
/// Refused, because the answer would be another one: `cachedContent`, answers in images or sound,
/// parts that no other provider can read. One object per request.
class GenerateContentReader
{
public:
    GenerateContentReader()
        : m_json(m_request.chat)
    { }
    Q_DISABLE_COPY_MOVE(GenerateContentReader)
    ~GenerateContentReader() = default;

    [[nodiscard]] common::Result<ClientRequest> read(const ClientCall &call);

private:
    using MaybeError = std::optional<common::Error>;

    [[nodiscard]] MaybeError readRoot(const JsonValue &root);
    [[nodiscard]] MaybeError readMember(const JsonMember &member);
    void writeTarget(const ClientCall &call);
    [[nodiscard]] MaybeError writeMessages();
    void writeTools();
    void writeDeclaration(const JsonValue &declaration);
    void writeToolChoice();
    [[nodiscard]] bool isAllowed(const JsonValue &name) const;
    [[nodiscard]] MaybeError writeConfig(const JsonValue &config);
    [[nodiscard]] MaybeError writeConfigMember(const JsonMember &member);
    void writeThinking(const JsonValue &config);
    void writeResponseFormat(const JsonValue &config);

    ClientRequest m_request;
    JsonWriter m_json;
    JsonValue m_system;
    JsonValue m_contents;
    JsonValue m_tools;
    JsonValue m_calling; ///< toolConfig.functionCallingConfig
    bool m_hasTools = false;
};

} // namespace freerelay::dialects
