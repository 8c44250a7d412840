#pragma once

#include "core/apps/app_table.h"
#include "core/common/limits.h"
#include "core/common/secret.h"
#include "core/gateway/http_types.h"
#include "core/gateway/refusal.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace freerelay::gateway {

/// Who may call and how much: one immutable snapshot, replaced as a whole while the server runs.
struct AccessRules
{
    QList<QByteArray> allowedHosts; ///< lower case, without port; beside the loopback names
    QList<QByteArray> allowedOrigins; ///< exact, as browsers send them ("https://app.example")
    bool sameUserOnly = true;
    common::UnknownPeer unknownPeer = common::UnknownPeer::Refuse;
    common::Secret clientKey; ///< empty: any client key or none is accepted
    common::Secret adminToken; ///< empty: admin routes are closed
    std::shared_ptr<const apps::AppTable> apps; ///< null: there are none
    /// Names of the bridge, beside allowedHosts; empty: there is none.
    QList<QByteArray> bridgeHosts;
    bool needsKey = false; ///< a request without a key of an app, or the client key, is refused
    common::GatewayLimits limits;
};

/// What the user's settings say about access, as written there.
struct AccessOptions
{
    QString bindHost = QStringLiteral(
        "127.0.0.1"); ///< when it is not loopback, it is an allowed host
    QStringList allowedHosts; ///< names or addresses, with or without port
    QStringList allowedOrigins;
    bool sameUserOnly = true;
    common::UnknownPeer unknownPeer = common::UnknownPeer::Refuse;
    common::GatewayLimits limits;
    bool requireKeys = false;
    QString bridgeAddress{}; ///< "" = there is none
};

/// The rules that the options ask for.
[[nodiscard]] AccessRules accessRules(
    const AccessOptions &options,
    common::Secret clientKey,
    common::Secret adminToken,
    std::shared_ptr<const apps::AppTable> apps = nullptr);

/// All of these: pure; nullopt = may pass.

/// Browsers say where a request comes from, all of them in one of the headers Origin, Referer,
/// Sec-Fetch-Site and Sec-Fetch-Dest (W3C Fetch Metadata). Sec-Fetch-Mode alone is no sign: the
/// fetch() of Node.js (undici, 24.21) sends it too, and none of these.
[[nodiscard]] bool isFromBrowser(const HttpRequest &request);

/// The app whose key it brought; "" = none. `request.caller` is set.
[[nodiscard]] QByteArray appIdOf(const HttpRequest &request);

/// Host (RFC 9112 3.2): a name that is not ours is how DNS rebinding looks (421). A request of
/// HTTP/1.0 may come without one; browsers never send those.
/// The bridge has names of its own.
[[nodiscard]] std::optional<Refusal> checkHost(
    const HttpRequest &request, const AccessRules &rules, Entrance entrance = Entrance::Usual);

/// Processes of another user of the machine are refused (403).
[[nodiscard]] std::optional<Refusal> checkPeer(PeerOwner peer, const AccessRules &rules);

/// Requests that a web page of another origin caused (Origin, Sec-Fetch-Site) are refused (403)
/// unless the origin is on the list.
[[nodiscard]] std::optional<Refusal>
checkBrowser(const HttpRequest &request, const AccessRules &rules);

/// A body must be declared as application/json (415): browsers cannot send that across origins
/// without asking first.
[[nodiscard]] std::optional<Refusal> checkContentType(const HttpRequest &request);

/// The client key, when one is required: `Authorization: Bearer` or `x-api-key`; under /v1beta/
/// also `x-goog-api-key` or `?key=` (401). Constant time.
[[nodiscard]] std::optional<Refusal>
checkClientKey(const HttpRequest &request, const AccessRules &rules);

/// Whose key a request brought: `Authorization: Bearer`, `x-api-key`, `x-goog-api-key` or `?key=`,
/// whichever is one of ours first.
[[nodiscard]] apps::Caller callerOf(const HttpRequest &request, const AccessRules &rules);

/// A key that looks like an app's and opens nothing, or none at all when one is required (401); one
/// that does not open `scope` (403). `request.caller` is set.
[[nodiscard]] std::optional<Refusal>
checkCaller(const HttpRequest &request, const AccessRules &rules, std::optional<apps::Scope> scope);

/// What came by the bridge has a key of an app that opens something (401), and asks for nothing of
/// the user's own (403).
[[nodiscard]] std::optional<Refusal> checkBridge(const HttpRequest &request, bool isForUser);

/// The admin token, in the same headers (401); 403 while no token exists.
[[nodiscard]] std::optional<Refusal>
checkAdminToken(const HttpRequest &request, const AccessRules &rules);

/// CORS headers for an allow-listed Origin; empty for every other request. Never a wildcard.
[[nodiscard]] common::HeaderList corsHeaders(const HttpRequest &request, const AccessRules &rules);

/// Whether `request` is a CORS preflight (Fetch standard: OPTIONS with Origin and a method).
[[nodiscard]] bool isPreflight(const HttpRequest &request);

/// Headers of the answer to a preflight from an allow-listed origin, beside corsHeaders().
[[nodiscard]] common::HeaderList
preflightHeaders(const HttpRequest &request, QByteArrayView methods);

} // namespace freerelay::gateway
