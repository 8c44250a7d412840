#include "file_edit.h"

#include "core/common/private_file.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;

constexpr qint64 maxBytes = 4 * 1024 * 1024;

tl::unexpected<Error> atFile(Error error, const QString &path)
{
    error.message = path % u": "_s % error.message;
    return failure(std::move(error));
}

/// How many steps of a path are there.
int stepsThere(Syntax syntax, const QByteArray &text, const SettingPath &path)
{
    for (qsizetype depth = path.size(); depth > 0; --depth) {
        const auto found = readSetting(syntax, text, path.mid(0, depth));
        if (found && *found) {
            return static_cast<int>(depth);
        }
    }
    return 0;
}

Result<QByteArray> undoEdit(Syntax syntax, const QByteArray &text, const WrittenEdit &edit)
{
    if (edit.previous) {
        return writeSetting(syntax, text, edit.path, *edit.previous);
    }
    auto rest = removeSetting(syntax, text, edit.path);
    for (qsizetype depth = edit.path.size() - 1; rest && depth > edit.kept; --depth) {
        const SettingPath parent = edit.path.mid(0, depth);
        const auto found = readSetting(syntax, *rest, parent);
        if (!found || !*found || !isEmptySetting(syntax, **found)) {
            break;
        }
        rest = removeSetting(syntax, *rest, parent);
    }
    return rest;
}

bool holds(Syntax syntax, const QByteArray &text, const WrittenEdit &edit)
{
    const auto found = readSetting(syntax, text, edit.path);
    return found && *found && isSameSetting(syntax, **found, edit.written);
}

} // namespace

Result<EditedFile> applyRecipe(const FileRecipe &recipe, const std::optional<QByteArray> &before)
{
    EditedFile edited{before.value_or(QByteArray()), {recipe.path, recipe.syntax, {}, {}, {}}};
    for (const Edit &edit : recipe.edits) {
        const bool optional = edit.when == Edit::When::IfAbsent;
        const auto previous = readSetting(recipe.syntax, edited.text, edit.path);
        if (!previous) {
            return atFile(previous.error(), recipe.path);
        }
        if (*previous && (optional || isSameSetting(recipe.syntax, **previous, edit.value))) {
            if (!optional) {
                edited.written.edits.push_back(
                    {edit.path, **previous, **previous, int(edit.path.size()), false});
            }
            continue;
        }
        const int kept = stepsThere(recipe.syntax, edited.text, edit.path);
        auto text = writeSetting(recipe.syntax, edited.text, edit.path, edit.value);
        if (!text) {
            return atFile(text.error(), recipe.path);
        }
        edited.text = *std::move(text);
        edited.written.edits.push_back({edit.path, edit.value, *previous, kept, optional});
    }
    edited.written.hash = hashOf(edited.text);
    return edited;
}

Result<UndoneFile> undoneFile(
    const WrittenFile &written,
    const std::optional<QByteArray> &now,
    const std::optional<QByteArray> &before)
{
    if (!now) {
        return UndoneFile{std::nullopt, 0}; // whoever removed it wanted that
    }
    if (hashOf(*now) == written.hash) {
        return UndoneFile{before, 0};
    }
    UndoneFile undone{now, 0};
    for (auto edit = written.edits.rbegin(); edit != written.edits.rend(); ++edit) {
        if (!holds(written.syntax, *undone.text, *edit)) {
            ++undone.left;
            continue;
        }
        auto text = undoEdit(written.syntax, *undone.text, *edit);
        if (!text) {
            return atFile(text.error(), written.path);
        }
        undone.text = *std::move(text);
    }
    return undone;
}

bool isInPlace(const WrittenFile &written, const std::optional<QByteArray> &now)
{
    return now
        && (hashOf(*now) == written.hash
            || std::all_of(
                written.edits.begin(), written.edits.end(), [&](const WrittenEdit &edit) {
                    return edit.optional || holds(written.syntax, *now, edit);
                }));
}

Result<std::optional<QByteArray>> readSettingsFile(const QString &path)
{
    auto bytes = common::readTrustedFile(path, maxBytes, common::FileTrust::Settings);
    if (bytes) {
        return std::optional(*std::move(bytes));
    }
    if (bytes.error().kind == ErrorKind::NotFound) {
        return std::optional<QByteArray>();
    }
    return failure(std::move(bytes.error()));
}

Result<void> writeSettingsFile(const QString &path, const std::optional<QByteArray> &text)
{
    const auto failed = [&path](const QString &reason) {
        return failure(ErrorKind::StorageFailed, path % u": "_s % reason);
    };
    if (!text) {
        QFile file(path);
        if (file.exists() && !file.remove()) {
            return failed(file.errorString());
        }
        return {};
    }
    const bool isNew = !QFileInfo::exists(path);
    if (!QDir().mkpath(QFileInfo(path).absolutePath())) {
        return failed(u"its folder cannot be made."_s);
    }
    QSaveFile file(path); // goes through links, and keeps the mode of what it replaces
    if (!file.open(QIODevice::WriteOnly)
        || (isNew && !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        || file.write(*text) != text->size() || !file.commit()) {
        return failed(file.errorString());
    }
    return {};
}

QByteArray hashOf(const QByteArray &text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

} // namespace freerelay::connect
