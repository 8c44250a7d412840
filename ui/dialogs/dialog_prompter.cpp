#include "dialog_prompter.h"

#include <QAbstractButton>
#include <QMessageBox>
#include <QPushButton>

#include <utility>
#include <vector>

namespace freerelay::ui {

DialogPrompter::DialogPrompter(QWidget *parent)
    : m_parent(parent)
{ }

void DialogPrompter::ask(const Question &question, Answered answered)
{
    auto *box = new QMessageBox(m_parent);
    box->setObjectName(question.id);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(question.title);
    box->setText(question.text);
    box->setInformativeText(question.explanation);
    box->setTextFormat(Qt::PlainText);
    std::vector<QAbstractButton *> buttons;
    for (int i = 0; i < question.answers.size(); ++i) {
        const auto role = i == question.cancelAnswer ? QMessageBox::RejectRole
            : i == 0                                 ? QMessageBox::AcceptRole
                                                     : QMessageBox::ActionRole;
        QPushButton *button = box->addButton(question.answers.at(i), role);
        button->setAutoDefault(false);
        buttons.push_back(button);
    }
    box->setEscapeButton(buttons.at(static_cast<std::size_t>(question.cancelAnswer)));
    box->setDefaultButton(qobject_cast<QPushButton *>(buttons.front()));
    const int cancelled = question.cancelAnswer;
    QObject::connect(
        box,
        &QMessageBox::finished,
        box,
        [box, buttons = std::move(buttons), cancelled, answered = std::move(answered)] {
            const auto clicked = std::find(buttons.begin(), buttons.end(), box->clickedButton());
            answered(
                clicked == buttons.end()
                    ? cancelled
                    : static_cast<int>(std::distance(buttons.begin(), clicked)));
        });
    box->open();
}

} // namespace freerelay::ui
