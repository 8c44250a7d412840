#include "control_protocol.h"

#include "core/interfaces/request_json.h"

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services::control {

namespace {

using common::ErrorKind;

constexpr std::array allKinds{
    ErrorKind::InvalidArgument,
    ErrorKind::NotFound,
    ErrorKind::AlreadyExists,
    ErrorKind::Unauthenticated,
    ErrorKind::PermissionDenied,
    ErrorKind::QuotaExhausted,
    ErrorKind::RateLimited,
    ErrorKind::BudgetExhausted,
    ErrorKind::Unavailable,
    ErrorKind::Timeout,
    ErrorKind::Cancelled,
    ErrorKind::ProtocolError,
    ErrorKind::StorageFailed,
    ErrorKind::KeychainUnavailable,
    ErrorKind::TooLarge,
    ErrorKind::Internal};

QJsonValue numberOrNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue(QJsonValue::Null);
}

} // namespace

QJsonObject toJson(const interfaces::GatewayStatus &status)
{
    return {
        {u"listening"_s, status.listening},
        {u"endpoint"_s, status.endpoint},
        {u"mode"_s, common::toString(status.mode)},
        {u"paused"_s, status.paused},
        {u"demo"_s, status.demo},
        {u"providers_ready"_s, status.providersReady},
        {u"providers_configured"_s, status.providersConfigured},
        {u"requests_total"_s, qint64(status.requestsTotal)},
        {u"requests_failed"_s, qint64(status.requestsFailed)},
        {u"requests_in_flight"_s, status.requestsInFlight},
        {u"problem"_s, status.problem},
        {u"texts"_s, interfaces::toJson(status.recording.texts)},
        {u"brownout"_s, status.brownout.active},
        {u"audit"_s, status.audit.mode},
        {u"audit_strict"_s, status.audit.strict},
        {u"chaos"_s, status.chaos.on},
        {u"version"_s, status.version},
        {u"pid"_s, status.pid},
        {u"uptime_seconds"_s, qint64(status.uptime.count())}};
}

QString toString(interfaces::KeyState state)
{
    using interfaces::KeyState;
    switch (state) {
    case KeyState::NoKey:
        return u"no_key"_s;
    case KeyState::Keyless:
        return u"keyless"_s;
    case KeyState::ConsentNeeded:
        return u"consent_needed"_s;
    case KeyState::Ready:
        return u"ready"_s;
    case KeyState::CoolingDown:
        return u"cooling_down"_s;
    case KeyState::Rejected:
        return u"rejected"_s;
    case KeyState::KeychainLocked:
        return u"keychain_locked"_s;
    case KeyState::Disabled:
        return u"disabled"_s;
    }
    return {};
}

QJsonObject toJson(const interfaces::ProviderRow &provider)
{
    QJsonArray keys;
    for (const interfaces::KeyRow &key : provider.keys) {
        keys.append(QJsonObject{
            {u"fingerprint"_s, QString::fromLatin1(key.fingerprint)},
            {u"masked"_s, key.masked},
            {u"source"_s, key.sourceName},
            {u"removable"_s, key.removable}});
    }
    return {
        {u"id"_s, QString::fromUtf8(provider.id)},
        {u"name"_s, provider.name},
        {u"tier"_s, provider.tier},
        {u"state"_s, toString(provider.state)},
        {u"state_text"_s, provider.stateText},
        {u"keys"_s, keys},
        {u"models"_s, provider.models},
        {u"key_url"_s, provider.keyUrl},
        {u"key_steps"_s, QJsonArray::fromStringList(provider.keySteps)},
        {u"key_prefix"_s, provider.keyPrefix},
        {u"variable"_s, provider.variable},
        {u"offered_variables"_s, QJsonArray::fromStringList(provider.offeredVariables)},
        {u"terms"_s, provider.terms},
        {u"keyless"_s, provider.keyless}};
}

QJsonObject toJson(const interfaces::ModelRow &model)
{
    return {
        {u"id"_s, model.id},
        {u"provider"_s, model.provider},
        {u"tier"_s, model.tier},
        {u"usable"_s, model.usable},
        {u"context_window"_s, numberOrNull(model.contextWindow)}};
}

QJsonObject toJson(const interfaces::KeyTestResult &result)
{
    return {
        {u"latency_ms"_s, qint64(result.latency.count())},
        {u"models"_s, result.models},
        {u"message"_s, result.message}};
}

QJsonObject toJson(const common::Error &error)
{
    return {
        {u"kind"_s, QString::fromLatin1(common::toString(error.kind))},
        {u"message"_s, error.message},
        {u"detail"_s, error.detail},
        {u"param"_s, error.param}};
}

std::optional<interfaces::KeyStorage> keyStorageFromString(QStringView text)
{
    if (text == "keychain"_L1) {
        return interfaces::KeyStorage::Keychain;
    }
    if (text == "session"_L1) {
        return interfaces::KeyStorage::Session;
    }
    if (text == "file"_L1) {
        return interfaces::KeyStorage::File;
    }
    return std::nullopt;
}

common::Error errorFromJson(const QJsonObject &object)
{
    common::Error error;
    const QByteArray name = object.value("kind"_L1).toString().toLatin1();
    for (const ErrorKind kind : allKinds) {
        if (name == common::toString(kind)) {
            error.kind = kind;
        }
    }
    error.message = object.value("message"_L1).toString();
    error.detail = object.value("detail"_L1).toString();
    error.param = object.value("param"_L1).toString();
    return error;
}

} // namespace freerelay::services::control
