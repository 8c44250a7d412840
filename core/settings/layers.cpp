#include "layers.h"

#include "core/settings/schema.h"

#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

/// "127.0.0.1:11434" laid over "http://127.0.0.1:11434/v1". An address that a server listens on
/// ("0.0.0.0", "::") is reached on loopback.
QString baseUrlFromHost(const QString &value, const QByteArray &shippedBaseUrl)
{
    QUrl url = QUrl::fromEncoded(shippedBaseUrl);
    const QUrl given(value.contains("://"_L1) ? value : QString("http://"_L1 % value));
    if (!given.isValid() || given.host().isEmpty()) {
        return value;
    }
    const QString host = given.host();
    const bool any = host == "0.0.0.0"_L1 || host == "::"_L1;
    url.setScheme(given.scheme());
    url.setHost(any ? u"127.0.0.1"_s : host);
    url.setPort(given.port(url.port()));
    if (given.path().size() > 1) {
        url.setPath(given.path());
    }
    return url.toString(QUrl::FullyEncoded);
}

void addProvider(
    std::vector<Override> &found,
    const common::Environment &environment,
    const ProviderVariables &provider)
{
    const QString prefix = u"providers.%1."_s.arg(QString::fromLatin1(provider.id));
    if (const auto value = environment.value(provider.addressVariable)) {
        const QString text = QString::fromUtf8(*value).trimmed();
        const bool isHost = provider.addressVariable.endsWith("_HOST");
        found.push_back(
            {prefix % "base_url"_L1,
             isHost ? baseUrlFromHost(text, provider.shippedBaseUrl) : text,
             QString::fromLatin1(provider.addressVariable)});
    }
    for (const auto &[name, variable] : provider.extras) {
        if (const auto value = environment.value(variable)) {
            found.push_back(
                {prefix % "extra."_L1 % QString::fromLatin1(name),
                 QString::fromUtf8(*value).trimmed(),
                 QString::fromLatin1(variable)});
        }
    }
}

Result<void>
apply(EffectiveSettings &effective, const std::vector<Override> &overrides, Source source)
{
    for (const Override &one : overrides) {
        auto done = applyField(effective.value, one.path, FieldValue::scalar(one.value));
        if (!done) {
            done.error().message = one.name % u": "_s % done.error().message;
            return done;
        }
        effective.origins.insert(one.path, {source, one.name});
    }
    return {};
}

} // namespace

Origin EffectiveSettings::originOf(const QString &path) const
{
    return origins.value(path, Origin{Source::Default, u"default"_s});
}

std::vector<Override> environmentOverrides(
    const common::Environment &environment, const std::vector<ProviderVariables> &providers)
{
    static const std::vector<std::pair<QByteArray, QString>> ours{
        {"FREERELAY_MODE"_ba, u"mode"_s},
        {"FREERELAY_HOST"_ba, u"host"_s},
        {"FREERELAY_PORT"_ba, u"port"_s},
        {"FREERELAY_REQUIRE_KEYS"_ba, u"require_keys"_s},
        {"FREERELAY_LOG_LEVEL"_ba, u"log_level"_s},
        {"FREERELAY_LOG_FORMAT"_ba, u"log_format"_s},
        {"FREERELAY_OTLP_ENDPOINT"_ba, u"telemetry.otlp_endpoint"_s},
    };
    std::vector<Override> found;
    for (const auto &[variable, path] : ours) {
        if (const auto value = environment.value(variable)) {
            found.push_back(
                {path, QString::fromUtf8(*value).trimmed(), QString::fromLatin1(variable)});
        }
    }
    for (const ProviderVariables &provider : providers) {
        addProvider(found, environment, provider);
    }
    return found;
}

std::vector<Override> dotEnvOverrides(const QByteArray &mode)
{
    if (mode.isEmpty()) {
        return {};
    }
    return {{u"mode"_s, QString::fromUtf8(mode), u".env: FREERELAY_MODE"_s}};
}

Result<EffectiveSettings>
layer(const ParsedSettings &file, const Layers &layers, const std::vector<Override> &runtime)
{
    EffectiveSettings effective{file.value, {}};
    for (auto it = file.lines.cbegin(); it != file.lines.cend(); ++it) {
        effective.origins.insert(it.key(), {Source::File, u"settings.yaml:%1"_s.arg(it.value())});
    }
    const std::pair<const std::vector<Override> *, Source> order[] = {
        {&layers.dotEnv, Source::DotEnv},
        {&layers.environment, Source::Environment},
        {&layers.commandLine, Source::CommandLine},
        {&runtime, Source::Runtime},
    };
    for (const auto &[overrides, source] : order) {
        if (auto done = apply(effective, *overrides, source); !done) {
            return failure(std::move(done.error()));
        }
    }
    return effective;
}

} // namespace freerelay::settings
