#pragma once

#include "ui/dialogs/prompter.h"

#include <QTimer>

#include <deque>
#include <vector>

namespace freerelay::tests {

/// Gives the answers of a script, later, as a dialog would; cancels when the script is empty.
class ScriptedPrompter final : public QObject, public ui::Prompter
{
public:
    std::deque<QString> script; ///< beginnings of button texts, mnemonics left out
    std::vector<ui::Question> asked;

    void ask(const ui::Question &question, Answered answered) override
    {
        asked.push_back(question);
        int answer = question.cancelAnswer;
        if (!script.empty()) {
            answer = indexOf(question, script.front());
            script.pop_front();
        }
        QTimer::singleShot(0, this, [answered = std::move(answered), answer] { answered(answer); });
    }

private:
    static int indexOf(const ui::Question &question, const QString &beginning)
    {
        for (int i = 0; i < question.answers.size(); ++i) {
            QString text = question.answers.at(i);
            if (text.remove(u'&').startsWith(beginning)) {
                return i;
            }
        }
        qFatal("no answer begins with %s", qPrintable(beginning));
    }
};

} // namespace freerelay::tests
