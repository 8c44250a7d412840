#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace freerelay::telemetry {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error, Fatal };

/// "debug", "info", "warning", "error", "fatal".
[[nodiscard]] QLatin1StringView toString(LogLevel level);

using LogValue = std::variant<QString, std::int64_t, double, bool>;

/// One line of the log.
struct LogRecord
{
    std::chrono::system_clock::time_point time;
    LogLevel level = LogLevel::Info;
    QByteArray category; ///< "freerelay.services"
    QString message; ///< one sentence for people
    QByteArray requestId; ///< "" = it belongs to no request
    std::vector<std::pair<QByteArray, LogValue>> fields{}; ///< names in snake_case
};

/// One JSON object: time (RFC 3339, UTC), level, category, message, request_id, then the fields.
/// With the line's end. Pure; any thread.
[[nodiscard]] QByteArray toJsonLine(const LogRecord &record);

/// "2026-11-24T10:00:00.123 warning freerelay.relay: message request_id=req_… status=503". Control
/// characters inside are spelled out. With the line's end. Pure; any thread.
[[nodiscard]] QByteArray toTextLine(const LogRecord &record);

} // namespace freerelay::telemetry
