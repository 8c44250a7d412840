#include "copy_button.h"

#include "ui/theme/icons.h"

#include <QClipboard>
#include <QGuiApplication>

#include <utility>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

CopyButton::CopyButton(std::function<QString()> source, QWidget *parent)
    : QPushButton(parent)
    , m_source(std::move(source))
    , m_idleText(tr("Copy"))
    , m_back(this)
{
    m_back.setSingleShot(true);
    m_back.setInterval(2s);
    connect(&m_back, &QTimer::timeout, this, &CopyButton::showIdle);
    connect(this, &QPushButton::clicked, this, &CopyButton::copy);
    makeBothFacesFit();
}

void CopyButton::setIdleText(const QString &text)
{
    m_idleText = text;
    makeBothFacesFit();
}

/// So that nothing moves when the button is pressed.
void CopyButton::makeBothFacesFit()
{
    setMinimumWidth(0);
    setText(tr("Copied"));
    setIcon(lineIcon(u"state-good"_s));
    const int width = sizeHint().width();
    showIdle();
    setMinimumWidth(qMax(width, sizeHint().width()));
}

void CopyButton::copy()
{
    QGuiApplication::clipboard()->setText(m_source());
    setText(tr("Copied"));
    setIcon(lineIcon(u"state-good"_s, Tone::Good));
    m_back.start();
}

void CopyButton::showIdle()
{
    setText(m_idleText);
    setIcon(lineIcon(u"copy"_s));
}

} // namespace freerelay::ui
