#include "tray_icon.h"

#include "ui/theme/icons.h"

#include <QActionGroup>
#include <QEvent>
#include <QGuiApplication>

namespace freerelay::ui {

namespace {

// The menu is kept and only its words change while its shape stays: rebuilding a menu that is
// open makes it flicker or close.
QStringList shapeOf(const std::vector<TrayEntry> &entries)
{
    QStringList ids;
    for (const TrayEntry &entry : entries) {
        ids.append(entry.id);
    }
    return ids;
}

QStringList shapeOf(const QMenu &menu)
{
    QStringList ids;
    for (const QAction *action : menu.actions()) {
        ids.append(action->objectName());
    }
    return ids;
}

void applyTo(QAction &action, const TrayEntry &entry)
{
    action.setText(entry.text);
    action.setEnabled(entry.enabled);
    action.setToolTip(entry.reason);
    if (entry.checkable) {
        action.setChecked(entry.checked);
    }
}

} // namespace

TrayIcon::TrayIcon(TrayPresenter &presenter, QObject *parent)
    : QObject(parent)
    , m_presenter(presenter)
    , m_menu(std::make_unique<QMenu>())
    , m_icon(this)
{
    m_menu->setToolTipsVisible(true);
    m_menu->setTitle(tr("FreeRelay"));
    m_icon.setContextMenu(m_menu.get());
    connect(&m_presenter, &TrayPresenter::changed, this, &TrayIcon::update);
    connect(
        &m_icon,
        &QSystemTrayIcon::activated,
        this,
        [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason == QSystemTrayIcon::Trigger) {
                Q_EMIT toggleRequested();
            }
        });
    qGuiApp->installEventFilter(this);
    update();
}

TrayIcon::~TrayIcon()
{
    m_icon.hide();
    m_icon.setContextMenu(nullptr);
}

void TrayIcon::show()
{
    m_icon.show();
}

bool TrayIcon::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == qGuiApp && event->type() == QEvent::ApplicationPaletteChange) {
        m_shownState.clear();
        updateIcon();
    }
    return QObject::eventFilter(watched, event);
}

void TrayIcon::update()
{
    updateIcon();
    m_icon.setToolTip(m_presenter.toolTip());
    fill(*m_menu, m_presenter.menu());
}

void TrayIcon::updateIcon()
{
    const QString state = toString(m_presenter.state());
    if (state != m_shownState) {
        m_shownState = state;
        m_icon.setIcon(trayIcon(state, QGuiApplication::palette()));
    }
}

void TrayIcon::fill(QMenu &menu, const std::vector<TrayEntry> &entries)
{
    if (shapeOf(entries) != shapeOf(menu)) {
        menu.clear();
        auto *group = new QActionGroup(&menu);
        for (const TrayEntry &entry : entries) {
            addCommand(menu, entry, group);
        }
    }
    const QList<QAction *> actions = menu.actions();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        QAction &action = *actions.at(static_cast<qsizetype>(i));
        applyTo(action, entries[i]);
        if (entries[i].kind == TrayEntry::Kind::Submenu) {
            // The one level below; entries nest no deeper.
            for (const TrayEntry &child : entries[i].children) {
                applyTo(*action.menu()->findChild<QAction *>(child.id), child);
            }
        }
    }
}

void TrayIcon::addCommand(QMenu &menu, const TrayEntry &entry, QActionGroup *group)
{
    if (entry.kind == TrayEntry::Kind::Submenu) {
        auto *submenu = new QMenu(entry.text, &menu);
        auto *choices = new QActionGroup(submenu);
        for (const TrayEntry &child : entry.children) {
            addCommand(*submenu, child, choices);
        }
        QAction *action = menu.addMenu(submenu);
        action->setObjectName(entry.id);
        return;
    }
    auto *action = new QAction(entry.text, &menu);
    action->setObjectName(entry.id);
    if (entry.kind == TrayEntry::Kind::Separator) {
        action->setSeparator(true);
    }
    if (entry.checkable) {
        action->setCheckable(true);
        group->addAction(action);
    }
    connect(action, &QAction::triggered, this, [this, id = entry.id] { m_presenter.trigger(id); });
    menu.addAction(action);
}

} // namespace freerelay::ui
