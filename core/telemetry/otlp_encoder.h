#pragma once

#include "core/relay/records.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace freerelay::telemetry {

/// Who exports: the resource of OpenTelemetry.
struct TraceResource
{
    QByteArray version; ///< service.version
    QByteArray instanceId; ///< service.instance.id
};

/// The body of an OTLP/HTTP export of traces in JSON (opentelemetry-proto 1.x, ExportTraceService-
/// Request; ids in hex, 64-bit integers as decimal strings, enums as numbers).
///
/// Each request is one trace segment: "ingress" (server), below it "route", "attempt[n]" (client,
/// with the attributes of the GenAI semantic conventions), "stream" and "outcome". No text of the
/// request, its answer, or a provider's error is in it: of failures only the class. Pure; any
/// thread.
/// @param outcomes  whose traces are recorded
[[nodiscard]] QByteArray toOtlpJson(
    const std::vector<std::shared_ptr<const relay::Outcome>> &outcomes,
    const TraceResource &resource);

} // namespace freerelay::telemetry
