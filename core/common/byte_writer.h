#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstring>

namespace freerelay::common {

/// Writes pieces behind each other into memory that was made large enough for all of them.
/// QByteArray::append() costs some 150 instructions a piece in Qt 6.4; a message head has thirty.
class ByteWriter
{
public:
    /// @param buffer  grown by `size`; nothing else may touch it until finish()
    ByteWriter(QByteArray &buffer, qsizetype size)
        : m_buffer(buffer)
    {
        const qsizetype start = buffer.size();
        buffer.resize(start + size);
        m_cursor = buffer.data() + start;
    }

    ByteWriter &operator<<(QByteArrayView piece)
    {
        Q_ASSERT(m_cursor + piece.size() <= m_buffer.constData() + m_buffer.size());
        if (!piece.isEmpty()) {
            std::memcpy(m_cursor, piece.data(), static_cast<std::size_t>(piece.size()));
            m_cursor += piece.size();
        }
        return *this;
    }

    ByteWriter &operator<<(char c)
    {
        *m_cursor++ = c;
        return *this;
    }

    [[nodiscard]] char *cursor() const { return m_cursor; }

    /// Cuts the buffer to what was written.
    void finish() { m_buffer.resize(m_cursor - m_buffer.constData()); }

private:
    QByteArray &m_buffer;
    char *m_cursor;
};

} // namespace freerelay::common
