#pragma once

#include <QSyntaxHighlighter>

class QPlainTextEdit;

namespace freerelay::ui {

/// Colours the lines of a diff; their first character says the same.
class DiffHighlighter final : public QSyntaxHighlighter
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiffHighlighter)

public:
    /// @param edit  owns it; its palette is used
    explicit DiffHighlighter(QPlainTextEdit *edit);
    ~DiffHighlighter() override = default;

protected:
    void highlightBlock(const QString &text) override;

private:
    const QPlainTextEdit &m_edit;
};

} // namespace freerelay::ui
