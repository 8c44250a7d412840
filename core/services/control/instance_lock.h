#pragma once

#include "core/common/result.h"

#include <QLockFile>
#include <QString>

namespace freerelay::services {

/// The one lock of both executables: at most one FreeRelay per user and profile. Held as long as
/// the object lives; a lock that a dead process left behind is taken over.
class InstanceLock
{
public:
    explicit InstanceLock(const QString &path);

    /// @return AlreadyExists naming the process that holds it, StorageFailed when the file cannot
    ///         be written
    [[nodiscard]] common::Result<void> acquire();

private:
    QLockFile m_lock;
    QString m_path;
};

} // namespace freerelay::services
