#pragma once

#include "ui/theme/tones.h"

#include <QWidget>

class QLabel;

namespace freerelay::ui {

/// A state as shape, colour and words together.
class StateLabel final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StateLabel)

public:
    explicit StateLabel(QWidget *parent = nullptr);
    ~StateLabel() override = default;

    /// @param iconName  a "state-…" line icon
    void setState(const QString &iconName, Tone tone, const QString &text);
    [[nodiscard]] QString text() const;
    void setIconSide(int pixels);
    /// Never breaks the text into lines: for bars that are one line high.
    void setSingleLine();

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    QLabel *m_icon;
    QLabel *m_text;
    QString m_iconName;
    Tone m_tone = Tone::Neutral;
    int m_side = 18;
};

} // namespace freerelay::ui
