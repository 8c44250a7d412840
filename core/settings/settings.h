#pragma once

#include "core/common/limits.h"
#include "core/common/mode.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <chrono>
#include <cstdint>
#include <optional>

namespace freerelay::settings {

/// What the user set about one provider.
struct ProviderSettings
{
    bool enabled = true;
    QByteArray baseUrl; ///< "" = the catalogue's
    bool consent = false; ///< agreed to use it without a key, by name
    bool trialAsFree = false; ///< one-off credit counts as free
    QHash<QByteArray, QByteArray> extra; ///< values for {account_id} and the like

    bool operator==(const ProviderSettings &) const = default;
};

using common::GatewayLimits;
using common::UnknownPeer;

/// When most providers fail so that what is nice to have is left out; shares and rates in percent.
struct BrownoutSettings
{
    bool enabled = true;
    int enterShare = 50; ///< of the configured providers, from which on it begins
    int leaveShare = 25; ///< up to which it may end
    int enterErrors = 15; ///< of the calls of five minutes, above which it begins
    int leaveErrors = 5; ///< of those of a minute, below which it may end
    int minimumCalls = 20; ///< in five minutes, before which it never begins
    std::chrono::milliseconds calm{180'000}; ///< before it ends

    bool operator==(const BrownoutSettings &) const = default;
};

/// Running tools of the command line for clients with the admin token (docs/integrations.md).
struct CliRunSettings
{
    bool enabled = false;
    QString folder; ///< that they may work below; "" = one of FreeRelay's own
    int most = 2; ///< at a time
    std::chrono::milliseconds timeout{600'000}; ///< of one, at most

    bool operator==(const CliRunSettings &) const = default;
};

/// The user's settings: one YAML file under XDG, documented in docs/settings.md. Plain value.
struct Settings
{
    common::Mode mode = common::Mode::Auto;
    bool allowPaidInAuto = true;

    QString host = QStringLiteral("127.0.0.1"); ///< anything but loopback needs client keys
    std::uint16_t port = 8000; ///< 0 = any free one
    int workers = 0; ///< 0 = min(cores, 4)
    QStringList allowedHosts; ///< beside 127.0.0.1, ::1, localhost
    QStringList allowedOrigins; ///< exact origins that a browser may call from
    UnknownPeer unknownPeer = UnknownPeer::Refuse;
    bool sameUserOnly = true;
    QString bridgeAddress; ///< for tools in containers; "" = none
    bool requireKeys = false; ///< of apps; without one nobody is answered
    GatewayLimits limits;

    std::chrono::milliseconds requestDeadline{300'000}; ///< of one request over all its attempts
    std::chrono::milliseconds firstContentTimeout{90'000}; ///< of an attempt that streams
    std::chrono::milliseconds wholeReplyTimeout{180'000}; ///< of an attempt that does not stream
    std::chrono::milliseconds gapTimeout{60'000}; ///< between two parts of a provider's reply
    std::chrono::milliseconds quotaWait{10'000}; ///< once a request, for a quota; 0 = never
    bool continueStreams = true; ///< a stream of plain text that breaks off: by another model
    bool hedging = true; ///< an answer that is late is asked for at a second provider as well
    std::chrono::milliseconds resumeKeep{300'000}; ///< of a resumable reply, after its end
    std::chrono::milliseconds responsesKeep{3'600'000}; ///< of a stored Response; 0 = none is
    std::chrono::milliseconds resumeGrace{60'000}; ///< of one that nobody reads
    int maxAttempts = 6;
    BrownoutSettings brownout;
    CliRunSettings cliRuns;

    QHash<QByteArray, ProviderSettings> providers; ///< by provider id
    QString providersFile; ///< user's own providers (YAML); "" = providers.yaml beside the settings

    QString logLevel = QStringLiteral("info"); ///< debug, info, warning, error
    QString logFormat = QStringLiteral("text"); ///< text, json
    int keepDays = 30; ///< of single requests in the record
    std::int64_t maxRecordBytes = 512LL * 1024 * 1024; ///< above, the oldest requests go
    int keepTextsHours = 0; ///< of prompts and answers, for debugging; 0 = they are not kept
    QString audit = QStringLiteral("none"); ///< none, standard, signed
    QString otlpEndpoint; ///< where traces are sent; "" = nowhere
    bool auditStrict = false; ///< an answer ends only after its audit record is on the disk
    bool startHidden = false;
    bool closeToTray = true;

    [[nodiscard]] ProviderSettings provider(const QByteArray &id) const
    {
        return providers.value(id);
    }

    bool operator==(const Settings &) const = default;
};

} // namespace freerelay::settings
