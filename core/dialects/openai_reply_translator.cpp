#include "openai_reply_translator.h"

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/failure_rules.h"
#include "core/dialects/json.h"
#include "core/dialects/json_text.h"
#include "core/dialects/openai_delta.h"
#include "core/dialects/openai_usage.h"

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

common::Error protocolError(QString message)
{
    return {common::ErrorKind::ProtocolError, std::move(message), {}, {}, {}};
}

bool isError(const JsonObjectEdit &reply)
{
    const JsonValue error = reply.value("error");
    const bool hasChoices = reply.value("choices").isArray();
    return error.isObject() || (error.isString() && !hasChoices)
        || reply.value("object").equals("error") || reply.value("type").equals("error");
}

void addIfMissing(JsonObjectEdit &edit, QByteArrayView key, QByteArrayView json)
{
    if (edit.find(key) < 0) {
        edit.append(key, json);
    }
}

void dropIfNull(JsonObjectEdit &edit, QByteArrayView key)
{
    const qsizetype index = edit.find(key);
    if (index >= 0 && edit.at(index).value.isNull()) {
        edit.remove(index);
    }
}

/// A Logprobs object of the schema has both lists.
bool isLogprobs(JsonValue logprobs)
{
    return logprobs.isNull() || (logprobs["content"].isArray() || logprobs["refusal"].isArray());
}

} // namespace

OpenAiReplyTranslator::OpenAiReplyTranslator(ReplyContext context)
    : m_context(std::move(context))
{ }

std::optional<common::Error> OpenAiReplyTranslator::feed(QByteArrayView in, QByteArray &)
{
    if (m_body.size() + in.size() > maxReplyBytes) {
        return protocolError(u"the reply is larger than 32 MiB"_s);
    }
    m_body.append(in);
    return std::nullopt;
}

std::optional<common::Error> OpenAiReplyTranslator::finish(QByteArray &out)
{
    m_body = padded(std::move(m_body));
    const common::Result<JsonValue> root = parseJson(m_body);
    if (!root) {
        return protocolError(u"the reply cannot be read: "_s % root.error().message);
    }
    JsonObjectEdit reply(*root);
    if (isError(reply) || root->first()["error"].isObject()) {
        return errorInReply(*root);
    }
    const JsonValue choices = reply.value("choices");
    if (!choices.isArray() || choices.isEmptyContainer()) {
        return protocolError(u"the reply is no chat completion: it has no choices"_s);
    }
    Splicer splicer(root->text());
    if (MaybeError error = completeChoices(choices, splicer)) {
        return error;
    }
    completeTopLevel(reply);
    completeUsageOf(reply);
    reply.commit(splicer);
    m_progress.ended = true;
    splicer.applyTo(out);
    m_body.clear();
    return std::nullopt;
}

void OpenAiReplyTranslator::completeTopLevel(JsonObjectEdit &reply)
{
    if (reply.value("id").rawString().isEmpty()) {
        reply.set("id", jsonString("chatcmpl-" + m_context.requestId));
    }
    if (!reply.value("object").equals("chat.completion")) {
        reply.set("object", "\"chat.completion\"");
    }
    if (!reply.value("created").integer()) {
        reply.set("created", QByteArray::number(qlonglong(m_context.createdUnix)));
    }
    const JsonValue model = reply.value("model");
    m_progress.model = model.string();
    if (m_progress.model.isEmpty()) {
        reply.set("model", jsonString(m_context.model));
    }
    dropIfNull(reply, "system_fingerprint");
}

void OpenAiReplyTranslator::completeUsageOf(JsonObjectEdit &reply)
{
    const JsonValue usage = reply.value("usage");
    if (usage.isMissing()) {
        return;
    }
    m_progress.usage = readUsage(usage);
    const QByteArray complete = usage.isObject() ? completeUsage(usage) : QByteArray();
    if (complete.isNull()) {
        reply.remove("usage");
    } else if (complete != usage.text()) {
        reply.set("usage", complete);
    }
}

std::optional<common::Error>
OpenAiReplyTranslator::completeChoices(JsonValue choices, Splicer &splicer)
{
    qsizetype position = 0;
    for (const JsonValue choice : choices.elements()) {
        if (MaybeError error = completeChoice(choice, position++, splicer)) {
            return error;
        }
    }
    m_progress.finished = true;
    const bool mayBeEmpty = m_progress.finishReason == "length"
        || m_progress.finishReason == "content_filter";
    if (!m_progress.content && !mayBeEmpty) {
        return common::Error{
            common::ErrorKind::Unavailable, u"the provider sent an empty answer"_s, {}, {}, {}};
    }
    return std::nullopt;
}

std::optional<common::Error>
OpenAiReplyTranslator::completeChoice(JsonValue value, qsizetype position, Splicer &splicer)
{
    JsonObjectEdit choice(value);
    const JsonValue message = choice.value("message");
    if (!message.isObject()) {
        return protocolError(u"the reply holds a choice without a message"_s);
    }
    const std::optional<std::int64_t> index = choice.value("index").integer();
    if (index && (*index < 0 || *index >= maxChoices)) {
        return protocolError(u"the reply holds a choice with an impossible index"_s);
    }
    if (!index) {
        choice.set("index", QByteArray::number(position));
    }
    if (!isLogprobs(choice.value("logprobs"))) {
        choice.set("logprobs", "null");
    }
    if (!completeFinish(choice, completeMessage(message, splicer, position))) {
        return common::Error{
            common::ErrorKind::Unavailable,
            u"the provider broke the answer off with an error"_s,
            {},
            {},
            {}};
    }
    choice.commit(splicer);
    return std::nullopt;
}

bool OpenAiReplyTranslator::completeMessage(JsonValue message, Splicer &splicer, qsizetype position)
{
    JsonObjectEdit edit(message);
    if (!edit.value("role").equals("assistant")) {
        edit.set("role", "\"assistant\"");
    }
    bool hasCalls = completeToolCalls(edit.value("tool_calls"), splicer, position);
    SaidText said(hasCalls ? QByteArrayList() : callableTools(m_context));
    m_progress.content = completeText(edit, said, TextRest::None) || m_progress.content;
    const JsonValue calls = edit.value("tool_calls");
    if (!calls.isMissing() && !hasCalls) {
        edit.remove("tool_calls"); // an empty list or something else
    }
    if (!said.calls().empty()) {
        const QByteArray stem = m_context.requestId + '_' + QByteArray::number(position);
        edit.append("tool_calls", toolCallsJson(said.calls(), stem, CallForm::Message));
        m_progress.content = hasCalls = true;
    }
    addIfMissing(edit, "content", "null");
    addIfMissing(edit, "refusal", "null");
    edit.commit(splicer);
    return hasCalls;
}

bool OpenAiReplyTranslator::completeToolCalls(JsonValue calls, Splicer &splicer, qsizetype position)
{
    int number = 0;
    for (const JsonValue call : calls.elements()) {
        JsonObjectEdit edit(call);
        if (edit.value("id").rawString().isEmpty()) {
            edit.set(
                "id",
                jsonString(
                    "call_" + m_context.requestId + '_' + QByteArray::number(position) + '_'
                    + QByteArray::number(number)));
        }
        if (edit.value("type").rawString().isEmpty()) {
            edit.set("type", "\"function\"");
        }
        JsonObjectEdit function(edit.value("function"));
        const qsizetype arguments = function.find("arguments");
        const JsonValue given = arguments < 0 ? JsonValue() : function.at(arguments).value;
        if (function.size() > 0 && !given.isString()) {
            function.set(
                "arguments", given.isAbsent() ? "\"{}\"" : jsonString(given.text().toByteArray()));
        }
        function.commit(splicer);
        edit.commit(splicer);
        ++number;
    }
    return number > 0;
}

bool OpenAiReplyTranslator::completeFinish(JsonObjectEdit &choice, bool hasCalls)
{
    const QByteArray word = choice.value("finish_reason").string();
    QByteArrayView openAi = openAiFinishReason(word);
    if (openAi == "error") {
        return false;
    }
    if (openAi.isEmpty() || (openAi == "stop" && hasCalls)) {
        openAi = hasCalls ? "tool_calls" : "stop";
    }
    if (openAi != word) {
        choice.set("finish_reason", jsonString(openAi.toByteArray()));
    }
    m_progress.finishReason = openAi.toByteArray();
    return true;
}

} // namespace freerelay::dialects
