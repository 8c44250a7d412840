#pragma once

#include <QScrollArea>

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTableWidget;

namespace freerelay::ui {

class RequestInspector;
class StateLabel;
class TimelineView;

/// Everything about the selected request, from top to bottom: result, attempts, decision, texts.
class RequestPanel final : public QScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestPanel)

public:
    explicit RequestPanel(RequestInspector &inspector, QWidget *parent = nullptr);
    ~RequestPanel() override = default;

    /// Wide enough for what cannot break: only the height is scrolled.
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override { return minimumSizeHint(); }

Q_SIGNALS:
    void copyRowRequested();

private:
    /// A heading and what stands under it.
    struct TextPart
    {
        QWidget *part = nullptr;
        QPlainTextEdit *view = nullptr;
    };

    [[nodiscard]] QWidget *createButtons(QWidget *pane);
    [[nodiscard]] QWidget *createAttempts(QWidget *pane);
    [[nodiscard]] QWidget *createDecision(QWidget *pane);
    [[nodiscard]] TextPart
    createText(QWidget *pane, const QString &title, const QString &objectName);
    static void setText(const TextPart &part, const QString &text);
    void askWhereToSave();
    void update();
    void updateFields();
    void updateCandidates();

    RequestInspector &m_inspector;
    StateLabel *m_error = nullptr;
    StateLabel *m_note = nullptr;
    QPushButton *m_askAgain = nullptr;
    QPushButton *m_save = nullptr;
    QFormLayout *m_fields = nullptr;
    QWidget *m_attempts = nullptr;
    TimelineView *m_timeline = nullptr;
    QWidget *m_decision = nullptr;
    QLabel *m_decisionText = nullptr;
    QTableWidget *m_candidates = nullptr;
    TextPart m_prompt; ///< shown when texts are kept
    TextPart m_answer;
};

} // namespace freerelay::ui
