#pragma once

#include "core/dialects/json_value.h"

#include <array>

namespace freerelay::dialects {

/// The members of an object, found in one pass, for those who look at several of them:
/// JsonValue::operator[] walks over the whole object each time. A view, as JsonValue is.
class JsonFields
{
public:
    explicit JsonFields(const JsonValue &object);

    /// As JsonValue has it: the last of that name; missing when there is none.
    [[nodiscard]] JsonValue operator[](QByteArrayView key) const;
    [[nodiscard]] const JsonValue &object() const { return m_object; }

private:
    static constexpr std::size_t few = 12; ///< more are walked over after all

    JsonValue m_object;
    std::array<JsonMember, few> m_members;
    std::size_t m_count = 0;
};

} // namespace freerelay::dialects
