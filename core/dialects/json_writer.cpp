#include "json_writer.h"

#include "core/dialects/openai_chat.h"

namespace freerelay::dialects {

void JsonWriter::separate()
{
    if (m_needsComma) {
        m_out.append(',');
    }
    m_needsComma = true;
}

JsonWriter &JsonWriter::open(char bracket)
{
    separate();
    m_out.append(bracket);
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::close(char bracket)
{
    m_out.append(bracket);
    m_needsComma = true;
    return *this;
}

JsonWriter &JsonWriter::key(QByteArrayView plain)
{
    separate();
    m_out.append('"').append(plain).append("\":");
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::escapedKey(QByteArrayView name)
{
    separate();
    appendJsonString(m_out, name);
    m_out.append(':');
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::string(QByteArrayView text)
{
    separate();
    appendJsonString(m_out, text);
    return *this;
}

JsonWriter &JsonWriter::integer(std::int64_t value)
{
    separate();
    m_out.append(QByteArray::number(qlonglong(value)));
    return *this;
}

JsonWriter &JsonWriter::raw(QByteArrayView json)
{
    separate();
    m_out.append(json);
    return *this;
}

JsonWriter &JsonWriter::member(QByteArrayView plainKey, QByteArrayView text)
{
    return key(plainKey).string(text);
}

JsonWriter &JsonWriter::rawMember(QByteArrayView plainKey, QByteArrayView json)
{
    return key(plainKey).raw(json);
}

} // namespace freerelay::dialects
