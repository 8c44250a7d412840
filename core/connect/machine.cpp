#include "machine.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

Machine Machine::current()
{
#if defined(Q_OS_WIN)
    constexpr Platform platform = Platform::Windows;
#elif defined(Q_OS_MACOS)
    constexpr Platform platform = Platform::MacOs;
#else
    constexpr Platform platform = Platform::Linux;
#endif
    return {platform, QDir::homePath(), common::Environment::ofProcess()};
}

QString Machine::inHome(const QString &below) const
{
    return home % u'/' % below;
}

QString
Machine::inFolder(const QByteArray &variable, const QString &usual, const QString &below) const
{
    const QString named = QFile::decodeName(environment.value(variable).value_or(QByteArray()));
    return (named.isEmpty() ? inHome(usual) : QDir::fromNativeSeparators(named)) % u'/' % below;
}

QString Machine::inAppData(const QString &below) const
{
    return inFolder("APPDATA"_ba, u"AppData/Roaming"_s, below);
}

QString Machine::findProgram(const QString &name) const
{
    const QString path = QFile::decodeName(environment.value("PATH"_ba).value_or(QByteArray()));
    const QStringList folders = path.split(QDir::listSeparator(), Qt::SkipEmptyParts);
    // With no folders Qt would look into the PATH of this process.
    return folders.isEmpty() ? QString() : QStandardPaths::findExecutable(name, folders);
}

} // namespace freerelay::connect
