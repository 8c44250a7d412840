#pragma once

#include "core/common/result.h"
#include "core/interfaces/gateway_control.h"

#include <QHash>
#include <QJsonObject>

#include <functional>

namespace freerelay::services::control {

using Reply = std::function<void(common::Result<QJsonObject>)>;
using Operation = std::function<void(const QJsonObject &args, const Reply &reply)>;
using Operations = QHash<QString, Operation>;

/// What the control channel can ask about apps and their keys: apps, app-add (the members of
/// appChangeFromJson()), app-set (id, change), app-revoke and app-restore (id); and for `connect`
/// app-propose (tool, recorded), app-issue (tool, name, key), app-revoke-tool (tool), app-own-key.
/// @param control  outlives them
void addAppOperations(Operations &operations, interfaces::GatewayControl &control);

} // namespace freerelay::services::control
