#include "json_schema_keys.h"

#include "core/dialects/json_object_edit.h"

#include <algorithm>

namespace freerelay::dialects {

namespace {

struct Node
{
    JsonValue value;
    bool names = false; ///< the members are names chosen by the author, not keywords
};

bool holdsNames(const JsonMember &member)
{
    return member.keyIs("properties") || member.keyIs("patternProperties") || member.keyIs("$defs")
        || member.keyIs("definitions") || member.keyIs("dependentSchemas");
}

bool holdsValues(const JsonMember &member)
{
    return member.keyIs("enum") || member.keyIs("const") || member.keyIs("default")
        || member.keyIs("examples") || member.keyIs("example");
}

bool isListed(const JsonMember &member, const std::vector<QByteArray> &keys)
{
    return std::any_of(
        keys.begin(), keys.end(), [&](const QByteArray &key) { return member.keyIs(key); });
}

} // namespace

void stripSchemaKeys(JsonValue schema, const std::vector<QByteArray> &keys, Splicer &splicer)
{
    std::vector<Node> pending{{schema}};
    while (!pending.empty()) {
        const Node node = pending.back();
        pending.pop_back();
        for (const JsonValue element : node.value.elements()) {
            pending.push_back({element});
        }
        JsonObjectEdit edit(node.value);
        for (qsizetype i = 0; i < edit.size(); ++i) {
            const JsonMember &member = edit.at(i);
            if (!node.names && isListed(member, keys)) {
                edit.remove(i);
            } else if (node.names || !holdsValues(member)) {
                pending.push_back({member.value, !node.names && holdsNames(member)});
            }
        }
        edit.commit(splicer);
    }
}

} // namespace freerelay::dialects
