#pragma once

#include "core/apps/app_use.h"
#include "core/apps/scopes.h"
#include "core/common/mode.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <memory>
#include <optional>

namespace freerelay::apps {

/// What an app may do.
struct AppRights
{
    Scopes scopes = usualScopes;
    /// In place of the configured mode; with Free nothing that costs money, whatever it asks for.
    std::optional<common::Mode> mode;
    /// Which models may answer it: names or full ids with '*' for any run of characters
    /// ("groq/*"); none = all.
    QByteArrayList models;
    /// Once so much is spent on a day, only what is free answers it; nullopt = without a limit.
    std::optional<common::MicroUsd> dailyBudget;

    bool operator==(const AppRights &) const = default;
};

/// A tool with a key of its own: immutable but for its counters. Any thread.
struct App
{
    QByteArray id; ///< "app_0123456789ab"
    QString name; ///< unique among those that are not revoked
    QString tool; ///< id of the connector that it was made for; "" = made by hand
    AppRights rights;
    QByteArray keyHash; ///< see keyHashOf(); the key itself is kept nowhere
    common::WallTime createdAt;
    std::optional<common::WallTime> revokedAt;
    std::shared_ptr<AppUse> use; ///< never null
};

using AppPtr = std::shared_ptr<const App>;

} // namespace freerelay::apps
