#include "settings_text.h"

#include "core/connect/json_text.h"
#include "core/connect/toml_text.h"
#include "core/connect/variables_text.h"
#include "core/connect/yaml_text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

using common::Result;
using Found = std::optional<QByteArray>;

namespace {

/// UTF-8 without control characters but those that lines and columns are made of (a carriage return
/// only before a line feed): nothing else is counted alike by all who read such files.
bool isText(const QByteArray &document)
{
    const bool plain = std::none_of(document.begin(), document.end(), [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return (code < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || code == 0x7f;
    });
    const bool wholeLineEnds = document.count('\r') == document.count("\r\n");
    return plain && wholeLineEnds && QByteArrayView(document).isValidUtf8();
}

} // namespace

Result<Found> readSetting(Syntax syntax, const QByteArray &document, const SettingPath &path)
{
    if (path.isEmpty()) {
        return document.trimmed().isEmpty() ? Found() : Found(document);
    }
    if (!isText(document)) {
        return notEditable();
    }
    switch (syntax) {
    case Syntax::Json:
        return readJson(document, path);
    case Syntax::Yaml:
        return readYaml(document, path);
    case Syntax::Toml:
        return readToml(document, path);
    case Syntax::Variables:
        return readVariable(document, path.constFirst());
    }
    return notEditable();
}

Result<QByteArray> writeSetting(
    Syntax syntax, const QByteArray &document, const SettingPath &path, const QByteArray &value)
{
    if (path.isEmpty()) {
        return value;
    }
    if (!isText(document)) {
        return notEditable();
    }
    switch (syntax) {
    case Syntax::Json:
        return writeJson(document, path, value);
    case Syntax::Yaml:
        return writeYaml(document, path, value);
    case Syntax::Toml:
        return writeToml(document, path, value);
    case Syntax::Variables:
        return writeVariable(document, path.constFirst(), value);
    }
    return notEditable();
}

namespace {

Result<QByteArray> removedFrom(Syntax syntax, const QByteArray &document, const SettingPath &path)
{
    switch (syntax) {
    case Syntax::Json:
        return removeJson(document, path);
    case Syntax::Yaml:
        return removeYaml(document, path);
    case Syntax::Toml:
        return removeToml(document, path);
    case Syntax::Variables:
        return removeVariable(document, path.constFirst());
    }
    return notEditable();
}

} // namespace

Result<QByteArray> removeSetting(Syntax syntax, const QByteArray &document, const SettingPath &path)
{
    if (path.isEmpty()) {
        return QByteArray();
    }
    if (!isText(document)) {
        return notEditable();
    }
    Result<QByteArray> edited = removedFrom(syntax, document, path);
    if (!edited || syntax == Syntax::Variables) {
        return edited;
    }
    // A name that stands there twice is gone only where both are.
    const auto left = readSetting(syntax, *edited, path);
    return left && !left->has_value() ? edited : notEditable();
}

bool isSameSetting(Syntax syntax, const QByteArray &one, const QByteArray &other)
{
    if (one.trimmed() == other.trimmed()) {
        return true;
    }
    switch (syntax) {
    case Syntax::Json:
        return isSameJson(one, other);
    case Syntax::Yaml:
        return isSameYaml(one, other);
    case Syntax::Toml:
        return isSameToml(one, other);
    case Syntax::Variables:
        break;
    }
    return false;
}

bool isEmptySetting(Syntax syntax, const QByteArray &text)
{
    switch (syntax) {
    case Syntax::Json:
        return isSameJson(text, "{}"_ba) || isSameJson(text, "[]"_ba);
    case Syntax::Yaml:
        return text.trimmed().isEmpty() || isSameYaml(text, "{}"_ba) || isSameYaml(text, "[]"_ba);
    case Syntax::Toml:
    case Syntax::Variables:
        break;
    }
    return text.trimmed().isEmpty();
}

tl::unexpected<common::Error> notEditable()
{
    return common::failure(
        common::ErrorKind::InvalidArgument,
        u"The file is written in a way that cannot be edited safely; please change it by hand."_s);
}

std::optional<ItemStep> itemStep(const QString &step)
{
    const qsizetype equals = step.indexOf(u'=');
    if (!step.startsWith(u'[') || !step.endsWith(u']') || equals < 0) {
        return std::nullopt;
    }
    return ItemStep{step.mid(1, equals - 1), step.mid(equals + 1, step.size() - equals - 2)};
}

QByteArray lineEndOf(const QByteArray &document)
{
    return document.contains("\r\n") ? "\r\n"_ba : "\n"_ba;
}

} // namespace freerelay::connect
