#include "router.h"

#include "core/gateway/cors_downstream.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

bool matches(QByteArrayView pattern, QByteArrayView path)
{
    if (!pattern.endsWith('*')) {
        return pattern == path;
    }
    const QByteArrayView prefix = pattern.chopped(1);
    return path.size() > prefix.size() && path.startsWith(prefix);
}

QByteArrayView nameOf(Method method)
{
    switch (method) {
    case Method::Get:
        return "GET, HEAD";
    case Method::Head:
        return "HEAD";
    case Method::Post:
        return "POST";
    case Method::Put:
        return "PUT";
    case Method::Patch:
        return "PATCH";
    case Method::Delete:
        return "DELETE";
    case Method::Options:
        return "OPTIONS";
    case Method::Other:
        break;
    }
    return {};
}

bool serves(Method route, Method asked)
{
    return route == asked || (route == Method::Get && asked == Method::Head);
}

Refusal notFound(const QByteArray &path)
{
    constexpr qsizetype shownPath = 200;
    return {
        404,
        "There is no '" + path.left(shownPath) + "' here. The API is under /v1.",
        "invalid_request_error"_ba,
        "not_found"_ba};
}

Refusal notAllowed(const HttpRequest &request, const QByteArray &allow)
{
    const bool unknown = request.method == Method::Other;
    return {
        unknown ? 501 : 405,
        "The method " + request.methodName + " is not served for this path. Use " + allow + '.',
        "invalid_request_error"_ba,
        "method_not_allowed"_ba,
        {{"allow"_ba, allow}}};
}

} // namespace

QByteArray wildcardPart(QByteArrayView pattern, QByteArrayView path)
{
    return path.sliced(std::min(path.size(), pattern.size() - 1)).toByteArray();
}

Router::Router(const common::Published<AccessRules> &rules)
    : m_rules(rules)
{ }

void Router::add(Route route)
{
    m_routes.push_back(std::move(route));
}

Router::Match Router::match(const HttpRequest &request) const
{
    Match found;
    for (const Route &route : m_routes) {
        if (!matches(route.pattern, request.path)) {
            continue;
        }
        if (serves(route.method, request.method)) {
            return {&route, "any"_ba};
        }
        if (const QByteArrayView name = nameOf(route.method); !found.allow.contains(name)) {
            found.allow += name + ", ";
        }
    }
    if (!found.allow.isEmpty()) {
        found.allow += "OPTIONS";
    }
    return found;
}

bool Router::needsNoKey(const HttpRequest &request, RouteFlags flags)
{
    return request.entrance == Entrance::Usual
        && (flags.testAnyFlags(RouteFlag::Harmless | RouteFlag::NoKey)
            || (flags.testFlag(RouteFlag::Personal) && request.peer == PeerOwner::SameUser));
}

std::optional<Refusal>
Router::checkKey(const HttpRequest &request, RouteFlags flags, const AccessRules &rules)
{
    if (flags.testFlag(RouteFlag::ToldByHandler) && request.caller.isRefused()) {
        return std::nullopt;
    }
    const bool tellsModels = flags.testFlag(RouteFlag::Models);
    return checkCaller(
        request, rules, tellsModels ? std::optional(apps::Scope::Models) : std::nullopt);
}

std::optional<Refusal> Router::check(const HttpRequest &request, const Match &found)
{
    const AccessRules &rules = *m_rules.current();
    const RouteFlags flags = found.route ? found.route->flags : RouteFlags();
    if (!flags.testFlag(RouteFlag::Harmless)) {
        if (auto refusal = checkBrowser(request, rules)) {
            return refusal;
        }
    }
    if (request.entrance == Entrance::Bridge) {
        const bool isForUser = flags.testAnyFlags(RouteFlag::Admin | RouteFlag::Personal);
        if (auto refusal = checkBridge(request, isForUser)) {
            return refusal;
        }
    }
    if (found.allow.isEmpty()) {
        return notFound(request.path);
    }
    if (!found.route) {
        return request.method == Method::Options ? std::nullopt
                                                 : std::optional(notAllowed(request, found.allow));
    }
    if (flags.testFlag(RouteFlag::Admin)) {
        if (auto refusal = checkAdminToken(request, rules)) {
            return refusal;
        }
    } else if (!needsNoKey(request, flags)) {
        if (auto refusal = checkKey(request, flags, rules)) {
            return refusal;
        }
    }
    return flags.testFlag(RouteFlag::JsonBody) ? checkContentType(request) : std::nullopt;
}

void Router::handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream)
{
    Match found = match(request);
    request.caller = callerOf(request, *m_rules.current());
    if (request.method == Method::Options && request.path == "*") {
        found.allow = "GET, HEAD, POST, OPTIONS"_ba;
    }
    const bool personal = found.route && found.route->flags.testFlag(RouteFlag::Personal);
    if (common::HeaderList cors = corsHeaders(request, *m_rules.current());
        cors.size() > 0 && !personal) {
        downstream = std::make_shared<CorsDownstream>(std::move(downstream), std::move(cors));
    }
    if (auto refusal = check(request, found)) {
        refusal->path = request.path;
        refuse(*downstream, *refusal);
    } else if (found.route) {
        request.route = found.route->pattern;
        if (request.process && !request.caller.app
            && found.route->flags.testFlag(RouteFlag::ToldByHandler)) {
            request.process->ask();
        }
        found.route->function(std::move(request), std::move(downstream));
    } else {
        answerOptions(request, found, *downstream);
    }
}

void Router::answerOptions(
    const HttpRequest &request, const Match &found, relay::Downstream &downstream)
{
    common::HeaderList headers{{"allow"_ba, found.allow}};
    if (isPreflight(request)) {
        const common::HeaderList more = preflightHeaders(request, found.allow);
        for (const auto &[name, value] : more.fields()) {
            headers.add(name, value);
        }
    }
    downstream.reply(204, headers, {});
}

} // namespace freerelay::gateway
