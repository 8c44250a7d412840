#pragma once

#include <QString>

#include <cstdint>

namespace freerelay::store {

/// Whether what happens is being recorded. `problem` and `notice` are sentences for people without
/// paths, so that anybody may be shown them; the log has the technical detail.
struct StoreStatus
{
    bool recording = false;
    QString problem; ///< why nothing is recorded at the moment; "" = recording, or not opened yet
    QString notice; ///< what happened in this run and needs no action (a damaged file was replaced)
    std::uint64_t written = 0; ///< requests, in this run
    std::uint64_t dropped = 0; ///< requests that were never recorded, in this run
    std::uint64_t queued = 0; ///< requests that wait to be written
};

} // namespace freerelay::store
