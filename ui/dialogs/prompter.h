#pragma once

#include <QString>
#include <QStringList>

#include <functional>

namespace freerelay::ui {

/// A decision only the user can take.
struct Question
{
    QString id; ///< stable name for tests ("keychainRefused"); becomes the object name
    QString title;
    QString text; ///< one or two sentences
    QString explanation; ///< what follows from each answer; may be empty
    QStringList answers; ///< button texts, the recommended one first
    int cancelAnswer = 0; ///< what closing the dialog or Escape means: an index into `answers`
};

/// The seam through which presenters ask. Main thread; never blocks: the answer (an index into
/// Question::answers) comes later, exactly once.
class Prompter
{
public:
    using Answered = std::function<void(int answer)>;

    virtual ~Prompter() = default;
    virtual void ask(const Question &question, Answered answered) = 0;
};

} // namespace freerelay::ui
