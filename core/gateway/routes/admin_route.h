#pragma once

#include "core/gateway/http_types.h"
#include "core/interfaces/gateway_control.h"
#include "core/relay/downstream.h"

#include <QJsonObject>
#include <QObject>

#include <functional>
#include <memory>

namespace freerelay::gateway {

/// GET /admin/status and /v1/quota, POST /admin/mode, /admin/pause, /admin/resume, behind the admin
/// token. Lives on a worker; asks the control on its own (main) thread by queued calls and answers
/// back here.
class AdminRoute final : public QObject
{
    Q_OBJECT

public:
    /// @param control  outlives the server; `mainContext` lives on its thread
    AdminRoute(interfaces::GatewayControl &control, QObject &mainContext)
        : m_control(control)
        , m_mainContext(mainContext)
    { }

    void status(std::shared_ptr<relay::Downstream> downstream);
    void setMode(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    void setPaused(bool paused, std::shared_ptr<relay::Downstream> downstream);
    void quota(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

    /// A body, as JSON.
    using Question = std::function<common::Result<QByteArray>(interfaces::GatewayControl &)>;
    /// Replies with what `question` returns on the control's thread.
    void ask(Question question, std::shared_ptr<relay::Downstream> downstream);

private:
    using Order = std::function<common::Result<void>(interfaces::GatewayControl &)>;
    /// Runs `order` on the control's thread, then replies with the status or the error.
    void carryOut(Order order, std::shared_ptr<relay::Downstream> downstream);

    interfaces::GatewayControl &m_control;
    QObject &m_mainContext;
};

} // namespace freerelay::gateway
