#pragma once

#include "core/dialects/json_value.h"

#include <QByteArray>

#include <vector>

namespace freerelay::dialects {

/// Where the values of one text stand, found in one pass, for those who read most of it: the values
/// of an index go from member to member in one step, where others walk over all that lies between.
///
/// What is nested deeper than `deepest`, and a text of very many small values, is not indexed:
/// there values are walked over as ever. The text may be empty: then so is the root. Any thread.
class JsonIndex
{
public:
    /// A block of a message: the root, its messages, one of them, its content, the block, and what
    /// that holds (a call, its arguments). Schemas of tools are deeper, and copied whole.
    static constexpr int deepest = 6;

    /// @param text  that parseJson() has accepted; shared, so that it stays
    explicit JsonIndex(QByteArray text);

    [[nodiscard]] const QByteArray &text() const { return m_text; }
    /// Its values must not outlive the index.
    [[nodiscard]] JsonValue root() const;

private:
    QByteArray m_text;
    std::vector<JsonNode> m_nodes; ///< the root first; empty = not indexed
};

} // namespace freerelay::dialects
