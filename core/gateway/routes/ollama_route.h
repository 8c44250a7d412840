#pragma once

#include "core/dialects/client_dialect.h"
#include "core/dialects/ollama/ollama_words.h"
#include "core/gateway/http_types.h"
#include "core/gateway/routes/models_route.h"
#include "core/relay/downstream.h"
#include "core/relay/model_directory.h"

#include <vector>

namespace freerelay::gateway {

/// The version of Ollama whose API this is: clients look at it to see what they may ask for.
inline constexpr char ollamaVersion[] = "0.12.6";

/// Of POST /api/chat and /api/generate, for their ChatRoute; static.
[[nodiscard]] const dialects::ClientDialect &ollamaDialect(dialects::OllamaForm form);
/// Of POST /api/embed and /api/embeddings; static.
[[nodiscard]] const dialects::ClientDialect &ollamaBatchDialect();
[[nodiscard]] const dialects::ClientDialect &ollamaSingleDialect();

/// A request without messages or prompt asks to load the model, which is always done here: answers
/// it. @return false when it is none of these, and nothing has been answered
[[nodiscard]] bool answerLoad(
    const HttpRequest &request,
    dialects::OllamaForm form,
    const common::Clock &clock,
    relay::Downstream &downstream);

/// GET /api/tags: the models that can be used.
void ollamaTags(const std::vector<relay::ListedModel> &models, relay::Downstream &downstream);
/// POST /api/show: what a model can do. 404 when there is none of that name.
void ollamaShow(
    const HttpRequest &request, const ModelsRoute &models, relay::Downstream &downstream);
/// GET /api/version.
void ollamaVersionReply(relay::Downstream &downstream);
/// GET /api/ps: no model runs on this machine for us.
void ollamaRunning(relay::Downstream &downstream);

} // namespace freerelay::gateway
