#pragma once

#include "core/dialects/canonical/json_reply_reader.h"

#include <set>
#include <utility>

namespace freerelay::dialects {

/// Chat completions as the relay sends them (OpenAI's form with `reasoning_details`) → events;
/// chunks and whole replies alike. It trusts the relay: an incomplete reply is no failure here.
class OpenAiReplyParser final : public JsonReplyParser
{
public:
    void onJson(QByteArrayView type, const JsonValue &json, EventList &events) override;
    void onEnd(EventList &) override { }
    [[nodiscard]] bool isEnded() const override { return false; }

private:
    void readMessage(const JsonValue &message, bool isWhole, int choice, EventList &events);
    void readToolCalls(const JsonValue &calls, int choice, EventList &events);

    bool m_started = false;
    std::set<std::pair<int, int>> m_toolsSeen; ///< {choice, index}
};

} // namespace freerelay::dialects
