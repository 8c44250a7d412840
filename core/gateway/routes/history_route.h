#pragma once

#include "core/gateway/http_types.h"
#include "core/interfaces/request_history.h"
#include "core/interfaces/request_query.h"
#include "core/relay/downstream.h"

#include <QJsonObject>
#include <QObject>

#include <functional>
#include <memory>

namespace freerelay::gateway {

/// GET /v1/requests, /v1/requests/{id}, /v1/requests/{id}/trace and /v1/stats, behind the admin
/// token. Lives on a worker; the history answers back here.
class HistoryRoute final : public QObject
{
    Q_OBJECT

public:
    /// @param history  outlives the server
    explicit HistoryRoute(interfaces::RequestHistory &history)
        : m_history(history)
    { }

    void list(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    /// @param rest  what follows /v1/requests/: "{id}" or "{id}/trace"
    void one(QByteArrayView rest, std::shared_ptr<relay::Downstream> downstream);
    void stats(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

private:
    interfaces::RequestHistory &m_history;
};

/// The parameters of a query, decoded. InvalidArgument naming the one that cannot be. Pure.
[[nodiscard]] common::Result<interfaces::Parameters> queryParameters(const QByteArray &query);

} // namespace freerelay::gateway
