#pragma once

#include "core/interfaces/gateway_control.h"
#include "core/store/record_queries.h"
#include "core/store/texts/text_keeper.h"

namespace freerelay::services {

/// Records as front ends see them. Pure; any thread.
[[nodiscard]] interfaces::RequestRow toRow(const store::StoredRequest &request);
[[nodiscard]] interfaces::RequestDetails toDetails(const store::StoredRequest &request);
[[nodiscard]] interfaces::StatsFigures toFigures(const store::TotalsRow &row);
/// Without a name.
[[nodiscard]] interfaces::StatsFigures toFigures(const store::Totals &totals);
[[nodiscard]] interfaces::RequestTexts toTexts(const store::StoredTexts &texts);
[[nodiscard]] interfaces::TextsStatus toStatus(const store::TextStatus &status);
[[nodiscard]] store::RequestFilter toStoreFilter(const interfaces::RequestFilter &filter);
/// Parts of a second that fill up a whole millisecond count as one.
[[nodiscard]] common::WallTime toWallTime(const QDateTime &time);
[[nodiscard]] QDateTime toDateTime(common::WallTime time);

} // namespace freerelay::services
