#pragma once

#include "ui/shell/tray_presenter.h"

#include <QMenu>
#include <QSystemTrayIcon>

#include <memory>

namespace freerelay::ui {

/// The presenter's state in the system tray. Left click asks to toggle the window.
class TrayIcon final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TrayIcon)

public:
    explicit TrayIcon(TrayPresenter &presenter, QObject *parent = nullptr);
    ~TrayIcon() override;

    void show();
    [[nodiscard]] const QMenu &menu() const { return *m_menu; }

Q_SIGNALS:
    void toggleRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void update();
    void updateIcon();
    void fill(const std::vector<TrayEntry> &entries);
    void addEntry(const TrayEntry &entry);
    void addChoices(const TrayEntry &entry);
    [[nodiscard]] QAction *createAction(QMenu &menu, const QString &id, const QString &text);

    TrayPresenter &m_presenter;
    // The menu has no widget that could own it, and must outlive the icon that shows it.
    std::unique_ptr<QMenu> m_menu;
    QSystemTrayIcon m_icon;
    QString m_shownState;
};

} // namespace freerelay::ui
