#pragma once

#include <QPushButton>
#include <QTimer>

#include <functional>

namespace freerelay::ui {

/// Puts a text on the clipboard and says so on its face for two seconds.
class CopyButton final : public QPushButton
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CopyButton)

public:
    /// @param source  asked at each press; never a secret
    explicit CopyButton(std::function<QString()> source, QWidget *parent = nullptr);
    ~CopyButton() override = default;

    /// What it says when nothing was just copied; “Copy” unless set.
    void setIdleText(const QString &text);

private:
    void copy();
    void showIdle();
    void makeBothFacesFit();

    std::function<QString()> m_source;
    QString m_idleText;
    QTimer m_back;
};

} // namespace freerelay::ui
