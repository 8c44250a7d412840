#pragma once

#include "core/interfaces/gateway_control.h"

#include <QJsonArray>
#include <QJsonObject>

namespace freerelay::services {

/// The words of the control channel: one JSON object per line, in both directions.
///
///     → {"v":1,"op":"status"}                       ← {"ok":true,"data":{…}}
///     → {"v":1,"op":"mode","args":{"mode":"free"}}  ←
///     {"ok":false,"error":{"kind":"…","message":"…"}}
///
/// Operations: status, providers, models, requests, request, mode, pause, resume, key-add,
/// key-remove, key-test, consent, retry-keychain, show, quit; of apps: app_operations.h. See
/// docs/api.md for the answers of requests (arguments: the parameters of GET /v1/requests) and
/// request (argument: id).
namespace control {

constexpr int version = 1;
constexpr qint64 maxMessageBytes = 1024 * 1024;

[[nodiscard]] QJsonObject toJson(const interfaces::GatewayStatus &status);
[[nodiscard]] QJsonObject toJson(const interfaces::ProviderRow &provider);
[[nodiscard]] QJsonObject toJson(const interfaces::ModelRow &model);
[[nodiscard]] QJsonObject toJson(const interfaces::KeyTestResult &result);
[[nodiscard]] QJsonObject toJson(const common::Error &error);

[[nodiscard]] QString toString(interfaces::KeyState state);
[[nodiscard]] std::optional<interfaces::KeyStorage> keyStorageFromString(QStringView text);

/// The reverse of toJson(Error); an unknown kind becomes Internal.
[[nodiscard]] common::Error errorFromJson(const QJsonObject &object);

} // namespace control
} // namespace freerelay::services
