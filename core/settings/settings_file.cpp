#include "settings_file.h"

#include "core/settings/schema.h"
#include "core/settings/yaml_edit.h"

#include <QStringDecoder>

#include <yaml-cpp/yaml.h>

#include <deque>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;

QString textOf(const YAML::Node &scalar)
{
    return QString::fromStdString(scalar.Scalar());
}

/// Walks one document, level by level.
class Reader
{
public:
    Reader(QString fileName, const QByteArray &yaml)
        : m_fileName(std::move(fileName))
        , m_yaml(yaml)
    { }

    Result<ParsedSettings> read()
    {
        const std::vector<YAML::Node> documents = YAML::LoadAll(m_yaml.toStdString());
        if (documents.size() > 1) {
            return at(documents[1].Mark(), invalid(u"the file must hold one document only."_s));
        }
        if (!documents.empty()) {
            m_pending.push_back({{}, documents.front()});
        }
        while (!m_pending.empty()) {
            const Group group = m_pending.front();
            m_pending.pop_front();
            if (auto done = readGroup(group); !done) {
                return failure(std::move(done.error()));
            }
        }
        if (auto together = checkTogether(m_parsed.value); !together) {
            return atLine(m_parsed.lines.value(together.error().param, 1), 1, together.error());
        }
        return m_parsed;
    }

    /// yaml-cpp counts bytes from 0; people count characters from 1.
    [[nodiscard]] tl::unexpected<Error> at(const YAML::Mark &mark, Error error) const
    {
        if (mark.is_null()) {
            return atLine(1, 1, std::move(error));
        }
        const QByteArray line = m_yaml.split('\n').value(mark.line);
        const auto column = QString::fromUtf8(line.left(mark.column)).size();
        return atLine(mark.line + 1, static_cast<int>(column) + 1, std::move(error));
    }

    [[nodiscard]] static Error invalid(QString message)
    {
        return {ErrorKind::InvalidArgument, std::move(message)};
    }

private:
    struct Group
    {
        QString path;
        YAML::Node node;
    };

    [[nodiscard]] tl::unexpected<Error> atLine(int line, int column, Error error) const
    {
        error.kind = ErrorKind::InvalidArgument;
        error.message = u"%1:%2:%3: "_s.arg(m_fileName).arg(line).arg(column) % error.message;
        return failure(std::move(error));
    }

    Result<void> readGroup(const Group &group)
    {
        if (group.node.IsNull()) {
            return {}; // "limits:" with every line below commented out
        }
        if (!group.node.IsMap()) {
            const QString what = group.path.isEmpty() ? u"The file"_s : group.path;
            return at(group.node.Mark(), invalid(u"%1 must hold “name: value” pairs."_s.arg(what)));
        }
        std::set<std::string> seen;
        for (const auto &entry : group.node) {
            if (!entry.first.IsScalar()) {
                return at(
                    entry.first.Mark(), invalid(u"The name of a setting must be plain text."_s));
            }
            if (!seen.insert(entry.first.Scalar()).second) {
                const QString name = textOf(entry.first);
                return at(entry.first.Mark(), invalid(u"“%1” is set twice."_s.arg(name)));
            }
            if (auto done = readEntry(group.path, entry.first, entry.second); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> readEntry(const QString &parent, const YAML::Node &key, const YAML::Node &value)
    {
        const QString name = textOf(key);
        const QString path = parent.isEmpty() ? name : QString(parent % u'.' % name);
        const PathKind kind = name.contains(u'.') ? PathKind::Unknown : kindOf(path);
        switch (kind) {
        case PathKind::Unknown: {
            Error error = invalid(unknownSetting(path));
            error.param = path;
            return at(key.Mark(), std::move(error));
        }
        case PathKind::Group:
            m_pending.push_back({path, value});
            return {};
        case PathKind::List:
        case PathKind::Scalar:
            return readField(path, kind, key, value);
        }
        return {};
    }

    Result<void>
    readField(const QString &path, PathKind kind, const YAML::Node &key, const YAML::Node &value)
    {
        FieldValue field;
        field.isList = value.IsSequence() || (kind == PathKind::List && value.IsNull());
        if (value.IsScalar()) {
            field.items.append(textOf(value));
        } else if (!field.isList) {
            return at(key.Mark(), invalid(u"%1 must have one value."_s.arg(path)));
        }
        for (const YAML::Node &item : value) {
            if (!item.IsScalar()) {
                return at(item.Mark(), invalid(u"%1 must hold plain values."_s.arg(path)));
            }
            field.items.append(textOf(item));
        }
        if (auto applied = applyField(m_parsed.value, path, field); !applied) {
            return at(value.IsNull() ? key.Mark() : value.Mark(), applied.error());
        }
        m_parsed.lines.insert(path, key.Mark().line + 1);
        return {};
    }

    QString m_fileName;
    const QByteArray &m_yaml;
    ParsedSettings m_parsed;
    std::deque<Group> m_pending;
};

Result<void> checkText(const QByteArray &yaml, const QString &fileName)
{
    if (yaml.size() > maxSettingsBytes) {
        return failure(
            ErrorKind::InvalidArgument,
            u"%1:1:1: The file is larger than %2 bytes."_s.arg(fileName).arg(maxSettingsBytes));
    }
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString decoded = decoder.decode(yaml);
    if (decoder.hasError() || decoded.contains(QChar::Null)) {
        return failure(
            ErrorKind::InvalidArgument, u"%1:1:1: The file is not UTF-8 text."_s.arg(fileName));
    }
    return {};
}

} // namespace

Result<ParsedSettings> parseSettings(const QByteArray &yaml, const QString &fileName)
{
    if (auto text = checkText(yaml, fileName); !text) {
        return failure(std::move(text.error()));
    }
    Reader reader(fileName, yaml);
    try {
        return reader.read();
    } catch (const YAML::Exception &exception) {
        return reader.at(
            exception.mark,
            Reader::invalid(u"This is not YAML: %1."_s.arg(QString::fromStdString(exception.msg))));
    }
}

Result<QByteArray> editSettings(
    const QByteArray &yaml, const QString &fileName, const QString &path, const QString &value)
{
    auto before = parseSettings(yaml, fileName);
    if (!before) {
        return failure(std::move(before.error()));
    }
    if (kindOf(path) == PathKind::List) {
        return failure(
            ErrorKind::InvalidArgument, u"%1 is a list; edit it in the file."_s.arg(path), path);
    }
    Settings wanted = before->value;
    if (auto applied = applyField(wanted, path, FieldValue::scalar(value)); !applied) {
        return failure(std::move(applied.error()));
    }
    if (auto together = checkTogether(wanted); !together) {
        return failure(std::move(together.error()));
    }
    auto edited = setYamlScalar(yaml, path.split(u'.'), value);
    if (!edited) {
        return edited;
    }
    const auto after = parseSettings(*edited, fileName);
    if (!after || after->value != wanted) {
        return failure(
            ErrorKind::InvalidArgument,
            u"%1 is written in a way that cannot be edited safely; change %2 by hand."_s.arg(
                fileName, path),
            path);
    }
    return edited;
}

} // namespace freerelay::settings
