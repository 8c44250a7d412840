#pragma once

#include "ui/pages/page.h"

class QListWidget;

namespace freerelay::ui {

class AppKeysPresenter;
class AppsPresenter;

/// The tools of this machine; choose one to connect it, or to undo that. And the apps that have
/// keys of their own.
class AppsPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppsPage)

public:
    AppsPage(AppsPresenter &presenter, AppKeysPresenter &keys, QWidget *parent = nullptr);
    ~AppsPage() override = default;

    void setActive(bool active) override;

private:
    [[nodiscard]] QWidget *createTools();
    [[nodiscard]] QWidget *createKeys();
    [[nodiscard]] QWidget *createList();
    void update();

    AppsPresenter &m_presenter;
    AppKeysPresenter &m_keys;
    QListWidget *m_list = nullptr;
};

} // namespace freerelay::ui
