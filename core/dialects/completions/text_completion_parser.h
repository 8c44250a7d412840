#pragma once

#include "core/dialects/canonical/json_reply_reader.h"

namespace freerelay::dialects {

/// Reads text_completions of a provider, whole ones and chunks of a stream.
class TextCompletionParser final : public JsonReplyParser
{
public:
    void onJson(QByteArrayView type, const JsonValue &json, EventList &events) override;
    /// ProtocolError when no finish reason has come.
    void onEnd(EventList &events) override;
    [[nodiscard]] bool isEnded() const override { return false; }

private:
    bool m_started = false;
    bool m_finished = false;
};

} // namespace freerelay::dialects
