#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QVarLengthArray>

namespace freerelay::dialects {

/// Collects replacements, removals and insertions on a text and applies them in one copy, so that
/// every byte that was not named stays as it is.
class Splicer
{
public:
    explicit Splicer(QByteArrayView text)
        : m_text(text)
    { }

    /// Puts `with` in the place of [begin, end), which lies inside the text. An edit that begins
    /// inside a range which an earlier one replaces is dropped with it.
    void replace(const char *begin, const char *end, QByteArray with);
    void remove(const char *begin, const char *end) { replace(begin, end, {}); }
    /// Insertions at one place keep the order in which they were made.
    void insert(const char *at, QByteArray text) { replace(at, at, std::move(text)); }

    [[nodiscard]] bool isEmpty() const { return m_edits.isEmpty(); }
    /// Appends the edited text to `out`. Call once.
    void applyTo(QByteArray &out);
    [[nodiscard]] QByteArray apply();

private:
    struct Edit
    {
        const char *begin;
        const char *end;
        QByteArray with;
    };

    QByteArrayView m_text;
    QVarLengthArray<Edit, 12> m_edits;
};

} // namespace freerelay::dialects
