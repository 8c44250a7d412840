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

} // namespace freerelay::app
