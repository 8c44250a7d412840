#pragma once

#include <QDBusVariant>
#include <QObject>
#include <QPalette>

namespace freerelay::ui {

/// Follows the desktop's light/dark wish where Qt 6.4 does not: reads `color-scheme` of the
/// freedesktop settings portal (org.freedesktop.appearance: 1 = prefer dark, 2 = prefer light)
/// and its changes, without blocking. Does nothing when a platform theme brings a dark palette
/// itself, or where there is no session bus.
class SystemTheme final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SystemTheme)

public:
    explicit SystemTheme(QObject *parent = nullptr);
    ~SystemTheme() override = default;

    /// Starts listening; the answer arrives later.
    void follow();

private Q_SLOTS:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void apply(uint scheme);

    QPalette m_original;
};

} // namespace freerelay::ui
