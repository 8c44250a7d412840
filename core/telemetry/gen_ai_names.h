#pragma once

#include "core/relay/records.h"

#include <QByteArray>

namespace freerelay::telemetry {

/// The value of gen_ai.provider.name for a provider of ours: the well-known one where
/// OpenTelemetry's semantic conventions for generative AI (text of May 2026) define one, else our
/// own id.
[[nodiscard]] QByteArray genAiProvider(const QByteArray &providerId);

/// The value of gen_ai.operation.name: one of the same conventions', of our own for moderations.
[[nodiscard]] QByteArray genAiOperation(catalog::Task task);

} // namespace freerelay::telemetry
