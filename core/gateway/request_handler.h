#pragma once

#include "core/gateway/http_types.h"
#include "core/relay/downstream.h"

#include <memory>

namespace freerelay::gateway {

/// What answers the requests of one worker. Created, used and destroyed on that worker's thread.
class RequestHandler
{
public:
    virtual ~RequestHandler() = default;

    /// Called once for each accepted request. The reply may come later; a downstream that is
    /// dropped without one is answered with 500, or cut when its head was sent.
    virtual void handle(HttpRequest request, std::shared_ptr<relay::Downstream> downstream) = 0;
};

} // namespace freerelay::gateway
