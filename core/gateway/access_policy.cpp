#include "access_policy.h"

#include "core/gateway/http_syntax.h"
#include "core/relay/app_rights.h"

#include <QHostAddress>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

/// The name in "name", "name:port" or "[address]:port"; null when it is malformed.
QByteArrayView hostName(QByteArrayView authority)
{
    QByteArrayView name = authority;
    QByteArrayView port;
    if (authority.startsWith('[')) {
        const qsizetype end = authority.indexOf(']');
        if (end < 0) {
            return {};
        }
        name = authority.first(end + 1);
        port = authority.sliced(end + 1);
    } else if (const qsizetype colon = authority.indexOf(':'); colon >= 0) {
        name = authority.first(colon);
        port = authority.sliced(colon);
    }
    const bool portFits = port.isEmpty()
        || (port.startsWith(':') && port.size() <= 6
            && std::all_of(port.begin() + 1, port.end(), isDigit));
    return portFits && !name.isEmpty() ? name : QByteArrayView();
}

const QList<QByteArray> &ownHosts(const AccessRules &rules, Entrance entrance)
{
    static const QList<QByteArray> loopback{"127.0.0.1"_ba, "[::1]"_ba, "localhost"_ba};
    return entrance == Entrance::Bridge ? rules.bridgeHosts : loopback;
}

bool isAmong(const QList<QByteArray> &hosts, QByteArrayView name)
{
    return std::any_of(hosts.begin(), hosts.end(), [name](const QByteArray &host) {
        return name.compare(host, Qt::CaseInsensitive) == 0;
    });
}

QByteArray shown(QByteArrayView text)
{
    constexpr qsizetype longest = 100;
    return text.first(std::min(longest, text.size())).toByteArray();
}

/// The page was loaded from this very gateway (the dashboard).
bool isOwnOrigin(QByteArrayView origin, const HttpRequest &request)
{
    const QByteArray host = request.headers.value("host");
    return !host.isEmpty()
        && origin.compare(QByteArray("http://" + host), Qt::CaseInsensitive) == 0;
}

QByteArrayView bearerToken(QByteArrayView authorization)
{
    constexpr QByteArrayView scheme = "Bearer ";
    if (authorization.size() <= scheme.size()
        || authorization.first(scheme.size()).compare(scheme, Qt::CaseInsensitive) != 0) {
        return {};
    }
    return trimmedBlanks(authorization.sliced(scheme.size()));
}

/// `key` in the query, where Google's clients may put it. The query is never logged, kept or told.
QByteArrayList queryKeys(const QByteArray &query)
{
    QByteArrayList keys;
    if (query.contains("key=")) {
        for (const QByteArray &part : query.split('&')) {
            if (part.startsWith("key=")) {
                keys << QByteArray::fromPercentEncoding(part.sliced(4));
            }
        }
    }
    return keys;
}

bool carriesAsGoogle(const HttpRequest &request, const common::Secret &secret)
{
    if (!request.path.startsWith("/v1beta/")) {
        return false;
    }
    bool found = secret.equals(request.headers.value("x-goog-api-key"));
    const QByteArrayList keys = queryKeys(request.query);
    for (const QByteArray &key : keys) {
        found = secret.equals(key) || found;
    }
    return found;
}

bool carries(const HttpRequest &request, const common::Secret &secret)
{
    const QByteArray authorization = request.headers.value("authorization");
    const QByteArray apiKey = request.headers.value("x-api-key");
    // Both are compared, always: which header matched must not show in the time.
    const bool byBearer = secret.equals(bearerToken(authorization));
    const bool byKey = secret.equals(apiKey);
    return byBearer || byKey;
}

/// Wherever the dialects have their keys.
QByteArrayList sentKeys(const HttpRequest &request)
{
    return QByteArrayList{
               bearerToken(request.headers.value("authorization")).toByteArray(),
               request.headers.value("x-api-key"),
               request.headers.value("x-goog-api-key")}
    + queryKeys(request.query);
}

Refusal unauthenticated(const char *message)
{
    return {
        401,
        message,
        "authentication_error"_ba,
        "invalid_api_key"_ba,
        {{"www-authenticate"_ba, "Bearer"_ba}}};
}

QByteArray withoutPort(const QString &entry)
{
    const QByteArray host = entry.trimmed().toLower().toUtf8();
    const QHostAddress address(entry.trimmed());
    if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        return '[' + host + ']';
    }
    return hostName(host).toByteArray();
}

} // namespace

AccessRules accessRules(
    const AccessOptions &options,
    common::Secret clientKey,
    common::Secret adminToken,
    std::shared_ptr<const apps::AppTable> apps)
{
    AccessRules rules;
    for (const QString &host : options.allowedHosts) {
        rules.allowedHosts.append(withoutPort(host));
    }
    const QHostAddress bound(options.bindHost);
    if (!bound.isNull() && !bound.isLoopback()) {
        rules.allowedHosts.append(withoutPort(options.bindHost));
    }
    for (const QString &origin : options.allowedOrigins) {
        rules.allowedOrigins.append(origin.trimmed().toUtf8());
    }
    rules.sameUserOnly = options.sameUserOnly;
    rules.unknownPeer = options.unknownPeer;
    rules.clientKey = std::move(clientKey);
    rules.adminToken = std::move(adminToken);
    rules.limits = options.limits;
    rules.needsKey = options.requireKeys;
    if (!options.bridgeAddress.isEmpty()) {
        // What containers call the machine that they run on (Docker's and Podman's manuals).
        rules.bridgeHosts = {
            withoutPort(options.bridgeAddress),
            "host.docker.internal"_ba,
            "host.containers.internal"_ba};
    }
    rules.apps = std::move(apps);
    return rules;
}

bool isFromBrowser(const HttpRequest &request)
{
    const common::HeaderList &headers = request.headers;
    return headers.contains("origin") || headers.contains("referer")
        || headers.contains("sec-fetch-site") || headers.contains("sec-fetch-dest");
}

QByteArray appIdOf(const HttpRequest &request)
{
    return request.caller.app ? request.caller.app->id : QByteArray();
}

std::optional<Refusal>
checkHost(const HttpRequest &request, const AccessRules &rules, Entrance entrance)
{
    const QByteArray host = request.headers.value("host");
    if (host.isNull() && request.http10) {
        return std::nullopt;
    }
    const QByteArrayView name = hostName(host);
    if (name.isEmpty()) {
        return Refusal{
            400,
            "The Host header is missing or malformed."_ba,
            "invalid_request_error"_ba,
            "bad_host"_ba};
    }
    const QList<QByteArray> &own = ownHosts(rules, entrance);
    if (isAmong(own, name) || isAmong(rules.allowedHosts, name)) {
        return std::nullopt;
    }
    const QByteArray allowed = (own + rules.allowedHosts).join(", ");
    return Refusal{
        421,
        "The host '" + shown(name) + "' is not served here. Allowed: " + allowed
            + ". To allow another one, add it to allowed_hosts in FreeRelay's settings file.",
        "invalid_request_error"_ba,
        "host_not_allowed"_ba};
}

std::optional<Refusal> checkPeer(PeerOwner peer, const AccessRules &rules)
{
    if (!rules.sameUserOnly || peer == PeerOwner::SameUser) {
        return std::nullopt;
    }
    if (peer == PeerOwner::OtherUser) {
        return Refusal{
            403,
            "This gateway belongs to another user of this computer. It answers programs of that user only."_ba,
            "permission_error"_ba,
            "other_user"_ba};
    }
    if (rules.unknownPeer == common::UnknownPeer::Allow) {
        return std::nullopt;
    }
    return Refusal{
        403,
        "It cannot be found out which user this program runs as (it may be in a container). "
        "Set unknown_peer to 'allow' in FreeRelay's settings file to serve it."_ba,
        "permission_error"_ba,
        "unknown_user"_ba};
}

std::optional<Refusal> checkBrowser(const HttpRequest &request, const AccessRules &rules)
{
    const QByteArray origin = request.headers.value("origin");
    const QByteArray site = request.headers.value("sec-fetch-site");
    if (!origin.isNull()) {
        if (rules.allowedOrigins.contains(origin)) {
            return std::nullopt;
        }
        if (!isOwnOrigin(origin, request)) {
            return Refusal{
                403,
                "Web pages of '" + shown(origin)
                    + "' may not use this gateway. To allow them, add that origin to "
                      "allowed_origins in FreeRelay's settings file.",
                "permission_error"_ba,
                "origin_not_allowed"_ba};
        }
    }
    if (site == "cross-site" || site == "same-site") {
        return Refusal{
            403,
            "A web page of another site caused this request (Sec-Fetch-Site). It is refused."_ba,
            "permission_error"_ba,
            "origin_not_allowed"_ba};
    }
    return std::nullopt;
}

std::optional<Refusal> checkContentType(const HttpRequest &request)
{
    const QByteArray type = request.headers.value("content-type");
    const qsizetype semicolon = type.indexOf(';');
    const QByteArrayView essence = trimmedBlanks(
        QByteArrayView(type).first(semicolon < 0 ? type.size() : semicolon));
    if (essence.compare("application/json", Qt::CaseInsensitive) == 0) {
        return std::nullopt;
    }
    return Refusal{
        415,
        "Send the body as Content-Type: application/json."_ba,
        "invalid_request_error"_ba,
        "unsupported_content_type"_ba};
}

std::optional<Refusal> checkClientKey(const HttpRequest &request, const AccessRules &rules)
{
    if (rules.clientKey.isEmpty()) {
        return std::nullopt;
    }
    const bool byGoogle = carriesAsGoogle(request, rules.clientKey);
    if (carries(request, rules.clientKey) || byGoogle) {
        return std::nullopt;
    }
    return unauthenticated(
        "This gateway asks for its own key (FREERELAY_API_KEY): send it as Authorization: Bearer "
        "or x-api-key.");
}

apps::Caller callerOf(const HttpRequest &request, const AccessRules &rules)
{
    if (!rules.apps) {
        return {};
    }
    apps::Caller caller;
    const QByteArrayList keys = sentKeys(request);
    for (const QByteArray &key : keys) {
        apps::Caller found = rules.apps->find(key);
        if (found.kind == apps::Caller::Kind::App) {
            return found;
        }
        if (found.isRefused()) {
            caller = std::move(found);
        }
    }
    return caller;
}

std::optional<Refusal>
checkCaller(const HttpRequest &request, const AccessRules &rules, std::optional<apps::Scope> scope)
{
    const auto error = relay::refusalOf(request.caller, scope);
    if (error) {
        return Refusal{error->status, error->message, error->type, error->code};
    }
    if (request.caller.kind == apps::Caller::Kind::App) {
        return std::nullopt;
    }
    if (rules.needsKey && rules.clientKey.isEmpty()) {
        return unauthenticated(
            "This gateway answers only apps with a key of their own (setting require_keys): "
            "connect "
            "the tool with “freerelay connect”, or make a key with “freerelay apps add”.");
    }
    return checkClientKey(request, rules);
}

std::optional<Refusal> checkBridge(const HttpRequest &request, bool isForUser)
{
    if (isForUser) {
        return Refusal{
            403,
            "This is not served over the bridge, whatever the token: ask on 127.0.0.1."_ba,
            "permission_error"_ba,
            "not_over_bridge"_ba};
    }
    if (request.caller.kind == apps::Caller::Kind::Nobody) {
        return unauthenticated("Over the bridge every request needs the key of an app: make one "
                               "with “freerelay apps add”.");
    }
    return std::nullopt;
}

std::optional<Refusal> checkAdminToken(const HttpRequest &request, const AccessRules &rules)
{
    if (rules.adminToken.isEmpty()) {
        return Refusal{
            403,
            "The admin routes are closed: no admin token exists."_ba,
            "permission_error"_ba,
            "admin_closed"_ba};
    }
    if (carries(request, rules.adminToken)) {
        return std::nullopt;
    }
    return unauthenticated("This route needs the admin token: send it as Authorization: Bearer.");
}

common::HeaderList corsHeaders(const HttpRequest &request, const AccessRules &rules)
{
    common::HeaderList headers;
    const QByteArray origin = request.headers.value("origin");
    if (!origin.isEmpty() && rules.allowedOrigins.contains(origin)) {
        headers.add("access-control-allow-origin"_ba, origin);
        headers.add("vary"_ba, "origin"_ba);
        headers.add(
            "access-control-expose-headers"_ba,
            "retry-after, x-freerelay-attempts, x-freerelay-model, x-freerelay-provider, "
            "x-freerelay-request-id"_ba);
    }
    return headers;
}

bool isPreflight(const HttpRequest &request)
{
    return request.method == Method::Options && request.headers.contains("origin")
        && request.headers.contains("access-control-request-method");
}

common::HeaderList preflightHeaders(const HttpRequest &request, QByteArrayView methods)
{
    common::HeaderList headers;
    headers.add("access-control-allow-methods"_ba, methods.toByteArray());
    const QByteArray asked = request.headers.value("access-control-request-headers");
    if (!asked.isEmpty()) {
        headers.add("access-control-allow-headers"_ba, asked);
    }
    headers.add("access-control-max-age"_ba, "600"_ba);
    if (request.headers.value("access-control-request-private-network") == "true") {
        headers.add("access-control-allow-private-network"_ba, "true"_ba);
    }
    return headers;
}

} // namespace freerelay::gateway
