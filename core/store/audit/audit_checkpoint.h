#pragma once

#include "core/common/result.h"
#include "core/store/audit/audit_format.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace freerelay::store {

/// The end of a trail, to be kept elsewhere: {"hash":…,"n":…,"time":…}. Looks at its end only.
/// @return NotFound when there is no record; as verifyAudit()
[[nodiscard]] common::Result<QByteArray> auditCheckpoint(const QString &folder);

/// One checkpoint a line, as auditCheckpoint() gave them. InvalidArgument when one is none.
[[nodiscard]] common::Result<std::vector<ChainHead>> checkpointsFrom(const QByteArray &text);

} // namespace freerelay::store
