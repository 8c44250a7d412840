#include "admin_route.h"

#include "core/gateway/routes/history_route.h"
#include "core/interfaces/quota_json.h"
#include "core/relay/error_reply.h"

#include <QJsonDocument>
#include <QPointer>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

QByteArray statusJson(const interfaces::GatewayStatus &status)
{
    return QJsonDocument(QJsonObject{
                             {u"endpoint"_s, status.endpoint},
                             {u"mode"_s, common::toString(status.mode)},
                             {u"paused"_s, status.paused},
                             {u"demo"_s, status.demo},
                             {u"providers_ready"_s, status.providersReady},
                             {u"providers_configured"_s, status.providersConfigured},
                             {u"requests_total"_s, qint64(status.requestsTotal)},
                             {u"requests_failed"_s, qint64(status.requestsFailed)},
                             {u"requests_in_flight"_s, status.requestsInFlight},
                             {u"problem"_s, status.problem},
                             {u"version"_s, status.version}})
        .toJson(QJsonDocument::Compact);
}

void reply(relay::Downstream &downstream, const common::Result<QByteArray> &body)
{
    if (body) {
        downstream.reply(
            200,
            {{"content-type"_ba, "application/json"_ba}, {"cache-control"_ba, "no-store"_ba}},
            *body);
        return;
    }
    const relay::ClientError error = relay::toClientError(body.error());
    downstream.reply(error.status, error.headers(), error.body());
}

} // namespace

void AdminRoute::ask(Question question, std::shared_ptr<relay::Downstream> downstream)
{
    // The downstream only ever travels through the main thread: it is used and dropped here.
    auto parcel = std::make_shared<std::shared_ptr<relay::Downstream>>(std::move(downstream));
    const QPointer<AdminRoute> self(this);
    interfaces::GatewayControl &control = m_control;
    QMetaObject::invokeMethod(
        &m_mainContext, [self, parcel, &control, question = std::move(question)] {
            const common::Result<QByteArray> body = question(control);
            if (self) {
                QMetaObject::invokeMethod(self, [parcel, body] { reply(**parcel, body); });
            }
        });
}

void AdminRoute::carryOut(Order order, std::shared_ptr<relay::Downstream> downstream)
{
    ask(
        [order = std::move(order)](interfaces::GatewayControl &control) {
            return order(control).map([&control] { return statusJson(control.status()); });
        },
        std::move(downstream));
}

void AdminRoute::status(std::shared_ptr<relay::Downstream> downstream)
{
    carryOut(
        [](interfaces::GatewayControl &) { return common::Result<void>(); }, std::move(downstream));
}

void AdminRoute::setMode(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const QString text = QJsonDocument::fromJson(request.body).object().value("mode"_L1).toString();
    const auto mode = common::modeFromString(text);
    if (!mode) {
        reply(
            *downstream,
            common::failure(
                common::ErrorKind::InvalidArgument,
                u"“mode” must be free, paid or auto."_s,
                u"mode"_s));
        return;
    }
    carryOut(
        [mode](interfaces::GatewayControl &control) { return control.setMode(*mode); },
        std::move(downstream));
}

void AdminRoute::setPaused(bool paused, std::shared_ptr<relay::Downstream> downstream)
{
    carryOut(
        [paused](interfaces::GatewayControl &control) {
            paused ? control.pause() : control.resume();
            return common::Result<void>();
        },
        std::move(downstream));
}

void AdminRoute::quota(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const auto provider = queryParameters(request.query).and_then(interfaces::parseQuotaQuery);
    if (!provider) {
        reply(*downstream, common::failure(provider.error()));
        return;
    }
    ask(
        [provider = *provider](interfaces::GatewayControl &control) {
            return common::Result<QByteArray>(
                QJsonDocument(interfaces::toJson(control.quota(), provider))
                    .toJson(QJsonDocument::Compact));
        },
        std::move(downstream));
}

} // namespace freerelay::gateway
