#include "json_index.h"

#include "core/dialects/json_scan.h"

#include <algorithm>
#include <limits>

namespace freerelay::dialects {

namespace {

/// A text with more nodes than one for so many bytes is not indexed: it would take several times
/// its size (embeddings are nothing but numbers).
constexpr qsizetype bytesPerNode = 8;
constexpr qsizetype fewNodes = 64;
constexpr qsizetype mostNodes = 65'536; // 1.5 MiB for as long as the request lives
constexpr qsizetype expectedNodes = 1024;

/// Finds the nodes of one text.
class Indexer
{
public:
    Indexer(QByteArrayView text, std::vector<JsonNode> &nodes)
        : m_text(text.data())
        , m_end(text.data() + text.size())
        , m_nodes(nodes)
        , m_most(std::size_t(std::min(fewNodes + text.size() / bytesPerNode, mostNodes)))
    { }

    void run()
    {
        m_nodes.reserve(std::min(m_most, std::size_t(expectedNodes)));
        add(QByteArrayView(m_text, qsizetype(0)), skipSpace(m_text, m_end), 0);
        if (isFull()) {
            m_nodes.clear();
        }
    }

private:
    [[nodiscard]] bool isFull() const { return m_nodes.size() > m_most; }

    // Recursion ends at JsonIndex::deepest.
    // NOLINTBEGIN(misc-no-recursion)

    /// @param name  of a member; else empty
    /// @return      behind the value
    const char *add(QByteArrayView name, const char *value, int depth)
    {
        const bool isIndexed = depth < JsonIndex::deepest && value < m_end
            && (*value == '{' || *value == '[');
        const std::size_t index = m_nodes.size();
        JsonNode &node = m_nodes.emplace_back();
        node.key = offset(name.begin());
        node.keyEnd = offset(name.end());
        node.begin = offset(value);
        node.isIndexed = isIndexed;
        if (!isIndexed) {
            const char *const end = skipValue(value, m_end);
            node.end = offset(end);
            return end;
        }
        const char *const end = addContents(value, depth + 1);
        m_nodes[index].end = offset(end);
        m_nodes[index].size = std::uint32_t(m_nodes.size() - index);
        return end;
    }

    /// @return  behind the closing bracket
    const char *addContents(const char *container, int depth)
    {
        const bool isObject = *container == '{';
        const char *end = container + 1;
        const char *next = firstInside(QByteArrayView(container, m_end));
        while (next != nullptr && !isFull()) {
            if (isObject) {
                const char *const keyEnd = skipString(next + 1, m_end);
                end = add(QByteArrayView(next + 1, keyEnd), valueAfter(keyEnd, m_end), depth);
            } else {
                end = add(QByteArrayView(next, qsizetype(0)), next, depth);
            }
            next = nextAfter(end, m_end);
        }
        return std::min(skipSpace(end, m_end) + 1, m_end);
    }

    // NOLINTEND(misc-no-recursion)

    [[nodiscard]] std::uint32_t offset(const char *p) const { return std::uint32_t(p - m_text); }

    const char *m_text;
    const char *m_end;
    std::vector<JsonNode> &m_nodes;
    std::size_t m_most;
};

} // namespace

JsonIndex::JsonIndex(QByteArray text)
    : m_text(std::move(text))
{
    if (m_text.size() <= std::numeric_limits<std::uint32_t>::max()) {
        Indexer(m_text, m_nodes).run();
    }
}

JsonValue JsonIndex::root() const
{
    return m_nodes.empty() ? JsonValue(QByteArrayView(m_text).trimmed())
                           : JsonValue(m_text.constData(), m_nodes.front());
}

} // namespace freerelay::dialects
