#include "canonical_json.h"

#include <QString>

#include <algorithm>

namespace freerelay::store {

namespace {

/// RFC 8785, 3.2.2.2: the two-character escapes where there is one, else \u00xx in small letters.
void appendEscaped(QByteArray &out, unsigned char c)
{
    constexpr QByteArrayView special("\"\\\b\t\n\f\r");
    constexpr QByteArrayView letters("\"\\btnfr");
    const qsizetype at = special.indexOf(char(c));
    if (at >= 0) {
        out += '\\';
        out += letters[at];
        return;
    }
    constexpr QByteArrayView digits("0123456789abcdef");
    out += "\\u00";
    out += digits[c >> 4U];
    out += digits[c & 15U];
}

bool needsEscape(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || c == '"' || c == '\\';
}

} // namespace

QByteArray canonicalText(QByteArrayView text)
{
    QByteArray mended;
    if (!text.isValidUtf8()) {
        mended = QString::fromUtf8(text).toUtf8();
        text = mended;
    }
    QByteArray out;
    out.reserve(text.size() + 2);
    out += '"';
    const auto *at = text.begin();
    while (at != text.end()) {
        const auto *const stop = std::find_if(at, text.end(), needsEscape);
        out.append(at, stop - at);
        at = stop;
        if (at != text.end()) {
            appendEscaped(out, static_cast<unsigned char>(*at++));
        }
    }
    out += '"';
    return out;
}

QByteArray canonicalArray(const QByteArrayList &items)
{
    return '[' + items.join(',') + ']';
}

CanonicalObject &CanonicalObject::number(QByteArrayView name, std::int64_t value)
{
    return json(name, QByteArray::number(qlonglong(value)));
}

CanonicalObject &CanonicalObject::text(QByteArrayView name, QByteArrayView value)
{
    return json(name, canonicalText(value));
}

CanonicalObject &CanonicalObject::textIfAny(QByteArrayView name, QByteArrayView value)
{
    return value.isEmpty() ? *this : text(name, value);
}

CanonicalObject &CanonicalObject::flag(QByteArrayView name, bool value)
{
    return json(name, value ? QByteArrayLiteral("true") : QByteArrayLiteral("false"));
}

CanonicalObject &CanonicalObject::json(QByteArrayView name, QByteArray json)
{
    const auto place = std::lower_bound(
        m_members.begin(), m_members.end(), name, [](const auto &member, QByteArrayView wanted) {
            return member.first < wanted;
        });
    m_members.emplace(place, name, std::move(json));
    return *this;
}

QByteArray CanonicalObject::toJson() const
{
    qsizetype size = 2;
    for (const auto &[name, value] : m_members) {
        size += name.size() + value.size() + 4;
    }
    QByteArray out;
    out.reserve(size);
    char before = '{';
    for (const auto &[name, value] : m_members) {
        out += before;
        out += '"';
        out += name;
        out += "\":";
        out += value;
        before = ',';
    }
    if (m_members.empty()) {
        out += '{';
    }
    out += '}';
    return out;
}

} // namespace freerelay::store
