#include "diff_highlighter.h"

#include "ui/theme/tones.h"

#include <QPlainTextEdit>

namespace freerelay::ui {

DiffHighlighter::DiffHighlighter(QPlainTextEdit *edit)
    : QSyntaxHighlighter(edit->document())
    , m_edit(*edit)
{ }

void DiffHighlighter::highlightBlock(const QString &text)
{
    const QPalette palette = m_edit.palette();
    const auto length = static_cast<int>(text.size());
    if (text.startsWith(u"+++") || text.startsWith(u"---") || text.startsWith(u"@@")) {
        setFormat(0, length, secondaryTextColor(palette));
    } else if (text.startsWith(u'+')) {
        setFormat(0, length, toneColor(Tone::Good, palette));
    } else if (text.startsWith(u'-')) {
        setFormat(0, length, toneColor(Tone::Bad, palette));
    }
}

} // namespace freerelay::ui
