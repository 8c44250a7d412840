#include "program_models.h"

#include "core/dialects/openai_chat.h"
#include "core/gateway/access_policy.h"
#include "core/gateway/routes/program_prompt.h"
#include "core/gateway/routes/program_reply.h"
#include "core/relay/app_rights.h"
#include "core/relay/program_rights.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::ErrorKind;
using common::Result;
using interfaces::CliOutcome;
using interfaces::CliStatus;
using relay::ClientError;

constexpr int ok = 200;
constexpr QByteArrayView prefix = "freerelay/";

/// A program says what one of its turns used.
void add(std::optional<std::int64_t> &sum, const QJsonValue &more)
{
    sum = sum.value_or(0) + more.toInteger();
}

ClientError errorOf(const CliOutcome &outcome)
{
    const ErrorKind kind = outcome.status == CliStatus::Timeout ? ErrorKind::Timeout
                                                                : ErrorKind::ProtocolError;
    const QString said = outcome.error.isEmpty() ? interfaces::nameOf(outcome.status)
                                                 : outcome.error;
    return relay::toClientError(
        common::Error{kind, u"The program did not end well: %1"_s.arg(said)});
}

/// @param trouble  in the program's words; "" = it told none
ClientError saidNothing(const QString &trouble)
{
    constexpr qsizetype most = 500; // characters
    const QString message = trouble.isEmpty()
        ? u"The program ended without an answer."_s
        : u"The program ended without an answer. Its last trouble: %1"_s.arg(trouble.left(most));
    return relay::toClientError(common::Error{ErrorKind::ProtocolError, message});
}

} // namespace

const QByteArrayList &ProgramModels::names()
{
    static const QByteArrayList names{"freerelay/opencode-cli"_ba, "freerelay/codex-cli"_ba};
    return names;
}

std::vector<relay::ListedModel> ProgramModels::listedFor(const apps::Caller &caller)
{
    if (caller.kind != apps::Caller::Kind::App
        || relay::refusalOf(caller, apps::Scope::RunPrograms)) {
        return {};
    }
    std::vector<relay::ListedModel> models;
    for (const QByteArray &name : names()) {
        if (!relay::isOpenTo(*caller.app, name)) {
            continue;
        }
        relay::ListedModel &model = models.emplace_back();
        model.id = name;
        model.ownedBy = "freerelay"_ba;
        model.usable = true;
        model.abilities.chats = true;
    }
    return models;
}

std::optional<ClientError>
ProgramModels::refusal(const HttpRequest &request, const QByteArray &model)
{
    if (request.headers.contains("x-freerelay-hop")) {
        return ClientError{
            508,
            "A request that was passed on has no programs run: it could be asking for itself."_ba,
            "server_error"_ba,
            {},
            "loop_detected"_ba,
            {}};
    }
    if (isFromBrowser(request)) {
        return relay::toClientError(common::Error{
            ErrorKind::PermissionDenied, u"Programs are not run for a page in a browser."_s});
    }
    if (request.caller.kind == apps::Caller::Kind::Nobody) {
        return ClientError{
            401,
            "Models that run programs need the key of an app with the scope “run-programs”: freerelay apps add NAME --scopes chat,run-programs"_ba,
            "authentication_error"_ba,
            {},
            "invalid_api_key"_ba,
            {}};
    }
    if (auto error = relay::refusalOf(request.caller, apps::Scope::RunPrograms)) {
        return error;
    }
    return relay::programRefusalOf(*request.caller.app, model, m_relay.config()->mode);
}

void ProgramModels::run(relay::RelayRequest asked, std::shared_ptr<relay::Downstream> downstream)
{
    const Number number = ++m_last;
    const auto prompt = programPrompt(asked.chat.body);
    const QByteArray backend = asked.chat.model.sliced(prefix.size());
    const common::Clock &clock = m_relay.clock();
    downstream->setHandlers({}, [this, number] { onGone(number); });
    Waiting &waiting
        = m_waiting
              .emplace(
                  number,
                  Waiting{std::move(asked), std::move(downstream), clock.wallNow(), clock.now()})
              .first->second;
    if (!prompt) {
        fail(waiting, relay::toClientError(prompt.error()));
        m_waiting.erase(number);
        return;
    }
    waiting.ignored = prompt->ignored;
    interfaces::CliOrder order;
    order.backend = QString::fromLatin1(backend);
    order.prompt = prompt->text;
    m_runs.start(number, order);
}

void ProgramModels::onRefused(Number number, const common::Error &error)
{
    Waiting waiting = take(number);
    common::Error told = error;
    told.param = told.param.isEmpty() ? QString() : u"model"_s; // it named the back end
    fail(waiting, relay::toClientError(told));
}

ProgramModels::Waiting ProgramModels::take(Number number)
{
    return std::move(m_waiting.extract(number).mapped());
}

void ProgramModels::onEvent(Number number, const QJsonObject &event)
{
    Waiting &waiting = m_waiting.at(number);
    if (event.value("type"_L1) == "text"_L1) {
        say(waiting, event.value("text"_L1).toString().toUtf8());
    } else {
        note(waiting, event);
    }
}

void ProgramModels::note(Waiting &waiting, const QJsonObject &event)
{
    const QString type = event.value("type"_L1).toString();
    if (type == "usage"_L1) {
        add(waiting.usage.promptTokens, event.value("input_tokens"_L1));
        add(waiting.usage.completionTokens, event.value("output_tokens"_L1));
        add(waiting.usage.cachedTokens, event.value("cached_tokens"_L1));
    } else if (type == "error"_L1) {
        waiting.trouble = event.value("message"_L1).toString();
    } else if (type == "tool"_L1 && event.value("status"_L1) != "completed"_L1) {
        waiting.trouble = event.value("output"_L1).toString();
    }
}

/// Its texts are whole paragraphs.
void ProgramModels::say(Waiting &waiting, const QByteArray &text)
{
    const QByteArray next = waiting.text.isEmpty() && !waiting.begun ? text : "\n" + text;
    if (!waiting.asked.chat.stream) {
        waiting.text += next;
        return;
    }
    beginStream(waiting);
    waiting.downstream->write(programPiece(waiting.asked, waiting.time, next));
}

void ProgramModels::beginStream(Waiting &waiting)
{
    if (!waiting.begun) {
        waiting.begun = true;
        waiting.downstream->beginStream(
            ok, programHeaders(waiting.asked, "text/event-stream"_ba, waiting.ignored));
    }
}

void ProgramModels::onEnd(Number number, const CliOutcome &outcome)
{
    Waiting waiting = take(number);
    if (outcome.status != CliStatus::Completed) {
        fail(waiting, errorOf(outcome));
    } else if (waiting.text.isEmpty() && !waiting.begun) {
        fail(waiting, saidNothing(waiting.trouble));
    } else {
        finish(waiting);
    }
}

void ProgramModels::finish(Waiting &waiting)
{
    if (waiting.asked.chat.stream) {
        waiting.downstream->write(programEnd(waiting.asked, waiting.time, waiting.usage));
        waiting.downstream->finish();
    } else {
        waiting.downstream->reply(
            ok,
            programHeaders(waiting.asked, "application/json"_ba, waiting.ignored),
            programAnswer(waiting.asked, waiting.time, waiting.text, waiting.usage));
    }
    record(waiting, ok, nullptr);
}

void ProgramModels::fail(Waiting &waiting, const ClientError &error)
{
    if (waiting.begun) {
        waiting.downstream->write(
            dialects::openAiStreamError(error.message, error.type, error.code));
        waiting.downstream->finish();
    } else {
        common::HeaderList headers = error.headers();
        headers.add("x-freerelay-request-id"_ba, waiting.asked.requestId);
        waiting.downstream->reply(error.status, headers, error.body());
    }
    record(waiting, waiting.begun ? ok : error.status, &error);
}

void ProgramModels::record(const Waiting &waiting, int status, const ClientError *error)
{
    relay::WorkerRelay::ProgramRun run;
    run.time = waiting.time;
    run.duration = m_relay.clock().now() - waiting.began;
    run.status = status;
    run.broken = waiting.begun && error != nullptr;
    run.promptTokens = waiting.usage.promptTokens;
    run.completionTokens = waiting.usage.completionTokens;
    m_relay.recordRun(waiting.asked, run, error);
}

void ProgramModels::onGone(Number number)
{
    const auto found = m_waiting.find(number);
    if (found == m_waiting.end()) {
        return;
    }
    const Waiting waiting = take(number);
    m_runs.leave(number);
    record(waiting, relay::Outcome::clientLeft, nullptr);
}

} // namespace freerelay::gateway
