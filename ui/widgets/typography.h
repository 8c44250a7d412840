#pragma once

class QLabel;
class QVBoxLayout;
class QWidget;
class QFrame;

namespace freerelay::ui {

enum class HeadingLevel { Page, Section };

/// Size and weight of a heading, relative to the user's font.
void makeHeading(QLabel *label, HeadingLevel level);

/// Explanatory text: wraps, in the secondary colour, which follows the palette.
void makeSecondary(QLabel *label);

/// A quiet panel that groups what belongs together; its layout is a QVBoxLayout.
[[nodiscard]] QFrame *createCard(QWidget *parent);
[[nodiscard]] QVBoxLayout *cardLayout(QFrame *card);

} // namespace freerelay::ui
