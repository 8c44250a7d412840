#pragma once

class QFont;
class QLabel;
class QString;
class QVBoxLayout;
class QWidget;
class QFrame;

namespace freerelay::ui {

enum class HeadingLevel { Page, Section };

/// Size and weight of a heading, relative to the user's font.
void makeHeading(QLabel *label, HeadingLevel level);

/// Explanatory text: wraps, in the secondary colour, which follows the palette.
void makeSecondary(QLabel *label);

/// The text with a capital first letter: what comes from data may be a mere phrase.
[[nodiscard]] QString asSentence(const QString &phrase);

/// Text to be read letter by letter, in the size of the user's font.
[[nodiscard]] QFont fixedFont(const QWidget *widget);

/// Width of so many average characters of the widget's font, in pixels: what follows the font
/// stays readable when the user enlarges it.
[[nodiscard]] int widthOfChars(const QWidget *widget, int count);

/// A quiet panel that groups what belongs together; its layout is a QVBoxLayout.
[[nodiscard]] QFrame *createCard(QWidget *parent);
[[nodiscard]] QVBoxLayout *cardLayout(QFrame *card);

} // namespace freerelay::ui
