#pragma once

#include "core/apps/app_table.h"
#include "core/common/clock.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace freerelay::apps {

/// What is to be different about an app; what is nullopt stays.
struct AppChange
{
    std::optional<QString> name;
    std::optional<Scopes> scopes;
    std::optional<std::optional<common::Mode>> mode; ///< the inner nullopt: the configured one
    std::optional<QByteArrayList> models;
    std::optional<std::optional<common::MicroUsd>> dailyBudget;
};

/// The apps of this installation, kept in a private file. Every order writes the file before it
/// returns, and changes nothing when it cannot. One thread.
class AppBook
{
public:
    static constexpr std::size_t maxApps = 500;
    static constexpr qsizetype maxNameBytes = 48; ///< as long as records keep it
    static constexpr qsizetype maxModels = 100;
    /// How long a revoked app is remembered, so that its key has a name when it is used.
    static constexpr std::chrono::hours keepsRevoked{24 * 90};

    /// @param hashKey  of the installation, common::fingerprintKeyBytes
    /// @param clock    outlives it
    AppBook(QString path, common::Secret hashKey, const common::Clock &clock);

    /// @return see readApps(); the book is empty then, and takes orders once the file is gone
    [[nodiscard]] common::Result<void> load();

    /// In the order in which they were made, revoked ones with them.
    [[nodiscard]] const std::vector<AppPtr> &apps() const { return m_apps; }
    /// By id, or the name of one that is not revoked; null = there is none.
    [[nodiscard]] AppPtr find(const QString &idOrName) const;
    /// For requests.
    [[nodiscard]] std::shared_ptr<const AppTable> table() const;

    struct Added
    {
        AppPtr app;
        common::Secret key; ///< told once: it is not kept
    };
    /// @param wanted  with a name
    /// @return InvalidArgument for a name or model that is none; AlreadyExists for a name that is
    ///         taken; TooLarge; StorageFailed
    [[nodiscard]] common::Result<Added> add(const AppChange &wanted);
    /// @return NotFound; as add()
    [[nodiscard]] common::Result<AppPtr> change(const QString &id, const AppChange &wanted);
    /// From now on its key opens nothing. One that is revoked already stays as it is.
    [[nodiscard]] common::Result<void> revoke(const QString &id);
    /// Takes revoke() back; of several of one name that of the last.
    /// @return NotFound; AlreadyExists when its name has been taken
    [[nodiscard]] common::Result<void> restore(const QString &idOrName);

    /// The key to write into a tool's settings: `recorded`, the one that stands there, when it
    /// still opens something; else a new one that opens nothing yet.
    [[nodiscard]] common::Secret proposedKey(const QString &tool, QByteArrayView recorded) const;
    /// Makes `key` the tool's: its app of before goes on with its rights, or there is a new one.
    /// @param name  of a new app; a number is added when it is taken
    [[nodiscard]] common::Result<AppPtr>
    issue(const QString &tool, const QString &name, const common::Secret &key);
    /// Revokes the app of a tool, if there is one.
    [[nodiscard]] common::Result<void> revokeTool(const QString &tool);

    /// The file as it should be now, for a writer in the background.
    [[nodiscard]] QByteArray text() const;
    [[nodiscard]] const QString &path() const { return m_path; }

private:
    using Apps = std::vector<AppPtr>;
    [[nodiscard]] common::Result<void> replace(Apps next);
    [[nodiscard]] common::Result<void> replaceOne(const App &changed);
    [[nodiscard]] common::Result<void> append(App app);
    [[nodiscard]] common::Result<App> changed(App app, const AppChange &wanted) const;
    [[nodiscard]] App fresh(const common::Secret &key) const;
    [[nodiscard]] bool isNameTaken(const QString &name, const QByteArray &exceptId) const;
    [[nodiscard]] AppPtr ofTool(const QString &tool) const;
    [[nodiscard]] QString freeName(const QString &name) const;

    QString m_path;
    common::Secret m_hashKey;
    const common::Clock &m_clock;
    Apps m_apps;
};

} // namespace freerelay::apps
