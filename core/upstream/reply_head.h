#pragma once

#include "core/common/error.h"
#include "core/common/http_headers.h"

#include <QByteArrayView>

#include <optional>

namespace freerelay::upstream {

/// Collects the head of a reply from the lines that the HTTP library hands over, with limits.
///
/// Interim replies (1xx, RFC 9110 §15.2) are forgotten; what remains is the final one. Trailers
/// after the head are ignored. One thread.
class ReplyHead
{
public:
    /// Limits (ours); all lines of one head together, and its fields.
    static constexpr qsizetype maxBytes = 64 * 1'024;
    static constexpr std::size_t maxFields = 200;

    /// One line with its line end. False: the head is refused, see failure().
    [[nodiscard]] bool addLine(QByteArrayView line);

    /// The final head is whole.
    [[nodiscard]] bool isComplete() const { return m_complete; }
    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] const common::HeaderList &headers() const { return m_headers; }
    /// ProtocolError, after addLine() returned false.
    [[nodiscard]] const std::optional<common::Error> &failure() const { return m_failure; }

private:
    [[nodiscard]] bool begin(QByteArrayView line);
    [[nodiscard]] bool addField(QByteArrayView line);
    void end();
    [[nodiscard]] bool refuse(const QString &detail);
    void flushField();

    int m_status = 0;
    qsizetype m_bytes = 0;
    bool m_inHead = false;
    bool m_complete = false;
    QByteArray m_name;
    QByteArray m_value;
    bool m_hasField = false;
    common::HeaderList m_headers;
    std::optional<common::Error> m_failure;
};

} // namespace freerelay::upstream
