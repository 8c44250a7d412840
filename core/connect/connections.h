#pragma once

#include "core/connect/file_edit.h"

namespace freerelay::connect {

enum class ToolState {
    NotFound, ///< nothing of it is on this machine
    Found,
    Connected,
    Overwritten, ///< was connected; somebody has changed its settings since
    OtherAddress, ///< connected to an address that the gateway no longer has
    ByHand, ///< it keeps its settings where no program should write
    Unreachable, ///< it cannot use an address of this machine
};

/// One tool as it is now.
struct ToolStatus
{
    const Connector *connector = nullptr;
    ToolState state = ToolState::NotFound;
    QString program; ///< where it was found; "" = not on the PATH
    QStringList files; ///< its settings
    bool canUndo = false;
    QString problem; ///< why it cannot be told; "" = none
};

/// What connecting or undoing will change. Nothing has been written yet.
struct ConnectionPlan
{
    QString id;
    std::vector<FileChange> changes; ///< only files that change
    int left = 0; ///< settings that stay, because somebody has changed them since
    std::optional<ConnectionRecord> record; ///< to be kept afterwards; nullopt: none
    /// What each file of `record` was before FreeRelay; in its order.
    std::vector<std::optional<QByteArray>> originals;
};

/// Which tools are connected, and the way there and back. Not thread-safe; several programs may use
/// one folder at a time.
class Connections
{
public:
    /// @param folder  for the records and the copies of what was there before; made when needed
    Connections(Machine machine, QString folder);

    [[nodiscard]] std::vector<ToolStatus> list(const Endpoint &endpoint) const;
    [[nodiscard]] ToolStatus status(const Connector &connector, const Endpoint &endpoint) const;

    /// The key of its own that was written for the tool; "" = none was.
    [[nodiscard]] QByteArray recordedKey(const Connector &connector) const;

    /// @return InvalidArgument when the tool cannot be connected by a program, or its file not be
    ///         edited; PermissionDenied or StorageFailed when it cannot be read
    [[nodiscard]] common::Result<ConnectionPlan>
    planConnect(const Connector &connector, const Endpoint &endpoint) const;
    /// @return NotFound when FreeRelay has not connected the tool
    [[nodiscard]] common::Result<ConnectionPlan> planUndo(const Connector &connector) const;

    /// Copies what was there, remembers, writes.
    /// @return AlreadyExists when a file is no longer what the plan was made for, or another
    ///         program is at it; StorageFailed
    [[nodiscard]] common::Result<void> carryOut(const ConnectionPlan &plan);

private:
    [[nodiscard]] QString recordsFile() const;
    [[nodiscard]] QString backupFile(const QString &name) const;
    [[nodiscard]] common::Result<std::optional<QByteArray>> original(const WrittenFile &file) const;
    [[nodiscard]] common::Result<UndoneFile>
    undone(const WrittenFile &file, const std::optional<QByteArray> &now) const;
    [[nodiscard]] common::Result<void>
    addFile(ConnectionPlan &plan, const FileRecipe &recipe, const WrittenFile *earlier) const;
    [[nodiscard]] common::Result<void>
    remember(const ConnectionPlan &plan, ConnectionRecords &records) const;
    [[nodiscard]] common::Result<void> forget(const QString &id, ConnectionRecords &records) const;
    [[nodiscard]] ToolState stateOf(const ConnectionRecord &record, const Endpoint &endpoint) const;
    [[nodiscard]] bool isSetUp(const Connector &connector, const Endpoint &endpoint) const;

    Machine m_machine;
    QString m_folder;
};

/// The plan as `diff -u` tells it, with the client key and keys of apps masked.
[[nodiscard]] QByteArray diffOf(const ConnectionPlan &plan, const Endpoint &endpoint);

} // namespace freerelay::connect
