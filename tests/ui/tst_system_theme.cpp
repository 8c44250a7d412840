#include "ui/theme/system_theme.h"
#include "ui/theme/tones.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

namespace {

constexpr auto portalPath = "/org/freedesktop/portal/desktop"_L1;
constexpr uint preferDark = 1;
constexpr uint preferLight = 2;

} // namespace

/// The part of the freedesktop settings portal that tells dark from light.
class SettingsPortal final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    uint scheme = preferDark;

public Q_SLOTS:
    QDBusVariant Read(const QString & /*group*/, const QString & /*key*/) const
    {
        return QDBusVariant(QVariant::fromValue(QDBusVariant(scheme)));
    }
};

class TestSystemTheme final : public QObject
{
    Q_OBJECT

private:
    QProcess m_bus;
    SettingsPortal m_portal;

    static void announce(uint scheme)
    {
        QDBusMessage change = QDBusMessage::createSignal(
            portalPath, u"org.freedesktop.portal.Settings"_s, u"SettingChanged"_s);
        change << u"org.freedesktop.appearance"_s << u"color-scheme"_s
               << QVariant::fromValue(QDBusVariant(scheme));
        QDBusConnection(u"portal"_s).send(change);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString daemon = QStandardPaths::findExecutable(u"dbus-daemon"_s);
        if (daemon.isEmpty()) {
            QSKIP("there is no dbus-daemon");
        }
        m_bus.start(daemon, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
        QVERIFY(m_bus.waitForReadyRead());
        const QByteArray address = m_bus.readLine().trimmed();
        qputenv("DBUS_SESSION_BUS_ADDRESS", address);
        QDBusConnection portal = QDBusConnection::connectToBus(
            QString::fromLatin1(address), u"portal"_s);
        QVERIFY(portal.registerObject(portalPath, &m_portal, QDBusConnection::ExportAllSlots));
        QVERIFY(portal.registerService(u"org.freedesktop.portal.Desktop"_s));
    }

    void cleanupTestCase()
    {
        QDBusConnection::disconnectFromBus(u"portal"_s);
        m_bus.terminate();
        m_bus.waitForFinished();
    }

    void followsTheDesktopIntoTheDarkAndBack()
    {
        QVERIFY(!isDark(QApplication::palette()));
        SystemTheme theme;
        theme.follow();
        QTRY_VERIFY(isDark(QApplication::palette()));
        announce(preferLight);
        QTRY_VERIFY(!isDark(QApplication::palette()));
        announce(preferDark);
        QTRY_VERIFY(isDark(QApplication::palette()));
    }
};

QTEST_MAIN(TestSystemTheme)
#include "tst_system_theme.moc"
