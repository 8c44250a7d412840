#pragma once

#include "ui/pages/page.h"

class QListWidget;

namespace freerelay::ui {

class AppsPresenter;

/// The tools of this machine; choose one to connect it, or to undo that.
class AppsPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppsPage)

public:
    explicit AppsPage(AppsPresenter &presenter, QWidget *parent = nullptr);
    ~AppsPage() override = default;

    void setActive(bool active) override;

private:
    [[nodiscard]] QWidget *createList();
    void update();

    AppsPresenter &m_presenter;
    QListWidget *m_list = nullptr;
};

} // namespace freerelay::ui
