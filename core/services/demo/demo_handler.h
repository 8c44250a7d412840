#pragma once

#include "core/gateway/request_handler.h"

#include <QObject>

namespace freerelay::services {

/// Answers as the demo providers. One worker thread.
class DemoHandler final : public QObject, public gateway::RequestHandler
{
    Q_OBJECT

public:
    void
    handle(gateway::HttpRequest request, std::shared_ptr<relay::Downstream> downstream) override;

private:
    int m_flakyRequests = 0;
};

/// What the demo says to a request whose last user text is `asked`.
[[nodiscard]] QString demoAnswer(const QString &asked);

} // namespace freerelay::services
