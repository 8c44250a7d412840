#pragma once

#include "core/common/secret.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/openai_chat.h"
#include "core/gateway/http_types.h"
#include "core/gateway/replay/kept_downstream.h"
#include "core/gateway/routes/program_models.h"
#include "core/gateway/routes/replay_route.h"
#include "core/gateway/translated_downstream.h"
#include "core/relay/audit_gate.h"
#include "core/relay/client_app.h"
#include "core/relay/text_gate.h"
#include "core/relay/worker_relay.h"

#include <memory>
#include <optional>

namespace freerelay::gateway {

/// What the clients of a route send.
struct ClientForm
{
    const dialects::ClientDialect *dialect = nullptr; ///< outlives the route; null = OpenAI's
    /// Reads the request in OpenAI's form.
    common::Result<dialects::ChatRequest> (*parse)(QByteArray body) = &dialects::parseOpenAiChat;
    apps::Scope scope = apps::Scope::Chat; ///< that an app's key needs for it
};

/// "req_", eight hex digits that grow with time (seconds since 1970, modulo 2³²), and twelve random
/// bytes that nobody guesses. What is made later sorts behind, so an index in a file grows at its
/// end instead of being rewritten all over.
[[nodiscard]] QByteArray newRequestId(common::RandomIds &ids, common::WallTime now);

/// What has been found out about a request before its route sees it.
struct PreparedRequest
{
    QByteArray requestId{}; ///< "" = it has none yet
    std::optional<common::Error> refusal{}; ///< why there can be no answer
};

/// A request for a chat, or another task, in one dialect (POST /v1/chat/completions and its like):
/// parse, refuse loops, put off what can wait while most providers fail, hand over to the relay. A
/// reply is kept to be read again when the client asks for that (x-freerelay-resumable,
/// Idempotency-Key). One worker thread.
class ChatRoute
{
public:
    /// Of a dialect that demands a limit of its own: more of it is a ceiling and no wish, and does
    /// not count when quotas are lent and context windows compared. (Ours.)
    static constexpr std::int64_t foreignOutputTokens = 4'096;

    /// All outlive the route.
    ChatRoute(
        relay::WorkerRelay &relay,
        relay::AuditGate &audit,
        relay::TextGate &texts,
        ReplayRoute &replay,
        ClientForm form = {})
        : m_relay(relay)
        , m_audit(audit)
        , m_texts(texts)
        , m_replay(replay)
        , m_form(form)
    { }

    void handle(
        const HttpRequest &request,
        std::shared_ptr<relay::Downstream> downstream,
        PreparedRequest prepared = {});
    /// From now on models that are programs are served. @param programs  outlives the route
    void setPrograms(ProgramModels &programs) { m_programs = &programs; }

private:
    /// What is answered to in place of `downstream` while the audit is on.
    [[nodiscard]] std::shared_ptr<relay::Downstream> audited(
        const HttpRequest &request,
        const relay::RelayRequest &asked,
        std::shared_ptr<relay::Downstream> downstream);
    /// @return false when its key does not open this: the client has been told
    [[nodiscard]] bool admit(
        const HttpRequest &request,
        relay::RelayRequest &asked,
        std::shared_ptr<relay::Downstream> downstream);
    [[nodiscard]] std::shared_ptr<relay::Downstream> keep(
        const HttpRequest &request,
        const relay::RelayRequest &asked,
        std::shared_ptr<relay::Downstream> downstream);
    [[nodiscard]] std::shared_ptr<relay::Downstream> keepUnder(
        const ReplyLogs::Key &key,
        const HttpRequest &request,
        const relay::RelayRequest &asked,
        KeptDownstream::Terms terms,
        std::shared_ptr<relay::Downstream> downstream);
    void replay(
        std::shared_ptr<ReplyLog> log,
        relay::RelayRequest asked,
        std::shared_ptr<relay::Downstream> downstream);

    /// The request is read: has a program run, or hands it over to the relay.
    void answer(
        const HttpRequest &request,
        relay::RelayRequest asked,
        std::shared_ptr<relay::Downstream> downstream);
    [[nodiscard]] common::Result<dialects::ChatRequest> read(
        const HttpRequest &request,
        TranslatedDownstream *translated,
        const QByteArray &requestId) const;

    relay::WorkerRelay &m_relay;
    relay::AuditGate &m_audit;
    relay::TextGate &m_texts;
    ReplayRoute &m_replay;
    ClientForm m_form;
    ProgramModels *m_programs = nullptr; ///< null: they are unknown names
    common::RandomIds m_ids;
    relay::LastClientApp m_clientApp;
};

/// The hop header to send on: `received` plus `instanceId`. Null when the request has been here
/// before or has passed eight programs: a loop (508).
[[nodiscard]] QByteArray nextHops(const QByteArray &received, const QByteArray &instanceId);

} // namespace freerelay::gateway
