#pragma once

#include "ui/dialogs/prompter.h"

#include <QPointer>
#include <QWidget>

namespace freerelay::ui {

/// Asks with a window-modal message box of `parent`.
class DialogPrompter final : public Prompter
{
public:
    explicit DialogPrompter(QWidget *parent);

    void ask(const Question &question, Answered answered) override;

private:
    QPointer<QWidget> m_parent;
};

} // namespace freerelay::ui
