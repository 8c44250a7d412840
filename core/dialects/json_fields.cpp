#include "json_fields.h"

#include <algorithm>

namespace freerelay::dialects {

JsonFields::JsonFields(const JsonValue &object)
    : m_object(object)
{
    if (object.node() != nullptr) {
        return;
    }
    for (const JsonMember &member : object.members()) {
        if (m_members.size() == few) {
            m_members.clear();
            return;
        }
        m_members.append(member);
    }
}

JsonValue JsonFields::found(QByteArrayView key) const
{
    const auto member = std::find_if(
        m_members.crbegin(), m_members.crend(), [key](const JsonMember &one) {
            return one.keyIs(key);
        });
    return member != m_members.crend() ? member->value : JsonValue();
}

} // namespace freerelay::dialects
