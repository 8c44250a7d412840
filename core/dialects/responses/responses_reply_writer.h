#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/responses/responses_object.h"

#include <memory>
#include <vector>

namespace freerelay::dialects {

/// Events → a stream of the Responses API, or one whole Response. Of several choices only the
/// first: the dialect cannot ask for more.
///
/// A message or a thought ends where something else begins. Calls may come interleaved, so they are
/// open until the reply's end; every event says which item it belongs to.
class ResponsesReplyWriter final : public ReplyWriter
{
public:
    explicit ResponsesReplyWriter(ClientReplyContext context);

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;
    void fail(const common::Error &error, QByteArray &out) override;

private:
    using Kind = ResponseItem::Kind;

    [[nodiscard]] bool gathersSummary(const CanonicalEvent &event);
    void tellSummary(QByteArray &out);
    void start(const MessageStart &start, QByteArray &out);
    void text(const QByteArray &piece, QByteArray &out);
    void thought(const QByteArray &piece, QByteArray &out);
    void sealThought(const CanonicalEvent &event, QByteArray &out);
    void call(const ToolStart &start, QByteArray &out);
    void arguments(const ToolArgumentsDelta &piece, QByteArray &out);

    ResponseItem &openOne(Kind kind, QByteArray &out);
    void add(ResponseItem item, QByteArray &out);
    void close(ResponseItem &item, ResponseItem::State state, QByteArray &out);
    void forgetUntold(ResponseItem &item) const;
    void closeMessage(const ResponseItem &item, QByteArray &out);
    void closeThought(const ResponseItem &item, QByteArray &out);
    void closeCall(ResponseItem &item, QByteArray &out);
    void closeTexts(QByteArray &out);

    [[nodiscard]] JsonWriter begin(QByteArrayView type);
    [[nodiscard]] JsonWriter begin(QByteArrayView type, const ResponseItem &item);
    void end(JsonWriter &json, QByteArrayView type, QByteArray &out);
    void delta(
        QByteArrayView type,
        const ResponseItem &item,
        QByteArrayView place,
        const QByteArray &piece,
        QByteArray &out);
    void tell(QByteArrayView type, const ResponseFacts &facts, QByteArray &out);
    [[nodiscard]] ResponseFacts facts(const QByteArray &status) const;
    [[nodiscard]] QByteArray usage() const;

    ClientReplyContext m_context;
    const ResponsesTerms *m_terms; ///< of the context; null = unknown
    std::int64_t m_createdUnix;
    bool m_started = false;
    QByteArray m_model;
    QByteArray m_summary; ///< of a compaction
    std::int64_t m_sequence = 0;
    QByteArray m_event; ///< the one that is being written
    std::vector<ResponseItem> m_items; ///< at their output_index
    Finish m_finish;
    Usage m_usage;
    std::int64_t m_outputBytes = 0;
};

} // namespace freerelay::dialects
