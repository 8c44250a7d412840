#pragma once

#include "core/connect/connector.h"

namespace freerelay::connect::recipes {

/// What is written into each tool's files. Sources: the tools' own documentation, November 2026
/// (docs/integrations.md).
using Files = std::vector<FileRecipe>;

[[nodiscard]] Files claudeCode(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files codex(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files openCode(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files openClaw(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files continueDev(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files cline(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files zed(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files aider(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files qwenCode(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files geminiCli(const Machine &machine, const Endpoint &endpoint);
[[nodiscard]] Files goose(const Machine &machine, const Endpoint &endpoint);

/// The provider entry of OpenCode, also for one run of it.
[[nodiscard]] QByteArray openCodeProvider(const Endpoint &endpoint);

} // namespace freerelay::connect::recipes
