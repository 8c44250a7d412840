#pragma once

#include "core/common/environment.h"

#include <QString>
#include <QStringList>

namespace freerelay::connect {

enum class Platform { Linux, MacOs, Windows };

/// Where tools keep their settings on one machine, passed in so that tests can name their own.
struct Machine
{
    Platform platform = Platform::Linux;
    QString home;
    common::Environment environment = common::Environment({});

    /// The one this runs on.
    [[nodiscard]] static Machine current();

    /// `below` the home folder.
    [[nodiscard]] QString inHome(const QString &below) const;
    /// `below` the folder that `variable` names when it is set, else below home/`usual`.
    [[nodiscard]] QString
    inFolder(const QByteArray &variable, const QString &usual, const QString &below) const;
    /// `below` %APPDATA%.
    [[nodiscard]] QString inAppData(const QString &below) const;

    /// The path of a program that can be started by its name; "" when there is none.
    [[nodiscard]] QString findProgram(const QString &name) const;
};

} // namespace freerelay::connect
