#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace freerelay::dialects {

/// Writes JSON text in the order of the calls; commas come by themselves.
///
/// Checks nothing: the caller pairs begin and end. The bytes are the same for the same calls, so
/// providers' prompt caches stay warm. Not thread-safe; `out` must outlive the writer.
class JsonWriter
{
public:
    explicit JsonWriter(QByteArray &out)
        : m_out(out)
    { }

    JsonWriter &beginObject() { return open('{'); }
    JsonWriter &endObject() { return close('}'); }
    JsonWriter &beginArray() { return open('['); }
    JsonWriter &endArray() { return close(']'); }

    /// @param plain  needs no escapes
    JsonWriter &key(QByteArrayView plain);
    /// A name that may need escapes.
    JsonWriter &escapedKey(QByteArrayView name);
    JsonWriter &string(QByteArrayView text);
    JsonWriter &integer(std::int64_t value);
    JsonWriter &boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter &null() { return raw("null"); }
    /// @param json  one value, written as it is
    JsonWriter &raw(QByteArrayView json);

    /// key() and string() in one.
    JsonWriter &member(QByteArrayView plainKey, QByteArrayView text);
    /// The same for a word that needs no escapes.
    JsonWriter &word(QByteArrayView plainKey, QByteArrayView plainText);
    /// key() and raw() in one.
    JsonWriter &rawMember(QByteArrayView plainKey, QByteArrayView json);

private:
    void separate();
    JsonWriter &open(char bracket);
    JsonWriter &close(char bracket);

    QByteArray &m_out;
    bool m_needsComma = false;
};

} // namespace freerelay::dialects
