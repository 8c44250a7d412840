#pragma once

#include "core/common/published.h"
#include "core/gateway/access_policy.h"
#include "core/gateway/request_handler.h"

#include <QByteArray>
#include <QByteArrayView>

#include <functional>
#include <memory>
#include <vector>

namespace freerelay::gateway {

/// What a route asks of a request before its handler sees it.
enum class RouteFlag : std::uint8_t {
    Harmless = 1, ///< changes and tells nothing: no client key, open to any web page's GET
    Admin = 2, ///< needs the admin token instead of the client key
    JsonBody = 4, ///< the body must be application/json
    NoKey = 8, ///< needs no key; web pages are refused as everywhere
    /// Needs no key of a program of this user, the client key of all others. Not readable for pages
    /// of other origins, not even of allowed ones.
    Personal = 16,
    /// Its handler tells a caller whose key opens nothing so, in its dialect and with a record.
    ToldByHandler = 32,
    Models = 64, ///< an app's key needs the scope for it
};
Q_DECLARE_FLAGS(RouteFlags, RouteFlag)
Q_DECLARE_OPERATORS_FOR_FLAGS(RouteFlags)

using RouteFunction
    = std::function<void(HttpRequest request, std::shared_ptr<relay::Downstream> downstream)>;

struct Route
{
    Method method = Method::Get;
    QByteArray pattern; ///< a path, or a prefix with one trailing '*' ("/v1/models/*")
    RouteFlags flags;
    RouteFunction function;
};

/// Finds the route of a request and checks, by the route's flags, who may use it. Answers 404,
/// 405, OPTIONS, preflights, 415, 401, 403 by itself; serves HEAD by every GET route. One thread.
class Router final : public RequestHandler
{
public:
    /// @param rules  outlives the router
    explicit Router(const common::Published<AccessRules> &rules);

    void add(Route route);

    void handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream) override;

private:
    struct Match
    {
        const Route *route = nullptr; ///< null when no route has the method
        QByteArray allow; ///< "" when the path is unknown
    };

    [[nodiscard]] static bool needsNoKey(const HttpRequest &request, RouteFlags flags);
    [[nodiscard]] static std::optional<Refusal>
    checkKey(const HttpRequest &request, RouteFlags flags, const AccessRules &rules);
    [[nodiscard]] Match match(const HttpRequest &request) const;
    [[nodiscard]] std::optional<Refusal> check(const HttpRequest &request, const Match &found);
    void
    answerOptions(const HttpRequest &request, const Match &found, relay::Downstream &downstream);

    common::Published<AccessRules>::Reader m_rules;
    std::vector<Route> m_routes;
};

/// What the '*' of `pattern` stands for in `path`.
[[nodiscard]] QByteArray wildcardPart(QByteArrayView pattern, QByteArrayView path);

} // namespace freerelay::gateway
