#include "line_diff.h"

#include <QByteArrayList>
#include <QString>

#include <algorithm>
#include <vector>

namespace freerelay::connect {

namespace {

constexpr std::size_t context = 3; // lines, as diff -u
/// Larger differences are told as one block: the table below would not be small any more.
constexpr std::size_t mostCells = 4'000'000;

struct DiffLine
{
    char mark = ' ';
    QByteArray text;
};

using Lines = QByteArrayList;

Lines linesOf(const QByteArray &text)
{
    Lines lines = text.split('\n');
    if (lines.last().isEmpty()) {
        lines.removeLast();
    }
    return lines;
}

void addAll(std::vector<DiffLine> &out, char mark, const Lines &lines)
{
    for (const QByteArray &line : lines) {
        out.push_back({mark, line});
    }
}

/// Longest common subsequence, from the end, so that it can be walked from the beginning.
void addDifference(std::vector<DiffLine> &out, const Lines &before, const Lines &after)
{
    const auto rows = static_cast<std::size_t>(before.size());
    const auto columns = static_cast<std::size_t>(after.size());
    if (rows * columns > mostCells) {
        addAll(out, '-', before);
        addAll(out, '+', after);
        return;
    }
    std::vector<std::uint32_t> lengths((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t & {
        return lengths[row * (columns + 1) + column];
    };
    const auto same = [&](std::size_t row, std::size_t column) {
        return before[qsizetype(row)] == after[qsizetype(column)];
    };
    for (std::size_t row = rows; row-- > 0;) {
        for (std::size_t column = columns; column-- > 0;) {
            at(row, column) = same(row, column)
                ? at(row + 1, column + 1) + 1
                : std::max(at(row + 1, column), at(row, column + 1));
        }
    }
    std::size_t row = 0;
    std::size_t column = 0;
    while (row < rows && column < columns) {
        if (same(row, column)) {
            out.push_back({' ', before[qsizetype(row++)]});
            ++column;
        } else if (at(row + 1, column) >= at(row, column + 1)) {
            out.push_back({'-', before[qsizetype(row++)]});
        } else {
            out.push_back({'+', after[qsizetype(column++)]});
        }
    }
    addAll(out, '-', before.mid(qsizetype(row)));
    addAll(out, '+', after.mid(qsizetype(column)));
}

std::vector<DiffLine> compare(const Lines &before, const Lines &after)
{
    const qsizetype shorter = std::min(before.size(), after.size());
    qsizetype head = 0;
    while (head < shorter && before[head] == after[head]) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < shorter - head
           && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
        ++tail;
    }
    std::vector<DiffLine> out;
    addAll(out, ' ', before.mid(0, head));
    addDifference(
        out,
        before.mid(head, before.size() - head - tail),
        after.mid(head, after.size() - head - tail));
    addAll(out, ' ', before.mid(before.size() - tail));
    return out;
}

/// "@@ -1,3 +1,4 @@" for the lines [begin, end).
QByteArray hunkHead(const std::vector<DiffLine> &lines, std::size_t begin, std::size_t end)
{
    const auto count = [&lines](std::size_t from, std::size_t to, char other) {
        return std::count_if(
            lines.begin() + qsizetype(from),
            lines.begin() + qsizetype(to),
            [other](const auto &line) { return line.mark != other; });
    };
    const auto range = [&](char other) -> QByteArray {
        const auto size = count(begin, end, other);
        const auto first = count(0, begin, other) + (size > 0 ? 1 : 0);
        return QByteArray::number(first) + ',' + QByteArray::number(size);
    };
    return "@@ -" + range('+') + " +" + range('-') + " @@\n";
}

} // namespace

QByteArray lineDiff(const QByteArray &before, const QByteArray &after)
{
    const std::vector<DiffLine> lines = compare(linesOf(before), linesOf(after));
    std::vector<bool> shown(lines.size(), false);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].mark != ' ') {
            const std::size_t first = i > context ? i - context : 0;
            const std::size_t last = std::min(i + context + 1, lines.size());
            std::fill(shown.begin() + qsizetype(first), shown.begin() + qsizetype(last), true);
        }
    }
    QByteArray text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!shown[i]) {
            continue;
        }
        std::size_t end = i;
        QByteArray hunk;
        for (; end < lines.size() && shown[end]; ++end) {
            QByteArray line = lines[end].text;
            hunk += lines[end].mark + (line.endsWith('\r') ? line.chopped(1) : line) + '\n';
        }
        text += hunkHead(lines, i, end) + hunk;
        i = end;
    }
    return text;
}

} // namespace freerelay::connect
