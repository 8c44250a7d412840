#pragma once

#include "core/apps/app_book.h"
#include "core/interfaces/app_keys.h"

#include <QTimer>

#include <functional>
#include <memory>

namespace freerelay::services {

/// Owns the apps and keeps over restarts what they have used today: otherwise a budget would be
/// new each time the program starts. Main thread.
class AppKeyKeeper final : public interfaces::AppKeys
{
public:
    static constexpr std::chrono::seconds interval{30}; ///< so much may be lost in a crash

    struct Parts
    {
        QString path; ///< of the file
        common::Secret hashKey; ///< of the installation
        QObject &background; ///< lives on the thread that may wait for the disk
        const common::Clock &clock;
        std::function<void()> changed; ///< requests are to see other apps
    };

    /// Reads the file; blocks on the disk. One that cannot be used stays where it is, and is the
    /// problem(): the keys in it open nothing.
    explicit AppKeyKeeper(Parts parts);
    ~AppKeyKeeper() override;
    Q_DISABLE_COPY_MOVE(AppKeyKeeper)

    /// For requests: all apps, and FreeRelay itself.
    [[nodiscard]] std::shared_ptr<const apps::AppTable> table() const;
    /// Saves in the background what was used since. A timer does it every interval.
    void tick();
    /// Nothing is counted any more: saves what was used, and waits for the disk.
    void stop();

    [[nodiscard]] std::vector<interfaces::AppKeyRow> list() const override;
    [[nodiscard]] QString problem() const override { return m_problem; }
    [[nodiscard]] common::Result<interfaces::NewAppKey>
    add(const interfaces::AppKeyChange &wanted) override;
    [[nodiscard]] common::Result<interfaces::AppKeyRow>
    change(const QString &id, const interfaces::AppKeyChange &wanted) override;
    [[nodiscard]] common::Result<void> revoke(const QString &id) override;
    [[nodiscard]] common::Result<void> restore(const QString &id) override;
    [[nodiscard]] common::Secret
    proposedKey(const QString &tool, const common::Secret &recorded) const override;
    [[nodiscard]] common::Result<void>
    issue(const QString &tool, const QString &name, const common::Secret &key) override;
    [[nodiscard]] common::Result<void> revokeTool(const QString &tool) override;
    [[nodiscard]] common::Secret ownKey() const override { return m_ownKey; }

private:
    struct Writer;

    [[nodiscard]] interfaces::AppKeyRow rowOf(const apps::App &app) const;
    [[nodiscard]] common::Result<void> writable() const;
    template <typename T> common::Result<T> told(common::Result<T> done);

    Parts m_parts;
    apps::AppBook m_book;
    QString m_problem;
    common::Secret m_ownKey;
    apps::AppPtr m_ownApp;
    std::shared_ptr<Writer> m_writer; ///< shared with the saves that are queued
    QByteArray m_saved; ///< text of the last save
    QTimer m_timer;
};

/// The key of the installation that fingerprints and hashes of keys are made with, in force for
/// fingerprints from now on; one of this run only when it cannot be kept, with a line in the log.
[[nodiscard]] common::Secret useFingerprintKey(const QString &path);

} // namespace freerelay::services
