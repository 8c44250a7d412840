#include "models_route.h"

#include "core/gateway/routes/messages_route.h"
#include "core/gateway/routes/program_models.h"
#include "core/interfaces/request_json.h"
#include "core/relay/error_reply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

constexpr int ok = 200;

/// Anthropic's clients always say their version.
bool speaksMessages(const HttpRequest &request)
{
    return request.headers.contains("anthropic-version");
}

QJsonObject toJson(const relay::ListedModel &model)
{
    QJsonObject object{
        {u"id"_s, QString::fromUtf8(model.id)},
        {u"object"_s, u"model"_s},
        {u"created"_s, qint64(model.createdUnix)},
        {u"owned_by"_s, QString::fromUtf8(model.ownedBy)},
        {u"usable"_s, model.usable}};
    if (model.contextWindow) {
        object.insert(u"context_window"_s, qint64(*model.contextWindow));
    }
    if (!model.state.isEmpty()) {
        object.insert(u"state"_s, QString::fromLatin1(model.state));
    }
    if (model.retryAfterSeconds) {
        object.insert(u"retry_after"_s, qint64(*model.retryAfterSeconds));
    }
    return object;
}

QJsonObject toJson(const interfaces::RecordingStatus &recording)
{
    QJsonObject object{
        {u"recording"_s, recording.recording},
        {u"written"_s, qint64(recording.written)},
        {u"dropped"_s, qint64(recording.dropped)},
        {u"waiting"_s, qint64(recording.waiting)}};
    if (!recording.problem.isEmpty()) {
        object.insert(u"problem"_s, recording.problem);
    }
    if (!recording.notice.isEmpty()) {
        object.insert(u"notice"_s, recording.notice);
    }
    return object;
}

QJsonObject recordsJson(const interfaces::RecordingStatus &recording)
{
    QJsonObject object = toJson(recording);
    const interfaces::TextsStatus &texts = recording.texts;
    object.insert(u"keeps_content"_s, texts.isOn());
    if (texts.isOn() || !texts.problem.isEmpty()) {
        object.insert(u"texts"_s, interfaces::toJson(texts));
    }
    return object;
}

QJsonObject auditJson(const interfaces::AuditStatus &audit)
{
    QJsonObject object = toJson(audit.trail);
    object.insert(u"mode"_s, audit.mode);
    object.insert(u"strict"_s, audit.strict);
    if (!audit.keyNotice.isEmpty()) {
        object.insert(u"key_notice"_s, audit.keyNotice);
    }
    return object;
}

void replyJson(relay::Downstream &downstream, int status, const QJsonObject &object)
{
    downstream.reply(
        status,
        {{"content-type"_ba, "application/json"_ba}},
        QJsonDocument(object).toJson(QJsonDocument::Compact));
}

bool wantsAll(const QByteArray &query)
{
    const QList<QByteArray> parts = query.split('&');
    return std::any_of(parts.begin(), parts.end(), [](const QByteArray &part) {
        return part == "all=true" || part == "all=1";
    });
}

QJsonArray providersJson(const std::vector<relay::ProviderHealth> &providers)
{
    QJsonArray rows;
    for (const relay::ProviderHealth &provider : providers) {
        QJsonObject row{
            {u"id"_s, QString::fromUtf8(provider.id)},
            {u"state"_s, QString::fromLatin1(provider.state)}};
        if (provider.retryAfterSeconds) {
            row.insert(u"retry_after"_s, qint64(*provider.retryAfterSeconds));
        }
        rows.append(row);
    }
    return rows;
}

QJsonArray circuitsJson(const std::vector<relay::OpenCircuit> &circuits)
{
    QJsonArray rows;
    for (const relay::OpenCircuit &circuit : circuits) {
        QJsonObject row{
            {u"provider"_s, QString::fromUtf8(circuit.provider)},
            {u"state"_s, QString::fromLatin1(circuit.state)}};
        if (!circuit.model.isEmpty()) {
            row.insert(u"model"_s, QString::fromUtf8(circuit.model));
        }
        if (!circuit.feature.isEmpty()) {
            row.insert(u"feature"_s, QString::fromLatin1(circuit.feature));
        }
        if (circuit.retryAfter) {
            row.insert(u"retry_after"_s, qint64(circuit.retryAfter->count()));
        }
        rows.append(row);
    }
    return rows;
}

QJsonObject chaosJson(const interfaces::ChaosFigures &chaos)
{
    QJsonArray rules;
    for (const interfaces::ChaosRule &rule : chaos.rules.list) {
        rules.append(QJsonObject{
            {u"provider"_s, rule.provider},
            {u"fault"_s, rule.fault},
            {u"rate"_s, rule.rate},
            {u"seed"_s, qint64(rule.seed)}});
    }
    QJsonArray played;
    for (const interfaces::ChaosCount &one : chaos.played) {
        played.append(QJsonObject{
            {u"provider"_s, one.provider},
            {u"fault"_s, one.fault},
            {u"count"_s, qint64(one.count)}});
    }
    return {{u"on"_s, chaos.rules.on}, {u"rules"_s, rules}, {u"played"_s, played}};
}

QJsonObject brownoutJson(const health::BrownoutReading &reading, const health::HealthTable &health)
{
    return {
        {u"active"_s, health.isBrownout()},
        {u"open"_s, reading.open},
        {u"configured"_s, reading.configured}};
}

} // namespace

std::vector<relay::ListedModel> ModelsRoute::usableForChats(const apps::Caller &caller) const
{
    std::vector<relay::ListedModel> models = listed(caller, false);
    std::erase_if(models, [](const relay::ListedModel &one) { return !one.abilities.chats; });
    return models;
}

std::vector<relay::ListedModel> ModelsRoute::listed(const apps::Caller &caller, bool all) const
{
    const std::vector<quota::QuotaConstraint> quotas = m_quota.constraints({});
    std::vector<relay::ListedModel> models = relay::listModels(
        *m_relay.config(), supplies(quotas), all);
    for (relay::ListedModel &program : ProgramModels::listedFor(caller)) {
        models.push_back(std::move(program));
    }
    return models;
}

std::optional<relay::ListedModel>
ModelsRoute::find(const apps::Caller &caller, QByteArrayView id) const
{
    for (relay::ListedModel &program : ProgramModels::listedFor(caller)) {
        if (program.id == id) {
            return std::move(program);
        }
    }
    const std::vector<quota::QuotaConstraint> quotas = m_quota.constraints({});
    return relay::findModel(*m_relay.config(), supplies(quotas), id);
}

void ModelsRoute::list(const HttpRequest &request, relay::Downstream &downstream)
{
    const auto models = listed(request.caller, wantsAll(request.query));
    if (speaksMessages(request)) {
        downstream.reply(
            ok, {{"content-type"_ba, "application/json"_ba}}, messagesModelList(models));
        return;
    }
    QJsonArray data;
    for (const relay::ListedModel &model : models) {
        data.append(toJson(model));
    }
    replyJson(downstream, ok, {{u"object"_s, u"list"_s}, {u"data"_s, data}});
}

void ModelsRoute::one(const HttpRequest &request, QByteArrayView id, relay::Downstream &downstream)
{
    const auto found = find(request.caller, id);
    if (found && speaksMessages(request)) {
        downstream.reply(ok, {{"content-type"_ba, "application/json"_ba}}, messagesModel(*found));
        return;
    }
    if (found) {
        replyJson(downstream, ok, toJson(*found));
        return;
    }
    const auto error = relay::toClientError(common::Error{
        common::ErrorKind::NotFound,
        u"There is no model named “%1”. GET /v1/models lists those that can be used."_s.arg(
            QString::fromUtf8(id.first(std::min<qsizetype>(id.size(), 200)))),
        {},
        u"model"_s});
    downstream.reply(
        error.status,
        error.headers(),
        speaksMessages(request) ? messagesDialect().error({error.status, error.message, {}})
                                : error.body());
}

void ModelsRoute::health(relay::Downstream &downstream)
{
    const std::shared_ptr<const relay::RelayConfig> &config = m_relay.config();
    const std::vector<quota::QuotaConstraint> quotas = m_quota.constraints({});
    const relay::Supplies now = supplies(quotas);
    const auto any = relay::findModel(*config, now, {});
    const bool ready = any && any->usable && !config->paused;
    QJsonObject body{
        {u"status"_s, ready ? u"ok"_s : u"not_ready"_s},
        {u"live"_s, true},
        {u"ready"_s, ready},
        {u"version"_s, QStringLiteral(FREERELAY_VERSION)},
        {u"mode"_s, common::toString(config->mode)},
        {u"paused"_s, config->paused},
        {u"providers"_s, providersJson(relay::providerHealth(*config, now))},
        {u"circuits"_s, circuitsJson(relay::openCircuits(m_health))},
        {u"brownout"_s, brownoutJson(relay::brownoutReading(*config, m_health), m_health)},
        {u"records"_s, recordsJson(m_reports.recording())},
        {u"audit"_s, auditJson(m_reports.audit())}};
    if (!ready && any && any->retryAfterSeconds && !config->paused) {
        body.insert(u"retry_after"_s, qint64(*any->retryAfterSeconds));
    }
    if (!config->keysUnreadable.isEmpty()) {
        body.insert(u"problem"_s, config->keysUnreadable);
    }
    if (const interfaces::ChaosFigures chaos = m_reports.chaos(); chaos.available) {
        body.insert(u"chaos"_s, chaosJson(chaos));
    }
    replyJson(downstream, ok, body);
}

} // namespace freerelay::gateway
