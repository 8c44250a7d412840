#pragma once

#include "ui/pages/page.h"

class QAbstractItemModel;
class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace freerelay::ui {

class DeveloperPresenter;
class StateLabel;

/// Which faults are played on purpose, and how often they were. Only in a program that was started
/// for it.
class DeveloperPage final : public Page
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DeveloperPage)

public:
    explicit DeveloperPage(DeveloperPresenter &presenter, QWidget *parent = nullptr);
    ~DeveloperPage() override = default;

    void setActive(bool active) override;

private:
    void addSwitch(QVBoxLayout *column);
    void addForm(QVBoxLayout *column);
    void addRules(QVBoxLayout *column);
    void addCounts(QVBoxLayout *column);
    [[nodiscard]] QTableView *createTable(QAbstractItemModel &model, const QString &name);
    void fillChoices();
    void addRule();
    void update();

    DeveloperPresenter &m_presenter;
    StateLabel *m_state = nullptr;
    QCheckBox *m_on = nullptr;
    QComboBox *m_provider = nullptr;
    QComboBox *m_fault = nullptr;
    QComboBox *m_rate = nullptr;
    QLineEdit *m_seed = nullptr;
    QTableView *m_rules = nullptr;
    QPushButton *m_remove = nullptr;
};

} // namespace freerelay::ui
