#pragma once

namespace freerelay::tests {

/// Lets the system calls that SQLite makes fail as a real disk would, for as long as it lives. One
/// at a time; files that are opened before count as well.
class BrokenDisk
{
public:
    enum class Fault {
        Full, ///< writing fails with ENOSPC
        ReadOnly, ///< opening for writing fails with EROFS
        WriteError, ///< writing fails with EIO
    };

    explicit BrokenDisk(Fault fault);
    ~BrokenDisk();
    BrokenDisk(const BrokenDisk &) = delete;
    BrokenDisk &operator=(const BrokenDisk &) = delete;
};

} // namespace freerelay::tests
