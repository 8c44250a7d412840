#pragma once

#include "core/common/result.h"
#include "core/routing/route_plan.h"

#include <QByteArrayList>

namespace freerelay::tests {

/// The models of a plan, best first.
inline QByteArrayList idsOf(const common::Result<routing::RoutePlan> &plan)
{
    QByteArrayList ids;
    for (const routing::Candidate &candidate : plan->candidates) {
        ids.append(candidate.model->id);
    }
    return ids;
}

/// The reason of the only rejection; "" when there is none or another one.
inline QByteArray reasonOf(const common::Result<routing::RoutePlan> &plan)
{
    return plan->rejections.size() == 1 ? routing::toString(plan->rejections.front().reason) : "";
}

} // namespace freerelay::tests
