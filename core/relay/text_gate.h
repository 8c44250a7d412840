#pragma once

#include "core/relay/captured_downstream.h"
#include "core/relay/records.h"

#include <QHash>

#include <memory>

namespace freerelay::relay {

/// The texts of one worker's requests on their way to whoever keeps them, for debugging. While
/// nobody does, it costs one load and one branch per request. Created, used and destroyed on the
/// worker's thread.
class TextGate final : public OutcomeSink
{
public:
    /// Both outlive the gate. @param next  gets every outcome
    TextGate(TextSink &texts, OutcomeSink &next)
        : m_texts(texts)
        , m_next(next)
    { }

    /// To be called with each request before anything is answered.
    /// @param body  as it was received; shared, or copied as far as it is kept when it is long
    /// @return what to answer to in place of `downstream`, or `downstream` itself
    [[nodiscard]] std::shared_ptr<Downstream> watch(
        const QByteArray &requestId,
        const QByteArray &body,
        std::shared_ptr<Downstream> downstream);

    /// The answer's last bytes have been handed over before.
    void record(const std::shared_ptr<const Outcome> &outcome) override;

private:
    struct Watched
    {
        QByteArray prompt;
        bool promptCut = false;
        std::shared_ptr<RequestTexts::Answer> answer;
    };

    void handOver(const Outcome &outcome);

    TextSink &m_texts;
    OutcomeSink &m_next;
    QHash<QByteArray, Watched> m_watched; ///< by request id
};

} // namespace freerelay::relay
