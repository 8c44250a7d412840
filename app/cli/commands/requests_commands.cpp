#include "requests_commands.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

QString timeText(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs)
        .toLocalTime()
        .toString(u"yyyy-MM-dd HH:mm:ss"_s);
}

/// "<1 ms", "0.04 ms", "180 ms", "2.4 s"; "–" when it is not known.
QString durationText(const QJsonValue &value)
{
    if (!value.isDouble()) {
        return u"–"_s;
    }
    const double ms = value.toDouble();
    constexpr double second = 1'000;
    constexpr double shown = 0.005; // what two digits can tell
    if (ms < shown) {
        return u"<1 ms"_s;
    }
    if (ms >= second) {
        return u"%1 s"_s.arg(ms / second, 0, 'f', 1);
    }
    return u"%1 ms"_s.arg(ms, 0, 'f', ms < 1 ? 2 : 0);
}

QString tokensText(const QJsonObject &request)
{
    const auto number = [&request](QLatin1StringView name) {
        const QJsonValue value = request.value(name);
        return value.isDouble() ? QString::number(value.toInteger()) : u"–"_s;
    };
    return u"%1 in, %2 out"_s.arg(number("prompt_tokens"_L1), number("completion_tokens"_L1));
}

QString statusText(const QJsonObject &request)
{
    constexpr int clientLeft = 499;
    const int status = request.value("status"_L1).toInt();
    if (status == clientLeft) {
        return u"client left"_s;
    }
    QString text = QString::number(status);
    if (request.value("broken_stream"_L1).toBool()) {
        text += u" broken"_s;
    } else if (request.value("stream"_L1).toBool()) {
        text += u" streamed"_s;
    }
    return text;
}

QString orDash(const QJsonValue &value)
{
    const QString text = value.toString();
    return text.isEmpty() ? u"–"_s : text;
}

/// "cooling_down" → "cooling down"
QString words(const QJsonValue &value)
{
    return value.toString().replace(u'_', u' ');
}

void printJson(const Console &console, const QJsonDocument &document)
{
    console.out(QString::fromUtf8(document.toJson().trimmed()));
}

void printList(const Console &console, const QJsonArray &requests)
{
    if (requests.isEmpty()) {
        console.note(u"There is no such request."_s);
        return;
    }
    std::vector<QStringList> rows{
        {u"TIME"_s,
         u"STATUS"_s,
         u"PROVIDER"_s,
         u"MODEL"_s,
         u"FIRST TOKEN"_s,
         u"TOTAL"_s,
         u"TOKENS"_s,
         u"TRIES"_s,
         u"ID"_s}};
    for (const QJsonValue &value : requests) {
        const QJsonObject request = value.toObject();
        rows.push_back(
            {timeText(request.value("time"_L1)),
             statusText(request),
             orDash(request.value("provider"_L1)),
             orDash(request.value("model"_L1)),
             durationText(request.value("ttft_ms"_L1)),
             durationText(request.value("duration_ms"_L1)),
             tokensText(request),
             QString::number(request.value("attempts"_L1).toInt()),
             request.value("id"_L1).toString()});
    }
    console.table(rows);
}

/// "asked again after 12.0 s (req_…)"
QString amendmentsText(const QJsonObject &request)
{
    QStringList lines;
    const QJsonArray amendments = request.value("amendments"_L1).toArray();
    for (const QJsonValue &value : amendments) {
        const QJsonObject amendment = value.toObject();
        const QString kind = amendment.value("kind"_L1).toString();
        const QString what = kind == "client_retried"_L1 ? u"asked again"_s
            : kind == "client_regenerated"_L1            ? u"same prompt again"_s
                                                         : words(amendment.value("kind"_L1));
        lines << u"%1 after %2 (%3)"_s.arg(
            what,
            durationText(amendment.value("after_ms"_L1)),
            orDash(amendment.value("by_request"_L1)));
    }
    return lines.join(u"; "_s);
}

void printSummary(const Console &console, const QJsonObject &request)
{
    std::vector<QStringList> rows{
        {u"Request"_s, request.value("id"_L1).toString()},
        {u"Time"_s, timeText(request.value("time"_L1))},
        {u"Status"_s, statusText(request)},
        {u"Asked for"_s, orDash(request.value("asked_model"_L1))}};
    const auto addText = [&](const QString &name, const QString &text) {
        if (!text.isEmpty()) {
            rows.push_back({name, text});
        }
    };
    if (!request.value("provider"_L1).isNull()) {
        addText(
            u"Answered by"_s,
            u"%1, %2 (%3)"_s.arg(
                request.value("provider"_L1).toString(),
                request.value("model"_L1).toString(),
                request.value("tier"_L1).toString()));
    } else if (request.value("retry_cause"_L1).toString() == "idempotent_replay"_L1) {
        addText(u"Answered by"_s, u"the answer that its Idempotency-Key got before"_s);
    }
    addText(
        u"App"_s,
        u"%1 %2"_s
            .arg(request.value("app"_L1).toString(), request.value("app_version"_L1).toString())
            .trimmed());
    addText(u"Program"_s, request.value("process"_L1).toString());
    addText(u"First token"_s, durationText(request.value("ttft_ms"_L1)));
    addText(u"Total"_s, durationText(request.value("duration_ms"_L1)));
    addText(u"Tokens"_s, tokensText(request));
    addText(u"Finish"_s, words(request.value("finish_reason"_L1)));
    addText(u"Afterwards"_s, amendmentsText(request));
    addText(u"Error"_s, request.value("error"_L1).toString());
    console.table(rows);
}

QString attemptText(const QJsonObject &attempt)
{
    const QString failure = words(attempt.value("failure"_L1));
    const int status = attempt.value("status"_L1).toInt();
    if (failure.isEmpty()) {
        return u"answered"_s;
    }
    return status == 0 ? failure : u"%1 %2"_s.arg(status).arg(failure);
}

void printAttempts(const Console &console, const QJsonArray &attempts)
{
    console.out({});
    console.out(console.bold(u"Attempts"_s));
    std::vector<QStringList> rows;
    for (const QJsonValue &value : attempts) {
        const QJsonObject attempt = value.toObject();
        rows.push_back(
            {QString::number(attempt.value("number"_L1).toInt()),
             attempt.value("provider"_L1).toString(),
             attempt.value("model"_L1).toString(),
             attemptText(attempt),
             u"began after %1"_s.arg(durationText(attempt.value("started_after_ms"_L1))),
             u"took %1"_s.arg(durationText(attempt.value("duration_ms"_L1)))});
    }
    console.table(rows);
}

/// Why this candidate was, or was not, the one.
QString verdict(const QJsonObject &candidate)
{
    const QString outcome = candidate.value("outcome"_L1).toString();
    const QString reason = words(candidate.value("reason"_L1));
    if (outcome == "answered"_L1) {
        return u"answered"_s;
    }
    if (outcome == "failed"_L1) {
        return u"tried, failed: %1"_s.arg(reason);
    }
    if (outcome == "not_needed"_L1) {
        return u"not needed"_s;
    }
    const QJsonValue until = candidate.value("rests_until"_L1);
    return until.isString() ? u"not considered: %1 until %2"_s.arg(reason, timeText(until))
                            : u"not considered: %1"_s.arg(reason);
}

void printDecision(const Console &console, const QJsonObject &decision)
{
    const QJsonArray candidates = decision.value("candidates"_L1).toArray();
    console.out({});
    console.out(console.bold(u"Candidates"_s));
    std::vector<QStringList> rows;
    qsizetype ranked = 0;
    for (const QJsonValue &value : candidates) {
        const QJsonObject candidate = value.toObject();
        const QJsonValue rank = candidate.value("rank"_L1);
        ranked += rank.isDouble() ? 1 : 0;
        rows.push_back(
            {rank.isDouble() ? QString::number(rank.toInt()) : u"–"_s,
             candidate.value("provider"_L1).toString(),
             candidate.value("model"_L1).toString(),
             candidate.value("tier"_L1).toString(),
             verdict(candidate)});
    }
    console.table(rows);
    console.note(
        u"Mode %1, asked for %2: %3 ranked, %4 not considered, decided in %5."_s
            .arg(decision.value("mode"_L1).toString(), decision.value("target"_L1).toString())
            .arg(ranked)
            .arg(candidates.size() - ranked)
            .arg(durationText(decision.value("duration_ms"_L1))));
}

void printText(const Console &console, const QString &title, const QString &text, bool isCut)
{
    console.out({});
    console.out(console.bold(title));
    console.out(text);
    if (isCut) {
        console.note(u"It was longer; only its beginning is kept."_s);
    }
}

void printTexts(const Console &console, const QJsonObject &texts)
{
    printText(
        console,
        u"Prompt"_s,
        texts.value("prompt"_L1).toString(),
        texts.value("prompt_cut"_L1).toBool());
    printText(
        console,
        u"Answer"_s,
        texts.value("answer"_L1).toString(),
        texts.value("answer_cut"_L1).toBool());
}

int showOne(CommandContext &context, const RequestsOptions &options)
{
    int exitCode = exitOk;
    const auto request = context.call(u"request"_s, {{u"id"_s, options.id}}, exitCode);
    if (!request) {
        return exitCode;
    }
    if (options.json) {
        printJson(context.console, QJsonDocument(*request));
        return exitOk;
    }
    printSummary(context.console, *request);
    if (const QJsonArray attempts = request->value("attempts"_L1).toArray(); !attempts.isEmpty()) {
        printAttempts(context.console, attempts);
    }
    if (const QJsonValue decision = request->value("decision"_L1); decision.isObject()) {
        printDecision(context.console, decision.toObject());
    }
    if (const QJsonValue texts = request->value("texts"_L1); texts.isObject()) {
        printTexts(context.console, texts.toObject());
    }
    if (const QString problem = request->value("texts_problem"_L1).toString(); !problem.isEmpty()) {
        context.console.note(problem);
    }
    return exitOk;
}

} // namespace

int requestsCommand(CommandContext &context, const RequestsOptions &options)
{
    if (!options.id.isEmpty()) {
        return showOne(context, options);
    }
    const QJsonObject args{
        {u"limit"_s, options.limit},
        {u"provider"_s, options.provider},
        {u"model"_s, options.model},
        {u"app"_s, options.app},
        {u"status"_s, options.status},
        {u"q"_s, options.text}};
    int exitCode = exitOk;
    const auto page = context.call(u"requests"_s, args, exitCode);
    if (!page) {
        return exitCode;
    }
    const QJsonArray requests = page->value("data"_L1).toArray();
    if (options.json) {
        printJson(context.console, QJsonDocument(requests));
        return exitOk;
    }
    printList(context.console, requests);
    return exitOk;
}

int replayCommand(CommandContext &context, const QString &id)
{
    int exitCode = exitOk;
    if (const auto sent = context.call(u"resend"_s, {{u"id"_s, id}}, exitCode)) {
        context.console.out(sent->value("id"_L1).toString());
        context.console.note(u"Asked again; 'freerelay requests ID' tells what became of it."_s);
    }
    return exitCode;
}

} // namespace freerelay::app
