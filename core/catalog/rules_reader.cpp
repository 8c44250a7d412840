#include "rules_reader.h"

#include <array>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr std::int64_t mostTokens = 100'000'000;
constexpr std::int64_t longestToolCallId = 128;
/// Of FillInRule::textReply.
constexpr std::array<EnumName<bool>, 2> fillInReplies{{{"text", true}, {"chat", false}}};

void readClamp(SchemaProblems &problems, const YamlEntry &entry, std::vector<Clamp> &clamps)
{
    MapReader map(problems, *entry.value, u"a clamp"_s);
    Clamp clamp{entry.key->text, {}, {}};
    if (const YamlNode *minimum = map.take("min")) {
        clamp.minimum = numberOf(problems, *minimum);
    }
    if (const YamlNode *maximum = map.take("max")) {
        clamp.maximum = numberOf(problems, *maximum);
    }
    map.finish();
    if (!clamp.minimum && !clamp.maximum) {
        problems.add(*entry.key, u"a clamp needs min, max or both"_s);
    } else if (clamp.minimum && clamp.maximum && *clamp.minimum > *clamp.maximum) {
        problems.add(*entry.key, u"min is greater than max"_s);
    }
    clamps.push_back(clamp);
}

void readClamps(MapReader &map, std::vector<Clamp> &clamps)
{
    const YamlNode *node = map.take("clamp");
    if (node == nullptr) {
        return;
    }
    if (node->kind != YamlNode::Kind::Map) {
        map.problems().add(*node, u"'clamp' must be a map of parameters"_s);
        return;
    }
    clamps.clear();
    for (const YamlEntry &entry : node->entries) {
        readClamp(map.problems(), entry, clamps);
    }
}

FillInRule fillInOf(SchemaProblems &problems, const YamlNode &node)
{
    MapReader map(problems, node, u"an address that fills gaps"_s);
    FillInRule rule;
    map.require("match");
    map.readText("match", rule.pattern);
    const YamlNode *path = map.require("path");
    map.readText("path", rule.path);
    if (path != nullptr && (!rule.path.startsWith('/') || rule.path.contains(' '))) {
        problems.add(*path, u"a path begins with '/' and has no blanks"_s);
    }
    map.readEnum("reply", rule.textReply, std::span<const EnumName<bool>>(fillInReplies));
    map.finish();
    return rule;
}

void readFillIns(MapReader &map, std::vector<FillInRule> &rules)
{
    const YamlNode *node = map.take("fill_in");
    if (node == nullptr) {
        return;
    }
    if (node->kind != YamlNode::Kind::Sequence) {
        map.problems().add(*node, u"'fill_in' must be a list"_s);
        return;
    }
    rules.clear();
    for (const std::shared_ptr<const YamlNode> &item : node->items) {
        rules.push_back(fillInOf(map.problems(), *item));
    }
}

void readStatuses(MapReader &map, std::vector<int> &statuses)
{
    const YamlNode *node = map.take("rate_limit_statuses");
    if (node == nullptr) {
        return;
    }
    if (node->kind != YamlNode::Kind::Sequence) {
        map.problems().add(*node, u"'rate_limit_statuses' must be a list of numbers"_s);
        return;
    }
    statuses.clear();
    for (const std::shared_ptr<const YamlNode> &item : node->items) {
        if (const std::optional<std::int64_t> status = integerOf(map.problems(), *item, 400, 599)) {
            statuses.push_back(static_cast<int>(*status));
        }
    }
}

void readReset(MapReader &map, ErrorRules &errors)
{
    QByteArray path;
    QByteArray header;
    ResetFormat format = ResetFormat::FloatSeconds;
    map.readText("reset_path", path);
    map.readText("reset_header", header);
    map.readEnum("reset_format", format, resetFormatNames());
    if (!path.isEmpty()) {
        errors.resetPaths = {{path, format}};
    }
    if (!header.isEmpty()) {
        errors.resetHeaders = {{header.toLower(), format}};
    }
}

} // namespace

void readWireRules(SchemaProblems &problems, const YamlNode &node, WireRules &rules)
{
    MapReader map(problems, node, u"rules"_s);
    map.readTexts("drop", rules.drop);
    map.readTextPairs("rename", rules.rename);
    readClamps(map, rules.clamp);
    map.readTextPairs("tool_choice", rules.toolChoice);
    map.readTexts("drop_schema_keys", rules.dropSchemaKeys);
    map.readFlag("stream_options", rules.streamOptions);
    map.readFlag("developer_role", rules.developerRole);
    map.readFlag("strict_messages", rules.strictMessages);
    map.readFlag("null_content_as_empty", rules.nullContentAsEmpty);
    map.readFlag("flatten_content", rules.flattenContent);
    map.readFlag("parallel_tool_calls_off", rules.parallelToolCallsOff);
    map.readFlag("schema_as_object", rules.schemaAsObject);
    map.readFlag("stop_as_array", rules.stopAsArray);
    map.readFlag("max_tokens_required", rules.maxTokensRequired);
    map.readInteger("default_max_tokens", rules.defaultMaxTokens, 1, mostTokens);
    std::int64_t idLength = rules.toolCallIdLength;
    map.readInteger("tool_call_id_length", idLength, 0, longestToolCallId);
    rules.toolCallIdLength = static_cast<int>(idLength);
    readFillIns(map, rules.fillIn);
    map.finish();
}

void readErrorRules(SchemaProblems &problems, const YamlNode &node, ErrorRules &errors)
{
    MapReader map(problems, node, u"errors"_s);
    map.readTexts("message_path", errors.messagePaths);
    map.readTexts("code_path", errors.codePaths);
    readReset(map, errors);
    readStatuses(map, errors.rateLimitStatuses);
    map.readTexts("credit_codes", errors.creditCodes);
    map.readTexts("overload_codes", errors.overloadCodes);
    map.finish();
}

} // namespace freerelay::catalog
