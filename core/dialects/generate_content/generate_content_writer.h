#pragma once

#include "core/dialects/canonical/reply_reader.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/json_writer.h"

#include <vector>

namespace freerelay::dialects {

/// Events → GenerateContentResponse: one whole, or one per event of a stream. A call is complete in
/// Google's form, so calls are held back until the reply's end.
class GenerateContentWriter final : public ReplyWriter
{
public:
    explicit GenerateContentWriter(ClientReplyContext context)
        : m_context(std::move(context))
    { }

    void write(const CanonicalEvent &event, QByteArray &out) override;
    void finish(QByteArray &out) override;

private:
    struct Call
    {
        ToolStart start;
        QByteArray arguments;
    };
    struct Candidate
    {
        QByteArray parts; ///< JSON texts with commas between; whole replies only
        QByteArray text; ///< of the part that goes on; whole replies only
        bool isThought = false; ///< what `text` is
        std::vector<Call> calls;
        Finish finish;
    };

    Candidate &candidate(int index);
    void text(const QByteArray &piece, bool isThought, int index, QByteArray &out);
    void signature(const QByteArray &signature, int index, QByteArray &out);
    void give(QByteArrayView part, int index, QByteArray &out);
    static void endText(Candidate &candidate);
    static void writeCalls(Candidate &candidate);
    void beginResponse(JsonWriter &json) const;
    void endResponse(JsonWriter &json) const;

    ClientReplyContext m_context;
    std::vector<Candidate> m_candidates; ///< at their index
    QByteArray m_model;
    Usage m_usage;
};

} // namespace freerelay::dialects
