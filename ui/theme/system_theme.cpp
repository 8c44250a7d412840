#include "system_theme.h"

#include "ui/theme/tones.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto service = "org.freedesktop.portal.Desktop"_L1;
constexpr auto path = "/org/freedesktop/portal/desktop"_L1;
constexpr auto settings = "org.freedesktop.portal.Settings"_L1;
constexpr auto appearance = "org.freedesktop.appearance"_L1;
constexpr auto colorScheme = "color-scheme"_L1;

// Read() of the portal wraps its answer in two variants (version 1 of the interface).
QVariant unwrap(QVariant value)
{
    while (value.canConvert<QDBusVariant>()) {
        value = value.value<QDBusVariant>().variant();
    }
    return value;
}

} // namespace

SystemTheme::SystemTheme(QObject *parent)
    : QObject(parent)
    , m_original(QGuiApplication::palette())
{ }

void SystemTheme::follow()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    // The slot is looked up by the name of its parameter's type, which nobody may have used yet.
    qRegisterMetaType<QDBusVariant>();
    // clang-format off
    bus.connect(service, path, settings, u"SettingChanged"_s, this,
                SLOT(onSettingChanged(QString,QString,QDBusVariant))); // as moc spells it
    // clang-format on
    QDBusMessage call = QDBusMessage::createMethodCall(service, path, settings, u"Read"_s);
    call.setArguments({QString(appearance), QString(colorScheme)});
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QVariant> reply = *watcher;
        if (!reply.isError()) {
            apply(unwrap(reply.value()).toUInt());
        }
        watcher->deleteLater();
    });
}

void SystemTheme::onSettingChanged(
    const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group == appearance && key == colorScheme) {
        apply(unwrap(value.variant()).toUInt());
    }
}

void SystemTheme::apply(uint scheme)
{
    constexpr uint preferDark = 1;
    const bool wantsDark = scheme == preferDark;
    if (wantsDark && !isDark(QGuiApplication::palette())) {
        QGuiApplication::setPalette(darkPalette());
    } else if (!wantsDark && !isDark(m_original)) {
        QGuiApplication::setPalette(m_original);
    }
}

} // namespace freerelay::ui
