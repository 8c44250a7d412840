#pragma once

#include "core/interfaces/app_keys.h"

#include <QJsonObject>

namespace freerelay::interfaces {

/// As GET /admin/apps and `freerelay apps --json` tell it (docs/apps.md). Pure.
[[nodiscard]] QJsonObject toJson(const AppKeyRow &app);
[[nodiscard]] QJsonObject appsJson(const std::vector<AppKeyRow> &apps, const QString &problem);
/// With the key.
[[nodiscard]] QJsonObject toJson(const NewAppKey &added);

/// Members name, scopes, mode, models, daily_budget_usd; a null takes a mode or a budget away.
/// @return InvalidArgument for another member, or a value that is none
[[nodiscard]] common::Result<AppKeyChange> appChangeFromJson(const QJsonObject &object);
/// The reverse of it.
[[nodiscard]] QJsonObject toJson(const AppKeyChange &change);

/// "0.5", "$0.50" → money. @return InvalidArgument unless it is dollars from 0 to a million
[[nodiscard]] common::Result<common::MicroUsd> moneyFromText(const QString &text);
/// "$0.50", "$0.0004": as many digits as it needs, two at least.
[[nodiscard]] QString moneyText(common::MicroUsd money);

} // namespace freerelay::interfaces
