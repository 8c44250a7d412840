#include "json_splicer.h"

#include <algorithm>

namespace freerelay::dialects {

void Splicer::replace(const char *begin, const char *end, QByteArray with)
{
    m_edits.append(Edit{begin, end, std::move(with)});
}

void Splicer::applyTo(QByteArray &out)
{
    std::stable_sort(m_edits.begin(), m_edits.end(), [](const Edit &a, const Edit &b) {
        return a.begin < b.begin;
    });
    qsizetype added = 0;
    for (const Edit &edit : m_edits) {
        added += edit.with.size();
    }
    const qsizetype needed = out.size() + m_text.size() + added;
    if (out.capacity() < needed) {
        out.reserve(std::max(needed, out.capacity() * 2));
    }
    const char *cursor = m_text.data();
    for (const Edit &edit : m_edits) {
        if (edit.begin < cursor) {
            continue;
        }
        out.append(cursor, edit.begin - cursor);
        out.append(edit.with);
        cursor = edit.end;
    }
    out.append(cursor, m_text.data() + m_text.size() - cursor);
}

QByteArray Splicer::apply()
{
    QByteArray out;
    applyTo(out);
    return out;
}

} // namespace freerelay::dialects
