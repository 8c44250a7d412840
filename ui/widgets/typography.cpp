#include "typography.h"

#include "ui/widgets/secondary_color.h"

#include <QFontDatabase>
#include <QFrame>
#include <QLabel>
#include <QVBoxLayout>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

void makeHeading(QLabel *label, HeadingLevel level)
{
    QFont font = label->font();
    constexpr double pageScale = 1.6;
    constexpr double sectionScale = 1.1;
    font.setPointSizeF(
        font.pointSizeF() * (level == HeadingLevel::Page ? pageScale : sectionScale));
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    label->setTextFormat(Qt::PlainText);
}

void makeSecondary(QLabel *label)
{
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    new SecondaryColor(label);
}

QString asSentence(const QString &phrase)
{
    QString sentence = phrase;
    if (!sentence.isEmpty()) {
        sentence.front() = sentence.front().toUpper();
    }
    return sentence;
}

QFont fixedFont(const QWidget *widget)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(widget->font().pointSizeF());
    return font;
}

int widthOfChars(const QWidget *widget, int count)
{
    return widget->fontMetrics().averageCharWidth() * count;
}

QFrame *createCard(QWidget *parent)
{
    auto *card = new QFrame(parent);
    card->setObjectName(u"card"_s);
    card->setStyleSheet(
        u"QFrame#card { background: palette(alternate-base); border: 1px solid palette(mid);"
        " border-radius: 8px; }"_s);
    auto *column = new QVBoxLayout(card);
    constexpr int padding = 14;
    column->setContentsMargins(padding, padding, padding, padding);
    constexpr int spacing = 8;
    column->setSpacing(spacing);
    return card;
}

QVBoxLayout *cardLayout(QFrame *card)
{
    return qobject_cast<QVBoxLayout *>(card->layout());
}

} // namespace freerelay::ui
