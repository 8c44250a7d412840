#pragma once

#include "core/dialects/continuation/told_stream.h"
#include "core/dialects/json_value.h"
#include "core/dialects/sse_decoder.h"

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>

namespace freerelay::dialects {

/// Tokens that an earlier part of a stream took.
struct TokensBefore
{
    std::int64_t prompt = 0;
    std::int64_t completion = 0;
};

/// Makes the stream of a continuation part of the stream before it: same id, no second role, no
/// text that was told already (see overlapOf()), no further reasoning once there was text, and a
/// usage that counts both. Streams in OpenAI's chat form, as the translators write them. One
/// thread.
class StreamJoiner
{
public:
    StreamJoiner(ToldStream told, TokensBefore before);

    /// @param in   whole events
    /// @param out  gets what the client is told
    void feed(QByteArrayView in, QByteArray &out);
    /// It turned out to be no continuation: nothing of it was told, or will be.
    [[nodiscard]] bool hasDiverged() const { return m_diverged; }

private:
    void takeEvent(QByteArrayView data, QByteArray &out);
    void takeChoice(JsonValue chunk, JsonValue choice, QByteArray &out);
    void takeUsage(JsonValue chunk, QByteArray &out) const;
    [[nodiscard]] bool judge(bool isAll);

    ToldStream m_told;
    TokensBefore m_before;
    SseDecoder m_decoder;
    QByteArray m_fresh; ///< text of the continuation until it is judged
    bool m_judged = false;
    bool m_diverged = false;
};

} // namespace freerelay::dialects
