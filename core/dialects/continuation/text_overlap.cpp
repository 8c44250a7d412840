#include "text_overlap.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

using Verdict = TextOverlap::Verdict;

/// Shorter ends agree by chance, unless they are words.
constexpr qsizetype surelyRepeated = 4;
/// So much of a new text is looked at before it is told.
constexpr qsizetype leastLookedAt = 24;
/// A text that begins with so many bytes of the answer's beginning begins anew.
constexpr qsizetype surelyRestarted = 16;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool beginsWord(QByteArrayView told, qsizetype at)
{
    return (at == 0 || isSpace(told[at - 1])) && !told.sliced(at).trimmed().isEmpty();
}

qsizetype longestRepetition(QByteArrayView told, QByteArrayView fresh)
{
    for (qsizetype size = std::min(told.size(), fresh.size()); size > 0; --size) {
        const qsizetype at = told.size() - size;
        if (told.sliced(at) != fresh.first(size)) {
            continue;
        }
        const bool counts = size >= surelyRepeated ? !fresh.first(size).trimmed().isEmpty()
                                                   : beginsWord(told, at);
        if (counts) {
            return size;
        }
    }
    return 0;
}

bool isRestart(QByteArrayView told, QByteArrayView fresh)
{
    return told.size() >= surelyRestarted && fresh.size() >= surelyRestarted
        && told.first(surelyRestarted) == fresh.first(surelyRestarted);
}

} // namespace

TextOverlap overlapOf(QByteArrayView told, QByteArrayView fresh, bool isAll)
{
    if (told.isEmpty()) {
        return {Verdict::Joined, 0};
    }
    if (!isAll && (fresh.size() < leastLookedAt || told.contains(fresh))) {
        return {Verdict::Undecided, 0};
    }
    if (const qsizetype repeated = longestRepetition(told, fresh); repeated > 0) {
        return {Verdict::Joined, repeated};
    }
    return {isRestart(told, fresh) ? Verdict::Restarted : Verdict::Joined, 0};
}

} // namespace freerelay::dialects
