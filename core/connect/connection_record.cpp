#include "connection_record.h"

#include "core/common/private_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int version = 1;
constexpr qint64 maxBytes = 16 * 1024 * 1024;

struct SyntaxName
{
    Syntax syntax;
    QLatin1StringView name;
};
constexpr std::array syntaxNames{
    SyntaxName{Syntax::Json, "json"_L1},
    SyntaxName{Syntax::Yaml, "yaml"_L1},
    SyntaxName{Syntax::Toml, "toml"_L1},
    SyntaxName{Syntax::Variables, "variables"_L1},
};

QString nameOf(Syntax syntax)
{
    const auto *const found = std::find_if(
        syntaxNames.begin(), syntaxNames.end(), [&](const auto &one) {
            return one.syntax == syntax;
        });
    return found->name;
}

std::optional<Syntax> syntaxOf(const QString &name)
{
    const auto *const found = std::find_if(
        syntaxNames.begin(), syntaxNames.end(), [&](const auto &one) { return one.name == name; });
    return found == syntaxNames.end() ? std::nullopt : std::optional(found->syntax);
}

// Settings are texts of any bytes: they are kept as Base64.
QString encoded(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray decoded(const QJsonValue &value)
{
    return QByteArray::fromBase64(value.toString().toLatin1());
}

QJsonObject toJson(const WrittenEdit &edit)
{
    QJsonObject object{
        {u"path"_s, QJsonArray::fromStringList(edit.path)},
        {u"written"_s, encoded(edit.written)},
        {u"kept"_s, edit.kept},
        {u"optional"_s, edit.optional}};
    if (edit.previous) {
        object.insert(u"previous"_s, encoded(*edit.previous));
    }
    return object;
}

QJsonObject toJson(const WrittenFile &file)
{
    QJsonArray edits;
    for (const WrittenEdit &edit : file.edits) {
        edits.append(toJson(edit));
    }
    return {
        {u"path"_s, file.path},
        {u"syntax"_s, nameOf(file.syntax)},
        {u"backup"_s, file.backup},
        {u"hash"_s, QString::fromLatin1(file.hash)},
        {u"edits"_s, edits}};
}

WrittenEdit editOf(const QJsonObject &object)
{
    WrittenEdit edit;
    const QJsonArray path = object.value("path"_L1).toArray();
    for (const QJsonValue &step : path) {
        edit.path << step.toString();
    }
    edit.written = decoded(object.value("written"_L1));
    if (object.contains("previous"_L1)) {
        edit.previous = decoded(object.value("previous"_L1));
    }
    edit.kept = object.value("kept"_L1).toInt();
    edit.optional = object.value("optional"_L1).toBool();
    return edit;
}

std::optional<WrittenFile> fileOf(const QJsonObject &object)
{
    const auto syntax = syntaxOf(object.value("syntax"_L1).toString());
    WrittenFile file;
    file.path = object.value("path"_L1).toString();
    file.backup = object.value("backup"_L1).toString();
    file.hash = object.value("hash"_L1).toString().toLatin1();
    const QJsonArray edits = object.value("edits"_L1).toArray();
    for (const QJsonValue &edit : edits) {
        file.edits.push_back(editOf(edit.toObject()));
    }
    if (!syntax || file.path.isEmpty() || file.backup.contains(u'/')) {
        return std::nullopt;
    }
    file.syntax = *syntax;
    return file;
}

std::optional<ConnectionRecord> recordOf(const QJsonObject &object)
{
    ConnectionRecord record;
    record.endpoint = object.value("endpoint"_L1).toString().toUtf8();
    const QJsonArray files = object.value("files"_L1).toArray();
    for (const QJsonValue &value : files) {
        auto file = fileOf(value.toObject());
        if (!file) {
            return std::nullopt;
        }
        record.files.push_back(*std::move(file));
    }
    return record;
}

} // namespace

Result<ConnectionRecords> readRecords(const QString &path)
{
    const auto bytes = common::readTrustedFile(path, maxBytes, common::FileTrust::OwnerOnly);
    if (!bytes) {
        return bytes.error().kind == ErrorKind::NotFound ? Result<ConnectionRecords>()
                                                         : failure(bytes.error());
    }
    const auto damaged = [&path] {
        return failure(
            ErrorKind::ProtocolError,
            path % u": this is not a list of connections; move it away to begin a new one."_s);
    };
    const QJsonObject root = QJsonDocument::fromJson(*bytes).object();
    if (root.value("version"_L1).toInt() != version) {
        return damaged();
    }
    ConnectionRecords records;
    const QJsonObject tools = root.value("tools"_L1).toObject();
    for (auto tool = tools.begin(); tool != tools.end(); ++tool) {
        auto record = recordOf(tool.value().toObject());
        if (!record) {
            return damaged();
        }
        records.emplace(tool.key(), *std::move(record));
    }
    return records;
}

Result<void> writeRecords(const QString &path, const ConnectionRecords &records)
{
    QJsonObject tools;
    for (const auto &[id, record] : records) {
        QJsonArray files;
        for (const WrittenFile &file : record.files) {
            files.append(toJson(file));
        }
        tools.insert(
            id,
            QJsonObject{{u"endpoint"_s, QString::fromUtf8(record.endpoint)}, {u"files"_s, files}});
    }
    const QJsonObject root{{u"version"_s, version}, {u"tools"_s, tools}};
    return common::writePrivateFile(path, QJsonDocument(root).toJson());
}

} // namespace freerelay::connect
