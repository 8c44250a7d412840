#include "json_fields.h"

namespace freerelay::dialects {

JsonFields::JsonFields(const JsonValue &object)
    : m_object(object)
{
    for (const JsonMember &member : object.members()) {
        if (m_count < few) {
            m_members[m_count] = member;
        }
        if (++m_count > few) {
            return;
        }
    }
}

JsonValue JsonFields::operator[](QByteArrayView key) const
{
    if (m_count > few) {
        return m_object[key];
    }
    for (std::size_t i = m_count; i > 0; --i) {
        if (m_members[i - 1].keyIs(key)) {
            return m_members[i - 1].value;
        }
    }
    return {};
}

} // namespace freerelay::dialects
