#pragma once

#include "core/common/clock.h"

namespace freerelay::relay {

/// Has limits looked at earlier than the usual few times a second. Worker thread.
class Alarm
{
public:
    virtual ~Alarm() = default;
    /// RelaySession::checkLimits() of all sessions is called at `time`, or a little later.
    virtual void wakeAt(common::SteadyTime time) = 0;
};

} // namespace freerelay::relay
