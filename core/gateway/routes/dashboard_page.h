#pragma once

#include "core/common/http_headers.h"
#include "core/interfaces/request_history.h"

#include <QByteArray>

namespace freerelay::gateway {

/// The page of GET /dashboard: figures, charts and tables of a window, as one document without
/// scripts. Names come from clients and providers: they are escaped. Pure.
[[nodiscard]] QByteArray
dashboardPage(interfaces::StatsWindow window, const interfaces::RequestStats &stats);

/// The page when the record cannot be read; it does not say why.
[[nodiscard]] QByteArray dashboardWithoutFigures();

/// Headers of both: only their one stylesheet may be used (Content-Security-Policy), nobody may
/// frame, keep or read them from elsewhere.
[[nodiscard]] const common::HeaderList &dashboardHeaders();

} // namespace freerelay::gateway
