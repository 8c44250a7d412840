#include "text_gate.h"

#include <utility>

namespace freerelay::relay {

std::shared_ptr<Downstream> TextGate::watch(
    const QByteArray &requestId, const QByteArray &body, std::shared_ptr<Downstream> downstream)
{
    if (!m_texts.isKeeping()) {
        return downstream;
    }
    auto captured = std::make_shared<CapturedDownstream>(std::move(downstream));
    const bool isCut = body.size() > RequestTexts::maxBytes;
    m_watched.insert(
        requestId, {isCut ? body.first(RequestTexts::maxBytes) : body, isCut, captured->answer()});
    return captured;
}

void TextGate::record(const std::shared_ptr<const Outcome> &outcome)
{
    if (!m_watched.isEmpty()) {
        handOver(*outcome);
    }
    m_next.record(outcome);
}

void TextGate::handOver(const Outcome &outcome)
{
    if (!m_watched.contains(outcome.requestId)) {
        return;
    }
    Watched watched = m_watched.take(outcome.requestId);
    // The client may still be sent something (an error behind the record): that is not in it.
    auto answer = std::make_shared<const RequestTexts::Answer>(std::move(*watched.answer));
    *watched.answer = {};
    m_texts.keep(
        {outcome.requestId,
         outcome.time,
         std::move(watched.prompt),
         watched.promptCut,
         std::move(answer)});
}

} // namespace freerelay::relay
