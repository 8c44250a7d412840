#include "openai_stream_translator.h"

#include "core/dialects/failure_rules.h"
#include "core/dialects/json.h"
#include "core/dialects/json_text.h"
#include "core/dialects/json_writer.h"
#include "core/dialects/openai_delta.h"
#include "core/dialects/openai_usage.h"
#include "core/dialects/sse_encoder.h"
#include "core/dialects/text/rescued_reply.h"

#include <algorithm>
#include <array>
#include <utility>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Of a reply that is no event stream.
constexpr qsizetype maxPlainBytes = 32 * 1024 * 1024;

constexpr QByteArrayView chunkObject = "\"chat.completion.chunk\"";

common::Error protocolError(QString message)
{
    return {common::ErrorKind::ProtocolError, std::move(message), {}, {}, {}};
}

/// White space is all that a raw line end can be in valid JSON.
void appendEvent(QByteArray &out, QByteArrayView json)
{
    out.append("data: ");
    const qsizetype start = out.size();
    out.append(json);
    for (const char lineEnd : {'\n', '\r'}) {
        if (json.contains(lineEnd)) {
            std::replace(out.begin() + start, out.end(), lineEnd, ' ');
        }
    }
    out.append("\n\n");
}

/// A chunk with another finish reason for some of its choices.
template <typename Indices>
QByteArray withFinish(const QByteArray &chunk, const Indices &indices, const QByteArray &json)
{
    const QByteArray text = padded(chunk);
    const common::Result<JsonValue> root = parseJson(text); // it has been parsed before
    const JsonValue choices = root ? (*root)["choices"] : JsonValue();
    Splicer splicer(text);
    for (const JsonValue choice : choices.elements()) {
        JsonObjectEdit edit(choice);
        const std::int64_t index = edit.value("index").integer().value_or(0);
        if (indices.test(std::size_t(index))) {
            edit.set("finish_reason", json);
        }
        edit.commit(splicer);
    }
    return splicer.apply();
}

bool isError(JsonValue root)
{
    if (root.isArray()) {
        return root.first()["error"].isObject();
    }
    const JsonValue error = root["error"];
    return error.isObject() || (error.isString() && !error.rawString().isEmpty())
        || root["object"].equals("error") || root["type"].equals("error");
}

} // namespace

OpenAiStreamTranslator::OpenAiStreamTranslator(ReplyContext context)
    : m_context(std::move(context))
{ }

std::optional<common::Error> OpenAiStreamTranslator::feed(QByteArrayView in, QByteArray &out)
{
    if (m_progress.ended) {
        return std::nullopt; // nothing that follows [DONE] belongs to the reply
    }
    if (!m_sawBytes) {
        const QByteArrayView text = in.trimmed();
        m_sawBytes = !text.isEmpty();
        m_isPlain = text.startsWith('{') || text.startsWith('[') || text.startsWith('<');
    }
    if (m_isPlain) {
        if (m_plain.size() + in.size() > maxPlainBytes) {
            return protocolError(u"the reply is larger than 32 MiB"_s);
        }
        m_plain.append(in);
        return std::nullopt;
    }
    m_decoder.append(in);
    return drain(out);
}

std::optional<common::Error> OpenAiStreamTranslator::finish(QByteArray &out)
{
    if (m_progress.ended) {
        return std::nullopt;
    }
    if (m_isPlain) {
        return finishPlain(out);
    }
    m_decoder.close();
    if (MaybeError error = drain(out)) {
        return error;
    }
    return m_progress.ended ? std::nullopt : end(out);
}

/// Some servers answer whole where a stream was asked for (behind a proxy that buffers, or for
/// models that they cannot stream): one chunk then tells all of it.
std::optional<common::Error> OpenAiStreamTranslator::finishPlain(QByteArray &out)
{
    m_plain = padded(std::move(m_plain));
    const common::Result<JsonValue> root = parseJson(m_plain);
    if (root && isError(*root)) {
        return errorInReply(*root);
    }
    const JsonValue choices = root ? (*root)["choices"] : JsonValue();
    if (!choices.first()["message"].isObject()) {
        return protocolError(u"the provider did not send an event stream"_s);
    }
    Splicer splicer(root->text());
    for (const JsonValue choice : choices.elements()) {
        JsonObjectEdit edit(choice);
        if (const qsizetype message = edit.find("message"); message >= 0) {
            edit.rename(message, "delta");
        }
        if (edit.value("finish_reason").isAbsent()) {
            edit.set("finish_reason", "\"stop\""); // the reply is whole, so the answer is
        }
        edit.commit(splicer);
    }
    const QByteArray chunk = padded(splicer.apply());
    const common::Result<JsonValue> told = parseJson(chunk);
    if (!told) {
        return protocolError(told.error().message);
    }
    if (MaybeError error = takeChunk(*told, out)) {
        return error;
    }
    return end(out);
}

std::optional<common::Error> OpenAiStreamTranslator::drain(QByteArray &out)
{
    while (const std::optional<SseEvent> event = m_decoder.next()) {
        if (MaybeError error = takeEvent(event->data, out)) {
            return error;
        }
        if (m_progress.ended) {
            return std::nullopt;
        }
    }
    return m_decoder.hasOverflowed()
        ? MaybeError(protocolError(u"an event of the stream is too large"_s))
        : std::nullopt;
}

std::optional<common::Error> OpenAiStreamTranslator::takeEvent(QByteArrayView data, QByteArray &out)
{
    if (data.trimmed() == "[DONE]") {
        return end(out);
    }
    const common::Result<JsonValue> root = parseJson(data);
    if (!root) {
        return protocolError(
            u"the stream holds an event that cannot be read: "_s % root.error().message);
    }
    if (isError(*root)) {
        m_plain = m_progress.content
            ? QByteArray()
            : rescuedReply(*root, callableTools(m_context), m_context.requestId);
        return m_plain.isEmpty() ? errorInReply(*root) : finishPlain(out);
    }
    if (!root->isObject()) {
        return protocolError(u"the stream holds an event that is no chunk"_s);
    }
    return takeChunk(*root, out);
}

std::optional<common::Error> OpenAiStreamTranslator::takeChunk(JsonValue root, QByteArray &out)
{
    Splicer splicer(root.text());
    JsonObjectEdit chunk(root);
    ChunkFacts facts;
    if (MaybeError error = rewriteChoices(chunk.value("choices"), splicer, facts)) {
        return error;
    }
    updateFinished();
    const bool hasUsage = takeUsage(chunk);
    if (!facts.choices) {
        if (hasUsage && m_context.includeUsage) {
            keepUsageChunk(chunk, splicer);
        }
        return std::nullopt; // clients look at choices[0] without asking
    }
    rewriteTopLevel(chunk);
    if (!facts.news) {
        return std::nullopt;
    }
    hideUsage(chunk);
    chunk.commit(splicer);
    releaseHeld(facts.content, out);
    if (facts.finishes.any()) {
        m_held = splicer.isEmpty() ? root.text().toByteArray() : splicer.apply();
        m_heldFinishes = facts.finishes;
    } else if (splicer.isEmpty()) {
        appendEvent(out, root.text());
    } else {
        appendEvent(out, splicer.apply());
    }
    return std::nullopt;
}

/// A chunk with a finish reason waits for what follows: some servers put one on every chunk, and a
/// client would take the first for the end.
void OpenAiStreamTranslator::releaseHeld(const Indices &goesOn, QByteArray &out)
{
    if (m_held.isNull()) {
        return;
    }
    const QByteArray held = std::exchange(m_held, {});
    if ((m_heldFinishes & goesOn).none()) {
        appendEvent(out, held);
        return;
    }
    appendEvent(out, withFinish(held, goesOn, "null"));
}

void OpenAiStreamTranslator::keepUsageChunk(JsonObjectEdit &chunk, Splicer &splicer)
{
    // Kept for the end: a later one may correct it.
    rewriteTopLevel(chunk);
    chunk.set("choices", "[]");
    chunk.set("usage", m_usage);
    chunk.commit(splicer);
    m_usageChunk = splicer.apply();
}

void OpenAiStreamTranslator::rewriteTopLevel(JsonObjectEdit &chunk)
{
    const JsonValue model = chunk.value("model");
    if (m_id.isEmpty()) {
        const JsonValue id = chunk.value("id");
        m_id = id.rawString().isEmpty() ? jsonString("chatcmpl-" + m_context.requestId)
                                        : id.text().toByteArray();
        const std::int64_t created = chunk.value("created").integer().value_or(0);
        m_created = QByteArray::number(qlonglong(created > 0 ? created : m_context.createdUnix));
    }
    if (m_progress.model.isEmpty() && !model.rawString().isEmpty()) {
        m_progress.model = model.string();
    }
    if (m_model.isEmpty()) {
        m_model = model.rawString().isEmpty() ? jsonString(m_context.model)
                                              : model.text().toByteArray();
    }
    const std::array<std::pair<QByteArrayView, QByteArrayView>, 4> wanted{
        {{"id", m_id}, {"object", chunkObject}, {"created", m_created}, {"model", m_model}}};
    for (const auto &[key, json] : wanted) {
        if (chunk.value(key).text() != json) {
            chunk.set(key, json.toByteArray());
        }
    }
    const qsizetype fingerprint = chunk.find("system_fingerprint");
    if (fingerprint >= 0 && chunk.at(fingerprint).value.isNull()) {
        chunk.remove(fingerprint); // a string where the schema has one
    }
}

bool OpenAiStreamTranslator::takeUsage(JsonObjectEdit &chunk)
{
    JsonValue usage = chunk.value("usage");
    const qsizetype groq = chunk.find("x_groq");
    if (groq >= 0) {
        const JsonValue inside = chunk.at(groq).value["usage"];
        if (inside.isObject()) {
            chunk.remove(groq);
            usage = usage.isObject() ? usage : inside;
        }
    }
    if (!usage.isObject()) {
        return false;
    }
    const Usage read = readUsage(usage);
    if (!read.promptTokens && !read.completionTokens) {
        return false;
    }
    m_progress.usage = read;
    m_usage = completeUsage(usage);
    m_usageChunk.clear();
    return !m_usage.isNull();
}

void OpenAiStreamTranslator::hideUsage(JsonObjectEdit &chunk) const
{
    const qsizetype index = chunk.find("usage");
    if (!m_context.includeUsage) {
        if (index >= 0) {
            chunk.remove("usage");
        }
    } else if (index < 0 || !chunk.at(index).value.isNull()) {
        chunk.set("usage", "null");
    }
}

std::optional<common::Error>
OpenAiStreamTranslator::rewriteChoices(JsonValue choices, Splicer &splicer, ChunkFacts &facts)
{
    qsizetype position = 0;
    for (const JsonValue choice : choices.elements()) {
        if (!choice.isObject()) {
            return protocolError(u"the stream holds a choice that is no object"_s);
        }
        if (MaybeError error = rewriteChoice(choice, position++, splicer, facts)) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<common::Error> OpenAiStreamTranslator::rewriteChoice(
    JsonValue value, qsizetype position, Splicer &splicer, ChunkFacts &facts)
{
    JsonObjectEdit choice(value);
    const std::optional<std::int64_t> given = choice.value("index").integer();
    const std::int64_t index = given.value_or(position);
    if (index < 0 || index >= std::int64_t(maxChoices)) {
        return protocolError(u"the stream holds a choice with an impossible index"_s);
    }
    if (!given) {
        choice.set("index", QByteArray::number(qlonglong(index)));
    }
    while (std::int64_t(m_choices.size()) <= index) {
        m_choices.emplace_back(
            m_context.requestId + '_' + QByteArray::number(m_choices.size()),
            callableTools(m_context));
    }
    Choice &state = m_choices[std::size_t(index)];
    facts.choices = true;
    facts.news = facts.news || !state.finished;
    const JsonValue delta = choice.value("delta");
    if (delta.isObject()) {
        bool saysSomething = false;
        if (!rewriteDelta(delta, state, splicer, saysSomething)) {
            return protocolError(u"the stream holds too many tool calls"_s);
        }
        if (saysSomething) {
            m_progress.content = true;
            facts.news = true;
            facts.content.set(std::size_t(index));
            state.finished = false; // as long as this chunk does not finish it again
        }
    } else {
        choice.set("delta", state.started ? "{}" : "{\"role\":\"assistant\",\"content\":\"\"}");
        state.started = true;
    }
    if (!rewriteFinish(choice, state)) {
        return common::Error{
            common::ErrorKind::Unavailable,
            u"the provider broke the answer off with an error"_s,
            {},
            {},
            {}};
    }
    facts.finishes.set(std::size_t(index), !choice.value("finish_reason").rawString().isEmpty());
    choice.commit(splicer);
    return std::nullopt;
}

bool OpenAiStreamTranslator::rewriteDelta(
    JsonValue delta, Choice &state, Splicer &splicer, bool &saysSomething)
{
    JsonObjectEdit edit(delta);
    const qsizetype role = edit.find("role");
    if (!state.started) {
        if (role < 0 || !edit.at(role).value.equals("assistant")) {
            edit.set("role", "\"assistant\"");
        }
        state.started = true;
    } else if (role >= 0) {
        edit.remove("role");
    }
    const JsonValue calls = edit.value("tool_calls");
    if (calls.isArray() && !state.toolCalls.rewrite(calls, splicer)) {
        return false;
    }
    if (!state.toolCalls.isEmpty()) {
        state.said.expectNoCalls();
    }
    saysSomething = completeText(edit, state.said, TextRest::Follows);
    edit.commit(splicer);
    return true;
}

bool OpenAiStreamTranslator::rewriteFinish(JsonObjectEdit &choice, Choice &state)
{
    const JsonValue reason = choice.value("finish_reason");
    if (reason.rawString().isEmpty()) {
        if (!reason.isNull()) {
            choice.set("finish_reason", "null");
        }
        return true;
    }
    const QByteArray word = reason.string();
    QByteArrayView openAi = openAiFinishReason(word);
    if (openAi == "error") {
        return false;
    }
    if (openAi == "stop" && !state.toolCalls.isEmpty()) {
        openAi = "tool_calls";
    }
    if (openAi != word) {
        choice.set("finish_reason", jsonString(openAi.toByteArray()));
    }
    state.finished = true;
    m_progress.finishReason = openAi.toByteArray();
    return true;
}

void OpenAiStreamTranslator::updateFinished()
{
    const auto isOpen = [](const Choice &choice) { return choice.started && !choice.finished; };
    const auto isFinished = [](const Choice &choice) { return choice.finished; };
    m_progress.finished = std::none_of(m_choices.begin(), m_choices.end(), isOpen)
        && std::any_of(m_choices.begin(), m_choices.end(), isFinished);
}

std::optional<common::Error> OpenAiStreamTranslator::end(QByteArray &out)
{
    if (!m_progress.finished) {
        return protocolError(u"the stream ended before the answer did"_s);
    }
    tellRest(out);
    if (!m_progress.content && m_progress.finishReason != "length"
        && m_progress.finishReason != "content_filter") {
        return common::Error{
            common::ErrorKind::Unavailable, u"the provider sent an empty answer"_s, {}, {}, {}};
    }
    releaseHeld({}, out);
    if (m_context.includeUsage && !m_usage.isNull()) {
        appendUsageChunk(out);
    }
    out.append("data: [DONE]\n\n");
    m_progress.ended = true;
    return std::nullopt;
}

/// What was held back of the texts; calls that were found in them.
void OpenAiStreamTranslator::tellRest(QByteArray &out)
{
    Indices called;
    for (std::size_t index = 0; index < m_choices.size(); ++index) {
        SaidText &said = m_choices[index].said;
        const SaidPiece rest = said.end();
        if (rest.isEmpty() && said.calls().empty()) {
            continue;
        }
        QByteArray delta;
        JsonWriter json(delta);
        json.beginObject();
        if (!rest.thinking.isEmpty()) {
            json.member("reasoning_content", rest.thinking).member("reasoning", rest.thinking);
        }
        if (!rest.text.isEmpty()) {
            json.member("content", rest.text);
        }
        if (!said.calls().empty()) {
            const QByteArray stem = m_context.requestId + '_' + QByteArray::number(index);
            json.rawMember("tool_calls", toolCallsJson(said.calls(), stem, CallForm::Delta));
            called.set(index);
        }
        json.endObject();
        tellRest(index, delta, out);
        m_progress.content = true;
    }
    if (called.any()) {
        m_held = m_held.isNull() ? m_held : withFinish(m_held, called, "\"tool_calls\"");
        m_progress.finishReason = "tool_calls";
    }
}

void OpenAiStreamTranslator::tellRest(
    std::size_t index, const QByteArray &delta, QByteArray &out) const
{
    QByteArray chunk;
    JsonWriter json(chunk);
    json.beginObject().rawMember("id", m_id).rawMember("object", chunkObject);
    json.rawMember("created", m_created).rawMember("model", m_model);
    json.key("choices").beginArray().beginObject().key("index").integer(qint64(index));
    json.rawMember("delta", delta).key("finish_reason").null().endObject().endArray();
    if (m_context.includeUsage) {
        json.key("usage").null();
    }
    json.endObject();
    appendEvent(out, chunk);
}

void OpenAiStreamTranslator::appendUsageChunk(QByteArray &out) const
{
    if (!m_usageChunk.isEmpty()) {
        appendEvent(out, m_usageChunk);
        return;
    }
    appendEvent(
        out,
        QByteArray(
            "{\"id\":" + m_id + ",\"object\":" + chunkObject.toByteArray() + ",\"created\":"
            + m_created + ",\"model\":" + m_model + ",\"choices\":[],\"usage\":" + m_usage + '}'));
}

} // namespace freerelay::dialects
