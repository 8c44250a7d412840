#include "program_models.h"

#include "core/dialects/json_writer.h"
#include "core/dialects/openai_chat.h"
#include "core/gateway/access_policy.h"
#include "core/gateway/routes/program_prompt.h"
#include "core/relay/app_rights.h"

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

std::int64_t unixTime(common::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

common::HeaderList headersOf(const relay::RelayRequest &asked, const QByteArray &contentType)
{
    return {
        {"content-type"_ba, contentType},
        {"cache-control"_ba, "no-store"_ba},
        {"x-freerelay-request-id"_ba, asked.requestId},
        {"x-freerelay-provider"_ba, "freerelay"_ba},
        {"x-freerelay-model"_ba, asked.chat.model},
        {"x-freerelay-attempts"_ba, "1"_ba}};
}

/// One event of a stream in OpenAI's form. @param text  null = it is the last one
QByteArray chunk(const relay::RelayRequest &asked, common::WallTime time, const QByteArray &text)
{
    QByteArray out = "data: "_ba;
    dialects::JsonWriter json(out);
    json.beginObject().member("id", asked.requestId).member("object", "chat.completion.chunk");
    json.key("created").integer(unixTime(time)).member("model", asked.chat.model);
    json.key("choices").beginArray().beginObject().key("index").integer(0);
    json.key("delta").beginObject();
    if (!text.isNull()) {
        json.member("role", "assistant").member("content", text);
    }
    json.endObject().key("finish_reason");
    text.isNull() ? json.string("stop") : json.null();
    json.endObject().endArray().endObject();
    return out + "\n\n";
}

QByteArray whole(const relay::RelayRequest &asked, common::WallTime time, const QByteArray &text)
{
    QByteArray out;
    dialects::JsonWriter json(out);
    json.beginObject().member("id", asked.requestId).member("object", "chat.completion");
    json.key("created").integer(unixTime(time)).member("model", asked.chat.model);
    json.key("choices").beginArray().beginObject().key("index").integer(0);
    json.key("message").beginObject().member("role", "assistant").member("content", text);
    json.endObject().member("finish_reason", "stop").endObject().endArray().endObject();
    return out;
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

} // namespace

const QByteArrayList &ProgramModels::names()
{
    static const QByteArrayList names{"freerelay/opencode-cli"_ba, "freerelay/codex-cli"_ba};
    return names;
}

std::optional<ClientError> ProgramModels::refusal(const HttpRequest &request)
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
    return relay::refusalOf(request.caller, apps::Scope::RunPrograms);
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
    interfaces::CliOrder order;
    order.backend = QString::fromLatin1(backend);
    order.prompt = *prompt;
    m_runs.start(number, order);
}

void ProgramModels::onRefused(Number number, const common::Error &error)
{
    Waiting waiting = take(number);
    fail(waiting, relay::toClientError(error));
}

ProgramModels::Waiting ProgramModels::take(Number number)
{
    return std::move(m_waiting.extract(number).mapped());
}

void ProgramModels::onEvent(Number number, const QJsonObject &event)
{
    Waiting &waiting = m_waiting.at(number);
    const QString type = event.value("type"_L1).toString();
    if (type == "text"_L1) {
        say(waiting, event.value("text"_L1).toString().toUtf8());
    } else if (type == "usage"_L1) {
        waiting.promptTokens = waiting.promptTokens.value_or(0)
            + event.value("input_tokens"_L1).toInteger();
        waiting.completionTokens = waiting.completionTokens.value_or(0)
            + event.value("output_tokens"_L1).toInteger();
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
    if (!waiting.begun) {
        waiting.begun = true;
        waiting.downstream->beginStream(ok, headersOf(waiting.asked, "text/event-stream"_ba));
    }
    waiting.downstream->write(chunk(waiting.asked, waiting.time, next));
}

void ProgramModels::onEnd(Number number, const CliOutcome &outcome)
{
    Waiting waiting = take(number);
    if (outcome.status == CliStatus::Completed) {
        finish(waiting);
    } else {
        fail(waiting, errorOf(outcome));
    }
}

void ProgramModels::finish(Waiting &waiting)
{
    if (waiting.asked.chat.stream) {
        if (!waiting.begun) {
            waiting.downstream->beginStream(ok, headersOf(waiting.asked, "text/event-stream"_ba));
        }
        waiting.downstream->write(
            chunk(waiting.asked, waiting.time, QByteArray()) + "data: [DONE]\n\n");
        waiting.downstream->finish();
    } else {
        waiting.downstream->reply(
            ok,
            headersOf(waiting.asked, "application/json"_ba),
            whole(waiting.asked, waiting.time, waiting.text));
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
    run.promptTokens = waiting.promptTokens;
    run.completionTokens = waiting.completionTokens;
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
