#include "http_request_parser.h"

#include "core/gateway/http_syntax.h"

#include <algorithm>
#include <cstring>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr qsizetype firstBodyReserve = 256 * 1024;
constexpr qsizetype longestChunkLine = 4096;

Method methodOf(QByteArrayView name)
{
    struct Entry
    {
        QByteArrayView name;
        Method method;
    };
    static constexpr Entry known[] = {
        {"POST", Method::Post},
        {"GET", Method::Get},
        {"HEAD", Method::Head},
        {"OPTIONS", Method::Options},
        {"PUT", Method::Put},
        {"PATCH", Method::Patch},
        {"DELETE", Method::Delete},
    };
    for (const Entry &entry : known) {
        if (entry.name == name) {
            return entry.method;
        }
    }
    return Method::Other;
}

QByteArray methodName(Method method, QByteArrayView name)
{
    switch (method) {
    case Method::Post:
        return "POST"_ba;
    case Method::Get:
        return "GET"_ba;
    default:
        return name.toByteArray();
    }
}

/// Splits "scheme://authority/path" after the scheme; false when it is not http(s).
bool splitAbsolute(QByteArrayView target, QByteArrayView &authority, QByteArrayView &rest)
{
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (target.size() > scheme.size()
            && target.first(scheme.size()).compare(scheme, Qt::CaseInsensitive) == 0) {
            const QByteArrayView after = target.sliced(scheme.size());
            const auto *const end = std::find_if(
                after.begin(), after.end(), [](char c) { return c == '/' || c == '?'; });
            authority = after.first(end - after.begin());
            rest = after.sliced(end - after.begin());
            return !authority.isEmpty() && !authority.contains('@');
        }
    }
    return false;
}

void removeDotSegments(QByteArray &path)
{
    QByteArray out;
    out.reserve(path.size());
    qsizetype from = 1;
    bool endsInDirectory = false;
    while (from < path.size()) {
        qsizetype slash = path.indexOf('/', from);
        slash = slash < 0 ? path.size() : slash;
        const QByteArrayView segment = QByteArrayView(path).sliced(from, slash - from);
        endsInDirectory = slash < path.size();
        if (segment == "..") {
            out.truncate(std::max<qsizetype>(0, out.lastIndexOf('/')));
            endsInDirectory = true;
        } else if (segment == ".") {
            endsInDirectory = true;
        } else if (!segment.isEmpty()) {
            out += '/';
            out += segment;
        }
        from = slash + 1;
    }
    if (out.isEmpty() || endsInDirectory) {
        out += '/';
    }
    path = out;
}

std::optional<QByteArray> percentDecoded(QByteArrayView raw)
{
    QByteArray out;
    out.reserve(raw.size());
    for (qsizetype i = 0; i < raw.size(); ++i) {
        char byte = raw[i];
        if (byte == '%') {
            const bool whole = i + 2 < raw.size();
            const int high = whole ? hexDigit(raw[i + 1]) : -1;
            const int low = whole ? hexDigit(raw[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            byte = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (isControl(byte)) {
            return std::nullopt;
        }
        out += byte;
    }
    return out;
}

} // namespace

std::optional<QByteArray> normalisedPath(QByteArrayView rawPath)
{
    if (!rawPath.startsWith('/')) {
        return std::nullopt;
    }
    if (!rawPath.contains('%') && !rawPath.contains("//") && !rawPath.contains("/.")) {
        return rawPath.toByteArray();
    }
    std::optional<QByteArray> path = percentDecoded(rawPath);
    if (path && (path->contains("//") || path->contains("/."))) {
        removeDotSegments(*path);
    }
    return path;
}

HttpRequestParser::HttpRequestParser(ParserLimits limits)
    : m_limits(limits)
{ }

HttpRequestParser::Event HttpRequestParser::feed(QByteArrayView &data)
{
    if (m_state == State::HeadDone) {
        beginBody();
    }
    while (m_state != State::Failed && m_state != State::Done) {
        if (m_state == State::FixedBody || m_state == State::ChunkData) {
            if (data.isEmpty()) {
                return Event::NeedMore;
            }
            onBytes(data);
            continue;
        }
        const std::optional<QByteArrayView> line = takeLine(data);
        if (m_state == State::Failed) {
            break;
        }
        if (!line) {
            return Event::NeedMore;
        }
        onLine(*line);
        if (m_state == State::HeadDone) {
            return Event::Head;
        }
    }
    return m_state == State::Done ? Event::Request : Event::Failed;
}

HttpRequest HttpRequestParser::take()
{
    HttpRequest complete = std::move(m_request);
    m_request = HttpRequest{};
    m_authority.clear();
    m_headBytes = 0;
    m_overhead = 0;
    m_remaining = 0;
    m_hasLength = false;
    m_chunked = false;
    m_closeAsked = false;
    m_keepAliveAsked = false;
    m_state = State::RequestLine;
    return complete;
}

bool HttpRequestParser::isInsideRequest() const
{
    return m_state != State::RequestLine || m_headBytes > 0 || !m_partial.isEmpty();
}

bool HttpRequestParser::isInsideBody() const
{
    return m_state >= State::HeadDone && m_state <= State::Trailers;
}

/// A line without its CRLF; nullopt when its end has not come. The view is valid until the next
/// call and while `data`'s memory is.
std::optional<QByteArrayView> HttpRequestParser::takeLine(QByteArrayView &data)
{
    if (std::exchange(m_partialUsed, false)) {
        m_partial.resize(0);
    }
    const void *found = data.isEmpty()
        ? nullptr
        : std::memchr(data.data(), '\n', static_cast<std::size_t>(data.size()));
    const qsizetype length = found ? static_cast<const char *>(found) - data.data() + 1
                                   : data.size();
    if (!mayTake(data.first(length))) {
        return std::nullopt;
    }
    QByteArrayView line = data.first(length);
    data = data.sliced(length);
    if (!found || !m_partial.isEmpty()) {
        m_partial += line;
        if (!found) {
            return std::nullopt;
        }
        m_partialUsed = true;
        line = m_partial;
    }
    line.chop(1);
    if (!line.endsWith('\r')) {
        fail(400, "Lines must end in CR LF.");
        return std::nullopt;
    }
    line.chop(1);
    return line;
}

/// Checks the limits of head, chunk lines and trailers before a byte of them is kept.
bool HttpRequestParser::mayTake(QByteArrayView bytes)
{
    if (m_state != State::RequestLine && m_state != State::Headers) {
        if (m_partial.size() + bytes.size() > longestChunkLine) {
            fail(400, "A chunk line or trailer is too long.");
        }
        return m_state != State::Failed;
    }
    const bool first = m_headBytes == 0 && !bytes.isEmpty();
    if (first && bytes.front() != '\r' && lowerTokenChar(bytes.front()) == 0) {
        fail(400, "This is not an HTTP request (plain http:// is spoken here, not TLS).");
        return false;
    }
    m_headBytes += bytes.size();
    if (m_headBytes > m_limits.maxHeadBytes) {
        fail(431, "The request head is larger than 32 KiB.");
        return false;
    }
    return true;
}

/// Chunk extensions and trailers carry nothing we use: together they get what a head may have.
bool HttpRequestParser::noteOverhead(qsizetype bytes)
{
    m_overhead += bytes;
    if (m_overhead > m_limits.maxHeadBytes) {
        fail(400, "Chunk extensions and trailers are too large.");
        return false;
    }
    return true;
}

void HttpRequestParser::onLine(QByteArrayView line)
{
    switch (m_state) {
    case State::RequestLine:
        // RFC 9112 2.2: an empty line before the request line is ignored.
        if (!line.isEmpty()) {
            onRequestLine(line);
        }
        return;
    case State::Headers:
        if (line.isEmpty()) {
            finishHead();
        } else {
            onHeaderLine(line);
        }
        return;
    case State::ChunkSize:
        onChunkSizeLine(line);
        return;
    case State::ChunkEnd:
        if (line.isEmpty()) {
            m_state = State::ChunkSize;
        } else {
            fail(400, "A chunk is longer than its size.");
        }
        return;
    default:
        onTrailerLine(line);
        return;
    }
}

void HttpRequestParser::onRequestLine(QByteArrayView line)
{
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    constexpr qsizetype longestMethod = 32;
    if (first <= 0 || last <= first || first > longestMethod) {
        return fail(400, "The request line is malformed.");
    }
    const QByteArrayView name = line.first(first);
    if (!std::all_of(name.begin(), name.end(), [](char c) { return lowerTokenChar(c) != 0; })) {
        return fail(400, "The request method is malformed.");
    }
    m_request.method = methodOf(name);
    m_request.methodName = methodName(m_request.method, name);
    if (!setVersion(line.sliced(last + 1))) {
        return;
    }
    if (name == "CONNECT") {
        return fail(501, "This gateway is not a proxy: CONNECT is not supported.");
    }
    if (!setTarget(line.sliced(first + 1, last - first - 1))) {
        return fail(400, "The request target is malformed.");
    }
    m_state = State::Headers;
}

bool HttpRequestParser::setVersion(QByteArrayView version)
{
    if (version == "HTTP/1.1" || version == "HTTP/1.0") {
        m_request.http10 = version.endsWith('0');
        return true;
    }
    const bool wellFormed = version.size() == 8 && version.startsWith("HTTP/") && version[6] == '.'
        && isDigit(version[5]) && isDigit(version[7]);
    if (wellFormed && version[5] != '1') {
        fail(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    } else {
        fail(400, "The HTTP version is malformed.");
    }
    return false;
}

bool HttpRequestParser::setTarget(QByteArrayView target)
{
    const auto isVisible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (target.isEmpty() || !std::all_of(target.begin(), target.end(), isVisible)) {
        return false;
    }
    if (target == "*") {
        m_request.path = "*"_ba;
        return m_request.method == Method::Options;
    }
    if (!target.startsWith('/')) {
        QByteArrayView authority;
        QByteArrayView rest;
        if (!splitAbsolute(target, authority, rest)) {
            return false;
        }
        m_authority = authority.toByteArray();
        target = rest;
    }
    if (target.contains('#')) {
        return false;
    }
    const qsizetype mark = target.indexOf('?');
    const QByteArrayView rawPath = mark < 0 ? target : target.first(mark);
    if (mark >= 0) {
        m_request.query = target.sliced(mark + 1).toByteArray();
    }
    std::optional<QByteArray> path = normalisedPath(
        rawPath.isEmpty() ? QByteArrayView("/") : rawPath);
    if (!path) {
        return false;
    }
    m_request.path = std::move(*path);
    return true;
}

void HttpRequestParser::onHeaderLine(QByteArrayView line)
{
    if (static_cast<int>(m_request.headers.size()) >= m_limits.maxHeaders) {
        return fail(431, "The request has more than 90 headers.");
    }
    if (line.front() == ' ' || line.front() == '\t') {
        return fail(400, "Folded header lines are not accepted.");
    }
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0) {
        return fail(400, "A header line has no name or no colon.");
    }
    QByteArray name = headerName(line.first(colon));
    if (name.isEmpty()) {
        return fail(400, "A header name has a character that is not allowed.");
    }
    const QByteArrayView value = trimmedBlanks(line.sliced(colon + 1));
    if (hasControl(value)) {
        return fail(400, "A header value has a control character.");
    }
    if (noteFraming(name, value)) {
        m_request.headers.add(std::move(name), value.toByteArray());
    }
}

/// Remembers what decides where the message ends. False when the header made the request fail.
bool HttpRequestParser::noteFraming(QByteArrayView name, QByteArrayView value)
{
    if (name == "content-length") {
        return noteContentLength(value);
    }
    if (name == "transfer-encoding") {
        return noteTransferCoding(value);
    }
    if (name == "connection") {
        noteConnection(value);
    }
    if (name == "host" && m_request.headers.contains("host")) {
        fail(400, "The Host header is repeated.");
        return false;
    }
    return true;
}

bool HttpRequestParser::noteContentLength(QByteArrayView value)
{
    constexpr qsizetype mostDigits = 18; // fits std::int64_t
    if (m_hasLength || m_chunked) {
        fail(400, "Content-Length is repeated or comes with Transfer-Encoding.");
        return false;
    }
    const bool digits = !value.isEmpty() && std::all_of(value.begin(), value.end(), isDigit);
    if (!digits) {
        fail(400, "Content-Length is not a number.");
        return false;
    }
    m_hasLength = true;
    if (value.size() > mostDigits) {
        fail(413, "The request body is too large.");
        return false;
    }
    for (const char c : value) {
        m_remaining = m_remaining * 10 + (c - '0');
    }
    return true;
}

bool HttpRequestParser::noteTransferCoding(QByteArrayView value)
{
    if (m_hasLength || m_chunked || m_request.http10) {
        fail(400, "Transfer-Encoding is repeated, comes with Content-Length or with HTTP/1.0.");
        return false;
    }
    if (value.compare("chunked", Qt::CaseInsensitive) != 0) {
        fail(400, "The only transfer coding accepted is one 'chunked'.");
        return false;
    }
    m_chunked = true;
    return true;
}

void HttpRequestParser::noteConnection(QByteArrayView value)
{
    m_closeAsked = m_closeAsked || hasToken(value, "close");
    m_keepAliveAsked = m_keepAliveAsked || hasToken(value, "keep-alive");
}

void HttpRequestParser::finishHead()
{
    if (!m_authority.isEmpty()) {
        const QByteArray host = m_request.headers.value("host");
        if (host.isNull()) {
            m_request.headers.add("host"_ba, m_authority);
        } else if (host.compare(m_authority, Qt::CaseInsensitive) != 0) {
            return fail(400, "The request target and the Host header name different hosts.");
        }
    }
    m_request.keepAlive = !m_closeAsked && (!m_request.http10 || m_keepAliveAsked);
    if (m_remaining > m_limits.maxBodyBytes) {
        return fail(413, "The request body is too large.");
    }
    m_state = State::HeadDone;
}

void HttpRequestParser::beginBody()
{
    if (m_chunked) {
        m_state = State::ChunkSize;
    } else if (m_remaining > 0) {
        // Memory grows with what arrives, never with what is announced.
        m_request.body.reserve(std::min<qsizetype>(m_remaining, firstBodyReserve) + bodyPadding);
        m_state = State::FixedBody;
    } else {
        m_state = State::Done;
    }
}

void HttpRequestParser::onBytes(QByteArrayView &data)
{
    const qsizetype length = std::min<qsizetype>(m_remaining, data.size());
    m_request.body += data.first(length);
    data = data.sliced(length);
    m_remaining -= length;
    if (m_remaining > 0) {
        return;
    }
    if (m_chunked) {
        m_state = State::ChunkEnd;
    } else {
        m_request.body.reserve(m_request.body.size() + bodyPadding);
        m_state = State::Done;
    }
}

void HttpRequestParser::onChunkSizeLine(QByteArrayView line)
{
    constexpr qsizetype mostDigits = 15; // fits std::int64_t
    std::int64_t size = 0;
    qsizetype digits = 0;
    while (digits < line.size() && hexDigit(line[digits]) >= 0) {
        if (digits == mostDigits) {
            return fail(400, "A chunk size is malformed.");
        }
        size = size * 16 + hexDigit(line[digits]);
        ++digits;
    }
    const QByteArrayView rest = trimmedBlanks(line.sliced(digits));
    if (digits == 0 || (!rest.isEmpty() && !rest.startsWith(';')) || hasControl(rest)) {
        return fail(400, "A chunk size is malformed.");
    }
    if (!noteOverhead(rest.size())) {
        return;
    }
    if (size > m_limits.maxBodyBytes - m_request.body.size()) {
        return fail(413, "The request body is too large.");
    }
    m_remaining = size;
    m_state = size > 0 ? State::ChunkData : State::Trailers;
}

/// Trailers are checked for their form and dropped: nothing here uses one.
void HttpRequestParser::onTrailerLine(QByteArrayView line)
{
    if (line.isEmpty()) {
        m_request.body.reserve(m_request.body.size() + bodyPadding);
        m_state = State::Done;
        return;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0 || headerName(line.first(colon)).isEmpty() || hasControl(line.sliced(colon))) {
        return fail(400, "A trailer line is malformed.");
    }
    static_cast<void>(noteOverhead(line.size()));
}

void HttpRequestParser::fail(int status, const char *message)
{
    m_error = {status, message};
    m_state = State::Failed;
    m_request.body = {};
    m_partial = {};
}

} // namespace freerelay::gateway
