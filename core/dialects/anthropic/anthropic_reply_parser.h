#pragma once

#include "core/dialects/canonical/json_reply_reader.h"

namespace freerelay::dialects {

/// A whole Messages reply. An error object under a 2xx status is a failure like any other.
class AnthropicReplyParser final : public JsonReplyParser
{
public:
    void onJson(QByteArrayView type, const JsonValue &json, EventList &events) override;
    void onEnd(EventList &) override { }
    [[nodiscard]] bool isEnded() const override { return m_ended; }

private:
    void readBlock(const JsonValue &block, EventList &events);

    int m_tools = 0;
    bool m_ended = false;
};

} // namespace freerelay::dialects
