#include "generate_content_writer.h"

#include "core/dialects/canonical/turns.h"
#include "core/dialects/generate_content/generate_content_words.h"
#include "core/dialects/sse_encoder.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

void appendPart(QByteArray &parts, QByteArrayView part)
{
    if (!parts.isEmpty()) {
        parts.append(',');
    }
    parts.append(part);
}

QByteArray textPart(const QByteArray &text, bool isThought)
{
    QByteArray part;
    JsonWriter json(part);
    json.beginObject().member("text", text);
    if (isThought) {
        json.key("thought").boolean(true);
    }
    json.endObject();
    return part;
}

void writeContent(JsonWriter &json, QByteArrayView parts)
{
    json.key("content").beginObject().key("parts").beginArray();
    if (!parts.isEmpty()) {
        json.raw(parts);
    }
    json.endArray().member("role", "model").endObject();
}

} // namespace

void GenerateContentWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (const auto *start = std::get_if<MessageStart>(&event.what)) {
        m_model = start->model;
    } else if (const auto *piece = std::get_if<TextDelta>(&event.what)) {
        text(piece->text, false, event.choice, out);
    } else if (const auto *thought = std::get_if<ThinkingDelta>(&event.what)) {
        if (m_context.thinking) {
            text(thought->text, true, event.choice, out);
        }
    } else if (const auto *redacted = std::get_if<RedactedThinking>(&event.what)) {
        if (redacted->format == googleSignatureFormat) {
            signature(redacted->data, event.choice, out);
        }
    } else if (const auto *tool = std::get_if<ToolStart>(&event.what)) {
        candidate(event.choice).calls.push_back({*tool, {}});
    } else if (const auto *more = std::get_if<ToolArgumentsDelta>(&event.what)) {
        for (Call &call : candidate(event.choice).calls) {
            if (call.start.index == more->index) {
                call.arguments.append(more->json);
            }
        }
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        candidate(event.choice).finish = *end;
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    }
}

GenerateContentWriter::Candidate &GenerateContentWriter::candidate(int index)
{
    const auto at = static_cast<std::size_t>(std::max(index, 0));
    if (at >= m_candidates.size()) {
        m_candidates.resize(at + 1);
    }
    return m_candidates[at];
}

void GenerateContentWriter::text(
    const QByteArray &piece, bool isThought, int index, QByteArray &out)
{
    Candidate &to = candidate(index);
    if (m_context.stream) {
        give(textPart(piece, isThought), index, out);
        return;
    }
    if (to.isThought != isThought) {
        endText(to);
        to.isThought = isThought;
    }
    to.text.append(piece);
}

/// Google signs a text with a part that has none of its own.
void GenerateContentWriter::signature(const QByteArray &signature, int index, QByteArray &out)
{
    QByteArray part;
    JsonWriter(part)
        .beginObject()
        .member("text", "")
        .member("thoughtSignature", signature)
        .endObject();
    if (m_context.stream) {
        give(part, index, out);
        return;
    }
    Candidate &to = candidate(index);
    endText(to);
    appendPart(to.parts, part);
}

/// One event of a stream.
void GenerateContentWriter::give(QByteArrayView part, int index, QByteArray &out)
{
    candidate(index);
    QByteArray event;
    JsonWriter json(event);
    beginResponse(json);
    json.beginObject();
    writeContent(json, part);
    json.key("index").integer(index).endObject();
    endResponse(json);
    appendSseEvent(out, event);
}

void GenerateContentWriter::endText(Candidate &candidate)
{
    if (!candidate.text.isEmpty()) {
        appendPart(candidate.parts, textPart(candidate.text, candidate.isThought));
        candidate.text.clear();
    }
}

void GenerateContentWriter::writeCalls(Candidate &candidate)
{
    for (const Call &call : candidate.calls) {
        QByteArray part;
        JsonWriter json(part);
        json.beginObject().key("functionCall").beginObject();
        if (!call.start.id.isEmpty()) {
            json.member("id", call.start.id);
        }
        json.member("name", call.start.name);
        json.rawMember("args", argumentsObject(call.arguments)).endObject();
        if (!call.start.signature.isEmpty()) {
            json.member("thoughtSignature", call.start.signature);
        }
        json.endObject();
        appendPart(candidate.parts, part);
    }
}

void GenerateContentWriter::beginResponse(JsonWriter &json) const
{
    json.beginObject().key("candidates").beginArray();
}

void GenerateContentWriter::endResponse(JsonWriter &json) const
{
    json.endArray();
    if (const QByteArray usage = googleUsage(m_usage); !usage.isNull()) {
        json.rawMember("usageMetadata", usage);
    }
    json.member("modelVersion", m_model).member("responseId", m_context.requestId).endObject();
}

/// The calls, how it ended and what was used: one more event, or all of a whole reply.
void GenerateContentWriter::finish(QByteArray &out)
{
    candidate(0);
    QByteArray response;
    JsonWriter json(response);
    beginResponse(json);
    for (std::size_t index = 0; index < m_candidates.size(); ++index) {
        Candidate &each = m_candidates[index];
        endText(each);
        writeCalls(each);
        json.beginObject();
        writeContent(json, each.parts);
        json.member("finishReason", googleFinishReason(each.finish.reason));
        json.key("index").integer(qint64(index)).endObject();
    }
    endResponse(json);
    if (m_context.stream) {
        appendSseEvent(out, response);
    } else {
        out.append(response);
    }
}

} // namespace freerelay::dialects
