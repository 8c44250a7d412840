#pragma once

#include "core/connect/settings_text.h"

#include <vector>

namespace freerelay::connect {

/// One header or one assignment of a TOML text. Offsets are bytes.
struct TomlStatement
{
    enum class Kind { Table, TableOfList, Value };

    Kind kind = Kind::Value;
    SettingPath path; ///< from the top, with the names of the header above
    qsizetype begin = 0; ///< of its line
    qsizetype value = 0; ///< begin of the value; of a header: behind its line
    qsizetype valueEnd = 0; ///< behind the value; of a header: as `value`
    qsizetype end = 0; ///< behind its last line
};

/// All statements in order. Pure; any thread.
/// @return InvalidArgument when the text is not TOML as far as it is looked at: names, strings and
///         brackets; what a value means is not
[[nodiscard]] common::Result<std::vector<TomlStatement>> scanToml(const QByteArray &text);

} // namespace freerelay::connect
