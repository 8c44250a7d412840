#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// `ask`: streams one answer to the terminal; which provider answered goes to stderr.
/// @param text  "-" reads it from standard input
int askCommand(CommandContext &context, const QString &text, const QString &model);

struct BenchmarkOptions
{
    int requests = 50;
    int concurrent = 10; ///< in flight at any time: each that ends starts the next one
    bool stream = false;
    QString model;
};

/// `benchmark`: closed-loop load on the running gateway, with percentiles.
int benchmarkCommand(CommandContext &context, const BenchmarkOptions &options);

} // namespace freerelay::app
