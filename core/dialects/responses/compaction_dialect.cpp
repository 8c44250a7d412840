#include "compaction_dialect.h"

#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/responses/responses_request_reader.h"
#include "core/dialects/responses/responses_terms.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Makes a whole Response with a compaction in it, and puts the user's messages before that.
class CompactionTranslator final : public ReplyTranslator
{
public:
    CompactionTranslator(
        std::unique_ptr<ReplyTranslator> toResponse, const ClientReplyContext &context)
        : m_toResponse(std::move(toResponse))
        , m_terms(context.terms)
    { }

    std::optional<common::Error> feed(QByteArrayView in, QByteArray &) override
    {
        return m_toResponse->feed(in, m_response);
    }

    std::optional<common::Error> finish(QByteArray &out) override
    {
        if (auto error = m_toResponse->finish(m_response)) {
            return error;
        }
        const QByteArray text = padded(m_response);
        const auto response = parseJson(text);
        const JsonValue summary = response ? (*response)["output"].first() : JsonValue();
        if (summary.isMissing()) {
            return common::Error{
                common::ErrorKind::ProtocolError,
                u"The model did not write a summary."_s,
                {},
                {},
                {}};
        }
        write(*response, summary, out);
        return std::nullopt;
    }

    [[nodiscard]] const ReplyProgress &progress() const override
    {
        return m_toResponse->progress();
    }

private:
    void write(const JsonValue &response, const JsonValue &summary, QByteArray &out) const
    {
        const auto *terms = static_cast<const ResponsesTerms *>(m_terms.get());
        JsonWriter json(out);
        json.beginObject().rawMember("id", response["id"].text());
        json.member("object", "response.compaction");
        json.rawMember("created_at", response["created_at"].text()).key("output").beginArray();
        if (terms != nullptr && !terms->userMessages.isEmpty()) {
            json.raw(terms->userMessages);
        }
        json.raw(summary.text())
            .endArray()
            .rawMember("usage", response["usage"].text())
            .endObject();
    }

    std::unique_ptr<ReplyTranslator> m_toResponse;
    std::shared_ptr<const ClientTerms> m_terms;
    QByteArray m_response;
};

} // namespace

common::Result<ClientRequest> CompactionDialect::read(const ClientCall &call) const
{
    return ResponsesRequestReader(ResponsesRequestReader::Purpose::Compaction).read(call.body);
}

std::unique_ptr<ReplyTranslator>
CompactionDialect::translator(const ClientReplyContext &context) const
{
    return std::make_unique<CompactionTranslator>(m_responses.translator(context), context);
}

} // namespace freerelay::dialects
