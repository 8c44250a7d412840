#include "gemini_schema.h"

#include "core/dialects/json.h"

#include <QByteArrayList>

#include <algorithm>
#include <array>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isPlainKey(const JsonMember &member)
{
    // Copied as they are; the others have handlers of their own.
    constexpr std::array<QByteArrayView, 14> keys{
        {"title",
         "description",
         "nullable",
         "maxItems",
         "minItems",
         "minProperties",
         "maxProperties",
         "minLength",
         "maxLength",
         "pattern",
         "default",
         "minimum",
         "maximum",
         "propertyOrdering"}};
    return std::any_of(
        keys.begin(), keys.end(), [&member](QByteArrayView key) { return member.keyIs(key); });
}

bool isKnownFormat(const JsonValue &format)
{
    constexpr std::array<QByteArrayView, 6> formats{
        {"float", "double", "int32", "int64", "enum", "date-time"}};
    return std::any_of(formats.begin(), formats.end(), [&format](QByteArrayView word) {
        return format.equals(word);
    });
}

bool isArrayType(const JsonValue &type)
{
    bool found = type.equals("array");
    for (const JsonValue &element : type.elements()) {
        found = found || element.equals("array");
    }
    return found;
}

tl::unexpected<common::Error> tooLarge()
{
    return common::failure(
        common::ErrorKind::InvalidArgument,
        u"A JSON schema is too large or too deep for this provider"_s);
}

} // namespace

common::Result<QByteArray> GeminiSchema::clean(const QByteArray &schema)
{
    if (schema.size() > maxBytes) {
        return tooLarge();
    }
    const common::Result<JsonValue> root = parseJson(schema);
    if (!root) {
        return tl::unexpected(root.error());
    }
    GeminiSchema cleaner(*root);
    cleaner.write(*root, 0);
    if (cleaner.m_tooLarge) {
        return tooLarge();
    }
    return std::move(cleaner.m_out);
}

// Recursion follows the schema; write() bounds it at jsonMaxDepth, references included.
// NOLINTBEGIN(misc-no-recursion)

void GeminiSchema::write(JsonValue schema, int depth)
{
    m_tooLarge = m_tooLarge || depth > jsonMaxDepth || m_out.size() > maxBytes;
    if (m_tooLarge) {
        return;
    }
    const QByteArray reference = schema["$ref"].string();
    const JsonValue all = schema["allOf"];
    if (!reference.isEmpty()) {
        const JsonValue target = resolve(schema["$ref"]);
        const bool isOpen = std::find(m_open.begin(), m_open.end(), reference) != m_open.end();
        if (isOpen || !target.isObject()) {
            m_json.beginObject().member("type", "object").endObject();
            return;
        }
        m_open.push_back(reference);
        write(target, depth + 1);
        m_open.pop_back();
    } else if (all.isArray() && schema["type"].isMissing() && !all.isEmptyContainer()) {
        write(all.first(), depth + 1);
    } else {
        m_json.beginObject();
        writeMembers(schema, depth);
        m_json.endObject();
    }
}

void GeminiSchema::writeMembers(JsonValue schema, int depth)
{
    for (const JsonMember &member : schema.members()) {
        writeMember(member, schema, depth);
    }
    const JsonValue type = schema["type"];
    if (isArrayType(type) && !schema["items"].isObject()) {
        m_json.key("items").beginObject().member("type", "string").endObject();
    }
    if (type.isMissing() && schema["properties"].isObject()) {
        m_json.member("type", "object");
    }
}

void GeminiSchema::writeMember(const JsonMember &member, JsonValue schema, int depth)
{
    const JsonValue &value = member.value;
    if (isPlainKey(member)) {
        m_json.rawMember(member.rawKey, value.text());
    } else if (member.keyIs("type")) {
        writeType(value);
    } else if (member.keyIs("format") && isKnownFormat(value)) {
        m_json.rawMember("format", value.text());
    } else if (member.keyIs("enum")) {
        writeEnum(value);
    } else if (member.keyIs("const") && value.isString() && !value.rawString().isEmpty()) {
        m_json.key("enum").beginArray().raw(value.text()).endArray();
    } else if (member.keyIs("properties") && value.isObject()) {
        writeProperties(value, depth);
    } else if (member.keyIs("required") && value.isArray()) {
        writeRequired(value, schema["properties"]);
    } else if (member.keyIs("items") && value.isObject()) {
        m_json.key("items");
        write(value, depth + 1);
    } else if ((member.keyIs("anyOf") || member.keyIs("oneOf")) && !value.isEmptyContainer()) {
        writeAlternatives(value, depth);
    }
}

void GeminiSchema::writeProperties(JsonValue properties, int depth)
{
    m_json.key("properties").beginObject();
    for (const JsonMember &property : properties.members()) {
        m_json.escapedKey(property.key());
        if (property.value.isObject()) {
            write(property.value, depth + 1);
        } else {
            m_json.beginObject().endObject(); // `true`: anything
        }
    }
    m_json.endObject();
}

void GeminiSchema::writeAlternatives(JsonValue list, int depth)
{
    m_json.key("anyOf").beginArray();
    bool isNullable = false;
    for (const JsonValue &alternative : list.elements()) {
        if (alternative["type"].equals("null")) {
            isNullable = true;
        } else if (alternative.isObject()) {
            write(alternative, depth + 1);
        }
    }
    m_json.endArray();
    if (isNullable) {
        m_json.key("nullable").boolean(true);
    }
}

// NOLINTEND(misc-no-recursion)

void GeminiSchema::writeType(JsonValue type)
{
    if (type.isString()) {
        m_json.rawMember("type", type.text());
        return;
    }
    bool isNullable = false;
    QByteArrayList names;
    for (const JsonValue &element : type.elements()) {
        if (element.equals("null")) {
            isNullable = true;
        } else {
            names.append(element.text().toByteArray());
        }
    }
    if (names.size() == 1) {
        m_json.rawMember("type", names.first());
    } else if (!names.isEmpty()) {
        m_json.key("anyOf").beginArray();
        for (const QByteArray &name : names) {
            m_json.beginObject().rawMember("type", name).endObject();
        }
        m_json.endArray();
    }
    if (isNullable) {
        m_json.key("nullable").boolean(true);
    }
}

void GeminiSchema::writeEnum(JsonValue words)
{
    QByteArray list;
    JsonWriter json(list);
    for (const JsonValue &word : words.elements()) {
        if (word.isString() && !word.rawString().isEmpty()) {
            json.raw(word.text());
        } else if (word.isNumber() || word.isBool()) {
            return; // Gemini's enums are words
        }
    }
    if (!list.isEmpty()) {
        m_json.key("enum").beginArray().raw(list).endArray();
    }
}

void GeminiSchema::writeRequired(JsonValue names, JsonValue properties)
{
    QByteArray list;
    JsonWriter json(list);
    for (const JsonValue &name : names.elements()) {
        if (name.isString() && !properties[name.string()].isMissing()) {
            json.raw(name.text());
        }
    }
    if (!list.isEmpty()) {
        m_json.key("required").beginArray().raw(list).endArray();
    }
}

JsonValue GeminiSchema::resolve(JsonValue reference) const
{
    const QByteArray path = reference.string();
    if (path == "#") {
        return m_root;
    }
    if (!path.startsWith("#/")) {
        return {};
    }
    JsonValue value = m_root;
    for (QByteArray step : path.mid(2).split('/')) { // RFC 6901
        value = value[step.replace("~1", "/").replace("~0", "~")];
    }
    return value;
}

} // namespace freerelay::dialects
