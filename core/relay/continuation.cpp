#include "continuation.h"

#include "core/dialects/continuation/continued_request.h"

#include <utility>

namespace freerelay::relay {

namespace {

constexpr qsizetype bytesPerToken = 4; ///< as RequestNeeds counts

} // namespace

std::shared_ptr<Downstream> Continuation::watch(std::shared_ptr<Downstream> client)
{
    m_stream = std::make_shared<ContinuableStream>(std::move(client));
    return m_stream;
}

void Continuation::stop()
{
    m_stream.reset();
    m_rest.reset();
}

bool Continuation::prepare(
    const RelayRequest &request, const Attempt &attempt, const QByteArray &provider)
{
    const bool diverged = hasDiverged();
    if (!m_stream || (!attempt.failure() && !diverged)) {
        return false;
    }
    endJoin();
    if (!diverged) {
        m_reason = toClientError(*attempt.failure(), provider);
    }
    const auto told = m_stream->told();
    auto rest = told ? dialects::continuedRequest(request.chat, told->text) : std::nullopt;
    if (!rest) {
        return false;
    }
    m_rest = request;
    m_rest->chat = *std::move(rest);
    if (!diverged) {
        m_tokensBefore.prompt += attempt.progress().usage.promptTokens.value_or(
            request.chat.needs.promptTokensEstimated);
        m_tokensBefore.completion = told->text.size() / bytesPerToken;
    }
    return true;
}

void Continuation::join(const QByteArray &model)
{
    if (auto told = m_stream ? m_stream->told() : std::nullopt) {
        m_stream->join(*std::move(told), m_tokensBefore, model);
    }
}

void Continuation::endJoin()
{
    if (m_stream) {
        m_stream->endJoin();
    }
}

} // namespace freerelay::relay
