#pragma once

#include "core/common/environment.h"
#include "core/common/result.h"
#include "core/settings/settings_file.h"

#include <QHash>
#include <QString>

#include <utility>
#include <vector>

namespace freerelay::settings {

/// Where the value in force comes from; later ones win.
enum class Source { Default, File, DotEnv, Environment, CommandLine, Runtime };

struct Origin
{
    Source source = Source::Default;
    QString name; ///< for people: "default", "settings.yaml:12", "FREERELAY_PORT", "--port"
};

/// A scalar that overrides the settings file.
struct Override
{
    QString path; ///< "port", "providers.groq.base_url"
    QString value; ///< as it would stand in the file
    QString name; ///< what the user wrote it into: "FREERELAY_PORT", "--port"
};

/// Everything above the file, in the order of precedence from low to high.
struct Layers
{
    std::vector<Override> dotEnv;
    std::vector<Override> environment;
    std::vector<Override> commandLine;
};

/// The settings in force, each with its source.
struct EffectiveSettings
{
    Settings value;
    QHash<QString, Origin> origins; ///< by path; what is missing is a default

    [[nodiscard]] Origin originOf(const QString &path) const;
};

/// Which environment variables concern one provider; from the catalogue.
struct ProviderVariables
{
    QByteArray id;
    /// "GROQ_BASE_URL" holds a base URL; a name that ends in _HOST ("OLLAMA_HOST") holds
    /// "host[:port]", which replaces those of `shippedBaseUrl`.
    QByteArray addressVariable;
    QByteArray shippedBaseUrl;
    /// {name in `extra`, variable}: {"account_id", "CLOUDFLARE_ACCOUNT_ID"}
    std::vector<std::pair<QByteArray, QByteArray>> extras;
};

/// FREERELAY_MODE, FREERELAY_HOST, FREERELAY_PORT, FREERELAY_LOG_LEVEL, FREERELAY_LOG_FORMAT,
/// FREERELAY_OTLP_ENDPOINT and the providers' variables, where they are set. Pure but for
/// `environment`; any thread.
[[nodiscard]] std::vector<Override> environmentOverrides(
    const common::Environment &environment, const std::vector<ProviderVariables> &providers);

/// A `.env` in the working directory may set the mode and (elsewhere) keys, and nothing else.
/// @param mode  what it says for FREERELAY_MODE; empty when it says nothing
[[nodiscard]] std::vector<Override> dotEnvOverrides(const QByteArray &mode);

/// Lays the overrides over the file. Pure; any thread.
/// @param runtime  changes made while running; above everything
/// @return InvalidArgument naming the variable or option that holds an unacceptable value
[[nodiscard]] common::Result<EffectiveSettings>
layer(const ParsedSettings &file, const Layers &layers, const std::vector<Override> &runtime);

} // namespace freerelay::settings
