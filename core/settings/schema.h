#pragma once

#include "core/common/result.h"
#include "core/settings/settings.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace freerelay::settings {

/// What stands for a setting in a file, a variable or an option.
struct FieldValue
{
    QStringList items;
    bool isList = false;

    [[nodiscard]] static FieldValue scalar(QString text) { return {{std::move(text)}, false}; }
};

enum class PathKind {
    Unknown,
    Group, ///< holds other settings ("limits", "providers.groq")
    Scalar,
    List,
};

/// One setting, for documentation and display.
struct FieldInfo
{
    QString path; ///< "limits.head_timeout"; a provider's fields as "providers.<id>.enabled"
    bool isList = false;
    QString requirement; ///< completes "must be …"
    QString defaultValue; ///< as it would be written; lists comma-separated
};

/// The settings by their names in the file, which mirror the struct in snake_case, joined by dots.
/// Pure; any thread.

/// Every setting, in the order of the documentation.
[[nodiscard]] std::vector<FieldInfo> describeFields();

/// The empty path is the top group.
[[nodiscard]] PathKind kindOf(const QString &path);

/// Sets one field. InvalidArgument (with `param` = path) when the value is not acceptable,
/// NotFound when there is no such setting; the message names near ones.
[[nodiscard]] common::Result<void>
applyField(Settings &settings, const QString &path, const FieldValue &value);

/// The value as it would be written; empty for a path that is not a field.
[[nodiscard]] QString fieldText(const Settings &settings, const QString &path);

/// "There is no setting “limits.head_timeot”; did you mean “head_timeout”?"
[[nodiscard]] QString unknownSetting(const QString &path);

/// What single fields cannot know: rules between two of them. InvalidArgument naming one of them.
[[nodiscard]] common::Result<void> checkTogether(const Settings &settings);

/// Sentences about providers that are set up in the settings but exist neither in the catalogue
/// nor in the user's own file (`known`), naming near ones. They are warnings: the id may belong to
/// a file that is to come.
[[nodiscard]] QStringList
unknownProviders(const Settings &settings, const std::vector<QByteArray> &known);

} // namespace freerelay::settings
