#pragma once

namespace freerelay::common {

/// Lets the calling thread run only as far as busier ones leave it time: what it does can wait,
/// requests cannot. Where the system has no priority for a single thread nothing happens.
///
/// Linux gives each thread a nice value of its own (setpriority(2), "NPTL"); QThread's priorities
/// mean nothing there under the usual scheduler.
void stepBehind();

} // namespace freerelay::common
