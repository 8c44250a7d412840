#include "openai_request_encoder.h"

#include "core/catalog/endpoint.h"
#include "core/dialects/canonical/chat_request_parts.h"
#include "core/dialects/canonical/unsaid_parameters.h"
#include "core/dialects/json_schema_keys.h"
#include "core/dialects/json_text.h"
#include "core/dialects/openai_messages_encoder.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

const QByteArray *
mapped(const std::vector<std::pair<QByteArray, QByteArray>> &pairs, QByteArrayView from)
{
    for (const auto &[key, value] : pairs) {
        if (key == from) {
            return &value;
        }
    }
    return nullptr;
}

} // namespace

OpenAiRequestEncoder::OpenAiRequestEncoder(
    const ChatRequest &request, const catalog::Provider &provider, const catalog::Model &model)
    : m_request(request)
    , m_provider(provider)
    , m_rules(provider.rules)
    , m_model(model)
    , m_splicer(request.body)
    , m_edit(request.root())
    , m_fussy(!provider.rules.drop.empty() || provider.rules.strictMessages)
{ }

QByteArray OpenAiRequestEncoder::encode()
{
    identify();
    m_edit.set("model", jsonString(m_model.name));
    for (qsizetype i = 0; i < m_edit.size(); ++i) {
        encodeMember(i);
    }
    encodeStreamOptions();
    encodeTools();
    encodeMaxTokens();
    if (m_request.developerRole || m_request.foreign || rewritesMessages(m_rules)) {
        encodeMessages(valueOf(Parameter::Messages), m_rules, m_request.foreign, m_splicer);
    }
    m_edit.commit(m_splicer);
    return m_splicer.apply();
}

void OpenAiRequestEncoder::identify()
{
    for (qsizetype i = 0; i < m_edit.size(); ++i) {
        const JsonMember &member = m_edit.at(i);
        const bool escaped = member.rawKey.contains('\\');
        m_known.append({parameterSpec(escaped ? QByteArrayView(member.key()) : member.rawKey)});
        for (qsizetype j = 0; m_known[i].spec != nullptr && j < i; ++j) {
            m_known[j].superseded = m_known[j].superseded || m_known[j].spec == m_known[i].spec;
        }
    }
}

qsizetype OpenAiRequestEncoder::indexOf(Parameter id) const
{
    for (qsizetype i = m_known.size() - 1; i >= 0; --i) {
        if (m_known[i].spec != nullptr && m_known[i].spec->id == id && !m_edit.isRemoved(i)) {
            return i;
        }
    }
    return -1;
}

JsonValue OpenAiRequestEncoder::valueOf(Parameter id) const
{
    const qsizetype index = indexOf(id);
    return index < 0 ? JsonValue() : m_edit.at(index).value;
}

bool OpenAiRequestEncoder::hasTools() const
{
    return m_request.needs.tools;
}

bool OpenAiRequestEncoder::isDropped(QByteArrayView name, Parameter id, JsonValue value) const
{
    if (catalog::refuses(m_provider, m_model, name)) {
        return true;
    }
    if ((m_fussy && value.isNull()) || (m_request.foreign && id == Parameter::Unknown)) {
        return true;
    }
    if (m_rules.strictMessages && id == Parameter::OpenAiOnly) {
        return true;
    }
    if (m_request.foreign && id == Parameter::OpenAiOnly && name != "user"
        && m_provider.id != "openai") {
        return true; // the client speaks another dialect to us, which knows it; others refuse it
    }
    if (m_request.foreign && name == "reasoning_effort"
        && m_model.capabilities.reasoning != catalog::Known::Yes) {
        return true; // a wish that most models refuse
    }
    const bool sampling = id == Parameter::Temperature || id == Parameter::TopP;
    return sampling && m_model.capabilities.temperature == catalog::Known::No;
}

void OpenAiRequestEncoder::encodeMember(qsizetype index)
{
    const Known known = m_known[index];
    const JsonMember &member = m_edit.at(index);
    const QByteArrayView name = known.spec != nullptr ? known.spec->name : member.rawKey;
    const Parameter id = known.spec != nullptr ? known.spec->id : Parameter::Unknown;
    if (id == Parameter::Model || id == Parameter::Messages) {
        if (known.superseded && !m_edit.isRemoved(index)) {
            m_edit.remove(index);
        }
        return;
    }
    if (known.superseded || isDropped(name, id, member.value)) {
        if (!known.superseded && !member.value.isNull() && !isHint(name)) {
            addIgnored(m_ignored, name.toByteArray());
        }
        m_edit.remove(index);
        return;
    }
    encodeKnown(index);
    if (!m_edit.isRemoved(index)) {
        renameAndClamp(index, name);
    }
}

void OpenAiRequestEncoder::encodeKnown(qsizetype index)
{
    const JsonValue value = m_edit.at(index).value;
    switch (m_known[index].spec != nullptr ? m_known[index].spec->id : Parameter::Unknown) {
    case Parameter::ResponseFormat:
        encodeResponseFormat(index);
        break;
    case Parameter::Stop:
        if (m_rules.stopAsArray && value.isString()) {
            m_edit.replaceValue(index, '[' + value.text().toByteArray() + ']');
        }
        break;
    case Parameter::ToolChoice:
        if (const QByteArray *to = value.isString() ? mapped(m_rules.toolChoice, value.string())
                                                    : nullptr) {
            m_edit.replaceValue(index, jsonString(*to));
        }
        break;
    case Parameter::ParallelToolCalls:
        // Without tools it is refused by some; with them encodeTools() decides.
        if (m_rules.parallelToolCallsOff && !hasTools()) {
            m_edit.remove(index);
        }
        break;
    default:
        break;
    }
}

void OpenAiRequestEncoder::renameAndClamp(qsizetype index, QByteArrayView name)
{
    const QByteArray *to = mapped(m_rules.rename, name);
    if (to != nullptr) {
        const qsizetype existing = m_edit.find(*to);
        if (existing >= 0 && existing != index) {
            m_edit.remove(index); // the client sent both spellings
            return;
        }
        m_edit.rename(index, *to);
    }
    for (const catalog::Clamp &clamp : m_rules.clamp) {
        if (clamp.parameter == name || (to != nullptr && clamp.parameter == *to)) {
            clampValue(index, clamp);
        }
    }
}

void OpenAiRequestEncoder::clampValue(qsizetype index, const catalog::Clamp &clamp)
{
    const std::optional<double> number = m_edit.at(index).value.number();
    if (!number) {
        return;
    }
    if (clamp.minimum && *number < *clamp.minimum) {
        m_edit.replaceValue(index, QByteArray::number(*clamp.minimum, 'g', 15));
    } else if (clamp.maximum && *number > *clamp.maximum) {
        m_edit.replaceValue(index, QByteArray::number(*clamp.maximum, 'g', 15));
    }
}

void OpenAiRequestEncoder::encodeStreamOptions()
{
    const qsizetype index = indexOf(Parameter::StreamOptions);
    const bool wanted = m_request.stream && m_rules.streamOptions;
    if (!wanted) {
        if (index >= 0) {
            m_edit.remove(index);
        }
        return;
    }
    // Usage is always asked for: the quota and the spend are counted from it.
    const JsonValue options = index < 0 ? JsonValue() : m_edit.at(index).value;
    if (!options.isObject()) {
        m_edit.set("stream_options", "{\"include_usage\":true}");
    } else if (!m_request.includeUsage) {
        JsonObjectEdit edit(options);
        edit.set("include_usage", "true");
        edit.commit(m_splicer);
    }
}

void OpenAiRequestEncoder::encodeResponseFormat(qsizetype index)
{
    const JsonValue format = m_edit.at(index).value;
    const JsonValue type = format["type"];
    if (m_fussy && type.equals("text")) {
        m_edit.remove(index);
    } else if (m_rules.schemaAsObject && type.equals("json_schema")) {
        m_edit.replaceValue(index, "{\"type\":\"json_object\"}");
        // The provider would never see the schema: it becomes an instruction.
        const QByteArray schema = format["json_schema"]["schema"].text().toByteArray();
        const JsonValue messages = valueOf(Parameter::Messages);
        m_splicer.insert(
            messages.begin() + 1,
            "{\"role\":\"system\",\"content\":"
                + jsonString("Answer only with JSON that conforms to this JSON Schema: " + schema)
                + "},");
    }
}

void OpenAiRequestEncoder::encodeTools()
{
    const qsizetype index = indexOf(Parameter::Tools);
    const JsonValue tools = index < 0 ? JsonValue() : m_edit.at(index).value;
    if (tools.isArray() && tools.isEmptyContainer()) {
        // OpenAI and others refuse an empty list; some clients send one.
        for (const Parameter id :
             {Parameter::Tools, Parameter::ToolChoice, Parameter::ParallelToolCalls}) {
            const qsizetype member = indexOf(id);
            if (member >= 0) {
                m_edit.remove(member);
            }
        }
        return;
    }
    if (m_rules.parallelToolCallsOff && hasTools()) {
        m_edit.set("parallel_tool_calls", "false");
    }
    for (const JsonValue tool : tools.elements()) {
        if (!m_rules.dropSchemaKeys.empty()) {
            stripSchemaKeys(tool["function"]["parameters"], m_rules.dropSchemaKeys, m_splicer);
        }
        if (m_request.foreign && tool["cache_control"].isObject()) {
            JsonObjectEdit edit(tool);
            edit.remove("cache_control");
            edit.commit(m_splicer);
        }
    }
}

/// Other dialects demand a limit, and their clients send one that suits the largest models.
void OpenAiRequestEncoder::capMaxTokens()
{
    const qsizetype index = indexOf(Parameter::MaxTokens);
    const auto asked = index < 0 ? std::nullopt : m_edit.at(index).value.integer();
    if (m_request.foreign && asked && m_model.maxOutput && *asked > *m_model.maxOutput) {
        m_edit.replaceValue(index, QByteArray::number(*m_model.maxOutput));
    }
}

void OpenAiRequestEncoder::encodeMaxTokens()
{
    capMaxTokens();
    const bool given = !valueOf(Parameter::MaxTokens).isAbsent()
        || !valueOf(Parameter::MaxCompletionTokens).isAbsent();
    if (!m_rules.maxTokensRequired || given) {
        return;
    }
    const std::int64_t limit = std::min(
        m_rules.defaultMaxTokens, m_model.maxOutput.value_or(m_rules.defaultMaxTokens));
    const QByteArray *to = mapped(m_rules.rename, "max_tokens");
    m_edit.set(
        to != nullptr ? QByteArrayView(*to) : QByteArrayView("max_tokens"),
        QByteArray::number(limit));
}

} // namespace freerelay::dialects
