#pragma once

#include "core/common/mode.h"
#include "core/common/money.h"
#include "core/common/result.h"
#include "core/common/secret.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace freerelay::interfaces {

/// What an app's key opens, and what it is kept to.
struct AppRightsRow
{
    QStringList scopes; ///< "chat", "embeddings", "moderations", "models", "run-programs"
    std::optional<common::Mode> mode; ///< nullopt = the configured one
    QStringList models; ///< patterns; none = all
    std::optional<common::MicroUsd> dailyBudget; ///< nullopt = without a limit
};

/// What an app has used since midnight.
struct AppUseToday
{
    qint64 requests = 0; ///< with the refused ones
    qint64 refused = 0;
    qint64 tokens = 0;
    common::MicroUsd spent; ///< as far as it is known
    qint64 unpriced = 0; ///< requests that cost money, nobody knows how much
};

/// One app with a key of its own.
struct AppKeyRow
{
    QString id; ///< "app_0123456789ab"
    QString name;
    QString tool; ///< id of the tool that it was made for; "" = made by hand
    AppRightsRow rights;
    AppUseToday today;
    QDateTime createdAt;
    std::optional<QDateTime> lastUsedAt;
    std::optional<QDateTime> revokedAt;
};

/// What is to be different; what is nullopt stays.
struct AppKeyChange
{
    std::optional<QString> name;
    std::optional<QStringList> scopes;
    std::optional<std::optional<common::Mode>> mode; ///< the inner nullopt: the configured one
    std::optional<QStringList> models;
    std::optional<std::optional<common::MicroUsd>> dailyBudget;
};

struct NewAppKey
{
    AppKeyRow app;
    common::Secret key; ///< to be shown once: it is kept nowhere
};

/// Apps and their keys (docs/apps.md). Main thread; orders write a small file.
class AppKeys
{
public:
    virtual ~AppKeys() = default;

    /// In the order in which they were made; revoked ones for some months.
    [[nodiscard]] virtual std::vector<AppKeyRow> list() const = 0;
    /// Why the keys of before are not known any more; "" = they are.
    [[nodiscard]] virtual QString problem() const = 0;

    /// @param wanted  with a name
    /// @return InvalidArgument; AlreadyExists for a name that is taken; StorageFailed
    [[nodiscard]] virtual common::Result<NewAppKey> add(const AppKeyChange &wanted) = 0;
    /// @param id  or the name of one that is not revoked
    /// @return NotFound; as add()
    [[nodiscard]] virtual common::Result<AppKeyRow>
    change(const QString &id, const AppKeyChange &wanted) = 0;
    [[nodiscard]] virtual common::Result<void> revoke(const QString &id) = 0;
    /// Takes revoke() back.
    [[nodiscard]] virtual common::Result<void> restore(const QString &id) = 0;

    // For a tool whose settings are written (docs/integrations.md):

    /// `recorded`, the key that stands there, when it still opens something; else a new one, which
    /// opens nothing before issue().
    [[nodiscard]] virtual common::Secret
    proposedKey(const QString &tool, const common::Secret &recorded) const = 0;
    /// Makes `key` the tool's. Its app of before goes on with its rights.
    [[nodiscard]] virtual common::Result<void>
    issue(const QString &tool, const QString &name, const common::Secret &key) = 0;
    /// Revokes the app of a tool, if there is one.
    [[nodiscard]] virtual common::Result<void> revokeTool(const QString &tool) = 0;

    /// With what FreeRelay itself asks the gateway, in this run.
    [[nodiscard]] virtual common::Secret ownKey() const = 0;
};

} // namespace freerelay::interfaces
