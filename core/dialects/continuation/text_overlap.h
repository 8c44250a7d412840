#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace freerelay::dialects {

/// How the beginning of a continuation fits to what was told before it.
struct TextOverlap
{
    enum class Verdict : std::uint8_t {
        Undecided, ///< more text is needed
        Joined, ///< it goes on, once `repeated` bytes of it are left out
        Restarted, ///< it tells the answer anew, in other words: it is no continuation
    };

    Verdict verdict = Verdict::Undecided;
    qsizetype repeated = 0;
};

/// Models that go on with a text often repeat its last word or sentence, and some begin anew. What
/// is told twice is found as the longest end of `told` that `fresh` begins with, where that is at
/// least four bytes or begins a word; white space alone is no repetition. A text that says the same
/// again is waited for until it goes beyond what was told or differs from it. Pure; any thread.
///
/// @param told   valid UTF-8, as is `fresh`
/// @param isAll  no more of `fresh` will come
[[nodiscard]] TextOverlap overlapOf(QByteArrayView told, QByteArrayView fresh, bool isAll);

} // namespace freerelay::dialects
