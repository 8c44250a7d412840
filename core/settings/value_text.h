#pragma once

#include <QByteArray>
#include <QString>
#include <QStringView>

#include <chrono>
#include <cstdint>
#include <optional>

namespace freerelay::settings {

/// How settings write a time, a size or an address, and back. Pure; any thread. The readers return
/// nullopt for what they cannot read; the caller knows the name to complain about.

/// "300 ms", "5s", "1.5 s", "10 min", "1 h": a number ≥ 0 and its unit, rounded to milliseconds.
[[nodiscard]] std::optional<std::chrono::milliseconds> durationFromText(QStringView text);
/// In the largest unit that divides it: "90 s", "5 min".
[[nodiscard]] QString toText(std::chrono::milliseconds duration);

/// "1024", "64 KiB", "32 MiB", "1 GiB": bytes ≥ 0.
[[nodiscard]] std::optional<std::int64_t> bytesFromText(QStringView text);
[[nodiscard]] QString bytesToText(std::int64_t bytes);

/// An absolute http or https address with a host and without user, query or fragment; a trailing
/// slash is dropped.
[[nodiscard]] std::optional<QByteArray> baseUrlFromText(QStringView text);

/// "host" or "host:port" as a Host header names it (lower case); no scheme, no path, no wildcard.
[[nodiscard]] std::optional<QString> hostFromText(QStringView text);

/// "scheme://host" or "scheme://host:port" exactly as a browser's Origin header; never "*", "null".
[[nodiscard]] std::optional<QString> originFromText(QStringView text);

/// An IP address or "localhost".
[[nodiscard]] std::optional<QString> listenHostFromText(QStringView text);

} // namespace freerelay::settings
