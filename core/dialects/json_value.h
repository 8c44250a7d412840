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

/// Where one value stands, in bytes from the beginning of its text; see JsonIndex. What a container
/// holds follows it, in text order.
struct JsonNode
{
    std::uint32_t key = 0; ///< of a member: its name, between the quotes
    std::uint32_t keyEnd = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t size = 1; ///< nodes of the value with all that it holds
    bool isIndexed = false; ///< a container whose contents follow
};

/// One value inside JSON text that parseJson() has accepted: a view on its bytes, nothing else.
///
/// Reading never fails: a value of another type reads as the neutral one. Without an index nothing
/// is cached: walking to a member costs a pass over those before it. The text, and the index that
/// the value came from, must outlive the view. Any thread.
class JsonValue
{
public:
    JsonValue() = default;
    /// @param text  exactly one value, without surrounding white space, from validated text
    explicit JsonValue(QByteArrayView text)
        : m_text(text)
    { }
    /// @param text  that the index is of
    /// @param node  of the value, among those of all that it holds
    JsonValue(const char *text, const JsonNode &node)
        : m_text(text + node.begin, text + node.end)
        , m_node(node.isIndexed ? &node : nullptr)
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

    /// Of a container that an index knows from inside; else null.
    [[nodiscard]] const JsonNode *node() const { return m_node; }

private:
    // The member of an object: of one with a node, and of any.
    [[nodiscard]] JsonValue indexed(QByteArrayView key) const;
    [[nodiscard]] JsonValue walkedTo(QByteArrayView key) const;
    [[nodiscard]] bool starts(char c) const { return !m_text.isEmpty() && m_text.front() == c; }

    QByteArrayView m_text;
    const JsonNode *m_node = nullptr;
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

/// The way through the contents of a container: from node to node where it is indexed, else over
/// the text. The base of the ranges below.
class JsonContents
{
public:
    bool operator!=(std::default_sentinel_t) const { return m_cursor != nullptr; }

protected:
    /// @param isKind  whether it is a container of the kind that is walked; if not it is empty
    JsonContents(const JsonValue &container, bool isKind)
    {
        if (!isKind) {
            return;
        }
        if (container.node() == nullptr) {
            walkInto(container);
            return;
        }
        m_origin = container.begin() - container.node()->begin;
        m_node = container.node() + 1;
        m_last = container.node() + container.node()->size;
        m_cursor = m_node == m_last ? nullptr : m_origin + m_node->begin;
    }

    /// @param end  behind the current value
    void next(const char *end)
    {
        if (m_node == nullptr) {
            walkOn(end);
            return;
        }
        m_node += m_node->size;
        m_cursor = m_node == m_last ? nullptr : m_origin + m_node->begin;
    }

    const char *m_cursor = nullptr; ///< at the current member or element; null at the end
    const char *m_end = nullptr; ///< of the container; when it is walked over
    const char *m_origin = nullptr; ///< of the text; when it is indexed, as the rest
    const JsonNode *m_node = nullptr;
    const JsonNode *m_last = nullptr;

private:
    void walkInto(const JsonValue &container);
    void walkOn(const char *end);
};

/// Range over the members of an object, for `for (const JsonMember &m : value.members())`.
class JsonMembers
{
public:
    class Iterator : public JsonContents
    {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = JsonMember;
        using difference_type = std::ptrdiff_t;
        using pointer = const JsonMember *;
        using reference = const JsonMember &;

        explicit Iterator(const JsonValue &object)
            : JsonContents(object, object.isObject())
        {
            read();
        }
        const JsonMember &operator*() const { return m_member; }
        const JsonMember *operator->() const { return &m_member; }
        Iterator &operator++()
        {
            next(m_member.value.end());
            read();
            return *this;
        }

    private:
        void read()
        {
            if (m_cursor == nullptr) {
                return;
            }
            if (m_node == nullptr) {
                walkOver();
                return;
            }
            m_member.rawKey = QByteArrayView(m_origin + m_node->key, m_origin + m_node->keyEnd);
            m_member.value = JsonValue(m_origin, *m_node);
        }
        void walkOver();

        JsonMember m_member;
    };

    explicit JsonMembers(const JsonValue &object)
        : m_object(object)
    { }
    [[nodiscard]] Iterator begin() const { return Iterator(m_object); }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    JsonValue m_object;
};

/// Range over the elements of an array.
class JsonElements
{
public:
    class Iterator : public JsonContents
    {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = JsonValue;
        using difference_type = std::ptrdiff_t;
        using pointer = const JsonValue *;
        using reference = const JsonValue &;

        explicit Iterator(const JsonValue &array)
            : JsonContents(array, array.isArray())
        {
            read();
        }
        const JsonValue &operator*() const { return m_value; }
        const JsonValue *operator->() const { return &m_value; }
        Iterator &operator++()
        {
            next(m_value.end());
            read();
            return *this;
        }

    private:
        void read()
        {
            if (m_cursor == nullptr) {
                return;
            }
            if (m_node == nullptr) {
                walkOver();
                return;
            }
            m_value = JsonValue(m_origin, *m_node);
        }
        void walkOver();

        JsonValue m_value;
    };

    explicit JsonElements(const JsonValue &array)
        : m_array(array)
    { }
    [[nodiscard]] Iterator begin() const { return Iterator(m_array); }
    [[nodiscard]] std::default_sentinel_t end() const { return {}; }

private:
    JsonValue m_array;
};

/// Undoes JSON's escapes. A surrogate without its partner becomes U+FFFD.
[[nodiscard]] QByteArray unescapeJson(QByteArrayView raw);

// readsAs() of two that are equally long and begin and end alike, and of one that is longer.
[[nodiscard]] bool readsAsItIs(QByteArrayView raw, QByteArrayView plain);
[[nodiscard]] bool readsAsEscaped(QByteArrayView raw, QByteArrayView plain);

inline bool readsAs(QByteArrayView raw, QByteArrayView plain)
{
    if (raw.isEmpty() || plain.isEmpty()) {
        return raw.isEmpty() && plain.isEmpty();
    }
    // An escape is longer than what it stands for. Nearly all that are asked about end here.
    const bool beginsAlike = raw.front() == plain.front();
    if (raw.size() == plain.size()) {
        return beginsAlike && raw.back() == plain.back() && readsAsItIs(raw, plain);
    }
    return raw.size() > plain.size() && (beginsAlike || raw.front() == '\\')
        && readsAsEscaped(raw, plain);
}

inline JsonValue JsonValue::operator[](QByteArrayView key) const
{
    return m_node != nullptr && isObject() ? indexed(key) : walkedTo(key);
}

inline JsonMembers JsonValue::members() const
{
    return JsonMembers(*this);
}

inline JsonElements JsonValue::elements() const
{
    return JsonElements(*this);
}

} // namespace freerelay::dialects
