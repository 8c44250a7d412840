#include "rotating_file.h"

#include "core/common/private_file.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

tl::unexpected<common::Error> storageFailure(const QString &path, int code)
{
    return common::failure(
        code == EACCES || code == EPERM || code == ELOOP ? common::ErrorKind::PermissionDenied
                                                         : common::ErrorKind::StorageFailed,
        path % ": "_L1 % QString::fromLocal8Bit(std::strerror(code)));
}

} // namespace

RotatingFile::RotatingFile(QString path, qint64 maxBytes, int files)
    : m_path(std::move(path))
    , m_maxBytes(maxBytes)
    , m_files(files)
{ }

RotatingFile::~RotatingFile()
{
    close();
}

QString RotatingFile::nameOf(int number) const
{
    return number == 0 ? m_path : u"%1.%2"_s.arg(m_path).arg(number);
}

common::Result<void> RotatingFile::open()
{
    if (auto folder = common::ensurePrivateFolder(QFileInfo(m_path).absolutePath()); !folder) {
        return folder;
    }
    const int descriptor = ::open(
        QFile::encodeName(m_path).constData(),
        O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
        S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return storageFailure(m_path, errno);
    }
    struct stat info
    {
    };
    const bool ours = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)
        && info.st_uid == ::geteuid() && ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0;
    if (!ours) {
        ::close(descriptor);
        return common::failure(
            common::ErrorKind::PermissionDenied, m_path % ": it is not a file of ours."_L1);
    }
    m_descriptor = descriptor;
    m_size = info.st_size;
    return {};
}

void RotatingFile::close()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        m_descriptor = -1;
    }
}

void RotatingFile::rotate()
{
    close();
    QFile::remove(nameOf(m_files - 1));
    for (int number = m_files - 1; number > 0; --number) {
        QFile::rename(nameOf(number - 1), nameOf(number));
    }
}

common::Result<void> RotatingFile::append(QByteArrayView line)
{
    if (m_descriptor >= 0 && m_size > 0 && m_size + line.size() > m_maxBytes) {
        rotate();
    }
    if (m_descriptor < 0) {
        if (auto opened = open(); !opened) {
            return opened;
        }
        if (m_size > 0 && m_size + line.size() > m_maxBytes) {
            rotate();
            if (auto opened = open(); !opened) {
                return opened;
            }
        }
    }
    const ssize_t written = ::write(
        m_descriptor, line.data(), static_cast<std::size_t>(line.size()));
    if (written != line.size()) {
        const int code = written < 0 ? errno : ENOSPC;
        close();
        return storageFailure(m_path, code);
    }
    m_size += line.size();
    return {};
}

} // namespace freerelay::telemetry
