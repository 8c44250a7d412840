#include "error_body.h"

#include "core/dialects/json.h"
#include "core/dialects/redact.h"

namespace freerelay::dialects {

namespace {

constexpr qsizetype maxMessageBytes = 1'000;

/// One line without secrets. It is cut last: what is no UTF-8 grows when it is read as text, and
/// half a key would not be known for one.
QByteArray tidied(const QByteArray &words)
{
    QByteArray text = redactSecrets(words.simplified());
    if (text.size() > maxMessageBytes) {
        qsizetype size = maxMessageBytes;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
            --size; // not inside a UTF-8 sequence
        }
        text.truncate(size);
    }
    return text;
}

void fill(QByteArray &field, const QByteArray &text)
{
    if (field.isEmpty()) {
        field = text;
    }
}

/// FastAPI's validation errors: [{"loc":["body","messages",0],"msg":"…"}].
void readDetail(JsonValue detail, ErrorBody &out)
{
    if (!detail.isArray()) {
        fill(out.message, plainText(detail));
        return;
    }
    const JsonValue first = detail.first();
    QByteArray place;
    for (const JsonValue step : first["loc"].elements()) {
        const QByteArray text = plainText(step);
        if (text == "body" && place.isEmpty()) {
            continue;
        }
        if (step.isNumber()) {
            place.append('[').append(text).append(']');
        } else {
            place.append(place.isEmpty() ? "" : ".").append(text);
        }
    }
    fill(out.param, place);
    QByteArray sentence = plainText(first["msg"]);
    if (!place.isEmpty() && !sentence.isEmpty()) {
        sentence.prepend(place + ": ");
    }
    fill(out.message, sentence.isEmpty() ? plainText(first) : sentence);
}

/// google.rpc.Status details.
void readGoogleDetails(JsonValue details, ErrorBody &out)
{
    for (const JsonValue detail : details.elements()) {
        fill(out.reason, plainText(detail["reason"]));
        fill(out.retryDelay, plainText(detail["retryDelay"]));
        for (const JsonValue violation : detail["violations"].elements()) {
            out.violations.emplace_back(
                plainText(violation["quotaId"]), plainText(violation["quotaValue"]));
            out.daily = out.daily || violation["quotaId"].rawString().contains("PerDay");
        }
    }
}

/// OpenRouter: the sentence of the provider behind it, and the headers that it got.
void readMetadata(JsonValue metadata, ErrorBody &out)
{
    for (const JsonMember &member : metadata["headers"].members()) {
        out.headers.emplace_back(member.key().toLower(), plainText(member.value));
    }
    const QByteArray raw = plainText(metadata["raw"]);
    if (!raw.isEmpty()) {
        out.message = out.message.isEmpty() ? raw : out.message + ": " + raw;
    }
}

void readMessage(JsonValue message, ErrorBody &out)
{
    if (message.isObject()) {
        readDetail(message["detail"], out);
    } else {
        fill(out.message, plainText(message));
    }
}

void readErrorObject(JsonValue error, ErrorBody &out)
{
    for (const JsonMember &member : error.members()) {
        if (member.keyIs("message")) {
            readMessage(member.value, out);
        } else if (member.keyIs("type")) {
            fill(out.type, plainText(member.value));
        } else if (member.keyIs("status")) {
            fill(out.type, member.value.isString() ? member.value.string() : QByteArray());
        } else if (member.keyIs("code")) {
            fill(out.code, plainText(member.value));
        } else if (member.keyIs("param")) {
            fill(out.param, plainText(member.value));
        } else if (member.keyIs("details")) {
            readGoogleDetails(member.value, out);
        }
    }
    readMetadata(error["metadata"], out);
}

void readTopLevel(JsonValue root, ErrorBody &out)
{
    const JsonValue error = root["error"];
    if (error.isObject()) {
        readErrorObject(error, out);
    } else if (error.isString()) {
        fill(out.message, error.string());
    }
    const JsonValue cloudflare = root["errors"].first();
    fill(out.message, plainText(cloudflare["message"]));
    fill(out.code, plainText(cloudflare["code"]));
    readMessage(root["message"], out);
    readDetail(root["detail"], out);
    fill(out.message, plainText(root["title"]));
    fill(out.message, plainText(root["msg"]));
    fill(out.message, plainText(root["fault"]["faultstring"]));
    fill(out.message, plainText(root["base_resp"]["status_msg"]));
    fill(out.code, plainText(root["base_resp"]["status_code"]));
    fill(out.code, plainText(root["code"]));
    fill(out.param, plainText(root["param"]));
    if (!error.isObject()) {
        fill(out.type, plainText(root["type"]));
    }
}

int httpStatus(const QByteArray &code)
{
    bool isNumber = false;
    const int status = code.toInt(&isNumber);
    return isNumber && status >= 400 && status < 600 ? status : 0;
}

QByteArray htmlTitle(QByteArrayView body)
{
    const QByteArray lower = body.toByteArray().toLower();
    const qsizetype begin = lower.indexOf("<title>");
    const qsizetype end = lower.indexOf("</title>", begin);
    if (begin < 0 || end < 0) {
        return "a web page instead of an answer";
    }
    return body.sliced(begin + 7, end - begin - 7).toByteArray();
}

void tidy(ErrorBody &out)
{
    out.message = tidied(out.message);
    out.type = tidied(out.type);
    out.code = tidied(out.code);
    out.param = tidied(out.param);
}

} // namespace

QByteArray plainText(JsonValue value)
{
    if (value.isString()) {
        return value.string();
    }
    return value.isNumber() ? value.text().toByteArray() : QByteArray();
}

JsonValue valueAtPath(JsonValue root, QByteArrayView path)
{
    while (!path.isEmpty() && !root.isMissing()) {
        qsizetype dot = path.indexOf('.');
        dot = dot < 0 ? path.size() : dot;
        const QByteArrayView step = path.first(dot);
        path = path.sliced(qMin(dot + 1, path.size()));
        if (!root.isArray()) {
            root = root[step];
            continue;
        }
        int index = step.toByteArray().toInt();
        JsonValue found;
        for (const JsonValue element : root.elements()) {
            if (index-- == 0) {
                found = element;
                break;
            }
        }
        root = found;
    }
    return root;
}

ErrorBody readErrorValue(JsonValue root, const catalog::ErrorRules &rules)
{
    ErrorBody out;
    if (root.isArray()) {
        root = root.first();
    }
    if (root.isString()) {
        out.message = root.string();
    }
    for (const QByteArray &path : rules.messagePaths) {
        fill(out.message, plainText(valueAtPath(root, path)));
    }
    for (const QByteArray &path : rules.codePaths) {
        fill(out.code, plainText(valueAtPath(root, path)));
    }
    readTopLevel(root, out);
    out.status = httpStatus(out.code);
    if (out.status == 0) {
        out.status = httpStatus(plainText(root["status"]));
    }
    tidy(out);
    return out;
}

ErrorBody readErrorBody(QByteArrayView body, const catalog::ErrorRules &rules)
{
    const QByteArrayView text = body.trimmed();
    if (text.startsWith('{') || text.startsWith('[') || text.startsWith('"')) {
        if (const common::Result<JsonValue> root = parseJson(text)) {
            return readErrorValue(*root, rules);
        }
    }
    ErrorBody out;
    out.html = text.startsWith('<');
    out.message = out.html ? htmlTitle(text)
                           : text.first(qMin<qsizetype>(text.size(), 4'000)).toByteArray();
    tidy(out);
    return out;
}

} // namespace freerelay::dialects
