// A simulated provider for load runs: one thread, epoll, canned answers. 127.0.0.1 only.
//
//   bench_mock_upstream [--port N] [--frames N] [--interval-us N]
//
// POST: 1 KB of chat.completion; with "stream":true, --frames frames --interval-us apart, each
// carrying the time it was sent ("t=<ns>;"); a prompt with "flood the reader" gets 300 MB as fast
// as the connection takes it. GET: the list of models. Port 0 picks one; the port is printed.

#include "tests/bench/event_socket.h"

#include <queue>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_view_literals;
using freerelay::bench::Descriptor;

constexpr std::int64_t floodBytes = 300'000'000;
constexpr std::size_t floodFrame = 16'000;
constexpr std::size_t maxRequest = 64'000'000;
constexpr int listenBacklog = 4096;

struct Options
{
    std::uint16_t port = 9401;
    int frames = 40;
    std::chrono::microseconds interval{25'000};
};

struct Connection
{
    Descriptor socket;
    std::uint32_t serial = 0;
    std::string in;
    std::string out;
    std::size_t sent = 0;
    int framesLeft = -1; ///< -1 = no stream under way
    std::int64_t floodLeft = 0;
    bool wantsUsage = false;
    bool waitsForWrite = false;
};

struct Due
{
    std::int64_t at = 0;
    int fd = -1;
    std::uint32_t serial = 0;
    bool operator<(const Due &other) const { return at > other.at; }
};

std::string response(std::string_view type, std::string_view body)
{
    std::string text = "HTTP/1.1 200 OK\r\nContent-Type: ";
    text.append(type).append("\r\nContent-Length: ").append(std::to_string(body.size()));
    return text.append("\r\nx-request-id: bench\r\n\r\n").append(body);
}

std::string cannedAnswer()
{
    constexpr std::size_t size = 1024;
    const std::string head
        = R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,)"
          R"("model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":")";
    const std::string tail = R"("},"logprobs":null,"finish_reason":"stop"}],"usage":{)"
                             R"("prompt_tokens":250,"completion_tokens":120,"total_tokens":370}})";
    std::string body = head;
    while (body.size() + tail.size() < size) {
        body += "word ";
    }
    return response("application/json", body + tail);
}

std::string modelList()
{
    std::string body = R"({"object":"list","data":[)";
    for (const std::string_view id : {"gpt-4o-mini"sv, "gpt-4.1"sv, "gpt-4.1-mini"sv}) {
        body.append(R"({"id":")")
            .append(id)
            .append(R"(","object":"model","created":1700000000,"owned_by":"bench"},)");
    }
    body.back() = ']';
    return response("application/json", body + "}");
}

void appendChunk(std::string &out, std::string_view data)
{
    std::array<char, 20> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16).ptr;
    out.append(size.data(), end).append("\r\n").append(data).append("\r\n");
}

std::string frame(std::string_view delta, std::string_view finish)
{
    std::string text
        = R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
          R"("model":"gpt-4o-mini","choices":[{"index":0,"delta":)";
    return text.append(delta).append(R"(,"finish_reason":)").append(finish).append("}]}\n\n");
}

/// Value of the request's Content-Length; 0 when there is none.
std::size_t contentLength(std::string_view head)
{
    constexpr std::string_view name = "\r\ncontent-length:";
    const auto same = [](char a, char b) { return a == std::tolower(b); };
    const auto found = std::search(
        head.begin(), head.end(), name.begin(), name.end(), [&](char b, char a) {
            return same(a, b);
        });
    if (found == head.end()) {
        return 0;
    }
    return std::strtoul(&*found + name.size(), nullptr, 10);
}

class MockUpstream final
{
public:
    explicit MockUpstream(const Options &options)
        : m_options(options)
        , m_epoll(::epoll_create1(0))
        , m_answer(cannedAnswer())
        , m_models(modelList())
    { }

    bool listen();
    [[noreturn]] void run();

private:
    void acceptAll();
    void onEvent(int fd, std::uint32_t events);
    bool readAll(Connection &connection);
    void serveQueued(Connection &connection);
    void serve(Connection &connection, std::string_view request, std::string_view body);
    void nextFrame(Connection &connection);
    void refillFlood(Connection &connection);
    bool flush(Connection &connection);
    void runTimers();
    [[nodiscard]] int timeout() const;
    void schedule(const Connection &connection, std::int64_t from);

    Options m_options;
    Descriptor m_epoll;
    Descriptor m_listener;
    std::string m_answer;
    std::string m_models;
    std::map<int, std::unique_ptr<Connection>> m_connections;
    std::priority_queue<Due> m_timers;
    std::uint32_t m_serial = 0;
};

bool MockUpstream::listen()
{
    m_listener = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(m_listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = freerelay::bench::loopback(m_options.port);
    socklen_t size = sizeof address;
    auto *raw = reinterpret_cast<sockaddr *>(&address);
    if (::bind(m_listener.get(), raw, size) != 0
        || ::listen(m_listener.get(), listenBacklog) != 0) {
        std::perror("bench_mock_upstream");
        return false;
    }
    ::getsockname(m_listener.get(), raw, &size);
    freerelay::bench::watch(
        m_epoll.get(),
        EPOLL_CTL_ADD,
        m_listener.get(),
        EPOLLIN,
        static_cast<std::uint32_t>(m_listener.get()));
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return true;
}

void MockUpstream::run()
{
    std::array<epoll_event, 512> events{};
    for (;;) {
        const int count = ::epoll_wait(
            m_epoll.get(), events.data(), static_cast<int>(events.size()), timeout());
        for (int i = 0; i < count; ++i) {
            const epoll_event &event = events.at(static_cast<std::size_t>(i));
            const int fd = static_cast<int>(event.data.u32);
            if (fd == m_listener.get()) {
                acceptAll();
            } else {
                onEvent(fd, event.events);
            }
        }
        runTimers();
    }
}

void MockUpstream::acceptAll()
{
    for (;;) {
        const int fd = ::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        freerelay::bench::sendWithoutDelay(fd);
        auto connection = std::make_unique<Connection>();
        connection->socket = Descriptor(fd);
        connection->serial = ++m_serial;
        m_connections[fd] = std::move(connection);
        freerelay::bench::watch(
            m_epoll.get(), EPOLL_CTL_ADD, fd, EPOLLIN, static_cast<std::uint32_t>(fd));
    }
}

void MockUpstream::onEvent(int fd, std::uint32_t events)
{
    const auto found = m_connections.find(fd);
    if (found == m_connections.end()) {
        return;
    }
    Connection &connection = *found->second;
    bool alive = true;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        alive = readAll(connection);
        if (alive) {
            serveQueued(connection);
        }
    }
    if (!alive || !flush(connection)) {
        m_connections.erase(found);
    }
}

bool MockUpstream::readAll(Connection &connection)
{
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
        if (count < 0) {
            return errno == EAGAIN;
        }
        if (count == 0 || connection.in.size() > maxRequest) {
            return false;
        }
        connection.in.append(buffer.data(), static_cast<std::size_t>(count));
        if (static_cast<std::size_t>(count) < buffer.size()) {
            return true;
        }
    }
}

void MockUpstream::serveQueued(Connection &connection)
{
    while (connection.framesLeft < 0 && connection.floodLeft == 0) {
        const std::size_t headEnd = connection.in.find("\r\n\r\n");
        if (headEnd == std::string::npos) {
            return;
        }
        const std::string_view all = connection.in;
        const std::size_t end = headEnd + 4 + contentLength(all.substr(0, headEnd + 2));
        if (connection.in.size() < end) {
            return;
        }
        serve(connection, all.substr(0, headEnd), all.substr(headEnd + 4, end - headEnd - 4));
        connection.in.erase(0, end);
    }
}

void MockUpstream::serve(Connection &connection, std::string_view request, std::string_view body)
{
    const auto has = [body](std::string_view text) { return body.find(text) != body.npos; };
    if (request.starts_with("GET ")) {
        connection.out += m_models;
        return;
    }
    if (!has(R"("stream":true)") && !has(R"("stream": true)")) {
        connection.out += m_answer;
        return;
    }
    connection.out += "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"sv;
    connection.wantsUsage = has(R"("include_usage":true)") || has(R"("include_usage": true)");
    if (has("flood the reader")) {
        connection.floodLeft = floodBytes;
        refillFlood(connection);
        return;
    }
    connection.framesLeft = m_options.frames;
    nextFrame(connection);
    schedule(connection, freerelay::bench::stamp());
}

void MockUpstream::nextFrame(Connection &connection)
{
    if (connection.framesLeft > 0) {
        --connection.framesLeft;
        const std::string delta = R"({"content":"t=)" + std::to_string(freerelay::bench::stamp())
            + R"(;word "})";
        appendChunk(connection.out, frame(delta, "null"));
        return;
    }
    connection.framesLeft = -1;
    appendChunk(connection.out, frame("{}", R"("stop")"));
    if (connection.wantsUsage) {
        appendChunk(
            connection.out,
            R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
            R"("model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":250,)"
            R"("completion_tokens":40,"total_tokens":290}})"
            "\n\n");
    }
    appendChunk(connection.out, "data: [DONE]\n\n");
    connection.out += "0\r\n\r\n";
}

void MockUpstream::refillFlood(Connection &connection)
{
    const std::string delta = R"({"content":")" + std::string(floodFrame, 'f') + R"("})";
    const std::string bytes = frame(delta, "null");
    appendChunk(connection.out, bytes);
    connection.floodLeft = std::max<std::int64_t>(
        0, connection.floodLeft - static_cast<std::int64_t>(bytes.size()));
    if (connection.floodLeft == 0) {
        connection.framesLeft = 0;
        nextFrame(connection);
    }
}

bool MockUpstream::flush(Connection &connection)
{
    for (;;) {
        while (connection.sent < connection.out.size()) {
            const ssize_t count = ::send(
                connection.socket.get(),
                connection.out.data() + connection.sent,
                connection.out.size() - connection.sent,
                MSG_NOSIGNAL);
            if (count < 0) {
                break;
            }
            connection.sent += static_cast<std::size_t>(count);
        }
        const bool blocked = connection.sent < connection.out.size();
        if (blocked && errno != EAGAIN) {
            return false;
        }
        if (!blocked) {
            connection.out.clear();
            connection.sent = 0;
            if (connection.floodLeft > 0) {
                refillFlood(connection);
                continue;
            }
        }
        if (blocked != connection.waitsForWrite) {
            connection.waitsForWrite = blocked;
            const int fd = connection.socket.get();
            freerelay::bench::watch(
                m_epoll.get(),
                EPOLL_CTL_MOD,
                fd,
                EPOLLIN | (blocked ? EPOLLOUT : 0U),
                static_cast<std::uint32_t>(fd));
        }
        return true;
    }
}

void MockUpstream::schedule(const Connection &connection, std::int64_t from)
{
    const std::chrono::nanoseconds step = m_options.interval;
    m_timers.push({from + step.count(), connection.socket.get(), connection.serial});
}

int MockUpstream::timeout() const
{
    if (m_timers.empty()) {
        return -1;
    }
    constexpr std::int64_t perMillisecond = 1'000'000;
    const std::int64_t left = m_timers.top().at - freerelay::bench::stamp();
    return left <= 0 ? 0 : static_cast<int>((left + perMillisecond - 1) / perMillisecond);
}

void MockUpstream::runTimers()
{
    while (!m_timers.empty() && m_timers.top().at <= freerelay::bench::stamp()) {
        const Due due = m_timers.top();
        m_timers.pop();
        const auto found = m_connections.find(due.fd);
        if (found == m_connections.end() || found->second->serial != due.serial) {
            continue;
        }
        Connection &connection = *found->second;
        nextFrame(connection);
        if (connection.framesLeft >= 0) {
            schedule(connection, due.at);
        } else {
            serveQueued(connection);
        }
        if (!flush(connection)) {
            m_connections.erase(found);
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const long value = std::strtol(argv[i + 1], nullptr, 10);
        if (name == "--port") {
            options.port = static_cast<std::uint16_t>(value);
        } else if (name == "--frames") {
            options.frames = static_cast<int>(value);
        } else if (name == "--interval-us") {
            options.interval = std::chrono::microseconds(value);
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
    MockUpstream upstream(options);
    if (!upstream.listen()) {
        return 1;
    }
    upstream.run();
}
