#include "schema.h"

#include "core/settings/field_kinds.h"
#include "core/settings/near_names.h"

#include <QDir>
#include <QHostAddress>

#include <functional>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

std::optional<QByteArray> optionalBaseUrl(const QString &text)
{
    return text.isEmpty() ? std::optional(QByteArray()) : baseUrlFromText(text);
}

std::optional<UnknownPeer> unknownPeerFromText(const QString &text)
{
    if (text == "allow"_L1) {
        return UnknownPeer::Allow;
    }
    return text == "refuse"_L1 ? std::optional(UnknownPeer::Refuse) : std::nullopt;
}

/// "" = there is none.
std::optional<QString> bridgeAddressFromText(const QString &text)
{
    const QHostAddress address(text);
    const bool isOne = !address.isNull() && !address.isLoopback()
        && address != QHostAddress(QHostAddress::AnyIPv4)
        && address != QHostAddress(QHostAddress::AnyIPv6);
    return text.isEmpty() || isOne ? std::optional(text) : std::nullopt;
}

using SettingsFields = std::vector<Field<Settings>>;
using namespace std::chrono_literals;

SettingsFields callerFields()
{
    return {
        scalar<Settings>(
            u"mode"_s,
            u"free, paid or auto"_s,
            [](auto &s) -> auto & { return s.mode; },
            [](const QString &text) { return common::modeFromString(text); },
            [](common::Mode mode) { return common::toString(mode); }),
        flag<Settings>(
            u"allow_paid_in_auto"_s, [](auto &s) -> auto & { return s.allowPaidInAuto; }),
        scalar<Settings>(
            u"host"_s,
            u"an IP address or localhost"_s,
            [](auto &s) -> auto & { return s.host; },
            [](const QString &text) { return listenHostFromText(text); },
            [](const QString &host) { return host; }),
        integer<Settings>(
            u"port"_s,
            [](auto &s) -> auto & { return s.port; },
            0,
            std::numeric_limits<std::uint16_t>::max()),
        integer<Settings>(
            u"workers"_s, [](auto &s) -> auto & { return s.workers; }, 0, 64),
        list<Settings>(
            u"allowed_hosts"_s,
            u"a list of “host” or “host:port”, without scheme or wildcard"_s,
            [](auto &s) -> auto & { return s.allowedHosts; },
            [](const QString &text) { return hostFromText(text); }),
        list<Settings>(
            u"allowed_origins"_s,
            u"a list of exact origins such as “https://app.example”"_s,
            [](auto &s) -> auto & { return s.allowedOrigins; },
            [](const QString &text) { return originFromText(text); }),
        flag<Settings>(
            u"same_user_only"_s, [](auto &s) -> auto & { return s.sameUserOnly; }),
        scalar<Settings>(
            u"bridge.address"_s,
            u"one IP address of this computer, such as that of docker0; neither loopback nor all of them"_s,
            [](auto &s) -> auto & { return s.bridgeAddress; },
            bridgeAddressFromText,
            [](const QString &address) { return address; }),
        flag<Settings>(
            u"require_keys"_s, [](auto &s) -> auto & { return s.requireKeys; }),
        scalar<Settings>(
            u"unknown_peer"_s,
            u"allow or refuse"_s,
            [](auto &s) -> auto & { return s.unknownPeer; },
            unknownPeerFromText,
            [](UnknownPeer peer) { return peer == UnknownPeer::Allow ? u"allow"_s : u"refuse"_s; }),
    };
}

SettingsFields limitFields()
{
    constexpr std::int64_t kibibyte = 1'024;
    constexpr std::int64_t gibibyte = kibibyte * kibibyte * kibibyte;
    return {
        integer<Settings>(
            u"limits.max_connections"_s,
            [](auto &s) -> auto & { return s.limits.maxConnections; },
            1,
            65'536),
        integer<Settings>(
            u"limits.max_requests_in_flight"_s,
            [](auto &s) -> auto & { return s.limits.maxRequestsInFlight; },
            1,
            65'536),
        integer<Settings>(
            u"limits.max_queued_per_connection"_s,
            [](auto &s) -> auto & { return s.limits.maxQueuedPerConnection; },
            1,
            1'024),
        size<Settings>(
            u"limits.max_body_bytes"_s,
            [](auto &s) -> auto & { return s.limits.maxBodyBytes; },
            kibibyte,
            gibibyte),
        size<Settings>(
            u"limits.max_buffered_bytes"_s,
            [](auto &s) -> auto & { return s.limits.maxBufferedBytes; },
            kibibyte,
            64 * gibibyte),
        duration<Settings>(
            u"limits.head_timeout"_s,
            [](auto &s) -> auto & { return s.limits.headTimeout; },
            100ms,
            1h),
        duration<Settings>(
            u"limits.body_timeout"_s,
            [](auto &s) -> auto & { return s.limits.bodyTimeout; },
            100ms,
            1h),
        duration<Settings>(
            u"limits.keep_alive_timeout"_s,
            [](auto &s) -> auto & { return s.limits.keepAliveTimeout; },
            100ms,
            24h),
    };
}

SettingsFields recordFields()
{
    constexpr std::int64_t mebibyte = 1'024 * 1'024;
    return {
        integer<Settings>(
            u"records.keep_days"_s, [](auto &s) -> auto & { return s.keepDays; }, 1, 3'650),
        size<Settings>(
            u"records.max_bytes"_s,
            [](auto &s) -> auto & { return s.maxRecordBytes; },
            16 * mebibyte,
            64 * 1'024 * mebibyte),
        integer<Settings>(
            u"records.keep_texts_hours"_s,
            [](auto &s) -> auto & { return s.keepTextsHours; },
            0,
            168),
    };
}

SettingsFields brownoutFields()
{
    constexpr int percent = 100;
    return {
        flag<Settings>(
            u"brownout.enabled"_s, [](auto &s) -> auto & { return s.brownout.enabled; }),
        integer<Settings>(
            u"brownout.enter_share"_s,
            [](auto &s) -> auto & { return s.brownout.enterShare; },
            1,
            percent),
        integer<Settings>(
            u"brownout.leave_share"_s,
            [](auto &s) -> auto & { return s.brownout.leaveShare; },
            0,
            percent),
        integer<Settings>(
            u"brownout.enter_errors"_s,
            [](auto &s) -> auto & { return s.brownout.enterErrors; },
            0,
            percent),
        integer<Settings>(
            u"brownout.leave_errors"_s,
            [](auto &s) -> auto & { return s.brownout.leaveErrors; },
            0,
            percent),
        integer<Settings>(
            u"brownout.minimum_calls"_s,
            [](auto &s) -> auto & { return s.brownout.minimumCalls; },
            1,
            100'000),
        duration<Settings>(
            u"brownout.calm"_s, [](auto &s) -> auto & { return s.brownout.calm; }, 0ms, 1h),
    };
}

SettingsFields cliRunFields()
{
    constexpr int most = 32;
    return {
        flag<Settings>(
            u"cli_runs.enabled"_s, [](auto &s) -> auto & { return s.cliRuns.enabled; }),
        scalar<Settings>(
            u"cli_runs.folder"_s,
            u"the path of a folder"_s,
            [](auto &s) -> auto & { return s.cliRuns.folder; },
            [](const QString &text) {
                const bool good = text.isEmpty() || QDir::isAbsolutePath(text);
                return good ? std::optional(text) : std::nullopt;
            },
            [](const QString &folder) { return folder; }),
        integer<Settings>(
            u"cli_runs.max"_s, [](auto &s) -> auto & { return s.cliRuns.most; }, 1, most),
        duration<Settings>(
            u"cli_runs.timeout"_s, [](auto &s) -> auto & { return s.cliRuns.timeout; }, 1s, 24h),
    };
}

SettingsFields programFields()
{
    return {
        duration<Settings>(
            u"request_deadline"_s, [](auto &s) -> auto & { return s.requestDeadline; }, 1s, 24h),
        duration<Settings>(
            u"first_content_timeout"_s,
            [](auto &s) -> auto & { return s.firstContentTimeout; },
            100ms,
            1h),
        duration<Settings>(
            u"whole_reply_timeout"_s,
            [](auto &s) -> auto & { return s.wholeReplyTimeout; },
            100ms,
            1h),
        duration<Settings>(
            u"gap_timeout"_s, [](auto &s) -> auto & { return s.gapTimeout; }, 100ms, 1h),
        duration<Settings>(
            u"quota_wait"_s, [](auto &s) -> auto & { return s.quotaWait; }, 0ms, 1min),
        duration<Settings>(
            u"resume_keep"_s, [](auto &s) -> auto & { return s.resumeKeep; }, 10s, 1h),
        duration<Settings>(
            u"responses_keep"_s, [](auto &s) -> auto & { return s.responsesKeep; }, 0ms, 24h),
        duration<Settings>(
            u"resume_grace"_s, [](auto &s) -> auto & { return s.resumeGrace; }, 0ms, 30min),
        flag<Settings>(
            u"continue_streams"_s, [](auto &s) -> auto & { return s.continueStreams; }),
        flag<Settings>(
            u"hedging"_s, [](auto &s) -> auto & { return s.hedging; }),
        integer<Settings>(
            u"max_attempts"_s, [](auto &s) -> auto & { return s.maxAttempts; }, 1, 20),
        scalar<Settings>(
            u"providers_file"_s,
            u"the path of a file"_s,
            [](auto &s) -> auto & { return s.providersFile; },
            [](const QString &text) { return std::optional(text); },
            [](const QString &path) { return path; }),
        oneOf<Settings>(
            u"log_level"_s,
            [](auto &s) -> auto & { return s.logLevel; },
            {u"debug"_s, u"info"_s, u"warning"_s, u"error"_s}),
        oneOf<Settings>(
            u"log_format"_s, [](auto &s) -> auto & { return s.logFormat; }, {u"text"_s, u"json"_s}),
        oneOf<Settings>(
            u"audit"_s,
            [](auto &s) -> auto & { return s.audit; },
            {u"none"_s, u"standard"_s, u"signed"_s}),
        flag<Settings>(
            u"audit_strict"_s, [](auto &s) -> auto & { return s.auditStrict; }),
        scalar<Settings>(
            u"telemetry.otlp_endpoint"_s,
            u"an http or https address without user name, query or fragment (\"\" = no traces)"_s,
            [](auto &s) -> auto & { return s.otlpEndpoint; },
            [](const QString &text) {
                const auto url = optionalBaseUrl(text);
                return url ? std::optional(QString::fromUtf8(*url)) : std::nullopt;
            },
            [](const QString &endpoint) { return endpoint; }),
        flag<Settings>(
            u"start_hidden"_s, [](auto &s) -> auto & { return s.startHidden; }),
        flag<Settings>(
            u"close_to_tray"_s, [](auto &s) -> auto & { return s.closeToTray; }),
    };
}

const SettingsFields &settingsFields()
{
    static const SettingsFields fields = [] {
        SettingsFields all = callerFields();
        for (SettingsFields part :
             {limitFields(), brownoutFields(), recordFields(), cliRunFields(), programFields()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return fields;
}

const std::vector<Field<ProviderSettings>> &providerFields()
{
    static const std::vector<Field<ProviderSettings>> fields{
        flag<ProviderSettings>(
            u"enabled"_s, [](auto &p) -> auto & { return p.enabled; }),
        scalar<ProviderSettings>(
            u"base_url"_s,
            u"an http or https address without user name, query or fragment (\"\" = the shipped one)"_s,
            [](auto &p) -> auto & { return p.baseUrl; },
            optionalBaseUrl,
            [](const QByteArray &url) { return QString::fromUtf8(url); }),
        flag<ProviderSettings>(
            u"consent"_s, [](auto &p) -> auto & { return p.consent; }),
        flag<ProviderSettings>(
            u"trial_as_free"_s, [](auto &p) -> auto & { return p.trialAsFree; }),
    };
    return fields;
}

/// "providers.groq.extra.account_id" taken apart; invalid when it is no path below "providers".
struct ProviderPath
{
    bool valid = false;
    QByteArray id;
    QString field; ///< "", "enabled", "extra"
    QString extra; ///< key below extra
};

ProviderPath providerPath(const QString &path)
{
    static const QRegularExpression pattern(
        u"^providers\\.([a-z0-9][a-z0-9-]{0,63})(?:\\.([a-z_]+)(?:\\.([a-z0-9_]{1,64}))?)?$"_s);
    const QRegularExpressionMatch match = pattern.match(path);
    if (!match.hasMatch()) {
        return {};
    }
    return {true, match.captured(1).toLatin1(), match.captured(2), match.captured(3)};
}

template <typename Object>
const Field<Object> *findField(const std::vector<Field<Object>> &fields, QStringView name)
{
    for (const Field<Object> &field : fields) {
        if (field.name == name) {
            return &field;
        }
    }
    return nullptr;
}

PathKind kindOfProviderPath(const ProviderPath &parts)
{
    if (parts.field.isEmpty()) {
        return PathKind::Group;
    }
    if (parts.field == "extra"_L1) {
        return parts.extra.isEmpty() ? PathKind::Group : PathKind::Scalar;
    }
    const bool known = parts.extra.isEmpty() && findField(providerFields(), parts.field) != nullptr;
    return known ? PathKind::Scalar : PathKind::Unknown;
}

/// What was refused, for a message: shortened, and left out where it might hold a password.
QString quoted(const FieldValue &value)
{
    constexpr qsizetype longest = 60;
    const QString text = value.items.join(", "_L1);
    if (text.contains(u'@')) {
        return {};
    }
    const QString shown = text.size() > longest ? QString(text.left(longest) % u'…') : text;
    return u", not “%1”"_s.arg(shown);
}

template <typename Object>
Result<void>
assign(Object &object, const Field<Object> &field, const QString &path, const FieldValue &value)
{
    if (value.isList != field.isList) {
        return failure(
            ErrorKind::InvalidArgument, u"%1 must be %2."_s.arg(path, field.requirement), path);
    }
    if (!field.assign(object, value.items)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"%1 must be %2%3."_s.arg(path, field.requirement, quoted(value)),
            path);
    }
    return {};
}

Result<void> assignExtra(
    ProviderSettings &provider, const QString &path, const QString &key, const FieldValue &value)
{
    // It becomes part of an address: letters, digits and a few signs are all that providers use.
    static const QRegularExpression pattern(u"^[A-Za-z0-9._~-]{1,128}$"_s);
    if (value.isList || !pattern.match(value.items.constFirst()).hasMatch()) {
        return failure(
            ErrorKind::InvalidArgument,
            u"%1 must be up to 128 letters, digits, dots, dashes or underscores."_s.arg(path),
            path);
    }
    provider.extra.insert(key.toLatin1(), value.items.constFirst().toLatin1());
    return {};
}

Result<void> applyProviderField(
    Settings &settings, const ProviderPath &parts, const QString &path, const FieldValue &value)
{
    ProviderSettings provider = settings.providers.value(parts.id);
    const Field<ProviderSettings> *field = findField(providerFields(), parts.field);
    auto done = field != nullptr ? assign(provider, *field, path, value)
                                 : assignExtra(provider, path, parts.extra, value);
    if (done) {
        settings.providers.insert(parts.id, provider);
    }
    return done;
}

template <typename Object>
void describe(
    std::vector<FieldInfo> &infos, const std::vector<Field<Object>> &fields, const QString &prefix)
{
    const Object defaults;
    for (const Field<Object> &field : fields) {
        infos.push_back(
            {prefix % field.name,
             field.isList,
             field.requirement,
             field.show(defaults).join(", "_L1)});
    }
}

/// Names that may stand below a group.
QStringList namesBelow(const QString &group)
{
    QStringList names;
    if (const ProviderPath parts = providerPath(group); parts.valid) {
        for (const auto &field : providerFields()) {
            names.append(field.name);
        }
        return names << u"extra"_s;
    }
    const QString prefix = group.isEmpty() ? QString() : QString(group % u'.');
    for (const auto &field : settingsFields()) {
        if (field.name.startsWith(prefix)) {
            names.append(field.name.mid(prefix.size()).section(u'.', 0, 0));
        }
    }
    if (group.isEmpty()) {
        names.append(u"providers"_s);
    }
    names.removeDuplicates();
    return names;
}

/// "limits": there are settings below it.
bool isGroup(const QString &path)
{
    const QString prefix = path + u'.';
    const SettingsFields &fields = settingsFields();
    return std::any_of(fields.begin(), fields.end(), [&prefix](const Field<Settings> &field) {
        return field.name.startsWith(prefix);
    });
}

} // namespace

std::vector<FieldInfo> describeFields()
{
    std::vector<FieldInfo> infos;
    describe(infos, settingsFields(), {});
    describe(infos, providerFields(), u"providers.<id>."_s);
    infos.push_back(
        {u"providers.<id>.extra.<name>"_s,
         false,
         u"up to 128 letters, digits, dots, dashes or underscores"_s,
         {}});
    return infos;
}

PathKind kindOf(const QString &path)
{
    if (path.isEmpty() || path == "providers"_L1 || isGroup(path)) {
        return PathKind::Group;
    }
    if (const ProviderPath parts = providerPath(path); parts.valid) {
        return kindOfProviderPath(parts);
    }
    const Field<Settings> *field = findField(settingsFields(), path);
    if (field == nullptr) {
        return PathKind::Unknown;
    }
    return field->isList ? PathKind::List : PathKind::Scalar;
}

Result<void> applyField(Settings &settings, const QString &path, const FieldValue &value)
{
    const PathKind kind = kindOf(path);
    if (kind == PathKind::Unknown || kind == PathKind::Group) {
        return failure(ErrorKind::NotFound, unknownSetting(path), path);
    }
    if (const ProviderPath parts = providerPath(path); parts.valid) {
        return applyProviderField(settings, parts, path, value);
    }
    return assign(settings, *findField(settingsFields(), path), path, value);
}

QString fieldText(const Settings &settings, const QString &path)
{
    if (const ProviderPath parts = providerPath(path); parts.valid) {
        const ProviderSettings provider = settings.provider(parts.id);
        if (parts.field == "extra"_L1) {
            return QString::fromLatin1(provider.extra.value(parts.extra.toLatin1()));
        }
        const Field<ProviderSettings> *field = findField(providerFields(), parts.field);
        return field == nullptr ? QString() : field->show(provider).join(", "_L1);
    }
    const Field<Settings> *field = findField(settingsFields(), path);
    return field == nullptr ? QString() : field->show(settings).join(", "_L1);
}

QString unknownSetting(const QString &path)
{
    const QString parent = path.section(u'.', 0, -2);
    const QString name = path.section(u'.', -1);
    if (parent == "providers"_L1) {
        return u"“%1” cannot be the name of a provider: lower-case letters, digits and dashes only."_s
            .arg(name);
    }
    return u"There is no setting “%1”%2"_s.arg(path, didYouMean(name, namesBelow(parent)));
}

Result<void> checkTogether(const Settings &settings)
{
    if (settings.limits.maxBufferedBytes < settings.limits.maxBodyBytes) {
        return failure(
            ErrorKind::InvalidArgument,
            u"limits.max_buffered_bytes (%1) must not be smaller than limits.max_body_bytes (%2)."_s
                .arg(
                    bytesToText(settings.limits.maxBufferedBytes),
                    bytesToText(settings.limits.maxBodyBytes)),
            u"limits.max_buffered_bytes"_s);
    }
    return {};
}

QStringList unknownProviders(const Settings &settings, const std::vector<QByteArray> &known)
{
    QStringList names;
    for (const QByteArray &id : known) {
        names.append(QString::fromLatin1(id));
    }
    QStringList sentences;
    for (auto it = settings.providers.keyBegin(); it != settings.providers.keyEnd(); ++it) {
        const QString id = QString::fromLatin1(*it);
        if (!names.contains(id)) {
            sentences.append(u"The settings name a provider “%1” that does not exist%2"_s.arg(
                id, didYouMean(id, names)));
        }
    }
    sentences.sort();
    return sentences;
}

} // namespace freerelay::settings
