#pragma once

#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"

#include <QVarLengthArray>

namespace freerelay::dialects {

/// Edits on the members of one object, turned into splices with the commas right.
///
/// The members are read once, in text order; repeated names are separate members.
class JsonObjectEdit
{
public:
    explicit JsonObjectEdit(JsonValue object);

    [[nodiscard]] qsizetype size() const { return m_entries.size(); }
    [[nodiscard]] const JsonMember &at(qsizetype index) const { return m_entries[index].member; }
    /// Index of the last member `key` that is not removed; -1 when there is none.
    [[nodiscard]] qsizetype find(QByteArrayView key) const;
    /// Its value; missing when there is none.
    [[nodiscard]] JsonValue value(QByteArrayView key) const;
    [[nodiscard]] bool isRemoved(qsizetype index) const { return m_entries[index].removed; }

    void remove(qsizetype index);
    /// Removes every member `key`.
    void remove(QByteArrayView key);
    /// @param json  the new value, as JSON text
    void replaceValue(qsizetype index, QByteArray json);
    /// @param plainKey  the new name; needs no escapes
    void rename(qsizetype index, QByteArrayView plainKey);
    /// Adds a member behind the others.
    void append(QByteArrayView plainKey, QByteArrayView json);
    /// Replaces the last member `key` (earlier ones are removed) or appends it.
    void set(QByteArrayView plainKey, const QByteArray &json);

    [[nodiscard]] bool isChanged() const
    {
        return m_removals || m_replacements || !m_added.isEmpty();
    }
    /// Hands the edits to `splicer`, whose text holds the object. Call once, last.
    void commit(Splicer &splicer);

private:
    struct Entry
    {
        JsonMember member;
        bool removed = false;
        QByteArray value{}; ///< null = unchanged
        QByteArray key{};
    };

    void commitRemovals(Splicer &splicer) const;

    JsonValue m_object;
    QVarLengthArray<Entry, 16> m_entries;
    QByteArray m_added; ///< "k":v,"k":v
    bool m_removals = false;
    bool m_replacements = false;
};

} // namespace freerelay::dialects
