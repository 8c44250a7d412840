#include "proc_net.h"

#include <QDir>
#include <QFile>

#include <array>
#include <pwd.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int listening = 10; // TCP_LISTEN

ProcSocket parsed(const QByteArray &line)
{
    // "  0: 0100007F:1F90 00000000:0000 0A tx:rx tr:when retrnsmt uid timeout inode …"
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.size() < 10) {
        return {};
    }
    return {words[1], words[2], words[3].toInt(nullptr, 16), words[7].toUInt(), words[9]};
}

QString ownerName(std::uint32_t uid)
{
    const passwd *const entry = ::getpwuid(uid);
    return entry ? QString::fromLocal8Bit(entry->pw_name) : QString::number(uid);
}

/// The process that holds socket `inode`, among those whose descriptors we may see.
std::optional<ProgramName> holderOf(const QByteArray &inode)
{
    const QString wanted = u"socket:["_s + QString::fromLatin1(inode) + u']';
    const QStringList processes
        = QDir(u"/proc"_s).entryList({u"[1-9]*"_s}, QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &pid : processes) {
        const QDir descriptors(u"/proc/"_s + pid + u"/fd"_s);
        for (const QString &fd :
             descriptors.entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot)) {
            // symLinkTarget() would make "socket:[…]" an absolute path.
            std::array<char, 64> target; // NOLINT: filled by readlink
            const QByteArray path = QFile::encodeName(descriptors.filePath(fd));
            const ssize_t size = ::readlink(path.constData(), target.data(), target.size());
            if (size > 0 && QLatin1StringView(target.data(), size) == wanted) {
                QFile comm(u"/proc/"_s + pid + u"/comm"_s);
                const bool readable = comm.open(QIODevice::ReadOnly);
                const QByteArray name = readable ? comm.readAll().trimmed() : QByteArray();
                return ProgramName{pid.toLongLong(), QString::fromLocal8Bit(name)};
            }
        }
    }
    return std::nullopt;
}

} // namespace

void visitTcpSockets(const std::function<bool(const ProcSocket &)> &visit)
{
    for (const QString &path : {u"/proc/net/tcp"_s, u"/proc/net/tcp6"_s}) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            continue;
        }
        file.readLine(); // the column titles
        for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
            if (!visit(parsed(line))) {
                return;
            }
        }
    }
}

std::optional<ProgramName> programListeningOn(std::uint16_t port)
{
    const QByteArray suffix = ':' + QByteArray::number(port, 16).toUpper().rightJustified(4, '0');
    std::optional<ProcSocket> found;
    visitTcpSockets([&](const ProcSocket &socket) {
        if (socket.state == listening && socket.local.endsWith(suffix)) {
            found = socket;
        }
        return !found;
    });
    if (!found) {
        return std::nullopt;
    }
    if (auto holder = holderOf(found->inode)) {
        return holder;
    }
    return ProgramName{0, u"a program of user "_s + ownerName(found->uid)};
}

} // namespace freerelay::gateway
