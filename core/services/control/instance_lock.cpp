#include "instance_lock.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

InstanceLock::InstanceLock(const QString &path)
    : m_lock(path)
    , m_path(path)
{
    m_lock.setStaleLockTime(0); // never by age: only a dead owner makes it stale
}

common::Result<void> InstanceLock::acquire()
{
    if (m_lock.tryLock(0)) {
        return {};
    }
    if (m_lock.error() == QLockFile::LockFailedError) {
        qint64 pid = 0;
        QString host;
        QString program;
        m_lock.getLockInfo(&pid, &host, &program);
        return common::failure(
            common::ErrorKind::AlreadyExists,
            u"FreeRelay is already running (process %1)."_s.arg(pid));
    }
    return common::failure(
        common::ErrorKind::StorageFailed, u"The lock file %1 cannot be written."_s.arg(m_path));
}

} // namespace freerelay::services
