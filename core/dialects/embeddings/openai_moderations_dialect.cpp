#include "openai_moderations_dialect.h"

#include "core/dialects/embeddings/openai_address.h"
#include "core/dialects/embeddings/whole_reply_translator.h"
#include "core/dialects/json_writer.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

class ModerationsReply final : public WholeReplyTranslator
{
public:
    using WholeReplyTranslator::WholeReplyTranslator;

protected:
    MaybeError write(const JsonValue &reply, QByteArray &out) override
    {
        const JsonValue results = reply["results"];
        if (!results.isArray() || results.isEmptyContainer()) {
            return malformed(u"the reply holds no results"_s);
        }
        const QByteArray id = reply["id"].string();
        JsonWriter json(out);
        json.beginObject().member("id", id.isEmpty() ? "modr-" + context().requestId : id);
        json.member("model", modelOf(reply)).rawMember("results", results.text()).endObject();
        return std::nullopt;
    }
};

} // namespace

common::Result<EncodedRequest> OpenAiModerationsDialect::encode(
    const ChatRequest &request,
    const catalog::Provider &provider,
    const catalog::Model &model) const
{
    return encodeForAddress(request, provider, model, "/moderations", {});
}

std::unique_ptr<ReplyTranslator>
OpenAiModerationsDialect::translator(const ReplyContext &context) const
{
    return std::make_unique<ModerationsReply>(context);
}

} // namespace freerelay::dialects
