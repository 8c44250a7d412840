#include "listener.h"

#include "core/gateway/proc_net.h"

#include <QHostAddress>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::ErrorKind;

constexpr int backlog = 1024;
constexpr int portTries = 16;

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress socketAddress(const QHostAddress &host, std::uint16_t port)
{
    SocketAddress address;
    if (host.protocol() == QAbstractSocket::IPv6Protocol) {
        auto &v6 = reinterpret_cast<sockaddr_in6 &>(address.storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        const Q_IPV6ADDR bytes = host.toIPv6Address();
        std::memcpy(&v6.sin6_addr, &bytes, sizeof bytes);
        address.size = sizeof v6;
    } else {
        auto &v4 = reinterpret_cast<sockaddr_in &>(address.storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v4.sin_addr.s_addr = htonl(host.toIPv4Address());
        address.size = sizeof v4;
    }
    return address;
}

/// A listening socket, or errno.
tl::expected<UniqueFd, int> listenOn(const QHostAddress &host, std::uint16_t port)
{
    const SocketAddress address = socketAddress(host, port);
    UniqueFd fd(::socket(
        address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    if (!fd.isValid()) {
        return tl::unexpected(errno);
    }
    const int on = 1;
    // Only so that connections in TIME_WAIT do not keep a restart waiting: on Linux it does not
    // let a second listener in.
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6) {
        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (::bind(fd.get(), reinterpret_cast<const sockaddr *>(&address.storage), address.size) != 0
        || ::listen(fd.get(), backlog) != 0) {
        return tl::unexpected(errno);
    }
    return fd;
}

std::uint16_t portOf(int fd)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(fd, reinterpret_cast<sockaddr *>(&storage), &size);
    return ntohs(
        storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6 &>(storage).sin6_port
                                      : reinterpret_cast<const sockaddr_in &>(storage).sin_port);
}

bool isMissingFamily(const QHostAddress &host, int error)
{
    return host.protocol() == QAbstractSocket::IPv6Protocol && host.isLoopback()
        && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT);
}

/// What to bind for `host`: the loopbacks, unless a wildcard covers them, and the address itself.
std::vector<QHostAddress> addressesFor(const QHostAddress &host)
{
    if (host.isNull() || host.isLoopback()) {
        return {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    }
    if (host == QHostAddress(QHostAddress::AnyIPv4)) {
        return {host, QHostAddress(QHostAddress::LocalHostIPv6)};
    }
    if (host == QHostAddress(QHostAddress::AnyIPv6)) {
        return {QHostAddress(QHostAddress::AnyIPv4), host};
    }
    return {host, QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
}

/// All sockets on one port, or errno of the first that failed.
tl::expected<Listeners, int> openAll(const std::vector<QHostAddress> &hosts, std::uint16_t port)
{
    Listeners listeners;
    listeners.port = port;
    for (const QHostAddress &host : hosts) {
        auto fd = listenOn(host, listeners.port);
        if (!fd && isMissingFamily(host, fd.error())) {
            continue;
        }
        if (!fd) {
            return tl::unexpected(fd.error());
        }
        if (listeners.port == 0) {
            listeners.port = portOf(fd->get());
        }
        listeners.sockets.push_back(std::move(*fd));
    }
    return listeners;
}

common::Error taken(std::uint16_t port)
{
    common::Error error{ErrorKind::AlreadyExists, {}, {}, u"port"_s, {}};
    error.message = u"Port %1 is in use"_s.arg(port);
    if (const auto program = programListeningOn(port)) {
        error.message += program->pid > 0
            ? u" by %1 (process %2)"_s.arg(program->name).arg(program->pid)
            : u" by %1"_s.arg(program->name);
    }
    error.message += u'.';
    if (const auto free = nextFreePort(port)) {
        error.message += u" Port %1 is free."_s.arg(*free);
        error.detail = QString::number(*free);
    }
    return error;
}

common::Error bindError(const ListenAddress &address, int error)
{
    const QString reason = QString::fromLocal8Bit(std::strerror(error));
    switch (error) {
    case EADDRINUSE:
        return taken(address.port);
    case EACCES:
        return {
            ErrorKind::PermissionDenied,
            u"Port %1 needs privileges that this program does not have."_s.arg(address.port),
            reason,
            u"port"_s,
            {}};
    case EADDRNOTAVAIL:
        return {
            ErrorKind::InvalidArgument,
            u"'%1' is not an address of this computer."_s.arg(address.host),
            reason,
            u"host"_s,
            {}};
    default:
        return {
            ErrorKind::Unavailable,
            u"Cannot listen on %1, port %2: %3."_s.arg(address.host).arg(address.port).arg(reason),
            reason,
            {},
            {}};
    }
}

} // namespace

common::Result<Listeners> openListeners(const ListenAddress &address)
{
    const bool isLocalName = address.host.isEmpty() || address.host == "localhost"_L1;
    const QHostAddress host(isLocalName ? u"127.0.0.1"_s : address.host);
    if (host.isNull()) {
        return common::failure(
            ErrorKind::InvalidArgument,
            u"'%1' is not an IP address."_s.arg(address.host),
            u"host"_s);
    }
    if (!host.isLoopback() && !address.hasClientKey) {
        return common::failure(
            ErrorKind::PermissionDenied,
            u"Listening on %1 would open your providers' keys to everyone who can reach this "
            u"computer. "
            "Set FREERELAY_API_KEY first: clients must then send it."_s.arg(address.host),
            u"host"_s);
    }
    const std::vector<QHostAddress> hosts = addressesFor(host);
    auto listeners = openAll(hosts, address.port);
    // A port that is free on the first address may be taken on the next.
    for (int i = 0;
         !listeners && listeners.error() == EADDRINUSE && address.port == 0 && i < portTries;
         ++i) {
        listeners = openAll(hosts, 0);
    }
    if (!listeners) {
        return common::failure(bindError(address, listeners.error()));
    }
    return std::move(*listeners);
}

common::Result<UniqueFd> openBridge(const QString &address, std::uint16_t port)
{
    const QHostAddress host(address);
    auto fd = listenOn(host, port);
    if (!fd) {
        common::Error error = bindError({address, port, true}, fd.error());
        error.message = u"There is no bridge: "_s % error.message;
        return common::failure(std::move(error));
    }
    return std::move(*fd);
}

std::optional<std::uint16_t> nextFreePort(std::uint16_t port)
{
    constexpr int tries = 100;
    const std::vector<QHostAddress> loopbacks = addressesFor(QHostAddress());
    for (int i = 1; i <= tries && port + i <= 65'535; ++i) {
        const auto candidate = static_cast<std::uint16_t>(port + i);
        if (openAll(loopbacks, candidate)) {
            return candidate;
        }
    }
    return std::nullopt;
}

void raiseDescriptorLimit()
{
    constexpr rlim_t enough = 16'384; // connections and their upstreams, with room
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < enough) {
        limit.rlim_cur = std::min(enough, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace freerelay::gateway
