#pragma once

#include "core/catalog/enum_names.h"
#include "core/catalog/yaml_document.h"
#include "core/common/result.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace freerelay::catalog {

/// Gathers what is wrong with a file while it is read; not an error by itself.
class SchemaProblems
{
public:
    explicit SchemaProblems(QString fileName)
        : m_fileName(std::move(fileName))
    { }

    void add(const YamlNode &at, const QString &text);
    [[nodiscard]] bool isEmpty() const { return m_lines.isEmpty(); }
    /// InvalidArgument: `message` is the first problem ("file:line:column: what"), `detail` holds
    /// all of them, one a line (the first 50).
    [[nodiscard]] common::Error toError() const;

private:
    QString m_fileName;
    QStringList m_lines;
};

/// Bounds for what a file may hold; a longer text or list is a problem.
struct SchemaLimits
{
    qsizetype textBytes = 4'096;
    std::size_t items = 1'000;
};

/// Reads one YAML map key by key. A value of the wrong type adds a problem and leaves the target
/// as it was; an absent key leaves it silently. finish() reports the keys nobody read.
class MapReader
{
public:
    /// @param what  names the map in problems: "a provider"
    MapReader(SchemaProblems &problems, const YamlNode &node, QString what);

    /// The value of a key, which counts as read; null when absent.
    const YamlNode *take(QByteArrayView key);
    /// The same, and a problem when it is absent.
    const YamlNode *require(QByteArrayView key);

    void readText(QByteArrayView key, QByteArray &target);
    void readFlag(QByteArrayView key, bool &target);
    void readInteger(
        QByteArrayView key, std::int64_t &target, std::int64_t minimum, std::int64_t maximum);
    /// 1..maximum, or the word unknown, which is nullopt.
    void readCount(QByteArrayView key, std::optional<std::int64_t> &target, std::int64_t maximum);
    void readTexts(QByteArrayView key, std::vector<QByteArray> &target);
    void readTextPairs(QByteArrayView key, std::vector<std::pair<QByteArray, QByteArray>> &target);

    template <typename Enum>
    void readEnum(QByteArrayView key, Enum &target, std::span<const EnumName<Enum>> names)
    {
        if (const YamlNode *node = take(key)) {
            if (const std::optional<Enum> value = enumOf(*node, names)) {
                target = *value;
            }
        }
    }

    template <typename Enum>
    std::optional<Enum> enumOf(const YamlNode &node, std::span<const EnumName<Enum>> names)
    {
        const std::optional<Enum> value = fromName(names, node.text);
        if (!value) {
            std::vector<QByteArray> known;
            for (const EnumName<Enum> &name : names) {
                known.push_back(name.first.toByteArray());
            }
            addUnknownValue(node, known);
        }
        return value;
    }

    /// Keys that are allowed and have no meaning here.
    void ignore(std::span<const QByteArrayView> keys);
    void finish();

    [[nodiscard]] const YamlNode &node() const { return m_node; }
    [[nodiscard]] SchemaProblems &problems() { return m_problems; }

private:
    void addUnknownValue(const YamlNode &node, const std::vector<QByteArray> &known);

    SchemaProblems &m_problems;
    const YamlNode &m_node;
    QString m_what;
    std::vector<QByteArray> m_read;
};

/// Text of a scalar, 0..SchemaLimits::textBytes bytes without control characters; else a problem.
[[nodiscard]] std::optional<QByteArray> textOf(SchemaProblems &problems, const YamlNode &node);
[[nodiscard]] std::optional<bool> flagOf(SchemaProblems &problems, const YamlNode &node);
[[nodiscard]] std::optional<double> numberOf(SchemaProblems &problems, const YamlNode &node);
[[nodiscard]] std::optional<std::int64_t> integerOf(
    SchemaProblems &problems, const YamlNode &node, std::int64_t minimum, std::int64_t maximum);
/// A sequence of texts, or one text as a list of one.
[[nodiscard]] std::optional<std::vector<QByteArray>>
textsOf(SchemaProblems &problems, const YamlNode &node);
/// true, false or `unknown`.
[[nodiscard]] std::optional<Known> knownOf(SchemaProblems &problems, const YamlNode &node);

} // namespace freerelay::catalog
