#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <memory>
#include <vector>

namespace freerelay::catalog {

struct YamlEntry;

/// One node of a YAML document, with its place. Scalars are kept as text: the schema decides what
/// they mean. Built by parseYaml() only; immutable.
struct YamlNode
{
    enum class Kind { Null, Scalar, Sequence, Map };

    Kind kind = Kind::Null;
    int line = 1; ///< from 1
    int column = 1; ///< from 1
    QByteArray text;
    std::vector<std::shared_ptr<const YamlNode>> items; ///< of a sequence
    std::vector<YamlEntry> entries; ///< of a map, in file order

    /// The value of a key; null when the node is no map or has no such key.
    [[nodiscard]] const YamlNode *find(QByteArrayView key) const;
};

struct YamlEntry
{
    std::shared_ptr<const YamlNode> key; ///< always a scalar
    std::shared_ptr<const YamlNode> value;
};

enum class YamlReferences { Allow, Refuse };

/// What a document may have.
struct YamlLimits
{
    qsizetype bytes = 1024 * 1024;
    int nodes = 50'000;
    YamlReferences references = YamlReferences::Refuse; ///< anchors, aliases
};

/// Parses one YAML document. Duplicate keys are errors (yaml-cpp 0.7 keeps them silently), and so
/// are keys that are no scalars, a second document and what exceeds `limits`. Any thread.
/// @return a node of kind Null for an empty document;
///         InvalidArgument with "file:line:column: what" as message, TooLarge for too many bytes
[[nodiscard]] common::Result<std::shared_ptr<const YamlNode>>
parseYaml(QByteArrayView bytes, const QString &fileName, const YamlLimits &limits = {});

} // namespace freerelay::catalog
