#include "canonical_translator.h"

#include "core/dialects/canonical/json_reply_reader.h"
#include "core/dialects/canonical/openai_chunk_writer.h"
#include "core/dialects/canonical/openai_reply_parser.h"
#include "core/dialects/canonical/openai_reply_writer.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

CanonicalTranslator::CanonicalTranslator(
    std::unique_ptr<ReplyReader> reader, std::unique_ptr<ReplyWriter> writer, From from)
    : m_reader(std::move(reader))
    , m_writer(std::move(writer))
    , m_from(from)
{ }

std::optional<common::Error> CanonicalTranslator::feed(QByteArrayView in, QByteArray &out)
{
    m_events.clear();
    m_reader->feed(in, m_events);
    std::optional<common::Error> error = pass(out);
    m_progress.ended = m_reader->isEnded();
    return error;
}

std::optional<common::Error> CanonicalTranslator::finish(QByteArray &out)
{
    m_events.clear();
    m_reader->finish(m_events);
    if (std::optional<common::Error> error = pass(out)) {
        return error;
    }
    if (m_from == From::Provider && !m_progress.content && !m_filtered) {
        const common::Error error{
            common::ErrorKind::Unavailable, u"The provider sent an empty reply."_s};
        m_writer->fail(error, out);
        return error;
    }
    m_progress.ended = true;
    m_writer->finish(out);
    return std::nullopt;
}

std::optional<common::Error> CanonicalTranslator::pass(QByteArray &out)
{
    for (const CanonicalEvent &event : m_events) {
        if (const auto *failure = std::get_if<ReplyFailure>(&event.what)) {
            m_writer->fail(failure->error, out);
            return failure->error;
        }
        note(event);
        m_writer->write(event, out);
    }
    return std::nullopt;
}

namespace {

/// Does the client see anything of it?
bool isContent(const CanonicalEvent &event)
{
    const auto *text = std::get_if<TextDelta>(&event.what);
    const auto *thinking = std::get_if<ThinkingDelta>(&event.what);
    return (text != nullptr && !text->text.isEmpty())
        || (thinking != nullptr && !thinking->text.isEmpty())
        || std::holds_alternative<ToolStart>(event.what);
}

} // namespace

void CanonicalTranslator::note(const CanonicalEvent &event)
{
    if (const auto *start = std::get_if<MessageStart>(&event.what)) {
        m_progress.model = start->model;
    } else if (const auto *finish = std::get_if<Finish>(&event.what)) {
        m_progress.finished = true;
        m_progress.finishReason = toOpenAi(finish->reason).toByteArray();
        m_filtered = m_filtered || finish->reason == FinishReason::ContentFilter;
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_progress.usage = report->usage;
    } else if (isContent(event)) {
        m_progress.content = true;
    }
}

std::unique_ptr<ReplyTranslator>
toOpenAiTranslator(std::unique_ptr<ReplyReader> reader, const ReplyContext &context)
{
    std::unique_ptr<ReplyWriter> writer;
    if (context.stream) {
        writer = std::make_unique<OpenAiChunkWriter>(context);
    } else {
        writer = std::make_unique<OpenAiReplyWriter>(context);
    }
    return std::make_unique<CanonicalTranslator>(
        std::move(reader), std::move(writer), CanonicalTranslator::From::Provider);
}

std::unique_ptr<ReplyTranslator>
fromOpenAiTranslator(std::unique_ptr<ReplyWriter> writer, bool stream)
{
    auto parser = std::make_unique<OpenAiReplyParser>();
    std::unique_ptr<ReplyReader> reader;
    if (stream) {
        reader = std::make_unique<SseReplyReader>(std::move(parser));
    } else {
        reader = std::make_unique<BodyReplyReader>(std::move(parser));
    }
    return std::make_unique<CanonicalTranslator>(
        std::move(reader), std::move(writer), CanonicalTranslator::From::Relay);
}

} // namespace freerelay::dialects
