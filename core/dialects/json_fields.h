#pragma once

#include "core/dialects/json_value.h"

#include <QVarLengthArray>

namespace freerelay::dialects {

/// The members of an object, found in one pass, for those who look at several of them:
/// JsonValue::operator[] walks over the whole object each time, unless it is indexed. A view, as
/// JsonValue is.
class JsonFields
{
public:
    explicit JsonFields(const JsonValue &object);

    /// As JsonValue has it: the last of that name; missing when there is none.
    [[nodiscard]] JsonValue operator[](QByteArrayView key) const
    {
        return m_members.isEmpty() ? m_object[key] : found(key);
    }
    [[nodiscard]] const JsonValue &object() const { return m_object; }

private:
    [[nodiscard]] JsonValue found(QByteArrayView key) const;

    static constexpr qsizetype few = 12; ///< more are walked over after all

    JsonValue m_object;
    QVarLengthArray<JsonMember, few> m_members; ///< empty when the object is asked instead
};

} // namespace freerelay::dialects
