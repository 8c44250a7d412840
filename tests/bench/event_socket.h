#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

/// What the load programs share: descriptors that close themselves, loopback addresses, stamps.
namespace freerelay::bench {

/// Owns a file descriptor.
class Descriptor final
{
public:
    explicit Descriptor(int fd = -1) noexcept
        : m_fd(fd)
    { }
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    { }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }

    [[nodiscard]] int get() const noexcept { return m_fd; }
    [[nodiscard]] bool isOpen() const noexcept { return m_fd >= 0; }
    void reset() noexcept
    {
        if (m_fd >= 0) {
            ::close(std::exchange(m_fd, -1));
        }
    }

private:
    int m_fd;
};

/// 127.0.0.1:`port`.
[[nodiscard]] inline sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline void sendWithoutDelay(int fd)
{
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Nanoseconds of the clock that all processes of one machine share (CLOCK_MONOTONIC).
[[nodiscard]] inline std::int64_t stamp()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Adds `fd` to `epoll`, or changes what it waits for. `key` comes back in the event.
inline void watch(int epoll, int operation, int fd, std::uint32_t events, std::uint32_t key)
{
    epoll_event event{};
    event.events = events;
    event.data.u32 = key;
    ::epoll_ctl(epoll, operation, fd, &event);
}

} // namespace freerelay::bench
