#pragma once

#include "core/interfaces/request_history.h"
#include "ui/pages/requests/requests_presenter.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;

namespace freerelay::ui {

/// The conditions of the request list, one control each. The text field and its label are laid out
/// by the page: there is more room beside its title.
class RequestFilterBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestFilterBar)

public:
    explicit RequestFilterBar(QWidget *parent = nullptr);
    ~RequestFilterBar() override = default;

    [[nodiscard]] interfaces::RequestFilter filter() const;
    /// The names to choose from; what is chosen stays chosen.
    void setChoices(const RequestsPresenter::Choices &choices);
    void clear();
    [[nodiscard]] QLineEdit *textField() const { return m_text; }
    [[nodiscard]] QLabel *textLabel() const { return m_textLabel; }
    /// The tab stop that the others follow.
    [[nodiscard]] QWidget *firstBox() const;

Q_SIGNALS:
    /// Not for each letter: when the typing rests.
    void filterChanged();

private:
    [[nodiscard]] QComboBox *addBox(const QString &objectName, const QString &accessibleName);
    void addStatuses();
    void addTimes();
    void setNames(QComboBox *box, const QString &any, const QStringList &names);

    QLineEdit *m_text;
    QLabel *m_textLabel;
    QTimer m_rest;
    QComboBox *m_status;
    QComboBox *m_provider;
    QComboBox *m_model;
    QComboBox *m_app;
    QComboBox *m_time;
};

} // namespace freerelay::ui
