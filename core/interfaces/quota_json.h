#pragma once

#include "core/interfaces/quota_figures.h"
#include "core/interfaces/request_query.h"

#include <QJsonObject>

namespace freerelay::interfaces {

/// Quotas as JSON, the same over HTTP and the control socket; docs/api.md has the fields.
/// @param provider  only this one's; "" = all
[[nodiscard]] QJsonObject toJson(const QuotaFigures &figures, const QString &provider);

/// Reads `provider`, "" unless given. Pure. @return InvalidArgument naming the parameter
[[nodiscard]] common::Result<QString> parseQuotaQuery(const Parameters &parameters);

} // namespace freerelay::interfaces
