#include "translated_downstream.h"

#include "core/dialects/json.h"

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int okStatus = 200;
constexpr int badGateway = 502;
constexpr int unavailable = 503;
constexpr int tooMany = 429;

QByteArray messageIn(const QByteArray &errorBody)
{
    const auto root = dialects::parseJson(errorBody);
    return root ? (*root)["error"]["message"].string() : QByteArray();
}

} // namespace

TranslatedDownstream::TranslatedDownstream(
    std::shared_ptr<relay::Downstream> next, const dialects::ClientDialect &dialect, Terms terms)
    : m_next(std::move(next))
    , m_dialect(dialect)
    , m_terms(std::move(terms))
{ }

common::HeaderList TranslatedDownstream::withOurs(const common::HeaderList &headers) const
{
    constexpr QByteArrayView ignoredName = "x-freerelay-ignored";
    common::HeaderList result;
    QByteArrayList ignored = m_terms.ignored;
    for (const auto &[name, value] : headers.fields()) {
        if (name == ignoredName) {
            ignored.append(value); // by the provider's format, beside this dialect's reader
        } else {
            result.add(name, value);
        }
    }
    result.add("request-id"_ba, m_terms.requestId); // where Anthropic's SDKs look for it
    if (!ignored.isEmpty()) {
        result.add(ignoredName.toByteArray(), ignored.join(", "));
    }
    return result;
}

std::unique_ptr<dialects::ReplyTranslator> TranslatedDownstream::translator(bool stream) const
{
    return m_dialect.translator(
        {m_terms.requestId,
         m_terms.promptTokensEstimated,
         m_terms.thinking,
         stream,
         m_terms.clock,
         m_terms.began,
         m_terms.dialectTerms});
}

QByteArray TranslatedDownstream::whole(const QByteArray &body, int &status) const
{
    if (status != okStatus) {
        return m_dialect.error({status, messageIn(body), m_terms.requestId, body});
    }
    QByteArray out;
    const auto translator = this->translator(false);
    auto error = translator->feed(body, out);
    if (!error) {
        error = translator->finish(out);
    }
    if (!error) {
        return out;
    }
    status = badGateway;
    return m_dialect.error({status, error->message.toUtf8(), m_terms.requestId});
}

void TranslatedDownstream::reply(int status, const common::HeaderList &headers, QByteArray body)
{
    const QByteArray translated = whole(body, status);
    m_next->reply(status, withOurs(headers), translated);
}

void TranslatedDownstream::beginStream(int status, const common::HeaderList &headers)
{
    m_stream = translator(true);
    if (m_terms.asArray) {
        m_array.emplace();
    }
    const QByteArray type = m_terms.asArray ? "application/json"_ba : m_dialect.streamType();
    const common::HeaderList ours = withOurs(headers);
    common::HeaderList typed;
    for (const auto &[name, value] : ours.fields()) {
        typed.add(name, name == "content-type" ? type : value);
    }
    m_next->beginStream(status, typed);
}

void TranslatedDownstream::write(const QByteArray &bytes)
{
    if (!m_stream) {
        return;
    }
    QByteArray out;
    const auto error = m_stream->feed(bytes, out);
    give(out);
    if (error) {
        breakOff(*error);
    }
}

/// The relay says in its stream that it breaks off.
void TranslatedDownstream::breakOff(const common::Error &error)
{
    m_stream.reset();
    const int status = error.kind == common::ErrorKind::RateLimited ? tooMany : unavailable;
    give(m_dialect.streamError({status, error.message.toUtf8(), m_terms.requestId}));
}

void TranslatedDownstream::give(const QByteArray &events)
{
    QByteArray out = events;
    if (m_array) {
        out.clear();
        m_array->feed(events, out);
    }
    if (!out.isEmpty()) {
        m_next->write(out);
    }
}

void TranslatedDownstream::finish()
{
    if (const auto stream = std::exchange(m_stream, nullptr)) {
        QByteArray out;
        const auto error = stream->finish(out);
        give(out);
        if (error) {
            breakOff(*error);
        }
    }
    if (m_array) {
        QByteArray out;
        m_array->finish(out);
        m_next->write(out);
    }
    m_next->finish();
}

} // namespace freerelay::gateway
