#include "tests/unit/store/broken_disk.h"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace freerelay::tests {

namespace {

std::atomic<int> writeError{0};
std::atomic<int> openError{0};

ssize_t writeOrFail(int file, const void *bytes, size_t size, off_t offset)
{
    if (const int error = writeError.load()) {
        errno = error;
        return -1;
    }
    return ::pwrite(file, bytes, size, offset);
}

int openOrFail(const char *path, int flags, int mode)
{
    const int error = openError.load();
    if (error != 0 && (flags & O_ACCMODE) != O_RDONLY) {
        errno = error;
        return -1;
    }
    return ::open(path, flags, mode);
}

using SystemCall = void (*)();

/// Both once: SQLite asks for the functions at every call.
void install()
{
    sqlite3_vfs *files = sqlite3_vfs_find(nullptr);
    for (const char *name : {"pwrite", "pwrite64"}) {
        files->xSetSystemCall(files, name, reinterpret_cast<SystemCall>(&writeOrFail));
    }
    files->xSetSystemCall(files, "open", reinterpret_cast<SystemCall>(&openOrFail));
}

[[maybe_unused]] const bool installed = [] {
    sqlite3_initialize();
    install();
    return true;
}();

} // namespace

BrokenDisk::BrokenDisk(Fault fault)
{
    switch (fault) {
    case Fault::Full:
        writeError = ENOSPC;
        break;
    case Fault::ReadOnly:
        openError = EROFS;
        break;
    case Fault::WriteError:
        writeError = EIO;
        break;
    }
}

BrokenDisk::~BrokenDisk()
{
    writeError = 0;
    openError = 0;
}

} // namespace freerelay::tests
