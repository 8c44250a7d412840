#include "stream_joiner.h"

#include "core/dialects/continuation/text_overlap.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_text.h"
#include "core/dialects/sse_encoder.h"

#include <utility>

namespace freerelay::dialects {

StreamJoiner::StreamJoiner(ToldStream told, TokensBefore before)
    : m_told(std::move(told))
    , m_before(before)
    , m_judged(m_told.text.isEmpty())
{ }

void StreamJoiner::feed(QByteArrayView in, QByteArray &out)
{
    m_decoder.append(in);
    while (const auto event = m_decoder.next()) {
        if (!m_diverged) {
            takeEvent(event->data, out);
        }
    }
}

void StreamJoiner::takeEvent(QByteArrayView data, QByteArray &out)
{
    const JsonValue chunk(data.trimmed());
    if (!chunk.isObject()) {
        appendSseEvent(out, data); // [DONE]
        return;
    }
    const JsonValue choice = chunk["choices"].first();
    if (choice.isMissing()) {
        takeUsage(chunk, out);
    } else {
        takeChoice(chunk, choice, out);
    }
}

/// @return whether the text so far may be told; m_fresh then holds what is new of it
bool StreamJoiner::judge(bool isAll)
{
    const TextOverlap overlap = overlapOf(m_told.text, m_fresh, isAll);
    m_judged = overlap.verdict == TextOverlap::Verdict::Joined;
    m_diverged = overlap.verdict == TextOverlap::Verdict::Restarted;
    m_fresh.remove(0, overlap.repeated);
    return m_judged;
}

void StreamJoiner::takeChoice(JsonValue chunk, JsonValue choice, QByteArray &out)
{
    const JsonValue delta = choice["delta"];
    if (!delta["tool_calls"].isAbsent() && !delta["tool_calls"].isEmptyContainer()) {
        m_diverged = true; // the text before it was plain
        return;
    }
    const bool ends = !choice["finish_reason"].isAbsent();
    QByteArray text = delta["content"].string();
    if (!m_judged) {
        m_fresh += text;
        if (!judge(ends)) {
            return;
        }
        text = std::exchange(m_fresh, {});
    }
    const bool thinks = m_told.text.isEmpty();
    if (text.isEmpty() && !ends && !thinks) {
        return;
    }
    Splicer splicer(chunk.text());
    JsonObjectEdit top(chunk);
    top.set("id", m_told.id);
    top.set("created", m_told.created);
    if (delta.isObject()) {
        JsonObjectEdit edit(delta);
        edit.remove("role");
        if (!thinks) {
            edit.remove("reasoning");
            edit.remove("reasoning_content");
        }
        if (!text.isEmpty() || !edit.value("content").isMissing()) {
            edit.set("content", jsonString(text));
        }
        edit.commit(splicer);
    }
    top.commit(splicer);
    appendSseEvent(out, splicer.apply());
}

void StreamJoiner::takeUsage(JsonValue chunk, QByteArray &out) const
{
    Splicer splicer(chunk.text());
    JsonObjectEdit top(chunk);
    top.set("id", m_told.id);
    top.set("created", m_told.created);
    if (const JsonValue usage = chunk["usage"]; usage.isObject()) {
        JsonObjectEdit edit(usage);
        const auto add = [&edit](QByteArrayView name, std::int64_t more) {
            if (const auto count = edit.value(name).integer()) {
                edit.set(name, QByteArray::number(qlonglong(*count + more)));
            }
        };
        add("prompt_tokens", m_before.prompt);
        add("completion_tokens", m_before.completion);
        add("total_tokens", m_before.prompt + m_before.completion);
        edit.commit(splicer);
    }
    top.commit(splicer);
    appendSseEvent(out, splicer.apply());
}

} // namespace freerelay::dialects
