#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <iterator>
#include <optional>

namespace freerelay::dialects {

/// Whether `raw`, the inside of a JSON string, reads `plain` once unescaped.
[[nodiscard]] bool readsAs(QByteArrayView raw, QByteArrayView plain);

enum class JsonType : std::uint8_t { Missing, Null, Bool, Number, String, Array, Object };

class JsonMembers;
class JsonElements;

/// One value inside JSON text that parseJson() has accepted: a view on its bytes, nothing else.
///
/// Reading never fails: a value of another type reads as the neutral one. Nothing is cached, so
/// look a member up once. The text must outlive the view. Any thread.
class JsonValue
{
public:
    JsonValue() = default;
    /// @param text  exactly one value, without surrounding white space, from validated text
    explicit JsonValue(QByteArrayView text)
        : m_text(text)
    { }

    /// The bytes of the value as they stand in the text; empty when missing.
    [[nodiscard]] QByteArrayView text() const { return m_text; }
    [[nodiscard]] const char *begin() const { return m_text.data(); }
    [[nodiscard]] const char *end() const { return m_text.data() + m_text.size(); }

    [[nodiscard]] JsonType type() const;
    [[nodiscard]] bool isMissing() const { return m_text.isEmpty(); }
    [[nodiscard]] bool isNull() const { return starts('n'); }
    /// Null or missing: what an optional field may be.
    [[nodiscard]] bool isAbsent() const { return isMissing() || isNull(); }
    [[nodiscard]] bool isString() const { return starts('"'); }
    [[nodiscard]] bool isObject() const { return starts('{'); }
    [[nodiscard]] bool isArray() const { return starts('['); }
    [[nodiscard]] bool isBool() const { return starts('t') || starts('f'); }
    [[nodiscard]] bool isNumber() const { return type() == JsonType::Number; }
    [[nodiscard]] bool isTrue() const { return starts('t'); }

    /// The unescaped string as UTF-8; "" when this is no string.
    [[nodiscard]] QByteArray string() const;
    /// Between the quotes, escapes untouched; "" when this is no string.
    [[nodiscard]] QByteArrayView rawString() const
    {
        return isString() ? m_text.sliced(1, m_text.size() - 2) : QByteArrayView();
    }
    /// True when this is a string that reads `plain` once unescaped.
    [[nodiscard]] bool equals(QByteArrayView plain) const
    {
        return isString() && readsAs(rawString(), plain);
    }
    /// A number written without fraction and exponent that fits; else nullopt.
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] std::optional<double> number() const;

    /// The member `key` of an object; of several with that name the last. Missing when there is
    /// none. Costs one pass over the object.
    [[nodiscard]] JsonValue operator[](QByteArrayView key) const;
    /// Members in text order; nothing when this is no object.
    [[nodiscard]] JsonMembers members() const;
    /// Elements in order; nothing when this is no array.
    [[nodiscard]] JsonElements elements() const;
    /// The first element; missing when this is no array or an empty one.
    [[nodiscard]] JsonValue first() const;
    /// True for [] and {} (also with white space inside).
    [[nodiscard]] bool isEmptyContainer() const;

private:
    [[nodiscard]] bool starts(char c) const { return !m_text.isEmpty() && m_text.front() == c; }

    QByteArrayView m_text;
};

/// A name and its value inside an object.
struct JsonMember
{
    QByteArrayView rawKey; ///< between the quotes, escapes untouched
    JsonValue value;

    /// True when the unescaped name is `plain`.
    [[nodiscard]] bool keyIs(QByteArrayView plain) const { return readsAs(rawKey, plain); }
    [[nodiscard]] QByteArray key() const;
    /// The opening quote of the name.
    [[nodiscard]] const char *begin() const { return rawKey.data() - 1; }
    [[nodiscard]] const char *end() const { return value.end(); }
};

/// Range over the members of an object, for `for (const JsonMember &m : value.members())`.
class JsonMembers
{
public:
    class Iterator
    {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = JsonMember;
        using difference_type = std::ptrdiff_t;
        using pointer = const JsonMember *;
        using reference = const JsonMember &;

        explicit Iterator(QByteArrayView container);
        const JsonMember &operator*() const { return m_member; }
        const JsonMember *operator->() const { return &m_member; }
        Iterator &operator++();
        bool operator!=(std::default_sentinel_t) const { return m_cursor != nullptr; }

    private:
        void read();
        const char *m_cursor; ///< at the opening quote of the current name; null at the end
        const char *m_end;
        JsonMember m_member;
    };

    explicit JsonMembers(QByteArrayView object)
        : m_object(object)
    { }
    [[nodiscard]] Iterator begin() const { return Iterator(m_object); }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    QByteArrayView m_object; ///< empty = nothing
};

/// Range over the elements of an array.
class JsonElements
{
public:
    class Iterator
    {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = JsonValue;
        using difference_type = std::ptrdiff_t;
        using pointer = const JsonValue *;
        using reference = const JsonValue &;

        explicit Iterator(QByteArrayView container);
        const JsonValue &operator*() const { return m_value; }
        const JsonValue *operator->() const { return &m_value; }
        Iterator &operator++();
        bool operator!=(std::default_sentinel_t) const { return m_cursor != nullptr; }

    private:
        void read();
        const char *m_cursor; ///< at the current element; null at the end
        const char *m_end;
        JsonValue m_value;
    };

    explicit JsonElements(QByteArrayView array)
        : m_array(array)
    { }
    [[nodiscard]] Iterator begin() const { return Iterator(m_array); }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    QByteArrayView m_array; ///< empty = nothing
};

/// Undoes JSON's escapes. A surrogate without its partner becomes U+FFFD.
[[nodiscard]] QByteArray unescapeJson(QByteArrayView raw);

/// readsAs() of two that begin alike, or of one that begins with an escape.
[[nodiscard]] bool readsAsWhole(QByteArrayView raw, QByteArrayView plain);

inline bool readsAs(QByteArrayView raw, QByteArrayView plain)
{
    // An escape is longer than what it stands for. Nearly all that are asked about end here.
    if (raw.size() < plain.size() || raw.isEmpty() || plain.isEmpty()) {
        return raw.isEmpty() && plain.isEmpty();
    }
    const bool mayBe = raw.front() == plain.front() || raw.front() == '\\';
    return mayBe && readsAsWhole(raw, plain);
}

} // namespace freerelay::dialects
