#include "snippet_view.h"

#include "ui/widgets/copy_button.h"
#include "ui/widgets/typography.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

SnippetView::SnippetView(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_place(new QLabel(this))
    , m_text(new QPlainTextEdit(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto *head = new QHBoxLayout;
    auto *words = new QVBoxLayout;
    makeHeading(m_title, HeadingLevel::Section);
    m_title->setObjectName(u"snippetTitle"_s);
    m_title->setBuddy(m_text);
    words->addWidget(m_title);
    makeSecondary(m_place);
    m_place->setObjectName(u"snippetPlace"_s);
    words->addWidget(m_place);
    head->addLayout(words, 1);
    auto *copy = new CopyButton([this] { return m_text->toPlainText(); }, this);
    copy->setObjectName(u"copySnippetButton"_s);
    head->addWidget(copy, 0, Qt::AlignBottom);
    column->addLayout(head);
    m_text->setObjectName(u"snippetText"_s);
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(fixedFont(this));
    column->addWidget(m_text, 1);
    setTabOrder(copy, m_text);
}

void SnippetView::setSnippet(const QString &title, const QString &place, const QString &text)
{
    m_title->setText(title);
    m_place->setText(place);
    m_text->setAccessibleName(tr("Text for %1").arg(title));
    if (m_text->toPlainText() != text) {
        m_text->setPlainText(text);
    }
}

} // namespace freerelay::ui
