#pragma once

#include "core/catalog/catalog.h"
#include "core/dialects/provider_error.h"

#include <QByteArray>

namespace freerelay::relay {

/// The fixed words that records use ("rate_limited", "auto"). They share static memory. Pure.
[[nodiscard]] QByteArray wordFor(dialects::FailureClass failure);
[[nodiscard]] QByteArray wordFor(catalog::NameTarget::Kind kind);
/// Of an attempt that was under way when another one began to answer.
[[nodiscard]] QByteArray hedgeLostWord();

} // namespace freerelay::relay
