#pragma once

#include "core/interfaces/request_history.h"
#include "ui/theme/tones.h"
#include "ui/widgets/timeline_view.h"

#include <QObject>
#include <QTimer>

#include <optional>
#include <utility>
#include <vector>

namespace freerelay::ui {

class GatewayFeed;

/// What is known of one request, in words. Main thread.
class RequestInspector final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RequestInspector)

public:
    using Field = std::pair<QString, QString>; ///< name, value

    /// A candidate and what became of it.
    struct Candidate
    {
        QString rank; ///< "1", …; an em dash when it was not considered
        QString name;
        QString verdict;
        Tone tone = Tone::Neutral;
    };

    explicit RequestInspector(GatewayFeed &feed, QObject *parent = nullptr);
    ~RequestInspector() override = default;

    void show(const interfaces::RequestRow &row);
    void clear();

    [[nodiscard]] bool isEmpty() const { return !m_row.has_value(); }
    /// The record has answered with everything.
    [[nodiscard]] bool hasDetails() const { return m_details.has_value(); }
    [[nodiscard]] QString requestId() const { return m_row ? m_row->requestId : QString(); }
    [[nodiscard]] std::vector<Field> fields() const;
    [[nodiscard]] QString error() const { return m_row ? m_row->error : QString(); }
    /// Why there is no more to see, or what came of askAgain() or saveTo(); "" = nothing to tell.
    [[nodiscard]] QString note() const { return m_note; }
    /// The attempts; the bars' times count from the first byte of the request.
    [[nodiscard]] Timeline timeline() const;
    /// How it was decided, one sentence; "" = there was no decision.
    [[nodiscard]] QString decisionText() const;
    [[nodiscard]] std::vector<Candidate> candidates() const;
    /// What the client sent and what it was sent, as far as that is kept; "" = it is not.
    [[nodiscard]] QString prompt() const;
    [[nodiscard]] QString answer() const;
    /// The kept prompt can be sent again.
    [[nodiscard]] bool canAskAgain() const;
    /// What that does, or why it cannot be done.
    [[nodiscard]] QString askAgainHint() const;
    /// Sends it, and tells in note() what came of it.
    void askAgain();
    /// Writes what is recorded of the request into a file, as GET /v1/requests/{id} tells it but
    /// for prompt and answer, and tells in note() what came of it; needs hasDetails().
    void saveTo(const QString &path);
    /// A command that asks the same model in the same way. Neither key nor content: keys are not
    /// ours to show, and contents are not recorded.
    [[nodiscard]] QString curlCommand() const;

Q_SIGNALS:
    void changed();
    /// The shown prompt is on its way again, as this request.
    void askedAgain(const QString &requestId);

private:
    void ask();
    void onDetails(const common::Result<interfaces::RequestDetails> &details);
    [[nodiscard]] static QString withCut(const QString &text, bool isCut);
    void onAskedAgain(const common::Result<QString> &sent);
    void addDetailFields(std::vector<Field> &fields) const;
    [[nodiscard]] Candidate candidateFor(const interfaces::CandidateInfo &info, int rank) const;

    GatewayFeed &m_feed;
    std::optional<interfaces::RequestRow> m_row;
    std::optional<interfaces::RequestDetails> m_details;
    QString m_note;
    bool m_asking = false; ///< the prompt is on its way again
    QTimer m_retry; ///< what has just ended is not recorded at once
    int m_tries = 0;
    int m_generation = 0;
};

} // namespace freerelay::ui
