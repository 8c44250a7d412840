#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace freerelay::connect {

/// What a tool's settings file is written in.
enum class Syntax {
    Json, ///< also JSONC and JSON5: comments, trailing commas, bare names, single quotes
    Yaml,
    Toml,
    Variables, ///< "NAME=value" lines, as in .env
};

/// Where a setting stands: names from the top. "[name=x]" is the item of a list whose member
/// `name` is x. Empty: the whole file.
using SettingPath = QStringList;

/// The text of one setting as it stands in the file; nullopt when it is not there. These functions
/// are pure; any thread.
/// @return InvalidArgument when the document cannot be understood
[[nodiscard]] common::Result<std::optional<QByteArray>>
readSetting(Syntax syntax, const QByteArray &document, const SettingPath &path);

/// Sets one setting as an edit of the text: comments, order, spacing and line ends of everything
/// else stay, missing parents are made.
/// @param value  in the file's own syntax, indented by two spaces with plain line ends; a table
///               of TOML is its lines, each with its line end
/// @return InvalidArgument when it cannot be edited this way; the edited text has been read again,
///         and only `path` differs
[[nodiscard]] common::Result<QByteArray> writeSetting(
    Syntax syntax, const QByteArray &document, const SettingPath &path, const QByteArray &value);

/// Takes one setting out of the text; a document without it is returned as it is. Of variables it
/// takes the line that counts: an earlier one of the same name counts then.
/// @return as writeSetting()
[[nodiscard]] common::Result<QByteArray>
removeSetting(Syntax syntax, const QByteArray &document, const SettingPath &path);

/// Do two texts of a setting mean the same? Spacing, comments, and the order of names do not
/// matter.
[[nodiscard]] bool isSameSetting(Syntax syntax, const QByteArray &one, const QByteArray &other);

/// Is the text of a setting a list or a group with nothing in it?
[[nodiscard]] bool isEmptySetting(Syntax syntax, const QByteArray &text);

/// The failure of all of them.
[[nodiscard]] tl::unexpected<common::Error> notEditable();

/// "[name=x]" taken apart.
struct ItemStep
{
    QString name;
    QString value;
};

/// nullopt when `step` is a plain name.
[[nodiscard]] std::optional<ItemStep> itemStep(const QString &step);

/// The line end that a document uses.
[[nodiscard]] QByteArray lineEndOf(const QByteArray &document);

} // namespace freerelay::connect
