#pragma once

#include <QByteArray>

#include <map>

namespace freerelay::tests {

/// How OpenAI's Responses say the features of a request, by their names: members of the request.
[[nodiscard]] const std::map<QByteArray, QByteArray> &responsesRequests();

/// What their clients are told of the features of a reply.
[[nodiscard]] const std::map<QByteArray, QByteArray> &responsesReplies();

} // namespace freerelay::tests
