// Concurrent SSE streams against a gateway; 127.0.0.1 only.
//
//   bench_sse_load --port N [--streams N] [--seconds N] [--spread-ms N] [--model NAME]
//       Keeps N streams under way, begun evenly over the spread (0 = all at once); reads the stamps
//       that bench_mock_upstream puts into each frame. Prints one JSON line: streams, errors, and
//       in µs: time to first token, and how long a frame was under way.
//   bench_sse_load --port N --never-read --seconds N
//       Asks for 300 MB and reads nothing. The caller watches the gateway's memory.

#include "tests/bench/event_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using freerelay::bench::Descriptor;
using freerelay::bench::stamp;

constexpr std::int64_t nanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t graceSeconds = 15; ///< for streams still under way when time is up
constexpr std::size_t carrySize = 64; ///< enough for a stamp or an end that was split

struct Options
{
    std::uint16_t port = 0;
    int streams = 200;
    int seconds = 8;
    std::chrono::milliseconds spread{0};
    bool neverRead = false;
    std::string model = "freerelay-auto";
};

std::string requestText(const Options &options, std::string_view prompt)
{
    const std::string body = R"({"model":")" + options.model
        + R"(","stream":true,"messages":[{"role":"user","content":")" + std::string(prompt)
        + R"("}]})";
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port)
        + "\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n"
          "Authorization: Bearer local\r\nUser-Agent: bench_sse_load\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Descriptor connectTo(std::uint16_t port)
{
    Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = freerelay::bench::loopback(port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
        != 0) {
        socket.reset();
        return socket;
    }
    freerelay::bench::sendWithoutDelay(socket.get());
    return socket;
}

bool sendAll(const Descriptor &socket, std::string_view text)
{
    return ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL)
        == static_cast<ssize_t>(text.size());
}

struct Stream
{
    Descriptor socket;
    std::string carry; ///< end of what was read, kept for what was split
    std::int64_t startedAt = 0;
    bool headSeen = false;
    bool tokenSeen = false;
    bool doneSeen = false;
    bool busy = false;
};

enum class Progress { Going, Finished, Broken };

class Load final
{
public:
    explicit Load(const Options &options)
        : m_options(options)
        , m_request(requestText(options, "hello"))
        , m_epoll(::epoll_create1(0))
        , m_streams(static_cast<std::size_t>(options.streams))
    { }

    int run();

private:
    void startThoseDue();
    void start(std::size_t index);
    void onReadable(std::size_t index);
    Progress take(Stream &stream, std::string_view bytes);
    void readStamps(Stream &stream, std::string_view text, std::int64_t now);
    void end(std::size_t index, Progress how);
    void print(double seconds);
    [[nodiscard]] bool timeIsUp() const { return stamp() >= m_stopAt; }

    Options m_options;
    std::string m_request;
    Descriptor m_epoll;
    std::vector<Stream> m_streams;
    std::vector<std::int64_t> m_firstToken;
    std::vector<std::int64_t> m_lag;
    std::int64_t m_beginAt = 0;
    std::int64_t m_stopAt = 0;
    std::size_t m_started = 0;
    int m_busy = 0;
    int m_finished = 0;
    int m_errors = 0;
};

int Load::run()
{
    m_beginAt = stamp();
    m_stopAt = m_beginAt + m_options.seconds * nanosecondsPerSecond;
    std::array<epoll_event, 512> events{};
    startThoseDue();
    while ((m_busy > 0 || m_started < m_streams.size())
           && stamp() < m_stopAt + graceSeconds * nanosecondsPerSecond) {
        const int timeoutMs = m_started < m_streams.size() ? 1 : 500;
        const int count = ::epoll_wait(
            m_epoll.get(), events.data(), static_cast<int>(events.size()), timeoutMs);
        for (int i = 0; i < count; ++i) {
            onReadable(events.at(static_cast<std::size_t>(i)).data.u32);
        }
        startThoseDue();
    }
    m_errors += m_busy;
    print(static_cast<double>(stamp() - m_beginAt) / static_cast<double>(nanosecondsPerSecond));
    return m_errors == 0 ? 0 : 1;
}

void Load::startThoseDue()
{
    const std::int64_t spread = std::chrono::nanoseconds(m_options.spread).count();
    const auto count = static_cast<std::int64_t>(m_streams.size());
    while (m_started < m_streams.size()
           && stamp() >= m_beginAt + spread * static_cast<std::int64_t>(m_started) / count) {
        start(m_started++);
    }
}

void Load::start(std::size_t index)
{
    Stream &stream = m_streams[index];
    if (!stream.socket.isOpen()) {
        stream.socket = connectTo(m_options.port);
        if (!stream.socket.isOpen()) {
            ++m_errors;
            return;
        }
        freerelay::bench::watch(
            m_epoll.get(),
            EPOLL_CTL_ADD,
            stream.socket.get(),
            EPOLLIN,
            static_cast<std::uint32_t>(index));
    }
    stream.carry.clear();
    stream.headSeen = stream.tokenSeen = stream.doneSeen = false;
    stream.startedAt = stamp();
    if (!sendAll(stream.socket, m_request)) {
        ++m_errors;
        stream.socket.reset();
        return;
    }
    stream.busy = true;
    ++m_busy;
}

void Load::onReadable(std::size_t index)
{
    Stream &stream = m_streams[index];
    if (!stream.socket.isOpen()) {
        return;
    }
    std::array<char, 65536> buffer{};
    const ssize_t count = ::recv(stream.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    if (count <= 0) {
        const bool wasComplete = stream.doneSeen || !stream.busy;
        stream.socket.reset();
        end(index, wasComplete ? Progress::Finished : Progress::Broken);
        return;
    }
    const Progress progress = take(stream, {buffer.data(), static_cast<std::size_t>(count)});
    if (progress != Progress::Going) {
        end(index, progress);
    }
}

Progress Load::take(Stream &stream, std::string_view bytes)
{
    const std::int64_t now = stamp();
    std::string text = stream.carry;
    text.append(bytes);
    if (!stream.headSeen) {
        if (text.size() < std::string_view("HTTP/1.1 200").size()) {
            stream.carry = text;
            return Progress::Going;
        }
        if (!text.starts_with("HTTP/1.1 200")) {
            stream.socket.reset();
            return Progress::Broken;
        }
        stream.headSeen = true;
    }
    readStamps(stream, text, now);
    stream.doneSeen = stream.doneSeen || text.find("data: [DONE]") != std::string::npos;
    if (stream.doneSeen && text.ends_with("\r\n0\r\n\r\n")) {
        return Progress::Finished;
    }
    return Progress::Going;
}

void Load::readStamps(Stream &stream, std::string_view text, std::int64_t now)
{
    std::size_t at = 0;
    std::size_t done = 0;
    while ((at = text.find("\"t=", at)) != std::string_view::npos) {
        const std::size_t close = text.find(';', at);
        if (close == std::string_view::npos) {
            break;
        }
        m_lag.push_back(now - std::strtoll(text.data() + at + 3, nullptr, 10));
        if (!stream.tokenSeen) {
            stream.tokenSeen = true;
            m_firstToken.push_back(now - stream.startedAt);
        }
        at = done = close;
    }
    const std::size_t keepFrom = std::max(
        done, text.size() > carrySize ? text.size() - carrySize : std::size_t{0});
    stream.carry = text.substr(keepFrom);
}

void Load::end(std::size_t index, Progress how)
{
    Stream &stream = m_streams[index];
    if (!stream.busy) {
        return;
    }
    stream.busy = false;
    --m_busy;
    (how == Progress::Finished ? m_finished : m_errors)++;
    if (!timeIsUp()) {
        start(index);
    }
}

double percentile(std::vector<std::int64_t> &values, double part)
{
    if (values.empty()) {
        return -1;
    }
    const auto last = static_cast<double>(values.size() - 1);
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(last * part);
    std::nth_element(values.begin(), nth, values.end());
    return static_cast<double>(*nth) / 1000.0;
}

void Load::print(double seconds)
{
    std::printf(
        "{\"streams\":%d,\"errors\":%d,\"frames_per_s\":%.0f,\"ttft_p50\":%.1f,\"ttft_p99\":%.1f,"
        "\"lag_p50\":%.1f,\"lag_p99\":%.1f}\n",
        m_finished,
        m_errors,
        static_cast<double>(m_lag.size()) / seconds,
        percentile(m_firstToken, 0.5),
        percentile(m_firstToken, 0.99),
        percentile(m_lag, 0.5),
        percentile(m_lag, 0.99));
}

int neverRead(const Options &options)
{
    const Descriptor socket = connectTo(options.port);
    if (!socket.isOpen() || !sendAll(socket, requestText(options, "flood the reader"))) {
        return 1;
    }
    std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        const char *value = i + 1 < argc ? argv[i + 1] : "0";
        if (name == "--never-read") {
            options.neverRead = true;
            continue;
        }
        if (name == "--port") {
            options.port = static_cast<std::uint16_t>(std::strtol(value, nullptr, 10));
        } else if (name == "--streams") {
            options.streams = static_cast<int>(std::strtol(value, nullptr, 10));
        } else if (name == "--seconds") {
            options.seconds = static_cast<int>(std::strtol(value, nullptr, 10));
        } else if (name == "--spread-ms") {
            options.spread = std::chrono::milliseconds(std::strtol(value, nullptr, 10));
        } else if (name == "--model") {
            options.model = value;
        }
        ++i;
    }
    std::signal(SIGPIPE, SIG_IGN);
    return options.neverRead ? neverRead(options) : Load(options).run();
}
