#include "cli_route.h"

#include "core/gateway/access_policy.h"
#include "core/relay/error_reply.h"

#include <QJsonDocument>
#include <QPointer>
#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using interfaces::CliBackend;
using interfaces::CliOutcome;

constexpr qsizetype maxPromptBytes = 1024 * 1024;
constexpr double maxTimeoutSeconds = 24.0 * 60 * 60;

void replyJson(relay::Downstream &downstream, const QJsonObject &object)
{
    constexpr int ok = 200;
    downstream.reply(
        ok,
        {{"content-type"_ba, "application/json"_ba}, {"cache-control"_ba, "no-store"_ba}},
        QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void replyError(relay::Downstream &downstream, const common::Error &error)
{
    relay::ClientError told = relay::toClientError(error);
    if (error.kind == ErrorKind::NotFound) {
        told.code = "backend_not_found"_ba; // no model was asked for
    }
    downstream.reply(told.status, told.headers(), told.body());
}

tl::unexpected<common::Error> wrong(const QString &member, QStringView what)
{
    return failure(ErrorKind::InvalidArgument, u"“%1” %2"_s.arg(member, what), member);
}

QString joinedText(const QJsonArray &events)
{
    QStringList parts;
    for (const QJsonValue &event : events) {
        if (event["type"_L1] == "text"_L1) {
            parts << event["text"_L1].toString();
        }
    }
    return parts.join(u'\n');
}

QJsonArray toJson(const std::vector<CliBackend> &backends)
{
    QJsonArray list;
    for (const CliBackend &backend : backends) {
        const QString &version = backend.version;
        list.append(QJsonObject{
            {u"id"_s, backend.id},
            {u"program"_s, backend.program},
            {u"installed"_s, backend.installed},
            {u"version"_s, version.isEmpty() ? QJsonValue() : QJsonValue(version)},
            {u"signed_in"_s, backend.signedIn}});
    }
    return list;
}

QJsonObject outcomeJson(const CliOutcome &outcome)
{
    return {
        {u"status"_s, interfaces::nameOf(outcome.status)},
        {u"exit_code"_s, outcome.exitCode < 0 ? QJsonValue() : QJsonValue(outcome.exitCode)},
        {u"error"_s, outcome.error},
        {u"duration_ms"_s, qint64(outcome.duration.count())}};
}

Result<QJsonObject> knownMembers(const QByteArray &body)
{
    static const QStringList known{
        u"backend"_s, u"prompt"_s, u"model"_s, u"cwd"_s, u"timeout"_s, u"stream"_s};
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isObject()) {
        return failure(ErrorKind::InvalidArgument, u"The body must be a JSON object."_s);
    }
    const QJsonObject object = document.object();
    for (const QString &name : object.keys()) {
        if (!known.contains(name)) {
            return wrong(name.left(64), u"is not known here.");
        }
    }
    return object;
}

/// A member that is a text when it is there.
Result<QString> textOf(const QJsonObject &object, const QString &name)
{
    const QJsonValue value = object.value(name);
    if (!value.isUndefined() && !value.isNull() && !value.isString()) {
        return wrong(name, u"must be a text.");
    }
    return value.toString();
}

} // namespace

Result<CliQuestion> parseCliQuestion(const QByteArray &body)
{
    const auto object = knownMembers(body);
    if (!object) {
        return failure(object.error());
    }
    CliQuestion question;
    QString prompt;
    for (const auto &[name, target] :
         {std::pair(u"backend"_s, &question.order.backend),
          std::pair(u"prompt"_s, &prompt),
          std::pair(u"model"_s, &question.order.model),
          std::pair(u"cwd"_s, &question.order.folder)}) {
        auto text = textOf(*object, name);
        if (!text) {
            return failure(text.error());
        }
        *target = *std::move(text);
    }
    question.order.prompt = prompt.toUtf8();
    if (question.order.prompt.trimmed().isEmpty()
        || question.order.prompt.size() > maxPromptBytes) {
        return wrong(u"prompt"_s, u"must be a text of up to 1 MiB.");
    }
    // It becomes an argument: nothing that could be taken for an option.
    static const QRegularExpression modelName(u"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$"_s);
    if (!question.order.model.isEmpty() && !modelName.match(question.order.model).hasMatch()) {
        return wrong(u"model"_s, u"is not the name of a model.");
    }
    const QJsonValue timeout = object->value("timeout"_L1);
    if (!timeout.isUndefined() && !timeout.isNull()) {
        const double seconds = timeout.toDouble();
        if (!(seconds > 0) || seconds > maxTimeoutSeconds) {
            return wrong(u"timeout"_s, u"must be a number of seconds above 0.");
        }
        question.order.timeout = std::chrono::milliseconds(qint64(seconds * 1000));
    }
    const QJsonValue stream = object->value("stream"_L1);
    if (!stream.isUndefined() && !stream.isBool()) {
        return wrong(u"stream"_s, u"must be true or false.");
    }
    question.stream = stream.toBool();
    return question;
}

void CliRoute::backends(std::shared_ptr<relay::Downstream> downstream)
{
    const Number number = ++m_last;
    downstream->setHandlers({}, [this, number] { m_asking.erase(number); });
    m_asking.emplace(number, std::move(downstream));
    const QPointer<CliRoute> self(this);
    QMetaObject::invokeMethod(&m_mainContext, [self, number, &control = m_control] {
        const bool isOn = control.cliRuns().isOn();
        control.cliRuns().describe([self, number, isOn](const std::vector<CliBackend> &all) {
            const QJsonObject body{{u"enabled"_s, isOn}, {u"backends"_s, toJson(all)}};
            if (self) {
                QMetaObject::invokeMethod(
                    self, [self, number, body] { self->tellBackends(number, body); });
            }
        });
    });
}

void CliRoute::tellBackends(Number number, const QJsonObject &body)
{
    if (const auto asking = m_asking.extract(number)) {
        replyJson(*asking.mapped(), body);
    }
}

void CliRoute::run(const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    if (isFromBrowser(request)) {
        replyError(
            *downstream,
            {ErrorKind::PermissionDenied, u"Tools are not run for a page in a browser."_s});
        return;
    }
    auto question = parseCliQuestion(request.body);
    if (!question) {
        replyError(*downstream, question.error());
        return;
    }
    const Number number = ++m_last;
    downstream->setHandlers({}, [this, number] { onGone(number); });
    m_waiting.emplace(
        number, Waiting{std::move(downstream), question->order.backend, question->stream});
    m_runs.start(number, question->order);
}

void CliRoute::onStarted(Number number)
{
    Waiting &waiting = m_waiting.at(number);
    if (waiting.stream) {
        constexpr int ok = 200;
        waiting.downstream->beginStream(
            ok, {{"content-type"_ba, "text/event-stream"_ba}, {"cache-control"_ba, "no-store"_ba}});
    }
}

void CliRoute::onRefused(Number number, const common::Error &error)
{
    const Waiting waiting = take(number);
    replyError(*waiting.downstream, error);
}

CliRoute::Waiting CliRoute::take(Number number)
{
    return std::move(m_waiting.extract(number).mapped());
}

void CliRoute::writeEvent(Waiting &waiting, const QJsonObject &event)
{
    waiting.downstream->write(
        "data: " + QJsonDocument(event).toJson(QJsonDocument::Compact) + "\n\n");
}

void CliRoute::onEvent(Number number, const QJsonObject &event)
{
    Waiting &waiting = m_waiting.at(number);
    if (waiting.stream) {
        writeEvent(waiting, event);
    } else {
        waiting.events.append(event);
    }
}

void CliRoute::onEnd(Number number, const CliOutcome &outcome)
{
    Waiting waiting = take(number);
    QJsonObject end = outcomeJson(outcome);
    if (waiting.stream) {
        end.insert(u"type"_s, u"done"_s);
        writeEvent(waiting, end);
        waiting.downstream->write("data: [DONE]\n\n"_ba);
        waiting.downstream->finish();
        return;
    }
    end.insert(u"backend"_s, waiting.backend);
    end.insert(u"text"_s, joinedText(waiting.events));
    end.insert(u"events"_s, waiting.events);
    replyJson(*waiting.downstream, end);
}

void CliRoute::onGone(Number number)
{
    m_runs.leave(number);
    m_waiting.erase(number);
}

} // namespace freerelay::gateway
