#pragma once

#include "core/gateway/http_types.h"
#include "core/interfaces/gateway_control.h"
#include "core/relay/downstream.h"

#include <QJsonObject>
#include <QObject>

#include <functional>
#include <memory>

namespace freerelay::gateway {

/// GET /skills, /skills/results and /skills/config, POST /skills/coding-supervisor. Lives on a
/// worker; asks the control on its own (main) thread by queued calls and answers back here.
class SkillsRoute final : public QObject
{
    Q_OBJECT

public:
    /// @param control  outlives the server; `mainContext` lives on its thread
    SkillsRoute(interfaces::GatewayControl &control, QObject &mainContext)
        : m_control(control)
        , m_mainContext(mainContext)
    { }

    void overview(std::shared_ptr<relay::Downstream> downstream);
    void results(std::shared_ptr<relay::Downstream> downstream);
    void config(std::shared_ptr<relay::Downstream> downstream);
    void supervise(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);

private:
    using Question = std::function<common::Result<QJsonObject>(interfaces::Skills &)>;
    void ask(Question question, std::shared_ptr<relay::Downstream> downstream);

    interfaces::GatewayControl &m_control;
    QObject &m_mainContext;
};

} // namespace freerelay::gateway
