#include "peer_owner.h"

#include "core/gateway/proc_net.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

namespace freerelay::gateway {

namespace {

/// One end of a connection; IPv4-mapped addresses are turned into IPv4.
struct Address
{
    int family = AF_UNSPEC;
    std::array<std::uint32_t, 4> words{}; ///< network byte order
    in_port_t port = 0; ///< network byte order
};

using NameFunction = int (*)(int, sockaddr *, socklen_t *);

std::optional<Address> addressOf(int socket, NameFunction name)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (name(socket, reinterpret_cast<sockaddr *>(&storage), &size) != 0) {
        return std::nullopt;
    }
    Address address;
    address.family = storage.ss_family;
    if (storage.ss_family == AF_INET) {
        const auto &v4 = reinterpret_cast<const sockaddr_in &>(storage);
        address.words[0] = v4.sin_addr.s_addr;
        address.port = v4.sin_port;
        return address;
    }
    if (storage.ss_family != AF_INET6) {
        return std::nullopt;
    }
    const auto &v6 = reinterpret_cast<const sockaddr_in6 &>(storage);
    std::memcpy(address.words.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    address.port = v6.sin6_port;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        address.family = AF_INET;
        address.words = {address.words[3], 0, 0, 0};
    }
    return address;
}

struct DiagRequest
{
    nlmsghdr header{};
    inet_diag_req_v2 body{};
};

/// What the kernel tells of a socket.
struct Holder
{
    uid_t uid = 0;
    std::uint32_t inode = 0;
};

/// Of the socket whose own end is `peer` and whose other end is `own`.
enum class Answer { Found, NoSuchSocket, NoAnswer };

Answer ask(int netlink, unsigned sequence, const Address &peer, const Address &own, Holder &holder)
{
    DiagRequest request;
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.header.nlmsg_seq = sequence;
    request.body.sdiag_family = static_cast<std::uint8_t>(peer.family);
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = ~0U;
    request.body.id.idiag_sport = peer.port;
    request.body.id.idiag_dport = own.port;
    std::memcpy(request.body.id.idiag_src, peer.words.data(), sizeof peer.words);
    std::memcpy(request.body.id.idiag_dst, own.words.data(), sizeof own.words);
    request.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (::send(netlink, &request, sizeof request, MSG_DONTWAIT) != sizeof request) {
        return Answer::NoAnswer;
    }
    // The kernel has queued its answer when send() returns.
    alignas(nlmsghdr) std::array<char, 1024> buffer; // NOLINT: filled by recv
    for (;;) {
        const ssize_t size = ::recv(netlink, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) {
            return Answer::NoAnswer;
        }
        const auto *const header = reinterpret_cast<const nlmsghdr *>(buffer.data());
        const char *const payload = buffer.data() + NLMSG_HDRLEN;
        if (header->nlmsg_seq != sequence) {
            continue; // late answer to an earlier question
        }
        if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY
            || size < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg)))) {
            const auto *const error = reinterpret_cast<const nlmsgerr *>(payload);
            const bool absent = header->nlmsg_type == NLMSG_ERROR && error->error == -ENOENT;
            return absent ? Answer::NoSuchSocket : Answer::NoAnswer;
        }
        const auto *const found = reinterpret_cast<const inet_diag_msg *>(payload);
        holder = {found->idiag_uid, found->idiag_inode};
        return Answer::Found;
    }
}

QByteArray procForm(const Address &address)
{
    QByteArray text;
    const int words = address.family == AF_INET ? 1 : 4;
    for (int i = 0; i < words; ++i) {
        text += QByteArray::number(address.words[static_cast<std::size_t>(i)], 16)
                    .toUpper()
                    .rightJustified(8, '0');
    }
    return text + ':'
        + QByteArray::number(ntohs(address.port), 16).toUpper().rightJustified(4, '0');
}

std::optional<Holder> holderFromProc(const Address &peer, const Address &own)
{
    const QByteArray local = procForm(peer);
    const QByteArray remote = procForm(own);
    // A client may hold an IPv6 socket that is connected to an IPv4 address.
    const QByteArray mapped = "0000000000000000FFFF0000";
    std::optional<Holder> holder;
    visitTcpSockets([&](const ProcSocket &socket) {
        const bool same = (socket.local == local && socket.remote == remote)
            || (socket.local == mapped + local && socket.remote == mapped + remote);
        if (same) {
            holder = Holder{socket.uid, socket.inode.toUInt()};
        }
        return !holder;
    });
    return holder;
}

} // namespace

PeerOwnerLookup::PeerOwnerLookup()
    : m_netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG))
{ }

Peer PeerOwnerLookup::peerOf(int socket)
{
    const std::optional<Address> peer = addressOf(socket, &::getpeername);
    const std::optional<Address> own = addressOf(socket, &::getsockname);
    if (!peer || !own) {
        return {};
    }
    Holder holder;
    const Answer answer = m_netlink.isValid()
        ? ask(m_netlink.get(), ++m_sequence, *peer, *own, holder)
        : Answer::NoAnswer;
    if (answer == Answer::NoSuchSocket) {
        return {};
    }
    if (answer == Answer::NoAnswer) {
        const std::optional<Holder> found = holderFromProc(*peer, *own);
        if (!found) {
            return {};
        }
        holder = *found;
    }
    return {holder.uid == ::geteuid() ? PeerOwner::SameUser : PeerOwner::OtherUser, holder.inode};
}

} // namespace freerelay::gateway
