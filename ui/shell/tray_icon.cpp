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
    fill(m_presenter.menu());
}

void TrayIcon::updateIcon()
{
    const QString state = toString(m_presenter.state());
    if (state != m_shownState) {
        m_shownState = state;
        m_icon.setIcon(trayIcon(state, QGuiApplication::palette()));
    }
}

void TrayIcon::fill(const std::vector<TrayEntry> &entries)
{
    if (shapeOf(entries) != shapeOf(*m_menu)) {
        m_menu->clear();
        for (const TrayEntry &entry : entries) {
            addEntry(entry);
        }
    }
    const QList<QAction *> actions = m_menu->actions();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        QAction &action = *actions.at(static_cast<qsizetype>(i));
        applyTo(action, entries[i]);
        for (const TrayChoice &choice : entries[i].choices) {
            action.menu()->findChild<QAction *>(choice.id)->setChecked(choice.checked);
        }
    }
}

void TrayIcon::addEntry(const TrayEntry &entry)
{
    if (entry.kind == TrayEntry::Kind::Choices) {
        addChoices(entry);
        return;
    }
    QAction *action = createAction(*m_menu, entry.id, entry.text);
    action->setSeparator(entry.kind == TrayEntry::Kind::Separator);
}

void TrayIcon::addChoices(const TrayEntry &entry)
{
    auto *submenu = new QMenu(entry.text, m_menu.get());
    auto *group = new QActionGroup(submenu);
    for (const TrayChoice &choice : entry.choices) {
        QAction *action = createAction(*submenu, choice.id, choice.text);
        action->setCheckable(true);
        group->addAction(action);
    }
    m_menu->addMenu(submenu)->setObjectName(entry.id);
}

QAction *TrayIcon::createAction(QMenu &menu, const QString &id, const QString &text)
{
    auto *action = new QAction(text, &menu);
    action->setObjectName(id);
    connect(action, &QAction::triggered, this, [this, id] { m_presenter.trigger(id); });
    menu.addAction(action);
    return action;
}

} // namespace freerelay::ui
