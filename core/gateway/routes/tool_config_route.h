#pragma once

#include "core/gateway/http_types.h"
#include "core/relay/downstream.h"
#include "core/relay/model_directory.h"

#include <functional>

namespace freerelay::gateway {

/// Settings for tools, as JSON to paste: GET /openclaw/config, /openclaw/models, /opencode/models.
/// They hold no keys. One worker thread.
class ToolConfigRoute
{
public:
    /// The names that can be asked for now; called on the worker.
    using ListModels = std::function<std::vector<relay::ListedModel>()>;

    explicit ToolConfigRoute(ListModels models)
        : m_models(std::move(models))
    { }

    /// `models` and `agents` are those of ~/.openclaw/openclaw.json, `setup` tells how OpenClaw's
    /// own onboarding does the same. `?base_url=` is where the gateway is for OpenClaw; without it,
    /// where this request went to.
    void openClawConfig(const HttpRequest &request, relay::Downstream &downstream) const;
    void openClawModels(relay::Downstream &downstream) const;
    /// The names, and `config`, the provider's entry of opencode.json.
    void openCodeModels(const HttpRequest &request, relay::Downstream &downstream) const;

private:
    ListModels m_models;
};

} // namespace freerelay::gateway
