#include "endpoint.h"

#include <QHostAddress>

#include <curl/curl.h>

#include <algorithm>
#include <memory>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

using common::ErrorKind;
using common::failure;
using common::Result;

namespace {

struct UrlDeleter
{
    void operator()(CURLU *url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

QByteArray part(CURLU *url, CURLUPart what, unsigned int flags = 0)
{
    char *text = nullptr;
    if (curl_url_get(url, what, &text, flags) != CURLUE_OK) {
        return {};
    }
    QByteArray copy(text);
    curl_free(text);
    return copy;
}

bool has(CURLU *url, CURLUPart what)
{
    char *text = nullptr;
    const bool found = curl_url_get(url, what, &text, 0) == CURLUE_OK;
    curl_free(text);
    return found;
}

// libcurl takes a few control characters and spaces; none of them belongs into an address.
bool isPrintable(const QByteArray &url)
{
    return std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c != '\x7f'; });
}

UrlHandle parse(const QByteArray &url)
{
    UrlHandle handle(curl_url());
    if (!handle || !isPrintable(url)
        || curl_url_set(handle.get(), CURLUPART_URL, url.constData(), CURLU_NON_SUPPORT_SCHEME)
            != CURLUE_OK) {
        return nullptr;
    }
    return handle;
}

QByteArray bareHost(QByteArrayView host)
{
    QByteArray bare = host.toByteArray().toLower();
    if (bare.startsWith('[') && bare.endsWith(']')) {
        bare = bare.mid(1, bare.size() - 2);
    }
    if (bare.endsWith('.')) {
        bare.chop(1);
    }
    return bare;
}

Result<HostPort> hostPortFrom(CURLU *url)
{
    const QByteArray scheme = part(url, CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") {
        return failure(
            ErrorKind::InvalidArgument, u"Only http and https addresses are supported."_s);
    }
    HostPort result;
    result.host = bareHost(part(url, CURLUPART_HOST));
    result.port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT).toUShort();
    result.https = scheme == "https";
    if (result.host.isEmpty() || result.port == 0) {
        return failure(
            ErrorKind::InvalidArgument, u"The address names no host or no usable port."_s);
    }
    return result;
}

bool isWildcard(const QByteArray &host)
{
    const QHostAddress address(QString::fromLatin1(host));
    return address == QHostAddress::AnyIPv4 || address == QHostAddress::AnyIPv6;
}

} // namespace

Result<HostPort> hostPortOf(const QByteArray &url)
{
    const UrlHandle handle = parse(url);
    if (!handle) {
        return failure(
            ErrorKind::InvalidArgument, u"This is not an absolute http or https address."_s);
    }
    return hostPortFrom(handle.get());
}

bool isLoopback(QByteArrayView host)
{
    const QByteArray bare = bareHost(host);
    if (bare == "localhost" || bare.endsWith(".localhost")) {
        return true;
    }
    const QHostAddress address(QString::fromLatin1(bare));
    if (address.isNull()) {
        return false;
    }
    bool isV4 = false;
    const quint32 v4 = address.toIPv4Address(&isV4); // IPv4-mapped IPv6 as well
    constexpr quint32 loopbackNet = 127;
    return isV4 ? (v4 >> 24) == loopbackNet : address == QHostAddress::LocalHostIPv6;
}

Result<void> checkBaseUrl(const QByteArray &url, CarriesKey carriesKey)
{
    const UrlHandle handle = parse(url);
    if (!handle) {
        return failure(
            ErrorKind::InvalidArgument, u"This is not an absolute http or https address."_s);
    }
    const Result<HostPort> target = hostPortFrom(handle.get());
    if (!target) {
        return failure(target.error());
    }
    if (has(handle.get(), CURLUPART_USER) || has(handle.get(), CURLUPART_PASSWORD)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"The address must not hold a user name or password; give the key on its own."_s);
    }
    // An empty query or fragment ("…/v1?") is dropped by the parser, so the text is searched too.
    if (has(handle.get(), CURLUPART_QUERY) || has(handle.get(), CURLUPART_FRAGMENT)
        || url.contains('?') || url.contains('#')) {
        return failure(ErrorKind::InvalidArgument, u"The address must end before any ? or #."_s);
    }
    if (carriesKey == CarriesKey::Yes && !target->https && !isLoopback(target->host)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"A key is sent over plain http to this machine only; use https for %1."_s.arg(
                QString::fromUtf8(target->host)));
    }
    return {};
}

Result<void>
checkNotOwnListener(const QByteArray &url, quint16 ownPort, const std::vector<QByteArray> &ownHosts)
{
    const Result<HostPort> target = hostPortOf(url);
    if (!target) {
        return failure(target.error());
    }
    const bool ownHost = isLoopback(target->host) || isWildcard(target->host)
        || std::any_of(ownHosts.begin(), ownHosts.end(), [&target](const QByteArray &host) {
                             return bareHost(host) == target->host;
                         });
    if (target->port == ownPort && ownHost) {
        return failure(
            ErrorKind::InvalidArgument,
            u"%1:%2 is FreeRelay's own address; it cannot be its own provider."_s
                .arg(QString::fromUtf8(target->host))
                .arg(ownPort));
    }
    return {};
}

bool isBoundTo(const QByteArray &boundHost, const QByteArray &url)
{
    const Result<HostPort> target = hostPortOf(url);
    const Result<HostPort> bound = hostPortOf(
        (target && target->https ? "https://" : "http://") + boundHost);
    if (!target || !bound || bound->host != target->host) {
        return false;
    }
    const qsizetype bracket = boundHost.lastIndexOf(']');
    const bool namesPort = boundHost.indexOf(':', std::max<qsizetype>(bracket, 0)) >= 0;
    return !namesPort || bound->port == target->port;
}

QByteArray joinUrl(const QByteArray &base, const QByteArray &path)
{
    if (path.isEmpty()) {
        return base;
    }
    qsizetype keep = base.size();
    while (keep > 0 && base[keep - 1] == '/') {
        --keep;
    }
    qsizetype skip = 0;
    while (skip < path.size() && path[skip] == '/') {
        ++skip;
    }
    QByteArray joined;
    joined.reserve(keep + 1 + path.size() - skip);
    joined.append(base.constData(), keep)
        .append('/')
        .append(path.constData() + skip, path.size() - skip);
    return joined;
}

} // namespace freerelay::upstream
