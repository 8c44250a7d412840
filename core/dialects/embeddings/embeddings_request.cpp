#include "embeddings_request.h"

#include "core/dialects/json.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::dialects {

namespace {

using MaybeError = std::optional<common::Error>;

constexpr std::int64_t bytesPerToken = 4; ///< as for RequestNeeds of a chat

common::Error invalid(QString message, QString param)
{
    return {common::ErrorKind::InvalidArgument, std::move(message), {}, std::move(param), {}};
}

/// A text, or the tokens of one. @return its tokens, estimated; nullopt when it is neither
std::optional<std::int64_t> tokensOf(const JsonValue &input)
{
    if (input.isString()) {
        const qsizetype bytes = input.rawString().size();
        return bytes > 0 ? std::optional<std::int64_t>(bytes / bytesPerToken + 1) : std::nullopt;
    }
    std::int64_t count = 0;
    for (const JsonValue token : input.elements()) {
        if (!token.integer()) {
            return std::nullopt;
        }
        ++count;
    }
    return count > 0 ? std::optional(count) : std::nullopt;
}

MaybeError readInput(const JsonValue &input, RequestNeeds &needs)
{
    const bool isOne = !input.isArray() || input.first().isNumber();
    std::int64_t tokens = 0;
    int count = 0;
    const auto add = [&](const JsonValue &text) -> MaybeError {
        const auto more = tokensOf(text);
        if (!more) {
            return invalid(
                u"Invalid 'input': a text that is not empty is expected, or an array of such texts, or tokens."_s,
                isOne ? u"input"_s : u"input[%1]"_s.arg(count));
        }
        tokens += *more;
        ++count;
        return std::nullopt;
    };
    if (isOne) {
        if (MaybeError error = add(input)) {
            return error;
        }
    } else {
        for (const JsonValue text : input.elements()) {
            if (MaybeError error = add(text)) {
                return error;
            }
        }
    }
    if (count == 0 || count > maxEmbeddingInputs) {
        return invalid(
            u"Invalid 'input': 1 to %1 texts are expected, got %2."_s.arg(maxEmbeddingInputs)
                .arg(count),
            u"input"_s);
    }
    needs.choices = count;
    needs.promptTokensEstimated = tokens;
    return std::nullopt;
}

/// @return the root object, or why the body is none of a request for a task
common::Result<JsonValue> readBody(ChatRequest &request, QByteArray body)
{
    request.body = padded(std::move(body));
    auto root = parseJson(request.body);
    if (!root) {
        return common::failure(
            common::ErrorKind::InvalidArgument,
            u"We could not parse the JSON body of your request: "_s % root.error().message % u'.');
    }
    if (!root->isObject()) {
        return common::failure(
            common::ErrorKind::InvalidArgument, u"The JSON body of a request must be an object."_s);
    }
    const JsonValue model = (*root)["model"];
    if (!model.isAbsent() && !model.isString()) {
        return common::failure(
            invalid(u"Invalid type for 'model': expected a string."_s, u"model"_s));
    }
    request.model = model.string();
    if ((*root)["input"].isAbsent()) {
        return common::failure(invalid(u"Missing required parameter: 'input'."_s, u"input"_s));
    }
    return root;
}

MaybeError readEncoding(const JsonValue &format, ChatRequest &request)
{
    request.base64 = format.equals("base64");
    if (format.isAbsent() || request.base64 || format.equals("float")) {
        return std::nullopt;
    }
    return invalid(
        u"Invalid value for 'encoding_format'. Supported values are: 'float' and 'base64'."_s,
        u"encoding_format"_s);
}

} // namespace

common::Result<ChatRequest> parseEmbeddings(QByteArray body)
{
    ChatRequest request;
    request.task = catalog::Task::Embeddings;
    const auto root = readBody(request, std::move(body));
    if (!root) {
        return common::failure(root.error());
    }
    if (MaybeError error = readInput((*root)["input"], request.needs)) {
        return common::failure(*std::move(error));
    }
    if (MaybeError error = readEncoding((*root)["encoding_format"], request)) {
        return common::failure(*std::move(error));
    }
    const JsonValue dimensions = (*root)["dimensions"];
    if (!dimensions.isAbsent() && dimensions.integer().value_or(0) < 1) {
        return common::failure(invalid(
            u"Invalid 'dimensions': a whole number above 0 is expected."_s, u"dimensions"_s));
    }
    return request;
}

common::Result<ChatRequest> parseModerations(QByteArray body)
{
    ChatRequest request;
    request.task = catalog::Task::Moderations;
    const auto root = readBody(request, std::move(body));
    if (!root) {
        return common::failure(root.error());
    }
    request.needs.promptTokensEstimated = (*root)["input"].text().size() / bytesPerToken;
    return request;
}

} // namespace freerelay::dialects
