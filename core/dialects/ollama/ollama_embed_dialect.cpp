#include "ollama_embed_dialect.h"

#include "core/dialects/embeddings/whole_reply_translator.h"
#include "core/dialects/json.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/ollama/ollama_words.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

class OllamaEmbedReply final : public WholeReplyTranslator
{
public:
    OllamaEmbedReply(OllamaEmbedDialect::Form form, ClientReplyContext client)
        : WholeReplyTranslator(ReplyContext())
        , m_form(form)
        , m_client(std::move(client))
    { }

protected:
    MaybeError write(const JsonValue &reply, QByteArray &out) override
    {
        const JsonValue data = reply["data"];
        if (!data.isArray() || data.isEmptyContainer()) {
            return malformed(u"the reply holds no embeddings"_s);
        }
        JsonWriter json(out);
        json.beginObject();
        if (m_form == OllamaEmbedDialect::Form::Single) {
            json.rawMember("embedding", data.first()["embedding"].text()).endObject();
            return std::nullopt;
        }
        json.member("model", modelOf(reply)).key("embeddings").beginArray();
        for (const JsonValue entry : data.elements()) {
            json.raw(entry["embedding"].text());
        }
        json.endArray();
        json.key("total_duration").integer((m_client.now() - m_client.began).count());
        json.key("load_duration").integer(0);
        json.rawMember("prompt_eval_count", reply["usage"]["prompt_tokens"].text()).endObject();
        return std::nullopt;
    }

private:
    OllamaEmbedDialect::Form m_form;
    ClientReplyContext m_client;
};

} // namespace

common::Result<ClientRequest> OllamaEmbedDialect::read(const ClientCall &call) const
{
    const auto root = parseJson(call.body);
    if (!root || !root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    ClientRequest request;
    JsonWriter json(request.chat);
    json.beginObject().member("model", ollamaModel((*root)["model"].string()));
    const JsonValue input = (*root)[m_form == Form::Batch ? "input" : "prompt"];
    if (!input.isMissing()) {
        json.rawMember("input", input.text());
    }
    if (const JsonValue dimensions = (*root)["dimensions"]; dimensions.isNumber()) {
        json.rawMember("dimensions", dimensions.text());
    }
    json.endObject();
    return request;
}

std::unique_ptr<ReplyTranslator>
OllamaEmbedDialect::translator(const ClientReplyContext &context) const
{
    return std::make_unique<OllamaEmbedReply>(m_form, context);
}

QByteArray OllamaEmbedDialect::error(const ErrorWords &words) const
{
    return ollamaError(words.message);
}

QByteArray OllamaEmbedDialect::streamError(const ErrorWords &words) const
{
    return error(words) + '\n';
}

} // namespace freerelay::dialects
