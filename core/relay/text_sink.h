#pragma once

#include "core/common/clock.h"

#include <QByteArray>

#include <cstdint>
#include <memory>
#include <vector>

namespace freerelay::relay {

/// What a client sent and what it was sent, as the bytes that went over the wire: shared with
/// whoever had them before, so that the worker copies next to nothing.
struct RequestTexts
{
    /// Longer prompts and whole answers are cut.
    static constexpr qsizetype maxBytes = 256 * 1024;
    /// Likewise of streams: their events are many times as long as the text that they bring.
    static constexpr qsizetype maxStreamBytes = 1024 * 1024;

    /// The answer, as far as it was sent.
    struct Answer
    {
        bool stream = false;
        std::vector<QByteArray> pieces;
        qsizetype size = 0; ///< of all pieces, bytes
        bool isCut = false;

        /// Takes as much of `bytes` as there is room for.
        void add(const QByteArray &bytes);
    };

    QByteArray requestId;
    common::WallTime time; ///< when it came
    QByteArray prompt; ///< the body as it was received
    bool promptCut = false;
    std::shared_ptr<const Answer> answer; ///< never null; nobody changes it any more
};

/// Where texts go, as long as they are wanted. Any thread; returns at once.
class TextSink
{
public:
    virtual ~TextSink() = default;
    [[nodiscard]] virtual bool isKeeping() const = 0;
    /// To be called before the request's outcome is recorded.
    virtual void keep(RequestTexts texts) = 0;
};

} // namespace freerelay::relay
