#include "apps_route.h"

#include "core/interfaces/app_keys_json.h"

#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::Result;
using interfaces::AppKeyChange;
using interfaces::AppKeys;
using interfaces::GatewayControl;
using Downstream = std::shared_ptr<relay::Downstream>;

constexpr QByteArrayView onePattern = "/admin/apps/*";
constexpr auto restoreSuffix = "/restore"_L1;

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QByteArray listJson(const AppKeys &keys)
{
    return compact(interfaces::appsJson(keys.list(), keys.problem()));
}

Result<AppKeyChange> changeIn(const QByteArray &body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    return interfaces::appChangeFromJson(document.object());
}

QString idIn(const QByteArray &path)
{
    return QString::fromUtf8(wildcardPart(onePattern, path));
}

} // namespace

void AppsRoute::addTo(Router &router)
{
    router.add(
        {Method::Get,
         "/admin/apps"_ba,
         RouteFlag::Admin,
         [this](const HttpRequest &, const Downstream &downstream) { list(downstream); }});
    router.add(
        {Method::Post,
         "/admin/apps"_ba,
         RouteFlag::Admin | RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             add(request, downstream);
         }});
    router.add(
        {Method::Post,
         onePattern.toByteArray(),
         RouteFlag::Admin | RouteFlag::JsonBody,
         [this](const HttpRequest &request, const Downstream &downstream) {
             post(request, downstream);
         }});
    router.add(
        {Method::Delete,
         onePattern.toByteArray(),
         RouteFlag::Admin,
         [this](const HttpRequest &request, const Downstream &downstream) {
             revoke(request, downstream);
         }});
}

void AppsRoute::list(Downstream downstream)
{
    m_admin.ask(
        [](GatewayControl &control) { return Result<QByteArray>(listJson(control.appKeys())); },
        std::move(downstream));
}

void AppsRoute::add(const HttpRequest &request, Downstream downstream)
{
    m_admin.ask(
        [wanted = changeIn(request.body)](GatewayControl &control) {
            return wanted
                .and_then([&](const AppKeyChange &change) { return control.appKeys().add(change); })
                .map([](const interfaces::NewAppKey &added) {
                    return compact(interfaces::toJson(added));
                });
        },
        std::move(downstream));
}

void AppsRoute::post(const HttpRequest &request, Downstream downstream)
{
    const QString id = idIn(request.path);
    if (id.endsWith(restoreSuffix)) {
        m_admin.ask(
            [id = id.chopped(restoreSuffix.size())](GatewayControl &control) {
                AppKeys &keys = control.appKeys();
                return keys.restore(id).map([&keys] { return listJson(keys); });
            },
            std::move(downstream));
        return;
    }
    m_admin.ask(
        [id, wanted = changeIn(request.body)](GatewayControl &control) {
            return wanted
                .and_then([&](const AppKeyChange &change) {
                    return control.appKeys().change(id, change);
                })
                .map([](const interfaces::AppKeyRow &app) {
                    return compact(interfaces::toJson(app));
                });
        },
        std::move(downstream));
}

void AppsRoute::revoke(const HttpRequest &request, Downstream downstream)
{
    m_admin.ask(
        [id = idIn(request.path)](GatewayControl &control) {
            AppKeys &keys = control.appKeys();
            return keys.revoke(id).map([&keys] { return listJson(keys); });
        },
        std::move(downstream));
}

} // namespace freerelay::gateway
