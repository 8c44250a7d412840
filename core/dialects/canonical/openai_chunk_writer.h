#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/provider_dialect.h"

#include <vector>

namespace freerelay::dialects {

/// Events → OpenAI chat.completion.chunk events (openapi 2.3.0).
///
/// All chunks carry one id, created and model; the first of a choice names the role. Reasoning
/// goes into `reasoning_content` and `reasoning` alike; a signed thinking block is repeated whole
/// in one `reasoning_details` entry when it ends, so that a client can send it back.
class OpenAiChunkWriter final : public ReplyWriter
{
public:
    explicit OpenAiChunkWriter(ReplyContext context);

    void write(const CanonicalEvent &event, QByteArray &out) override;
    /// The usage chunk, when the client asked and both counters are known, and [DONE].
    void finish(QByteArray &out) override;

private:
    struct Choice
    {
        bool started = false;
        QByteArray thinking; ///< of the block that is being thought
        int details = 0;
    };

    Choice &choice(int index, QByteArray &out);
    void start(const MessageStart &start);
    /// @param finish  null: the choice goes on
    void writeChunk(int choice, QByteArrayView delta, const Finish *finish, QByteArray &out);
    void writeDelta(const CanonicalEvent &event, QByteArray &out);
    [[nodiscard]] QByteArray thinkingDetail(Choice &state, const CanonicalEvent &event);

    ReplyContext m_context;
    QByteArray m_prefix; ///< up to and with "choices":[; "" = not started
    std::vector<Choice> m_choices;
    Usage m_usage;
};

} // namespace freerelay::dialects
