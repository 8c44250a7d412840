#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QStringList>

#include <vector>

namespace freerelay::tests {

/// An export of traces as a collector reads it.
struct OtlpTraces
{
    QStringList problems; ///< where it breaks the rules; empty = nowhere
    std::vector<QJsonObject> spans; ///< in order
    QJsonObject resource; ///< attributes by name

    /// The first span of that name; empty when there is none.
    [[nodiscard]] QJsonObject span(const QString &name) const;
    /// The attributes of the first span of that name, by name: strings, numbers, booleans, arrays.
    [[nodiscard]] QJsonObject attributes(const QString &name) const;
};

/// Reads ExportTraceServiceRequest in OTLP's JSON (opentelemetry-proto 1.x and the "JSON Protobuf
/// Encoding" section of the OTLP specification) strictly: known fields only, each of its type; ids
/// in lower-case hex, not zero, parents among the spans or remote; times as decimal strings, the
/// end not before the start; enums as numbers.
/// @param remoteParents  span ids that may be parents without being in the export
[[nodiscard]] OtlpTraces
readOtlpTraces(const QByteArray &body, const QStringList &remoteParents = {});

} // namespace freerelay::tests
