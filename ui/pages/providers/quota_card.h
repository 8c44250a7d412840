#pragma once

#include <QWidget>

class QLabel;
class QListView;

namespace freerelay::ui {

class QuotaPresenter;
class StateLabel;

/// What is used of a provider's quota: a bar for each window, what rests, who is used next.
class QuotaCard final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QuotaCard)

public:
    explicit QuotaCard(QuotaPresenter &presenter, QWidget *parent = nullptr);
    ~QuotaCard() override = default;

private:
    [[nodiscard]] QWidget *createList(QWidget *parent);
    void update();
    void updateList();

    QuotaPresenter &m_presenter;
    StateLabel *m_usedUp = nullptr;
    QLabel *m_nothing = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_details = nullptr;
    QLabel *m_restsTitle = nullptr;
    QLabel *m_rests = nullptr;
    QLabel *m_next = nullptr;
};

} // namespace freerelay::ui
