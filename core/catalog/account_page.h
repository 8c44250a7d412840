#pragma once

#include "core/catalog/quota_fact.h"
#include "core/catalog/types.h"
#include "core/common/result.h"

#include <QByteArrayView>

#include <vector>

namespace freerelay::catalog {

/// What an account page says about one window.
struct AccountFact
{
    QByteArray pool; ///< see AccountWindow::pool
    QuotaFact fact;

    bool operator==(const AccountFact &) const = default;
};

/// Reads the page about a key by QuotaRules::account. A field that is missing, null, no number or
/// negative says nothing; a window that says nothing, or is of a period that no window has (a
/// week), is left out. Parts of a credit that are left count as one, so that 0 means 0.
/// Pure; any thread.
/// @param bytes  at most 64 KiB
/// @return ProtocolError when it is no JSON object, or tells nothing of what is looked for;
/// TooLarge
[[nodiscard]] common::Result<std::vector<AccountFact>>
parseAccountPage(const Provider &provider, QByteArrayView bytes);

} // namespace freerelay::catalog
