#include "json_writer.h"

#include "core/dialects/openai_chat.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

/// The place for `size` bytes more, behind the comma that they may need: most of what is written
/// is a few bytes long, and a call for each piece takes longer than copying it.
char *next(QByteArray &out, bool &needsComma, qsizetype size)
{
    const qsizetype at = out.size();
    const qsizetype comma = needsComma ? 1 : 0;
    needsComma = true;
    out.resize(at + comma + size);
    char *const place = out.data() + at;
    if (comma > 0) {
        *place = ',';
    }
    return place + comma;
}

} // namespace

void JsonWriter::separate()
{
    if (m_needsComma) {
        m_out.append(',');
    }
    m_needsComma = true;
}

JsonWriter &JsonWriter::open(char bracket)
{
    *next(m_out, m_needsComma, 1) = bracket;
    m_needsComma = false;
    return *this;
}

JsonWriter &JsonWriter::close(char bracket)
{
    m_needsComma = false;
    *next(m_out, m_needsComma, 1) = bracket;
    return *this;
}

JsonWriter &JsonWriter::key(QByteArrayView plain)
{
    char *out = next(m_out, m_needsComma, plain.size() + 3);
    *out++ = '"';
    out = std::copy(plain.begin(), plain.end(), out);
    *out++ = '"';
    *out = ':';
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
    char *const out = next(m_out, m_needsComma, json.size());
    std::copy(json.begin(), json.end(), out);
    return *this;
}

JsonWriter &JsonWriter::member(QByteArrayView plainKey, QByteArrayView text)
{
    return key(plainKey).string(text);
}

JsonWriter &JsonWriter::word(QByteArrayView plainKey, QByteArrayView plainText)
{
    constexpr qsizetype punctuation = 5; // "":""
    char *out = next(m_out, m_needsComma, plainKey.size() + plainText.size() + punctuation);
    *out++ = '"';
    out = std::copy(plainKey.begin(), plainKey.end(), out);
    *out++ = '"';
    *out++ = ':';
    *out++ = '"';
    out = std::copy(plainText.begin(), plainText.end(), out);
    *out = '"';
    return *this;
}

JsonWriter &JsonWriter::rawMember(QByteArrayView plainKey, QByteArrayView json)
{
    char *out = next(m_out, m_needsComma, plainKey.size() + json.size() + 3);
    *out++ = '"';
    out = std::copy(plainKey.begin(), plainKey.end(), out);
    *out++ = '"';
    *out++ = ':';
    std::copy(json.begin(), json.end(), out);
    return *this;
}

} // namespace freerelay::dialects
