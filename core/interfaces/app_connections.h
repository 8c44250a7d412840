#pragma once

#include "core/common/result.h"

#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <vector>

namespace freerelay::interfaces {

/// How a tool stands to the gateway.
enum class AppState {
    NotFound, ///< nothing of it is on this machine
    Found,
    Connected,
    Overwritten, ///< was connected; somebody has changed its settings since
    OtherAddress, ///< connected to an address that the gateway no longer has
    ByHand, ///< it keeps its settings where no program should write
    Unreachable, ///< it cannot use an address of this machine
};

struct AppRow
{
    QString id; ///< "opencode"
    QString name; ///< "OpenCode"
    AppState state = AppState::NotFound;
    QStringList files; ///< its settings
    bool canConnect = false;
    bool canUndo = false;
    QString advice; ///< what to do by hand; "" = nothing
    QString problem; ///< why its state cannot be told; "" = none
};

enum class AppOrder { Connect, Undo };

/// What an order will change, before it does.
struct AppChange
{
    QString diff; ///< as `diff -u`, without the client key; "" = nothing
    int left = 0; ///< settings that stay, because somebody has changed them since
};

/// What a test request through a tool's dialect found.
struct AppAnswer
{
    QString provider; ///< "" = the gateway did not say
    QString model;
    std::chrono::milliseconds latency{0};
};

/// Pointing tools at the gateway, and undoing it (docs/integrations.md). Main thread; reads and
/// writes small files.
class AppConnections
{
public:
    virtual ~AppConnections() = default;

    [[nodiscard]] virtual std::vector<AppRow> list() const = 0;
    /// @return NotFound for an unknown tool, or an undo of what was not connected; InvalidArgument
    ///         when its settings cannot be edited, or the gateway has no address
    [[nodiscard]] virtual common::Result<AppChange> preview(const QString &id, AppOrder order) = 0;
    /// Does what preview() has told last.
    /// @return InvalidArgument when that was another order; AlreadyExists when a file has changed
    ///         since; StorageFailed
    [[nodiscard]] virtual common::Result<void> carryOut(const QString &id, AppOrder order) = 0;
    /// Asks the gateway as the tool would. `done` comes later, once, unless this is destroyed.
    virtual void test(const QString &id, std::function<void(common::Result<AppAnswer>)> done) = 0;
};

} // namespace freerelay::interfaces
