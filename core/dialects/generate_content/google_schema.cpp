#include "google_schema.h"

#include "core/dialects/generate_content/generate_content_words.h"
#include "core/dialects/json_writer.h"

#include <algorithm>
#include <array>

namespace freerelay::dialects {

namespace {

/// Counts, which protobuf's JSON writes as strings (int64).
constexpr std::array<QByteArrayView, 6> counts{
    {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}};
constexpr std::array<QByteArrayView, 3> leftOut{{"nullable", "propertyOrdering", "example"}};

template <typename Names> QByteArrayView nameAmong(const Names &names, const JsonMember &member)
{
    const auto found = std::find_if(names.begin(), names.end(), [&member](QByteArrayView name) {
        return isField(member, name);
    });
    return found == names.end() ? QByteArrayView() : *found;
}

bool isCount(const JsonValue &value)
{
    const QByteArrayView digits = value.rawString();
    return !digits.isEmpty()
        && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void writeType(JsonWriter &json, const JsonValue &type, bool isNullable)
{
    const QByteArray lower = type.rawString().toByteArray().toLower();
    json.key("type");
    if (isNullable) {
        json.beginArray().string(lower).string("null").endArray();
    } else {
        json.string(lower);
    }
}

// Recursion follows the schema, whose depth the parser has bounded.
// NOLINTBEGIN(misc-no-recursion)

void writeSchema(JsonWriter &json, const JsonValue &schema);

void writeEach(JsonWriter &json, const JsonValue &schemas)
{
    json.beginArray();
    for (const JsonValue &one : schemas.elements()) {
        writeSchema(json, one);
    }
    json.endArray();
}

void writeMember(JsonWriter &json, const JsonMember &member, bool isNullable)
{
    const JsonValue &value = member.value;
    if (isField(member, "type") && value.isString()) {
        writeType(json, value, isNullable);
    } else if (member.keyIs("properties") && value.isObject()) {
        json.key("properties").beginObject();
        for (const JsonMember &property : value.members()) {
            json.escapedKey(property.key());
            writeSchema(json, property.value);
        }
        json.endObject();
    } else if (member.keyIs("items")) {
        json.key("items");
        writeSchema(json, value);
    } else if (isField(member, "anyOf") && value.isArray()) {
        json.key("anyOf");
        writeEach(json, value);
    } else if (const QByteArrayView count = nameAmong(counts, member);
               !count.isEmpty() && isCount(value)) {
        json.rawMember(count, value.rawString());
    } else if (nameAmong(leftOut, member).isEmpty()) {
        json.escapedKey(member.key()).raw(value.text());
    }
}

void writeSchema(JsonWriter &json, const JsonValue &schema)
{
    if (!schema.isObject()) {
        json.raw(schema.text());
        return;
    }
    const bool isNullable = schema["nullable"].isTrue();
    json.beginObject();
    for (const JsonMember &member : schema.members()) {
        writeMember(json, member, isNullable);
    }
    json.endObject();
}

// NOLINTEND(misc-no-recursion)

} // namespace

QByteArray jsonSchemaOf(const JsonValue &schema)
{
    QByteArray out;
    JsonWriter json(out);
    writeSchema(json, schema);
    return out;
}

} // namespace freerelay::dialects
