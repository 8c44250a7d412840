#include "private_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <cerrno>
#include <cstring>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

using namespace Qt::Literals::StringLiterals;

namespace freerelay::common {

namespace {

constexpr QFile::Permissions ownerFile = QFile::ReadOwner | QFile::WriteOwner;
constexpr QFile::Permissions ownerFolder = ownerFile | QFile::ExeOwner;

tl::unexpected<Error> refusal(ErrorKind kind, const QString &path, QStringView reason)
{
    return failure(kind, path % u": "_s % reason);
}

#ifdef Q_OS_UNIX

tl::unexpected<Error> openFailure(const QString &path, int code)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(code));
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return refusal(ErrorKind::NotFound, path, reason);
    case EACCES:
    case EPERM:
        return refusal(ErrorKind::PermissionDenied, path, reason);
    case ELOOP:
        return refusal(
            ErrorKind::PermissionDenied, path, u"it is a link, which is not followed here.");
    default:
        return refusal(ErrorKind::StorageFailed, path, reason);
    }
}

Result<void> checkOwner(const QString &path, const struct stat &info, FileTrust trust)
{
    const uid_t self = ::geteuid();
    const bool ours = info.st_uid == self;
    const bool accepted = ours || (trust == FileTrust::Settings && (info.st_uid == 0 || self == 0));
    if (!accepted) {
        return refusal(ErrorKind::PermissionDenied, path, u"it belongs to another user.");
    }
    return {};
}

Result<void> checkMode(const QString &path, const struct stat &info, FileTrust trust)
{
    if (!S_ISREG(info.st_mode)) {
        return refusal(ErrorKind::PermissionDenied, path, u"it is not a regular file.");
    }
    switch (trust) {
    case FileTrust::Settings:
        if ((info.st_mode & S_IWOTH) != 0) {
            return refusal(
                ErrorKind::PermissionDenied, path, u"everybody may write it; run chmod o-w on it.");
        }
        break;
    case FileTrust::OwnNotWritableByOthers:
        if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
            return refusal(
                ErrorKind::PermissionDenied, path, u"others may write it; run chmod go-w on it.");
        }
        break;
    case FileTrust::OwnerOnly:
        if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
            return refusal(
                ErrorKind::PermissionDenied,
                path,
                u"others may read or write it; run chmod 600 on it.");
        }
        break;
    }
    return {};
}

Result<void> checkLink(const QString &path, FileTrust trust)
{
    struct stat info
    {
    };
    if (trust != FileTrust::OwnNotWritableByOthers
        || ::lstat(QFile::encodeName(path).constData(), &info) != 0 || !S_ISLNK(info.st_mode)) {
        return {};
    }
    return checkOwner(path, info, trust);
}

Result<void> openTrusted(QFile &file, FileTrust trust)
{
    const QString path = file.fileName();
    if (auto link = checkLink(path, trust); !link) {
        return link;
    }
    // Not blocking: a pipe in place of the file must not hang the program.
    const int noFollow = trust == FileTrust::OwnerOnly ? O_NOFOLLOW : 0;
    const int descriptor = ::open(
        QFile::encodeName(path).constData(),
        O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | noFollow);
    if (descriptor < 0) {
        return openFailure(path, errno);
    }
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return refusal(ErrorKind::StorageFailed, path, file.errorString());
    }
    struct stat info
    {
    };
    if (::fstat(descriptor, &info) != 0) {
        return openFailure(path, errno);
    }
    if (auto mode = checkMode(path, info, trust); !mode) {
        return mode;
    }
    return checkOwner(path, info, trust);
}

Result<void> checkFolderOwner(const QString &path)
{
    struct stat info
    {
    };
    if (::lstat(QFile::encodeName(path).constData(), &info) != 0) {
        return openFailure(path, errno);
    }
    // A link that somebody else could turn elsewhere is no place for secrets; one of ours is.
    if (info.st_uid != ::geteuid()) {
        return refusal(ErrorKind::PermissionDenied, path, u"the folder belongs to another user.");
    }
    return {};
}

#else

Result<void> openTrusted(QFile &file, FileTrust)
{
    const QString path = file.fileName();
    if (!QFileInfo::exists(path)) {
        return refusal(ErrorKind::NotFound, path, u"there is no such file.");
    }
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) {
        return refusal(ErrorKind::PermissionDenied, path, u"it cannot be read.");
    }
    return {};
}

Result<void> checkFolderOwner(const QString &)
{
    return {};
}

#endif

} // namespace

Result<QByteArray> readTrustedFile(const QString &path, qint64 maxBytes, FileTrust trust)
{
    QFile file(path);
    if (auto opened = openTrusted(file, trust); !opened) {
        return failure(std::move(opened.error()));
    }
    const QByteArray content = file.read(maxBytes + 1);
    if (file.error() != QFileDevice::NoError) {
        return refusal(ErrorKind::StorageFailed, path, file.errorString());
    }
    if (content.size() > maxBytes) {
        return refusal(ErrorKind::TooLarge, path, u"it is larger than %1 bytes."_s.arg(maxBytes));
    }
    return content;
}

Result<void> writePrivateFile(const QString &path, const QByteArray &content)
{
    const QString folder = QFileInfo(path).absolutePath();
    if (!QFileInfo(folder).isDir()) {
        if (auto made = ensurePrivateFolder(folder); !made) {
            return made;
        }
    }
    QSaveFile file(path);
    // The mode is set while the file is still empty.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(ownerFile)) {
        return refusal(ErrorKind::StorageFailed, path, file.errorString());
    }
    if (file.write(content) != content.size() || !file.commit()) {
        return refusal(ErrorKind::StorageFailed, path, file.errorString());
    }
    return {};
}

Result<void> ensurePrivateFolder(const QString &path)
{
    constexpr auto asUser = QFile::ReadUser | QFile::WriteUser | QFile::ExeUser;
    const QFileInfo info(path);
    if (!info.exists()) {
        const bool parent = QDir().mkpath(info.absolutePath());
        // Somebody may have made it since; whose it is, is checked below.
        if (!parent || (!QDir().mkdir(path, ownerFolder) && !QFileInfo(path).isDir())) {
            return refusal(ErrorKind::StorageFailed, path, u"the folder cannot be made.");
        }
    } else if (!info.isDir()) {
        return refusal(ErrorKind::StorageFailed, path, u"it is not a folder.");
    }
    if (auto owner = checkFolderOwner(path); !owner) {
        return owner;
    }
    // Only what is wrong is set right: on a read-only disk that could not be done.
    const bool isPrivate = (QFile::permissions(path) & ~asUser) == ownerFolder;
    if (!isPrivate && !QFile::setPermissions(path, ownerFolder)) {
        return refusal(ErrorKind::StorageFailed, path, u"its mode cannot be set to 0700.");
    }
    return {};
}

} // namespace freerelay::common
