#include "responses_reply_writer.h"

#include "core/dialects/sse_encoder.h"

#include <algorithm>
#include <utility>

namespace freerelay::dialects {

namespace {

using State = ResponseItem::State;

constexpr QByteArrayView inContent = "content_index";
constexpr QByteArrayView inSummary = "summary_index";

QByteArrayView prefixOf(const ResponseItem &item)
{
    switch (item.kind) {
    case ResponseItem::Kind::Message:
        return "msg";
    case ResponseItem::Kind::Reasoning:
        return "rs";
    case ResponseItem::Kind::Compaction:
        return "cmp";
    case ResponseItem::Kind::Call:
        break;
    }
    return item.tool.kind == ToolKind::Custom ? "ctc" : "fc";
}

void writeSummary(JsonWriter &json, const QByteArray &text)
{
    json.key("part").beginObject().member("type", "summary_text").member("text", text);
    json.endObject();
}

BridgedTool toolOf(const QByteArray &function, const ResponsesTerms *terms)
{
    if (terms != nullptr) {
        for (const BridgedTool &tool : terms->tools) {
            if (tool.function == function) {
                return tool;
            }
        }
    }
    return {ToolKind::Function, function, function, {}};
}

} // namespace

ResponsesReplyWriter::ResponsesReplyWriter(ClientReplyContext context)
    : m_context(std::move(context))
    , m_terms(static_cast<const ResponsesTerms *>(m_context.terms.get()))
    , m_createdUnix(m_context.createdUnix())
{ }

void ResponsesReplyWriter::write(const CanonicalEvent &event, QByteArray &out)
{
    if (event.choice != 0 || gathersSummary(event)) {
        return;
    }
    if (const auto *begin = std::get_if<MessageStart>(&event.what)) {
        start(*begin, out);
    } else if (const auto *said = std::get_if<TextDelta>(&event.what)) {
        text(said->text, out);
    } else if (const auto *thinking = std::get_if<ThinkingDelta>(&event.what)) {
        thought(thinking->text, out);
    } else if (const auto *use = std::get_if<ToolStart>(&event.what)) {
        call(*use, out);
    } else if (const auto *more = std::get_if<ToolArgumentsDelta>(&event.what)) {
        arguments(*more, out);
    } else if (const auto *end = std::get_if<Finish>(&event.what)) {
        m_finish = *end;
    } else if (const auto *report = std::get_if<UsageReport>(&event.what)) {
        m_usage = report->usage;
    } else {
        sealThought(event, out);
    }
}

/// Of a compaction only the text counts, and it is told at the end.
bool ResponsesReplyWriter::gathersSummary(const CanonicalEvent &event)
{
    if (m_terms == nullptr || !m_terms->compaction) {
        return false;
    }
    if (const auto *said = std::get_if<TextDelta>(&event.what)) {
        m_outputBytes += said->text.size();
        m_summary += said->text;
    }
    return !std::holds_alternative<MessageStart>(event.what)
        && !std::holds_alternative<Finish>(event.what)
        && !std::holds_alternative<UsageReport>(event.what);
}

void ResponsesReplyWriter::tellSummary(QByteArray &out)
{
    ResponseItem item;
    item.kind = Kind::Compaction;
    item.text = std::exchange(m_summary, {});
    add(std::move(item), out);
    close(m_items.back(), State::Completed, out);
}

void ResponsesReplyWriter::start(const MessageStart &start, QByteArray &out)
{
    if (m_started) {
        return;
    }
    m_started = true;
    m_model = start.model;
    tell("response.created", facts("in_progress"), out);
    tell("response.in_progress", facts("in_progress"), out);
}

/// The item of that kind at the end, if it is still open; else a new one.
ResponseItem &ResponsesReplyWriter::openOne(Kind kind, QByteArray &out)
{
    const auto open = std::find_if(m_items.rbegin(), m_items.rend(), [kind](const auto &item) {
        return item.kind == kind && item.state == State::InProgress;
    });
    if (open != m_items.rend()) {
        return *open;
    }
    closeTexts(out);
    ResponseItem item;
    item.kind = kind;
    add(std::move(item), out);
    return m_items.back();
}

void ResponsesReplyWriter::add(ResponseItem item, QByteArray &out)
{
    start({}, out);
    item.id = itemId(prefixOf(item), m_context.requestId, qsizetype(m_items.size()));
    m_items.push_back(std::move(item));
    const ResponseItem &added = m_items.back();
    constexpr QByteArrayView type = "response.output_item.added";
    JsonWriter json = begin(type);
    json.key("output_index").integer(qsizetype(m_items.size()) - 1).key("item");
    writeItem(json, added);
    end(json, type, out);
    if (added.kind == Kind::Message) {
        constexpr QByteArrayView part = "response.content_part.added";
        JsonWriter more = begin(part, added);
        more.key(inContent).integer(0).key("part");
        writeTextPart(more, {});
        end(more, part, out);
    }
}

void ResponsesReplyWriter::text(const QByteArray &piece, QByteArray &out)
{
    m_outputBytes += piece.size();
    ResponseItem &message = openOne(Kind::Message, out);
    message.text += piece;
    delta("response.output_text.delta", message, inContent, piece, out);
}

void ResponsesReplyWriter::thought(const QByteArray &piece, QByteArray &out)
{
    const bool isKept = m_terms != nullptr && m_terms->encrypted;
    if (!m_context.thinking && !isKept) {
        return;
    }
    ResponseItem &item = openOne(Kind::Reasoning, out);
    const bool isFirst = item.text.isEmpty();
    item.text += piece;
    if (!m_context.thinking) {
        return;
    }
    if (isFirst) {
        constexpr QByteArrayView type = "response.reasoning_summary_part.added";
        JsonWriter json = begin(type, item);
        json.key(inSummary).integer(0);
        writeSummary(json, {});
        end(json, type, out);
    }
    delta("response.reasoning_summary_text.delta", item, inSummary, piece, out);
}

/// Signatures go where the client brings them back from, if it wants to.
void ResponsesReplyWriter::sealThought(const CanonicalEvent &event, QByteArray &out)
{
    if (m_terms == nullptr || !m_terms->encrypted) {
        return;
    }
    ResponseItem &item = openOne(Kind::Reasoning, out);
    if (const auto *signature = std::get_if<ThinkingSignature>(&event.what)) {
        item.seal.addText(item.text, *signature);
    } else if (const auto *redacted = std::get_if<RedactedThinking>(&event.what)) {
        item.seal.addRedacted(*redacted);
    } else if (const auto *call = std::get_if<ToolStart>(&event.what)) {
        item.seal.addCall(call->id, call->signature);
    }
    close(item, State::Completed, out);
}

void ResponsesReplyWriter::call(const ToolStart &start, QByteArray &out)
{
    if (!start.signature.isEmpty()) {
        sealThought({start}, out);
    }
    closeTexts(out);
    ResponseItem item;
    item.kind = Kind::Call;
    item.tool = toolOf(start.name, m_terms);
    item.callIndex = start.index;
    item.callId = start.id.isEmpty()
        ? itemId("call", m_context.requestId, qsizetype(m_items.size()))
        : start.id;
    add(std::move(item), out);
}

void ResponsesReplyWriter::arguments(const ToolArgumentsDelta &piece, QByteArray &out)
{
    const auto call = std::find_if(m_items.begin(), m_items.end(), [&piece](const auto &item) {
        return item.kind == Kind::Call && item.callIndex == piece.index;
    });
    if (call == m_items.end()) {
        return; // of a call that never began
    }
    m_outputBytes += piece.json.size();
    call->arguments += piece.json;
    if (call->tool.kind == ToolKind::Function) {
        delta("response.function_call_arguments.delta", *call, {}, piece.json, out);
    }
}

void ResponsesReplyWriter::closeTexts(QByteArray &out)
{
    for (ResponseItem &item : m_items) {
        if (item.kind != Kind::Call && item.state == State::InProgress) {
            close(item, State::Completed, out);
        }
    }
}

void ResponsesReplyWriter::close(ResponseItem &item, State state, QByteArray &out)
{
    item.state = state;
    switch (item.kind) {
    case Kind::Message:
        closeMessage(item, out);
        break;
    case Kind::Reasoning:
        forgetUntold(item);
        closeThought(item, out);
        break;
    case Kind::Call:
        closeCall(item, out);
        break;
    case Kind::Compaction:
        break;
    }
    constexpr QByteArrayView type = "response.output_item.done";
    JsonWriter json = begin(type);
    json.key("output_index").integer(&item - m_items.data()).key("item");
    writeItem(json, item);
    end(json, type, out);
}

/// Thoughts that nobody asked to see were gathered for the seal only.
void ResponsesReplyWriter::forgetUntold(ResponseItem &item) const
{
    if (item.kind == Kind::Reasoning && !m_context.thinking) {
        item.text.clear();
    }
}

void ResponsesReplyWriter::closeMessage(const ResponseItem &item, QByteArray &out)
{
    constexpr QByteArrayView text = "response.output_text.done";
    JsonWriter json = begin(text, item);
    json.key(inContent).integer(0).member("text", item.text).rawMember("logprobs", "[]");
    end(json, text, out);
    constexpr QByteArrayView part = "response.content_part.done";
    JsonWriter more = begin(part, item);
    more.key(inContent).integer(0).key("part");
    writeTextPart(more, item.text);
    end(more, part, out);
}

void ResponsesReplyWriter::closeThought(const ResponseItem &item, QByteArray &out)
{
    if (item.text.isEmpty()) {
        return;
    }
    constexpr QByteArrayView text = "response.reasoning_summary_text.done";
    JsonWriter json = begin(text, item);
    json.key(inSummary).integer(0).member("text", item.text);
    end(json, text, out);
    constexpr QByteArrayView part = "response.reasoning_summary_part.done";
    JsonWriter more = begin(part, item);
    more.key(inSummary).integer(0);
    writeSummary(more, item.text);
    end(more, part, out);
}

void ResponsesReplyWriter::closeCall(ResponseItem &item, QByteArray &out)
{
    const bool isEmpty = item.arguments.trimmed().isEmpty();
    if (isEmpty) {
        item.arguments = "{}"; // no arguments are an empty object
    }
    if (item.tool.kind == ToolKind::Function) {
        if (isEmpty) {
            delta("response.function_call_arguments.delta", item, {}, "{}", out);
        }
        constexpr QByteArrayView type = "response.function_call_arguments.done";
        JsonWriter json = begin(type, item);
        json.member("name", item.tool.name).member("arguments", item.arguments);
        end(json, type, out);
    } else if (item.tool.kind == ToolKind::Custom) {
        const QByteArray input = customInput(item.arguments);
        delta("response.custom_tool_call_input.delta", item, {}, input, out);
        constexpr QByteArrayView type = "response.custom_tool_call_input.done";
        JsonWriter json = begin(type, item);
        json.member("input", input);
        end(json, type, out);
    }
}

void ResponsesReplyWriter::finish(QByteArray &out)
{
    start({}, out);
    if (!m_summary.isEmpty()) {
        tellSummary(out);
    }
    const bool isCut = m_finish.reason == FinishReason::Length;
    const bool isFiltered = m_finish.reason == FinishReason::ContentFilter;
    for (ResponseItem &item : m_items) {
        if (item.state == State::InProgress) {
            close(item, isCut || isFiltered ? State::Incomplete : State::Completed, out);
        }
    }
    ResponseFacts all = facts(isCut || isFiltered ? "incomplete" : "completed");
    all.usage = usage();
    if (isCut || isFiltered) {
        all.incompleteReason = isCut ? "max_output_tokens" : "content_filter";
    } else {
        all.completedUnix = m_context.createdUnix();
    }
    if (m_context.stream) {
        tell(QByteArray("response." + all.status), all, out);
    } else {
        JsonWriter json(out);
        writeResponse(json, all, m_items, m_terms);
    }
}

/// The SDKs look for `error`, Codex for `response.failed`.
void ResponsesReplyWriter::fail(const common::Error &error, QByteArray &out)
{
    start({}, out);
    ResponseFacts all = facts("failed");
    all.errorCode = error.kind == common::ErrorKind::RateLimited ? "rate_limit_exceeded"
                                                                 : "server_error";
    all.errorMessage = error.message.toUtf8();
    JsonWriter json = begin("error");
    json.member("code", all.errorCode).member("message", all.errorMessage).key("param").null();
    end(json, "error", out);
    for (ResponseItem &item : m_items) {
        if (item.state == State::InProgress) {
            item.state = State::Incomplete;
            forgetUntold(item);
        }
    }
    tell("response.failed", all, out);
}

QByteArray ResponsesReplyWriter::usage() const
{
    return responseUsage(m_usage, m_context.promptTokensEstimated, m_outputBytes);
}

ResponseFacts ResponsesReplyWriter::facts(const QByteArray &status) const
{
    ResponseFacts all;
    all.id = responseId(m_context.requestId);
    all.createdUnix = m_createdUnix;
    all.status = status;
    all.model = m_model;
    return all;
}

JsonWriter ResponsesReplyWriter::begin(QByteArrayView type)
{
    m_event.clear();
    JsonWriter json(m_event);
    json.beginObject().member("type", type).key("sequence_number").integer(m_sequence++);
    return json;
}

JsonWriter ResponsesReplyWriter::begin(QByteArrayView type, const ResponseItem &item)
{
    JsonWriter json = begin(type);
    json.member("item_id", item.id).key("output_index").integer(&item - m_items.data());
    return json;
}

void ResponsesReplyWriter::end(JsonWriter &json, QByteArrayView type, QByteArray &out)
{
    json.endObject();
    if (m_context.stream) {
        appendSseEvent(out, type, m_event);
    }
}

/// @param place  "content_index" or "summary_index", which is 0; "" = the event has none
void ResponsesReplyWriter::delta(
    QByteArrayView type,
    const ResponseItem &item,
    QByteArrayView place,
    const QByteArray &piece,
    QByteArray &out)
{
    JsonWriter json = begin(type, item);
    if (!place.isEmpty()) {
        json.key(place).integer(0);
    }
    json.member("delta", piece);
    if (place == inContent) {
        json.rawMember("logprobs", "[]");
    }
    end(json, type, out);
}

void ResponsesReplyWriter::tell(QByteArrayView type, const ResponseFacts &facts, QByteArray &out)
{
    if (!m_context.stream) {
        return;
    }
    JsonWriter json = begin(type);
    json.key("response");
    writeResponse(json, facts, m_items, m_terms);
    end(json, type, out);
}

} // namespace freerelay::dialects
