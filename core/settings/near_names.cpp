#include "near_names.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

using Row = std::vector<qsizetype>;

/// The next row of the table of distances from the two before it.
Row nextRow(const Row &beforeLast, const Row &last, QStringView a, QStringView b, qsizetype i)
{
    Row row{i + 1};
    for (qsizetype j = 0; j < b.size(); ++j) {
        const auto at = static_cast<std::size_t>(j);
        const qsizetype replaced = last[at] + (a[i] == b[j] ? 0 : 1);
        qsizetype least = std::min({replaced, last[at + 1] + 1, row[at] + 1});
        if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
            least = std::min(least, beforeLast[at - 1] + 1);
        }
        row.push_back(least);
    }
    return row;
}

/// Levenshtein's distance in which two neighbours that changed places count once.
qsizetype editDistance(QStringView a, QStringView b)
{
    Row beforeLast;
    Row last(static_cast<std::size_t>(b.size()) + 1);
    std::iota(last.begin(), last.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        Row row = nextRow(beforeLast, last, a, b, i);
        beforeLast = std::exchange(last, std::move(row));
    }
    return last.back();
}

} // namespace

QStringList nearNames(const QString &word, const QStringList &candidates)
{
    constexpr qsizetype longest = 64; // nobody means a name this long
    constexpr qsizetype most = 3;
    std::vector<std::pair<qsizetype, QString>> found;
    if (word.isEmpty() || word.size() > longest) {
        return {};
    }
    for (const QString &candidate : candidates) {
        const qsizetype distance = editDistance(word.toLower(), candidate.toLower());
        const bool close = distance <= std::max<qsizetype>(1, word.size() / 3);
        const bool begins = word.size() > 2
            && (candidate.startsWith(word) || word.startsWith(candidate));
        if (close || begins) {
            found.emplace_back(distance, candidate);
        }
    }
    std::stable_sort(
        found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    QStringList names;
    for (const auto &[distance, name] : found) {
        if (names.size() < most) {
            names.append(name);
        }
    }
    return names;
}

QString didYouMean(const QString &word, const QStringList &candidates)
{
    const QStringList names = nearNames(word, candidates);
    if (names.isEmpty()) {
        return u"."_s;
    }
    return u"; did you mean “%1”?"_s.arg(names.join("” or “"_L1));
}

} // namespace freerelay::settings
