#include "secret_edit.h"

#include "ui/theme/icons.h"

#include <QAction>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

SecretEdit::SecretEdit(QWidget *parent)
    : QLineEdit(parent)
    , m_reveal(
          new QAction(lineIcon(u"show"_s), tr("Show what was typed for 15 seconds (Ctrl+R)"), this))
    , m_hide(this)
{
    setEchoMode(QLineEdit::Password);
    setInputMethodHints(Qt::ImhHiddenText | Qt::ImhNoPredictiveText | Qt::ImhSensitiveData);
    m_reveal->setCheckable(true);
    m_reveal->setObjectName(u"revealAction"_s);
    m_reveal->setShortcut(Qt::CTRL | Qt::Key_R);
    m_reveal->setShortcutContext(Qt::WidgetShortcut);
    addAction(m_reveal, QLineEdit::TrailingPosition);
    m_hide.setSingleShot(true);
    m_hide.setInterval(15s);
    connect(m_reveal, &QAction::toggled, this, &SecretEdit::setRevealed);
    connect(&m_hide, &QTimer::timeout, m_reveal, [this] { m_reveal->setChecked(false); });
}

common::Secret SecretEdit::secret() const
{
    return common::Secret(text().trimmed().toUtf8());
}

void SecretEdit::forget()
{
    m_reveal->setChecked(false);
    // setText, unlike clear, also forgets the undo history.
    setText(QString());
}

void SecretEdit::focusOutEvent(QFocusEvent *event)
{
    m_reveal->setChecked(false);
    QLineEdit::focusOutEvent(event);
}

void SecretEdit::setRevealed(bool revealed)
{
    setEchoMode(revealed ? QLineEdit::Normal : QLineEdit::Password);
    if (revealed) {
        m_hide.start();
    } else {
        m_hide.stop();
    }
}

} // namespace freerelay::ui
