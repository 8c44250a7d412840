#include "json_object_edit.h"

#include <algorithm>

namespace freerelay::dialects {

JsonObjectEdit::JsonObjectEdit(JsonValue object)
    : m_object(object)
{
    for (const JsonMember &member : object.members()) {
        m_entries.append(Entry{member});
    }
}

qsizetype JsonObjectEdit::find(QByteArrayView key) const
{
    for (qsizetype i = m_entries.size() - 1; i >= 0; --i) {
        if (!m_entries[i].removed && m_entries[i].member.keyIs(key)) {
            return i;
        }
    }
    return -1;
}

JsonValue JsonObjectEdit::value(QByteArrayView key) const
{
    const qsizetype index = find(key);
    return index < 0 ? JsonValue() : m_entries[index].member.value;
}

void JsonObjectEdit::remove(qsizetype index)
{
    m_entries[index].removed = true;
    m_removals = true;
}

void JsonObjectEdit::remove(QByteArrayView key)
{
    for (qsizetype i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].member.keyIs(key)) {
            remove(i);
        }
    }
}

void JsonObjectEdit::replaceValue(qsizetype index, QByteArray json)
{
    m_entries[index].value = std::move(json);
    m_replacements = true;
}

void JsonObjectEdit::rename(qsizetype index, QByteArrayView plainKey)
{
    m_entries[index].key = plainKey.toByteArray();
    m_replacements = true;
}

void JsonObjectEdit::append(QByteArrayView plainKey, QByteArrayView json)
{
    if (!m_added.isEmpty()) {
        m_added.append(',');
    }
    m_added.append('"').append(plainKey).append("\":").append(json);
}

void JsonObjectEdit::set(QByteArrayView plainKey, const QByteArray &json)
{
    const qsizetype last = find(plainKey);
    if (last < 0) {
        append(plainKey, json);
        return;
    }
    for (qsizetype i = 0; i < last; ++i) {
        if (!m_entries[i].removed && m_entries[i].member.keyIs(plainKey)) {
            remove(i);
        }
    }
    replaceValue(last, json);
}

void JsonObjectEdit::commit(Splicer &splicer)
{
    if (!isChanged()) {
        return;
    }
    for (Entry &entry : m_entries) {
        if (entry.removed) {
            continue;
        }
        if (!entry.key.isNull()) {
            const QByteArrayView raw = entry.member.rawKey;
            splicer.replace(raw.data(), raw.data() + raw.size(), std::move(entry.key));
        }
        if (!entry.value.isNull()) {
            splicer.replace(
                entry.member.value.begin(), entry.member.value.end(), std::move(entry.value));
        }
    }
    commitRemovals(splicer);
    if (!m_added.isEmpty()) {
        const bool alone = std::all_of(
            m_entries.cbegin(), m_entries.cend(), [](const Entry &entry) { return entry.removed; });
        splicer.insert(m_object.end() - 1, alone ? m_added : ',' + m_added);
    }
}

void JsonObjectEdit::commitRemovals(Splicer &splicer) const
{
    const qsizetype count = m_entries.size();
    for (qsizetype first = 0; first < count; ++first) {
        if (!m_entries[first].removed) {
            continue;
        }
        qsizetype last = first;
        while (last + 1 < count && m_entries[last + 1].removed) {
            ++last;
        }
        // A run of removed members takes the comma behind it along, the last run the one before it.
        const bool atEnd = last + 1 == count;
        const char *const begin = atEnd && first > 0 ? m_entries[first - 1].member.end()
                                                     : m_entries[first].member.begin();
        const char *const end = atEnd ? m_entries[last].member.end()
                                      : m_entries[last + 1].member.begin();
        splicer.remove(begin, end);
        first = last;
    }
}

} // namespace freerelay::dialects
