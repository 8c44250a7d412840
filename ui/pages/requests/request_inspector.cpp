#include "request_inspector.h"

#include "core/interfaces/request_json.h"
#include "core/interfaces/request_trace.h"
#include "ui/models/gateway_feed.h"
#include "ui/models/request_table_model.h"
#include "ui/pages/requests/request_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QPointer>
#include <QSaveFile>

#include <algorithm>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using interfaces::AttemptInfo;
using interfaces::CandidateInfo;

namespace {

constexpr auto retryInterval = 400ms;
constexpr int maxTries = 5;

QString numberText(qint64 number)
{
    return QLocale().toString(qlonglong(number));
}

/// Quoted for a POSIX shell.
QString shellQuoted(const QString &text)
{
    return u'\'' + QString(text).replace(u"'"_s, u"'\\''"_s) + u'\'';
}

} // namespace

RequestInspector::RequestInspector(GatewayFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_retry(this)
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(retryInterval);
    connect(&m_retry, &QTimer::timeout, this, &RequestInspector::ask);
}

void RequestInspector::show(const interfaces::RequestRow &row)
{
    if (m_row && m_row->requestId == row.requestId) {
        return;
    }
    clear();
    m_row = row;
    ask();
    Q_EMIT changed();
}

void RequestInspector::clear()
{
    ++m_generation;
    m_retry.stop();
    m_tries = 0;
    m_asking = false;
    m_note.clear();
    m_details.reset();
    if (m_row) {
        m_row.reset();
        Q_EMIT changed();
    }
}

void RequestInspector::ask()
{
    ++m_tries;
    m_feed.gateway().history().details(
        m_row->requestId,
        *this,
        [this,
         generation = m_generation](const common::Result<interfaces::RequestDetails> &details) {
            if (generation == m_generation) {
                onDetails(details);
            }
        });
}

void RequestInspector::onDetails(const common::Result<interfaces::RequestDetails> &details)
{
    if (details) {
        m_details = *details;
        m_note = details->textsProblem;
    } else if (details.error().kind == common::ErrorKind::NotFound && m_tries < maxTries) {
        m_retry.start();
        return;
    } else {
        m_note = details.error().message;
    }
    Q_EMIT changed();
}

std::vector<RequestInspector::Field> RequestInspector::fields() const
{
    if (!m_row) {
        return {};
    }
    const QLocale locale;
    const bool isReplay = m_details && m_details->retryCause == "idempotent_replay"_L1;
    const QString nobody = isReplay ? tr("an earlier answer to the same request") : tr("nobody");
    const QString answeredBy = m_row->provider.isEmpty()
        ? nobody
        : tr("%1 (%2)", "model, provider").arg(m_row->model, m_row->provider);
    std::vector<Field> fields{
        {tr("Request"), m_row->requestId},
        {tr("Time"), locale.toString(m_row->time.toLocalTime(), QLocale::ShortFormat)},
        {tr("Status"), RequestTableModel::statusWords(*m_row)},
        {tr("Asked for"), m_row->askedModel.isEmpty() ? u"—"_s : m_row->askedModel},
        {tr("Answered by"), answeredBy}};
    if (!m_row->app.isEmpty()) {
        const QString version = m_details ? m_details->appVersion : QString();
        fields.emplace_back(tr("App"), u"%1 %2"_s.arg(m_row->app, version).trimmed());
    }
    if (m_details && !m_details->process.isEmpty()) {
        fields.emplace_back(tr("Program"), m_details->process);
    }
    fields.emplace_back(tr("First token"), RequestTableModel::durationText(m_row->ttft));
    fields.emplace_back(tr("Total"), RequestTableModel::durationText(m_row->duration));
    fields.emplace_back(tr("Tokens"), RequestTableModel::tokensText(*m_row));
    addDetailFields(fields);
    return fields;
}

void RequestInspector::addDetailFields(std::vector<Field> &fields) const
{
    if (!m_details) {
        return;
    }
    QStringList parts;
    if (m_details->cachedTokens) {
        parts << tr("%n from the provider's cache", nullptr, int(*m_details->cachedTokens));
    }
    if (m_details->reasoningTokens) {
        parts << tr("%n for reasoning", nullptr, int(*m_details->reasoningTokens));
    }
    if (!parts.isEmpty()) {
        fields.emplace_back(tr("Of these"), parts.join(tr(", ", "between parts of a list")));
    }
    if (!m_details->finishReason.isEmpty()) {
        fields.emplace_back(tr("Ended by"), QString(m_details->finishReason).replace(u'_', u' '));
    }
    if (!m_details->tier.isEmpty()) {
        fields.emplace_back(
            tr("Price"), m_details->paid ? tr("paid (%1)").arg(m_details->tier) : tr("free"));
    }
    QStringList amendments;
    for (const interfaces::AmendmentInfo &amendment : m_details->amendments) {
        amendments << RequestWords::amendment(amendment);
    }
    if (!amendments.isEmpty()) {
        fields.emplace_back(tr("Afterwards"), amendments.join(u'\n'));
    }
}

Timeline RequestInspector::timeline() const
{
    Timeline timeline;
    if (!m_details) {
        return timeline;
    }
    const interfaces::Trace trace = interfaces::traceOf(*m_details);
    timeline.duration = trace.duration;
    for (const interfaces::TraceStep &step : trace.steps) {
        if (!step.attempt) {
            continue;
        }
        const AttemptInfo &attempt = m_details->attempts[*step.attempt];
        TimelineBar bar;
        bar.start = step.start;
        bar.duration = step.duration;
        bar.wait = std::min(attempt.ttft.value_or(step.duration), step.duration);
        bar.failed = !attempt.failure.isEmpty();
        bar.tone = bar.failed ? Tone::Warning : Tone::Good;
        const QString result = bar.failed ? RequestWords::failure(attempt.failure) : tr("answered");
        bar.name = tr("%1. %2: %3", "number, provider, result")
                       .arg(numberText(qint64(*step.attempt) + 1), attempt.provider, result);
        bar.value = RequestWords::duration(step.duration);
        const QString status = attempt.status == 0 ? tr("no HTTP status")
                                                   : tr("HTTP %1").arg(attempt.status);
        bar.description
            = tr("%1, %2, began after %3, took %4", "model, status, time, time")
                  .arg(attempt.model, status, RequestWords::duration(step.start), bar.value);
        timeline.bars.push_back(std::move(bar));
    }
    return timeline;
}

QString RequestInspector::decisionText() const
{
    if (!m_details || !m_details->decision) {
        return {};
    }
    const interfaces::DecisionInfo &decision = *m_details->decision;
    const auto ranked = std::count_if(
        decision.candidates.begin(), decision.candidates.end(), [](const CandidateInfo &info) {
            return info.disqualified.isEmpty();
        });
    const auto others = qint64(decision.candidates.size()) - ranked;
    QStringList needs;
    if (decision.needsTools) {
        needs << tr("tools");
    }
    if (decision.needsVision) {
        needs << tr("images");
    }
    if (decision.needsJsonSchema) {
        needs << tr("a JSON schema");
    }
    QString text = tr("Mode %1: %2 ranked, %3 not considered, decided in %4.",
                      "mode, two numbers of candidates, time")
                       .arg(
                           decision.mode,
                           numberText(ranked),
                           numberText(others),
                           RequestWords::duration(decision.duration));
    if (!needs.isEmpty()) {
        text = tr("%1 Needed: %2.", "sentence before, list of abilities")
                   .arg(text, needs.join(tr(", ", "between parts of a list")));
    }
    return text;
}

std::vector<RequestInspector::Candidate> RequestInspector::candidates() const
{
    std::vector<Candidate> rows;
    if (!m_details || !m_details->decision) {
        return rows;
    }
    int rank = 0;
    for (const CandidateInfo &info : m_details->decision->candidates) {
        rows.push_back(candidateFor(info, info.disqualified.isEmpty() ? ++rank : 0));
    }
    return rows;
}

RequestInspector::Candidate
RequestInspector::candidateFor(const CandidateInfo &info, int rank) const
{
    Candidate row;
    row.rank = rank == 0 ? u"—"_s : numberText(rank);
    row.name = info.model.startsWith(info.provider + u'/')
        ? info.model
        : tr("%1 · %2", "provider, model").arg(info.provider, info.model);
    if (!info.disqualified.isEmpty()) {
        const QString reason = RequestWords::disqualification(info.disqualified);
        row.verdict = info.restsUntil
            ? tr("%1 until %2", "reason, time")
                  .arg(
                      reason,
                      QLocale().toString(
                          info.restsUntil->toLocalTime().time(), QLocale::ShortFormat))
            : reason;
        return row;
    }
    if (interfaces::hasAnswered(*m_details, info)) {
        row.verdict = tr("answered");
        row.tone = Tone::Good;
        return row;
    }
    if (const auto attempt = interfaces::attemptAt(*m_details, info)) {
        row.verdict = tr("tried: %1", "what happened")
                          .arg(RequestWords::failure(m_details->attempts[*attempt].failure));
        row.tone = Tone::Warning;
        return row;
    }
    row.verdict = info.restsUntil ? tr("failing lately, so it comes last") : tr("not needed");
    return row;
}

QString RequestInspector::prompt() const
{
    if (!m_details || !m_details->texts) {
        return {};
    }
    const interfaces::RequestTexts &texts = *m_details->texts;
    const QJsonDocument body = QJsonDocument::fromJson(texts.prompt.toUtf8());
    const QString text = body.isNull() ? texts.prompt
                                       : QString::fromUtf8(body.toJson(QJsonDocument::Indented));
    return withCut(text.trimmed(), texts.promptCut);
}

QString RequestInspector::answer() const
{
    if (!m_details || !m_details->texts) {
        return {};
    }
    const interfaces::RequestTexts &texts = *m_details->texts;
    if (texts.answer.isEmpty()) {
        return tr("(empty)", "an answer");
    }
    return withCut(texts.answer, texts.answerCut);
}

bool RequestInspector::canAskAgain() const
{
    return m_details && m_details->texts && !m_details->texts->promptCut && !m_asking;
}

QString RequestInspector::askAgainHint() const
{
    if (!m_details || !m_details->texts) {
        return tr("The prompt of this request is not kept. While the setting "
                  "records.keep_texts_hours is on, prompts are kept for some hours.");
    }
    return m_details->texts->promptCut
        ? tr("Only the beginning of this prompt is kept")
        : tr("Sends the kept prompt once more, as a new request; masked secrets stay masked");
}

void RequestInspector::askAgain()
{
    if (!canAskAgain()) {
        return;
    }
    m_asking = true;
    m_note.clear();
    m_feed.gateway().resend(
        m_row->requestId,
        [self = QPointer<RequestInspector>(this),
         generation = m_generation](const common::Result<QString> &sent) {
            if (self != nullptr && generation == self->m_generation) {
                self->onAskedAgain(sent);
            }
        });
    Q_EMIT changed();
}

void RequestInspector::onAskedAgain(const common::Result<QString> &sent)
{
    m_asking = false;
    m_note = sent ? tr("Asked again: request %1 is in the list once it has ended.").arg(*sent)
                  : sent.error().message;
    Q_EMIT changed();
    if (sent) {
        Q_EMIT askedAgain(*sent);
    }
}

void RequestInspector::saveTo(const QString &path)
{
    if (!m_details) {
        return;
    }
    interfaces::RequestDetails details = *m_details;
    details.texts.reset();
    const QByteArray json = QJsonDocument(interfaces::toJson(details)).toJson();
    QSaveFile file(path);
    const bool isSaved = file.open(QIODevice::WriteOnly) && file.write(json) == json.size()
        && file.commit();
    m_note = isSaved ? tr("Saved as %1").arg(path)
                     : tr("It could not be saved: %1", "a reason").arg(file.errorString());
    Q_EMIT changed();
}

QString RequestInspector::withCut(const QString &text, bool isCut)
{
    return isCut ? tr("%1\n\n(It was longer; only its beginning is kept.)", "a text").arg(text)
                 : text;
}

QString RequestInspector::curlCommand() const
{
    if (!m_row) {
        return {};
    }
    const QString endpoint = m_feed.status().endpoint;
    const QJsonObject body{
        {u"model"_s, m_row->askedModel.isEmpty() ? u"freerelay-auto"_s : m_row->askedModel},
        {u"stream"_s, m_row->stream},
        {u"messages"_s,
         QJsonArray{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"Hello"_s}}}}};
    return u"curl %1 %2/v1/chat/completions \\\n  -H 'content-type: application/json' \\\n  -d %3"_s
        .arg(
            m_row->stream ? u"-N"_s : u"-s"_s,
            endpoint.isEmpty() ? u"http://127.0.0.1:8000"_s : endpoint,
            shellQuoted(QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact))));
}

} // namespace freerelay::ui
