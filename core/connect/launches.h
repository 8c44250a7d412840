#pragma once

#include "core/connect/connector.h"

namespace freerelay::connect::launches {

/// What points one run of a tool at the gateway: variables as "NAME=value", in two cases with
/// arguments. Sources: the tools' own documentation, November 2026.
[[nodiscard]] QByteArrayList openAi(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList claudeCode(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList openCode(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList codex(const Endpoint &endpoint);
[[nodiscard]] QStringList codexArguments(const Endpoint &endpoint);
/// Zed has to be connected: only the key is told.
[[nodiscard]] QByteArrayList zed(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList aider(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList qwenCode(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList geminiCli(const Endpoint &endpoint);
[[nodiscard]] QByteArrayList goose(const Endpoint &endpoint);

} // namespace freerelay::connect::launches
