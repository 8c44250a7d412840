#include "schema_reader.h"

#include "core/catalog/near_names.h"

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr SchemaLimits limits;
constexpr qsizetype mostProblems = 50;

QString shown(QByteArrayView text)
{
    constexpr qsizetype longestShown = 60;
    return QString::fromUtf8(text.first(std::min(text.size(), longestShown)));
}

bool hasControlCharacter(const QByteArray &text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

} // namespace

void SchemaProblems::add(const YamlNode &at, const QString &text)
{
    if (m_lines.size() < mostProblems) {
        m_lines.append(u"%1:%2:%3: %4"_s.arg(m_fileName).arg(at.line).arg(at.column).arg(text));
    }
}

common::Error SchemaProblems::toError() const
{
    return {
        common::ErrorKind::InvalidArgument,
        m_lines.value(0, u"%1: invalid"_s.arg(m_fileName)),
        m_lines.join(u'\n'),
        {},
        {}};
}

MapReader::MapReader(SchemaProblems &problems, const YamlNode &node, QString what)
    : m_problems(problems)
    , m_node(node)
    , m_what(std::move(what))
{
    if (node.kind != YamlNode::Kind::Map) {
        problems.add(node, u"%1 must be a map of keys and values"_s.arg(m_what));
    }
}

const YamlNode *MapReader::take(QByteArrayView key)
{
    m_read.push_back(key.toByteArray());
    return m_node.find(key);
}

const YamlNode *MapReader::require(QByteArrayView key)
{
    const YamlNode *value = take(key);
    if (value == nullptr && m_node.kind == YamlNode::Kind::Map) {
        m_problems.add(m_node, u"%1 needs the key '%2'"_s.arg(m_what, shown(key)));
    }
    return value;
}

void MapReader::readText(QByteArrayView key, QByteArray &target)
{
    if (const YamlNode *value = take(key)) {
        if (const std::optional<QByteArray> text = textOf(m_problems, *value)) {
            target = *text;
        }
    }
}

void MapReader::readFlag(QByteArrayView key, bool &target)
{
    if (const YamlNode *value = take(key)) {
        target = flagOf(m_problems, *value).value_or(target);
    }
}

void MapReader::readInteger(
    QByteArrayView key, std::int64_t &target, std::int64_t minimum, std::int64_t maximum)
{
    if (const YamlNode *value = take(key)) {
        target = integerOf(m_problems, *value, minimum, maximum).value_or(target);
    }
}

void MapReader::readCount(
    QByteArrayView key, std::optional<std::int64_t> &target, std::int64_t maximum)
{
    if (const YamlNode *value = take(key)) {
        target = value->text == "unknown" ? std::nullopt
                                          : integerOf(m_problems, *value, 1, maximum);
    }
}

void MapReader::readTexts(QByteArrayView key, std::vector<QByteArray> &target)
{
    if (const YamlNode *value = take(key)) {
        if (std::optional<std::vector<QByteArray>> texts = textsOf(m_problems, *value)) {
            target = std::move(*texts);
        }
    }
}

void MapReader::readTextPairs(
    QByteArrayView key, std::vector<std::pair<QByteArray, QByteArray>> &target)
{
    const YamlNode *value = take(key);
    if (value == nullptr) {
        return;
    }
    if (value->kind != YamlNode::Kind::Map || value->entries.size() > limits.items) {
        m_problems.add(*value, u"'%1' must be a map of texts"_s.arg(shown(key)));
        return;
    }
    target.clear();
    for (const YamlEntry &entry : value->entries) {
        const std::optional<QByteArray> name = textOf(m_problems, *entry.key);
        const std::optional<QByteArray> text = textOf(m_problems, *entry.value);
        if (name && text) {
            target.emplace_back(*name, *text);
        }
    }
}

void MapReader::ignore(std::span<const QByteArrayView> keys)
{
    for (const QByteArrayView key : keys) {
        m_read.push_back(key.toByteArray());
    }
}

void MapReader::finish()
{
    for (const YamlEntry &entry : m_node.entries) {
        if (std::find(m_read.begin(), m_read.end(), entry.key->text) == m_read.end()) {
            m_problems.add(
                *entry.key,
                u"'%1' is no key of %2."_s.arg(shown(entry.key->text), m_what)
                    + nearNamesHint(entry.key->text, m_read));
        }
    }
}

void MapReader::addUnknownValue(const YamlNode &node, const std::vector<QByteArray> &known)
{
    QStringList names;
    for (const QByteArray &name : known) {
        names.append(QString::fromUtf8(name));
    }
    m_problems.add(node, u"'%1' is not one of %2"_s.arg(shown(node.text), names.join(u", "_s)));
}

std::optional<QByteArray> textOf(SchemaProblems &problems, const YamlNode &node)
{
    if (node.kind != YamlNode::Kind::Scalar) {
        problems.add(node, u"a text is needed here"_s);
        return std::nullopt;
    }
    if (node.text.size() > limits.textBytes) {
        problems.add(node, u"the text is longer than %1 bytes"_s.arg(limits.textBytes));
        return std::nullopt;
    }
    if (hasControlCharacter(node.text)) {
        problems.add(node, u"the text must be one line without control characters"_s);
        return std::nullopt;
    }
    return node.text;
}

std::optional<bool> flagOf(SchemaProblems &problems, const YamlNode &node)
{
    if (node.text == "true" || node.text == "false") {
        return node.text == "true";
    }
    problems.add(node, u"'%1' is not true or false"_s.arg(shown(node.text)));
    return std::nullopt;
}

std::optional<double> numberOf(SchemaProblems &problems, const YamlNode &node)
{
    bool good = false;
    const double number = node.text.toDouble(&good);
    if (!good || !std::isfinite(number)) {
        problems.add(node, u"'%1' is not a number"_s.arg(shown(node.text)));
        return std::nullopt;
    }
    return number;
}

std::optional<std::int64_t> integerOf(
    SchemaProblems &problems, const YamlNode &node, std::int64_t minimum, std::int64_t maximum)
{
    bool good = false;
    const qlonglong number = node.text.toLongLong(&good);
    if (!good || number < minimum || number > maximum) {
        problems.add(
            node,
            u"'%1' is not a whole number from %2 to %3"_s.arg(shown(node.text))
                .arg(minimum)
                .arg(maximum));
        return std::nullopt;
    }
    return number;
}

std::optional<std::vector<QByteArray>> textsOf(SchemaProblems &problems, const YamlNode &node)
{
    std::vector<QByteArray> texts;
    if (node.kind == YamlNode::Kind::Scalar) {
        if (const std::optional<QByteArray> text = textOf(problems, node)) {
            texts.push_back(*text);
        }
        return texts;
    }
    if (node.kind != YamlNode::Kind::Sequence || node.items.size() > limits.items) {
        problems.add(node, u"a list of at most %1 texts is needed here"_s.arg(limits.items));
        return std::nullopt;
    }
    for (const std::shared_ptr<const YamlNode> &item : node.items) {
        if (const std::optional<QByteArray> text = textOf(problems, *item)) {
            texts.push_back(*text);
        }
    }
    return texts;
}

std::optional<Known> knownOf(SchemaProblems &problems, const YamlNode &node)
{
    if (node.text == "unknown") {
        return Known::Unknown;
    }
    const std::optional<bool> flag = flagOf(problems, node);
    return flag ? std::optional(*flag ? Known::Yes : Known::No) : std::nullopt;
}

} // namespace freerelay::catalog
