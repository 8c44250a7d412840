#pragma once

#include "core/gateway/http_types.h"
#include "core/gateway/responses/response_order.h"
#include "core/gateway/routes/chat_route.h"
#include "core/gateway/routes/replay_route.h"

#include <memory>

namespace freerelay::gateway {

/// OpenAI's Responses under /v1/responses: asked for, kept, told again. What is kept is in the
/// reply logs: in memory (long answers in a file of the owner's alone), for `responses_keep`, of
/// this run only, and found by the app that asked only. One worker thread.
class ResponsesRoute
{
public:
    /// All outlive the route.
    ResponsesRoute(
        relay::WorkerRelay &relay,
        relay::AuditGate &audit,
        relay::TextGate &texts,
        ReplayRoute &replay);

    /// POST /v1/responses. In the background it is answered at once and goes on without its client.
    void create(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    /// GET /v1/responses/{id}[?stream=true[&starting_after=N]] and /v1/responses/{id}/input_items.
    void get(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    /// DELETE /v1/responses/{id}. Responses that go on from it keep the conversation.
    void remove(const HttpRequest &request, relay::Downstream &downstream);
    /// POST /v1/responses/{id}/cancel, of one in the background.
    void cancel(const HttpRequest &request, relay::Downstream &downstream);

    /// See ChatRoute::setPrograms().
    void setPrograms(ProgramModels &programs) { m_chat.setPrograms(programs); }

    /// POST /v1/responses/compact: see CompactionDialect.
    void compact(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream);
    /// POST /v1/responses/input_tokens: an estimate; see countTokens().
    void countInput(const HttpRequest &request, relay::Downstream &downstream);

private:
    [[nodiscard]] std::shared_ptr<relay::Downstream> keep(
        const HttpRequest &request,
        const ResponseOrder &order,
        const QByteArray &requestId,
        const QByteArray &queued,
        std::shared_ptr<relay::Downstream> downstream);
    [[nodiscard]] QByteArray
    queuedOf(const HttpRequest &request, const ResponseOrder &order, const QByteArray &requestId);
    [[nodiscard]] std::shared_ptr<ReplyLog> find(const HttpRequest &request, const QByteArray &id);
    void stream(
        const HttpRequest &request,
        std::shared_ptr<ReplyLog> log,
        std::shared_ptr<relay::Downstream> downstream);

    relay::WorkerRelay &m_relay;
    ReplayRoute &m_replay;
    ChatRoute m_chat;
    ChatRoute m_compaction;
    common::RandomIds m_ids;
};

} // namespace freerelay::gateway
