#pragma once

#include "core/catalog/catalog.h"

#include <cstdint>
#include <memory>

namespace freerelay::services {

/// How many demo providers there are: one that answers as long as nothing is configured, or three
/// of different speed and reliability (`--demo`).
enum class DemoSize { One, Three };

/// `base` with the demo providers added, which listen at `port` on 127.0.0.1.
[[nodiscard]] std::shared_ptr<const catalog::Catalog>
withDemo(const catalog::Catalog &base, std::uint16_t port, DemoSize size);

[[nodiscard]] bool isDemo(const catalog::Provider &provider);

} // namespace freerelay::services
