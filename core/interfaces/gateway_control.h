#pragma once

#include "core/common/mode.h"
#include "core/common/result.h"
#include "core/common/secret.h"
#include "core/interfaces/app_connections.h"
#include "core/interfaces/app_keys.h"
#include "core/interfaces/chaos_figures.h"
#include "core/interfaces/cli_runs.h"
#include "core/interfaces/health_figures.h"
#include "core/interfaces/quota_figures.h"
#include "core/interfaces/request_history.h"
#include "core/interfaces/skills.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::interfaces {

/// Whether prompts and answers are kept, for debugging (docs/records.md).
struct TextsStatus
{
    std::chrono::hours keep{0}; ///< 0 = they are not
    quint64 kept = 0; ///< requests whose texts are kept
    std::optional<QDateTime> oldestUntil; ///< when the oldest of them are deleted
    quint64 dropped = 0; ///< requests whose texts were not kept, in this run
    QString problem; ///< why they are not at the moment; "" = none

    [[nodiscard]] bool isOn() const { return keep.count() > 0; }
};

/// Whether what happens is being recorded (docs/records.md). The sentences name no paths.
struct RecordingStatus
{
    bool recording = false;
    QString problem; ///< why it does not at the moment; "" = it does, or has not begun yet
    QString notice; ///< what happened in this run and needs no action; "" = nothing
    quint64 written = 0; ///< requests, in this run
    quint64 dropped = 0; ///< requests that are in no record, in this run
    quint64 waiting = 0;
    TextsStatus texts{};
};

/// Whether requests are audited (docs/audit.md). The sentences name no paths.
struct AuditStatus
{
    QString mode = QStringLiteral("none"); ///< "none", "standard", "signed"
    bool strict = false; ///< answers wait for their record
    QString keyNotice; ///< why its keys last for this session only; "" = they are kept
    RecordingStatus trail;
};

/// Whether faults are played on purpose (docs/chaos.md).
struct ChaosStatus
{
    bool on = false;
    quint64 played = 0; ///< faults, in this run
};

/// Whether most providers fail, so that what is nice to have is left out (docs/health.md).
struct BrownoutStatus
{
    bool active = false;
    int open = 0; ///< providers to which nothing goes at the moment
    int configured = 0; ///< that are not local
    bool operator==(const BrownoutStatus &) const = default;
};

/// The state a person sees first.
struct GatewayStatus
{
    bool listening = false;
    QString endpoint; ///< "http://127.0.0.1:8000"; empty when not listening
    common::Mode mode = common::Mode::Auto;
    bool paused = false;
    bool demo = false; ///< the demo provider answers, because none was ever configured
    int providersReady = 0;
    int providersConfigured = 0;
    quint64 requestsTotal = 0;
    quint64 requestsFailed = 0;
    int requestsInFlight = 0;
    /// One sentence when something needs the user (port taken, keychain locked, …); else empty.
    QString problem;
    RecordingStatus recording;
    AuditStatus audit;
    ChaosStatus chaos;
    BrownoutStatus brownout;
    QuotaOutlook outlook; ///< as it was when a provider was last used up, or came back
    /// A port that could be had instead when the wanted one is taken; 0 = none to offer.
    quint16 nextFreePort = 0;
    QString version;
    qint64 pid = 0;
    std::chrono::seconds uptime{0};
};

enum class KeyState {
    NoKey, ///< needs one
    Keyless, ///< works without, consented
    ConsentNeeded, ///< works without a key, the user has not agreed yet
    Ready,
    CoolingDown, ///< until `coolDownUntil`
    Rejected, ///< the provider refused the key
    KeychainLocked,
    Disabled,
};

struct KeyRow
{
    QByteArray fingerprint;
    QString masked; ///< "gsk…9f2c"
    QString sourceName; ///< "GROQ_API_KEY", "keychain", "this session"
    bool removable = false;
};

struct ProviderRow
{
    QByteArray id;
    QString name;
    QString tier; ///< "free", "trial", "paid", "subscription", "local"
    KeyState state = KeyState::NoKey;
    QString stateText; ///< the state in words, with reason
    std::optional<QDateTime> coolDownUntil;
    std::vector<KeyRow> keys;
    int models = 0;
    QString keyUrl;
    QStringList keySteps; ///< how to get a key, in order
    QString keyPrefix; ///< "" = unknown
    QString variable; ///< environment name of the key
    /// Environment names of tokens that were made for something else: offered, never used unasked.
    QStringList offeredVariables;
    QString terms; ///< limits and terms to know before consenting
    bool keyless = false;
};

struct ModelRow
{
    QString id;
    QString provider;
    QString tier;
    bool usable = false;
    std::optional<qint64> contextWindow;
};

/// What a connection test found.
struct KeyTestResult
{
    std::chrono::milliseconds latency{0};
    int models = 0;
    QString message; ///< one sentence
};

/// Where an added key is to be kept.
enum class KeyStorage { Keychain, Session, File };

/// Holding it keeps the subscription; destroying it ends it.
class Subscription
{
public:
    virtual ~Subscription() = default;
};

/// Everything a front end (window, tray, command line) may ask or order. Main thread only; never
/// blocks. Callbacks come later, from the event loop of the main thread, exactly once.
class GatewayControl
{
public:
    template <typename T> using Callback = std::function<void(common::Result<T>)>;

    virtual ~GatewayControl() = default;

    [[nodiscard]] virtual GatewayStatus status() const = 0;
    [[nodiscard]] virtual std::vector<ProviderRow> providers() const = 0;
    [[nodiscard]] virtual std::vector<ModelRow> models(bool all) const = 0;
    /// Newest first; at most `limit`, only those with sequence > `after`.
    [[nodiscard]] virtual std::vector<RequestRow>
    recentRequests(int limit, quint64 after) const = 0;
    /// What is used of the providers' quotas, what rests, and who would answer next.
    [[nodiscard]] virtual QuotaFigures quota() const = 0;
    /// Which faults are played on purpose, and how often they were.
    [[nodiscard]] virtual ChaosFigures chaos() const = 0;
    /// How well a provider answered in the last minutes; no samples before it was called.
    [[nodiscard]] virtual HealthFigures health(const QByteArray &provider) const = 0;
    /// What is recorded, also of earlier runs. Any thread; lives as long as this object.
    [[nodiscard]] virtual RequestHistory &history() = 0;
    /// Pointing tools at the gateway. Lives as long as this object.
    [[nodiscard]] virtual AppConnections &apps() = 0;
    /// Apps and their keys. Lives as long as this object.
    [[nodiscard]] virtual AppKeys &appKeys() = 0;
    /// Tools of the command line that clients may have run. Lives as long as this object.
    [[nodiscard]] virtual CliRuns &cliRuns() = 0;
    /// Lives as long as this object.
    [[nodiscard]] virtual Skills &skills() = 0;

    /// Stored in the settings file; StorageFailed when that cannot be written (in force all the
    /// same).
    virtual common::Result<void> setMode(common::Mode mode) = 0;
    /// Tries again to listen, when the gateway does not: on `port`, which is then stored in the
    /// settings file, or with 0 on the one of the settings.
    /// @return AlreadyExists when that port is taken too, or the gateway listens already;
    ///         StorageFailed when it listens but the port could not be stored
    virtual common::Result<void> listenOn(quint16 port) = 0;
    virtual void pause() = 0;
    virtual void resume() = 0;

    /// Saves the key. KeychainUnavailable says in words why the keychain did not take it; the
    /// caller may then offer KeyStorage::Session or, after consent, KeyStorage::File.
    virtual void addKey(
        const QByteArray &provider,
        const common::Secret &key,
        KeyStorage storage,
        Callback<void> done)
        = 0;
    virtual void
    removeKey(const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done)
        = 0;
    /// Tests a stored key (by fingerprint) or, when `candidate` is not empty, that one.
    virtual void testKey(
        const QByteArray &provider,
        const QByteArray &fingerprint,
        const common::Secret &candidate,
        Callback<KeyTestResult> done)
        = 0;
    /// Agrees to (or withdraws) the use of a keyless provider.
    virtual common::Result<void> setConsent(const QByteArray &provider, bool consent) = 0;
    /// Tries again to read the keychain.
    virtual void retryKeychain(Callback<void> done) = 0;

    /// Sends the kept prompt of a request again, as a new request by itself.
    /// @param done  called once its answer begins, with the new request's id; NotFound when the
    ///              prompt is not kept, InvalidArgument when only its beginning is, Unavailable
    ///              when the gateway does not answer
    virtual void resend(const QString &requestId, Callback<QString> done) = 0;

    /// Replaces what is played on purpose, for this run.
    /// @return InvalidArgument for a rule that is none; Unavailable when the program was not
    ///         started with --chaos or --developer
    virtual common::Result<void> setChaos(const ChaosRules &rules) = 0;

    /// Ends the program in order.
    virtual void quit() = 0;

    /// `changed` is called (main thread) after status or providers changed; not per request.
    [[nodiscard]] virtual std::unique_ptr<Subscription>
    subscribe(std::function<void()> changed) = 0;
};

} // namespace freerelay::interfaces
