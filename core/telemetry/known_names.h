#pragma once

#include <QByteArray>
#include <QSet>

namespace freerelay::telemetry {

/// The names that may stand in a label as they are. All others count as "other", so that no client
/// can make the number of time series grow.
struct KnownNames
{
    QSet<QByteArray> providers; ///< ids
    QSet<QByteArray> models; ///< full ids
};

} // namespace freerelay::telemetry
