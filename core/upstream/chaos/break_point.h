#pragma once

#include "core/common/http_headers.h"

#include <QByteArrayView>

#include <cstdint>

namespace freerelay::upstream {

/// Where within the body of a reply a fault begins: some bytes into the second to seventh event
/// of a stream, in the middle of anything else. One thread.
class BreakPoint
{
public:
    /// @param draw  chooses the event
    BreakPoint(const common::HeaderList &headers, std::uint64_t draw);

    /// How many of the next bytes come before it: all of them until it is reached, none later.
    [[nodiscard]] qsizetype take(QByteArrayView bytes);
    [[nodiscard]] bool isReached() const { return m_left == 0; }

private:
    /// Counts a byte; true when it ends an event of a stream.
    [[nodiscard]] bool endsEvent(char byte);

    std::uint64_t m_events = 0; ///< whole ones that come before it
    qint64 m_left; ///< bytes until it is reached, behind those events
    bool m_lineEmpty = false;
};

} // namespace freerelay::upstream
