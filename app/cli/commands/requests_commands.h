#pragma once

#include "app/cli/context.h"

namespace freerelay::app {

/// What `requests` was asked for; "" = not given.
struct RequestsOptions
{
    QString id;
    int limit = 20;
    QString provider;
    QString model;
    QString app;
    QString status;
    QString text; ///< part of the error
    bool json = false;
};

/// `requests`: recorded requests, newest first, or with an id everything about one.
int requestsCommand(CommandContext &context, const RequestsOptions &options);

/// `requests replay ID`: sends a request whose prompt is kept again.
int replayCommand(CommandContext &context, const QString &id);

} // namespace freerelay::app
