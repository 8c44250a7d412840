#pragma once

#include "core/dialects/client_dialect.h"
#include "core/gateway/http_types.h"
#include "core/relay/downstream.h"
#include "core/relay/model_directory.h"

#include <vector>

namespace freerelay::gateway {

/// Of POST /v1/messages, for its ChatRoute; static.
[[nodiscard]] const dialects::ClientDialect &messagesDialect();

/// GET /: what Claude Code asks (by HEAD) to see whether anybody is there. Tells no secrets.
void welcome(relay::Downstream &downstream);

/// GET /v1/models for a client that sends anthropic-version: the same models in Anthropic's shape.
[[nodiscard]] QByteArray messagesModelList(const std::vector<relay::ListedModel> &models);
/// GET /v1/models/{id} for one.
[[nodiscard]] QByteArray messagesModel(const relay::ListedModel &model);

} // namespace freerelay::gateway
