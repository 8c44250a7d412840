#pragma once

#include "core/dialects/canonical/json_reply_reader.h"

#include <optional>
#include <vector>

namespace freerelay::dialects {

class SignatureBook;

/// GenerateContentResponse objects, one or many, as events.
///
/// The finish is held back until the end: finishReason may come without parts after a call, and
/// some servers repeat it on every chunk. Ids of calls that Google did not name are
/// call_<requestId>_<n>. A signature of a text part is kept as encrypted reasoning.
class GeminiParser final : public JsonReplyParser
{
public:
    /// @param signatures  where those of calls are noted; null = nowhere. Outlives the parser.
    explicit GeminiParser(QByteArray requestId, SignatureBook *signatures = nullptr);

    void onJson(QByteArrayView type, const JsonValue &json, EventList &events) override;
    void onEnd(EventList &events) override;
    /// There is no end mark: only the clean close of the connection.
    [[nodiscard]] bool isEnded() const override { return m_ended; }

private:
    struct Choice
    {
        int calls = 0;
        bool seen = false;
        std::optional<FinishReason> finish;
    };

    void onResponse(const JsonValue &response, EventList &events);
    void onCandidate(const JsonValue &candidate, EventList &events);
    void onPart(const JsonValue &part, int index, EventList &events);
    void onCall(const JsonValue &part, int index, EventList &events);
    void onFinishReason(const JsonValue &reason, int index, EventList &events);
    Choice &choice(int index);

    QByteArray m_requestId;
    SignatureBook *m_signatures;
    std::vector<Choice> m_choices;
    Usage m_usage;
    bool m_started = false;
    bool m_ended = false;
};

} // namespace freerelay::dialects
