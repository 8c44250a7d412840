#pragma once

#include "core/common/result.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <vector>

namespace freerelay::dialects {

/// Rewrites JSON Schema as Gemini's Schema object (a part of OpenAPI 3.0; unknown keys are
/// answered with 400: ai.google.dev/api/caching#Schema, 2026-11).
///
/// Kept are the documented keys; `$schema`, `additionalProperties`, `x-*`, unsupported formats and
/// empty enum words go. `$ref` is inlined from the same document, one that leads into itself
/// becomes a free object; ["string","null"] becomes nullable; `const` an enum; `oneOf` anyOf; a
/// single `allOf` its element. Properties that are gone are no longer required; arrays always
/// have items. Key order is kept.
class GeminiSchema
{
public:
    /// Schemas larger than this, before or after inlining, are refused (ours).
    static constexpr qsizetype maxBytes = 512 * 1024;

    /// @param schema  JSON text of an object
    /// @return InvalidArgument when the schema is too deep or too large for this provider
    [[nodiscard]] static common::Result<QByteArray> clean(const QByteArray &schema);

private:
    explicit GeminiSchema(JsonValue root)
        : m_root(root)
    { }

    void write(JsonValue schema, int depth);
    void writeMembers(JsonValue schema, int depth);
    void writeMember(const JsonMember &member, JsonValue schema, int depth);
    void writeProperties(JsonValue properties, int depth);
    void writeAlternatives(JsonValue list, int depth);
    void writeType(JsonValue type);
    void writeEnum(JsonValue words);
    void writeRequired(JsonValue names, JsonValue properties);
    [[nodiscard]] JsonValue resolve(JsonValue reference) const;

    JsonValue m_root;
    std::vector<QByteArray> m_open; ///< references that are being inlined
    QByteArray m_out;
    JsonWriter m_json{m_out};
    bool m_tooLarge = false;
};

} // namespace freerelay::dialects
