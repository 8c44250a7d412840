#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayList>

namespace freerelay::gateway {

/// One page of what a Response was asked, as OpenAI lists it (newest first unless `order=asc`).
/// @param items  JSON each, in order; those without an id get one, always the same
/// @param query  raw: limit 1 to 100 (20 unless given), order, after
/// @return InvalidArgument with `param` for a query that cannot be
[[nodiscard]] common::Result<QByteArray>
inputItemsPage(const QByteArrayList &items, const QByteArray &query, const QByteArray &requestId);

} // namespace freerelay::gateway
