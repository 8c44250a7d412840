#include "segment_file.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::store {

namespace {

using common::ErrorKind;
using common::Result;

QString sentenceFor(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return u"The disk is full: the audit trail cannot be written."_s;
    case EWOULDBLOCK:
        return u"Another program writes the audit trail."_s;
    default:
        return u"The audit trail cannot be written."_s;
    }
}

ErrorKind kindOf(int code)
{
    switch (code) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return ErrorKind::PermissionDenied;
    case EEXIST:
        return ErrorKind::AlreadyExists;
    case ENOENT:
        return ErrorKind::NotFound;
    case EWOULDBLOCK:
        return ErrorKind::Unavailable;
    default:
        return ErrorKind::StorageFailed;
    }
}

tl::unexpected<common::Error> failed(const QString &path, int code)
{
    common::Error error{kindOf(code), sentenceFor(code)};
    error.detail = path % ": "_L1 % QString::fromLocal8Bit(std::strerror(code));
    return common::failure(std::move(error));
}

/// @return 0, or the error
int writeAll(int descriptor, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(
            descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return written < 0 ? errno : EIO;
        }
        bytes = bytes.sliced(written);
    }
    return 0;
}

} // namespace

SegmentFile::SegmentFile(QString path, int descriptor)
    : m_path(std::move(path))
    , m_descriptor(descriptor)
{ }

SegmentFile::~SegmentFile()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor); // gives up the lock
    }
}

Result<SegmentFile> SegmentFile::openWith(const QString &path, int flags)
{
    const int descriptor = ::open(
        QFile::encodeName(path).constData(),
        O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags,
        S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return failed(path, errno);
    }
    SegmentFile file(path, descriptor);
    struct stat info
    {
    };
    if (::fstat(descriptor, &info) != 0) {
        return failed(path, errno);
    }
    const bool ours = S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
    if (!ours || ::fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) {
        return failed(path, EPERM);
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return failed(path, errno);
    }
    file.m_size = info.st_size;
    return file;
}

Result<SegmentFile> SegmentFile::create(const QString &path)
{
    auto file = openWith(path, O_CREAT | O_EXCL);
    if (!file) {
        return file;
    }
    if (const auto synced = syncFolder(QFileInfo(path).absolutePath()); !synced) {
        return common::failure(synced.error());
    }
    return file;
}

Result<SegmentFile> SegmentFile::open(const QString &path)
{
    return openWith(path, 0);
}

Result<void> SegmentFile::append(QByteArrayView bytes)
{
    int code = writeAll(m_descriptor, bytes);
    if (code == 0 && ::fdatasync(m_descriptor) != 0) {
        code = errno;
    }
    if (code != 0) {
        // A part of a batch in the file would look like a torn or foreign line later.
        m_hasRemains = !cutTo(m_size);
        return failed(m_path, code);
    }
    m_size += bytes.size();
    return {};
}

Result<void> SegmentFile::cutTo(qint64 size)
{
    if (::ftruncate(m_descriptor, size) != 0 || ::fsync(m_descriptor) != 0) {
        return failed(m_path, errno);
    }
    m_size = size;
    m_hasRemains = false;
    return {};
}

bool SegmentFile::isInPlace() const
{
    struct stat open
    {
    };
    struct stat named
    {
    };
    return ::fstat(m_descriptor, &open) == 0
        && ::lstat(QFile::encodeName(m_path).constData(), &named) == 0
        && open.st_ino == named.st_ino && open.st_dev == named.st_dev && open.st_size == m_size;
}

Result<void> syncFolder(const QString &folder)
{
    const int descriptor = ::open(
        QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return failed(folder, errno);
    }
    const int code = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some file systems cannot do that for folders; they need not.
    if (code != 0 && code != EINVAL) {
        return failed(folder, code);
    }
    return {};
}

} // namespace freerelay::store
