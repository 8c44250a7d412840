#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace freerelay::ui {

/// Text to copy into a shell, a program or a settings file.
class SnippetView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SnippetView)

public:
    explicit SnippetView(QWidget *parent = nullptr);
    ~SnippetView() override = default;

    /// @param place  where it goes ("Add to ~/.continue/config.yaml")
    void setSnippet(const QString &title, const QString &place, const QString &text);

private:
    QLabel *m_title;
    QLabel *m_place;
    QPlainTextEdit *m_text;
};

} // namespace freerelay::ui
