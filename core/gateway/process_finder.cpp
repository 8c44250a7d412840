#include "process_finder.h"

#include "core/gateway/program_name.h"

#include <QFile>
#include <QHash>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <dirent.h>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr std::size_t mostRemembered = 16; ///< programs that are looked at first
constexpr QByteArrayView socketPrefix = "socket:[";

using Wanted = QHash<std::uint32_t, std::vector<std::shared_ptr<relay::PeerProcess>>>;

struct CloseFolder
{
    void operator()(DIR *folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

void visitEntries(const QByteArray &path, const std::function<bool(int, const char *)> &visit)
{
    const Folder folder(::opendir(path.constData()));
    if (!folder) {
        return;
    }
    while (const dirent *const entry = ::readdir(folder.get())) { // NOLINT: this stream is ours
        if (!visit(::dirfd(folder.get()), entry->d_name)) {
            return;
        }
    }
}

/// The inode of "socket:[12345]"; 0 for any other link.
std::uint32_t socketInode(int folder, const char *name)
{
    std::array<char, 64> target; // NOLINT: filled by readlinkat
    const ssize_t size = ::readlinkat(folder, name, target.data(), target.size());
    const QByteArrayView text(target.data(), std::max<ssize_t>(size, 0));
    return text.startsWith(socketPrefix)
        ? text.sliced(socketPrefix.size()).chopped(1).toByteArray().toUInt()
        : 0;
}

QByteArray content(const QByteArray &path)
{
    constexpr qint64 most = 4'096;
    QFile file(QFile::decodeName(path));
    return file.open(QIODevice::ReadOnly) ? file.read(most) : QByteArray();
}

QByteArray nameOf(const QByteArray &folder)
{
    return programName(content(folder + "/cmdline"), content(folder + "/comm").trimmed());
}

/// Names those of `wanted` that the process holds, and takes them out. @return there was one
bool takeFrom(const QByteArray &pid, Wanted &wanted)
{
    const QByteArray folder = "/proc/" + pid;
    QByteArray name;
    visitEntries(folder + "/fd", [&](int descriptors, const char *entry) {
        const auto found = wanted.find(socketInode(descriptors, entry));
        if (found != wanted.end()) {
            name = name.isEmpty() ? nameOf(folder) : name;
            for (const auto &process : *found) {
                process->setName(name);
            }
            wanted.erase(found);
        }
        return !wanted.isEmpty();
    });
    return !name.isEmpty();
}

bool isOwnProcess(int folder, const char *name)
{
    struct stat status
    {
    };
    return name[0] >= '1' && name[0] <= '9' && ::fstatat(folder, name, &status, 0) == 0
        && status.st_uid == ::geteuid();
}

} // namespace

/// What waits, and what is remembered from one pass to the next.
struct ProcessFinder::Work
{
    std::mutex mutex; ///< of `waiting`
    std::vector<std::shared_ptr<relay::PeerProcess>> waiting;
    std::deque<QByteArray> recent; ///< process ids, the last one first; of the background thread

    [[nodiscard]] Wanted take()
    {
        const std::lock_guard lock(mutex);
        Wanted wanted;
        for (auto &process : std::exchange(waiting, {})) {
            wanted[process->inode()].push_back(std::move(process));
        }
        return wanted;
    }

    void remember(const QByteArray &pid)
    {
        std::erase(recent, pid);
        recent.push_front(pid);
        recent.resize(std::min(recent.size(), mostRemembered));
    }

    void pass()
    {
        Wanted wanted = take();
        for (const QByteArray &pid : std::deque(recent)) {
            if (!wanted.isEmpty() && takeFrom(pid, wanted)) {
                remember(pid);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        visitEntries("/proc"_ba, [&](int processes, const char *pid) {
            if (isOwnProcess(processes, pid) && takeFrom(pid, wanted)) {
                remember(pid);
            }
            return !wanted.isEmpty();
        });
    }
};

ProcessFinder::ProcessFinder(QObject &background)
    : m_background(background)
    , m_work(std::make_shared<Work>())
{ }

ProcessFinder::~ProcessFinder() = default;

void ProcessFinder::find(std::shared_ptr<relay::PeerProcess> process)
{
    {
        const std::lock_guard lock(m_work->mutex);
        if (m_work->waiting.size() >= mostWaiting) {
            return;
        }
        m_work->waiting.push_back(std::move(process));
        if (m_work->waiting.size() > 1) {
            return; // a pass is queued
        }
    }
    QMetaObject::invokeMethod(
        &m_background, [work = m_work] { work->pass(); }, Qt::QueuedConnection);
}

} // namespace freerelay::gateway
