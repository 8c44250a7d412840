#include "near_names.h"

#include <QString>
#include <QStringList>

#include <algorithm>
#include <cstdlib>
#include <numeric>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr qsizetype longestName = 96;
/// Names that only contain the wanted text rank behind every name within the bound.
constexpr int containedRank = 1'000;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::optional<int> editDistance(QByteArrayView a, QByteArrayView b, int bound)
{
    if (std::abs(a.size() - b.size()) > bound) {
        return std::nullopt;
    }
    std::vector<int> row(static_cast<std::size_t>(b.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i) + 1;
        int least = row[0];
        for (std::size_t j = 1; j < row.size(); ++j) {
            const int replaced = diagonal
                + (lower(a[i]) == lower(b[static_cast<qsizetype>(j) - 1]) ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
            least = std::min(least, row[j]);
        }
        if (least > bound) {
            return std::nullopt;
        }
    }
    return row.back() <= bound ? std::optional(row.back()) : std::nullopt;
}

std::vector<QByteArray>
nearNames(QByteArrayView wanted, const std::vector<QByteArray> &names, std::size_t count)
{
    if (wanted.isEmpty() || wanted.size() > longestName) {
        return {};
    }
    const int bound = std::max(2, static_cast<int>(wanted.size()) / 3);
    const QByteArray lowered = wanted.toByteArray().toLower();
    std::vector<std::pair<int, QByteArray>> ranked;
    for (const QByteArray &name : names) {
        if (name.size() > longestName) {
            continue;
        }
        if (const std::optional<int> distance = editDistance(wanted, name, bound)) {
            ranked.emplace_back(*distance, name);
        } else if (wanted.size() >= 3 && name.toLower().contains(lowered)) {
            ranked.emplace_back(containedRank + static_cast<int>(name.size()), name);
        }
    }
    std::sort(ranked.begin(), ranked.end());
    ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
    std::vector<QByteArray> nearest;
    for (const auto &[rank, name] : ranked) {
        if (nearest.size() == count) {
            break;
        }
        nearest.push_back(name);
    }
    return nearest;
}

QString nearNamesHint(QByteArrayView wanted, const std::vector<QByteArray> &names)
{
    QStringList shown;
    for (const QByteArray &name : nearNames(wanted, names)) {
        shown.append(u'\'' + QString::fromUtf8(name) + u'\'');
    }
    return shown.isEmpty() ? QString() : u" Near ones: %1."_s.arg(shown.join(u", "_s));
}

} // namespace freerelay::catalog
