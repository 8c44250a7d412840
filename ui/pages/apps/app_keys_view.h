#pragma once

#include <QWidget>

class QBoxLayout;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace freerelay::ui {

class AppKeysPresenter;
class TextTableModel;

/// The apps with keys of their own as a table, the selected one's budget and mode, and a new key.
class AppKeysView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AppKeysView)

public:
    explicit AppKeysView(AppKeysPresenter &presenter, QWidget *parent = nullptr);
    ~AppKeysView() override = default;

private:
    void createMaker(QBoxLayout *column);
    void createFresh(QBoxLayout *column);
    void createTable(QBoxLayout *column);
    void layOutColumns();
    void createRights(QBoxLayout *column);
    void makeKey();
    void save();
    void update();
    void updateFresh();
    void updateTable();
    void updateRights();

    AppKeysPresenter &m_presenter;
    QLabel *m_problem = nullptr;
    QLineEdit *m_name = nullptr;
    QWidget *m_freshBox = nullptr;
    QLabel *m_freshLabel = nullptr;
    QLineEdit *m_freshKey = nullptr;
    QLabel *m_empty = nullptr;
    TextTableModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    QWidget *m_rights = nullptr;
    QLabel *m_rightsTitle = nullptr;
    QLineEdit *m_budget = nullptr;
    QComboBox *m_mode = nullptr;
    QPushButton *m_save = nullptr;
    QPushButton *m_revoke = nullptr;
    bool m_updating = false; ///< the table: nobody has chosen anything
    QString m_edited; ///< id of the app whose rights are in the fields
};

} // namespace freerelay::ui
