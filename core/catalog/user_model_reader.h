#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/schema_reader.h"

#include <QSet>

namespace freerelay::catalog {

/// Reads the entries of `models` in the user's providers file; part of parseUserProviders().
class UserModelReader
{
public:
    /// Both must outlive the reader.
    UserModelReader(SchemaProblems &problems, const Catalog &base)
        : m_problems(problems)
        , m_base(base)
    { }

    /// One entry; what the catalogue knows of that model is changed by what the entry names.
    [[nodiscard]] Model read(const YamlNode &node, const Provider &provider);

private:
    [[nodiscard]] Model modelToChange(const Provider &provider, const QByteArray &name) const;
    [[nodiscard]] QByteArray checkedModelName(const YamlNode &node, const Provider &provider);
    void readCapabilities(const YamlNode *node, Capabilities &capabilities);
    void readPrice(const YamlNode *node, Price &price);
    void readFreeLimits(const YamlNode *node, FreeLimits &limits);
    void readQuality(MapReader &map, Model &model);

    SchemaProblems &m_problems;
    const Catalog &m_base;
    QSet<QByteArray> m_ids;
};

} // namespace freerelay::catalog
