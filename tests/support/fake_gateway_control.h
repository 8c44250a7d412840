#pragma once

#include "core/interfaces/gateway_control.h"
#include "tests/support/fake_app_connections.h"
#include "tests/support/fake_app_keys.h"
#include "tests/support/fake_cli_runs.h"
#include "tests/support/fake_request_history.h"
#include "tests/support/fake_skills.h"

#include <QTimer>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace freerelay::tests {

/// A gateway that says what a test tells it to and remembers what it was ordered. Answers come
/// from the event loop, as the contract has it.
class FakeGatewayControl final : public QObject, public interfaces::GatewayControl
{
public:
    struct AddedKey
    {
        QByteArray provider;
        QByteArray key;
        interfaces::KeyStorage storage;
    };
    struct TestedKey
    {
        QByteArray provider;
        QByteArray fingerprint;
        QByteArray candidate;
    };

    interfaces::GatewayStatus now;
    std::vector<interfaces::ProviderRow> rows;
    std::vector<interfaces::RequestRow> requests; ///< newest first
    std::vector<interfaces::ModelRow> catalogue;
    interfaces::QuotaFigures quotas;
    interfaces::ChaosFigures chaosNow;
    std::optional<common::Error> chaosError; ///< what setChaos() answers
    std::map<QByteArray, interfaces::HealthFigures> healths; ///< by provider
    FakeRequestHistory past;
    FakeAppConnections tools;
    FakeAppKeys appKeyBook;
    FakeCliRuns runs;
    FakeSkills abilities;
    /// Storages that refuse keys, and with what.
    std::map<interfaces::KeyStorage, common::Error> refusals;
    std::optional<common::Error> keychainError; ///< what retryKeychain() answers
    common::Result<interfaces::KeyTestResult> testAnswer = interfaces::KeyTestResult{
        std::chrono::milliseconds(240), 12, {}};
    std::optional<common::Error> settingsError; ///< what setMode() and setConsent() answer

    std::vector<AddedKey> added;
    std::vector<TestedKey> tested;
    std::vector<std::pair<QByteArray, QByteArray>> removed;
    std::vector<std::pair<QByteArray, bool>> consents;
    std::vector<quint16> listenRequests;
    QStringList resent;
    common::Result<QString> resendAnswer = QStringLiteral("req_new"); ///< what resend() answers
    std::vector<interfaces::ChaosRules> chaosOrders;
    int keychainRetries = 0;
    mutable int statusReads = 0;
    mutable int requestReads = 0;
    mutable int quotaReads = 0;
    mutable int healthReads = 0;
    bool hasQuit = false;

    /// Tells the subscriber that something changed.
    void announce()
    {
        if (m_changed) {
            m_changed();
        }
    }

    [[nodiscard]] interfaces::GatewayStatus status() const override
    {
        ++statusReads;
        return now;
    }
    [[nodiscard]] std::vector<interfaces::ProviderRow> providers() const override { return rows; }
    [[nodiscard]] interfaces::QuotaFigures quota() const override
    {
        ++quotaReads;
        return quotas;
    }
    [[nodiscard]] interfaces::HealthFigures health(const QByteArray &provider) const override
    {
        ++healthReads;
        const auto found = healths.find(provider);
        return found == healths.end() ? interfaces::HealthFigures() : found->second;
    }
    [[nodiscard]] std::vector<interfaces::ModelRow> models(bool all) const override
    {
        std::vector<interfaces::ModelRow> found;
        std::copy_if(
            catalogue.begin(),
            catalogue.end(),
            std::back_inserter(found),
            [all](const auto &model) { return all || model.usable; });
        return found;
    }
    [[nodiscard]] std::vector<interfaces::RequestRow>
    recentRequests(int limit, quint64 after) const override
    {
        ++requestReads;
        std::vector<interfaces::RequestRow> newer;
        for (const auto &row : requests) {
            if (row.sequence > after && newer.size() < static_cast<std::size_t>(limit)) {
                newer.push_back(row);
            }
        }
        return newer;
    }

    [[nodiscard]] interfaces::RequestHistory &history() override { return past; }
    [[nodiscard]] interfaces::AppConnections &apps() override { return tools; }
    [[nodiscard]] interfaces::AppKeys &appKeys() override { return appKeyBook; }
    [[nodiscard]] interfaces::CliRuns &cliRuns() override { return runs; }
    [[nodiscard]] interfaces::Skills &skills() override { return abilities; }

    common::Result<void> setMode(common::Mode mode) override
    {
        now.mode = mode;
        return settingsResult();
    }
    common::Result<void> listenOn(quint16 port) override
    {
        listenRequests.push_back(port);
        now.listening = true;
        now.problem.clear();
        now.nextFreePort = 0;
        now.endpoint = QStringLiteral("http://127.0.0.1:%1").arg(port == 0 ? 8000 : port);
        return settingsResult();
    }
    void pause() override { now.paused = true; }
    void resume() override { now.paused = false; }

    void addKey(
        const QByteArray &provider,
        const common::Secret &key,
        interfaces::KeyStorage storage,
        Callback<void> done) override
    {
        added.push_back({provider, key.reveal(), storage});
        const auto refusal = refusals.find(storage);
        if (refusal != refusals.end()) {
            answer(std::move(done), common::Result<void>(tl::unexpected(refusal->second)));
            return;
        }
        static const std::map<interfaces::KeyStorage, QString> sources{
            {interfaces::KeyStorage::Keychain, QStringLiteral("keychain")},
            {interfaces::KeyStorage::Session, QStringLiteral("this session")},
            {interfaces::KeyStorage::File, QStringLiteral("private file")}};
        if (auto *row = find(provider)) {
            row->keys.push_back({key.fingerprint(), key.masked(), sources.at(storage), true});
            row->state = interfaces::KeyState::Ready;
            row->stateText.clear();
        }
        answer(std::move(done), common::Result<void>());
    }
    void removeKey(
        const QByteArray &provider, const QByteArray &fingerprint, Callback<void> done) override
    {
        removed.emplace_back(provider, fingerprint);
        if (auto *row = find(provider)) {
            std::erase_if(
                row->keys, [&](const auto &key) { return key.fingerprint == fingerprint; });
        }
        answer(std::move(done), common::Result<void>());
    }
    void testKey(
        const QByteArray &provider,
        const QByteArray &fingerprint,
        const common::Secret &candidate,
        Callback<interfaces::KeyTestResult> done) override
    {
        tested.push_back({provider, fingerprint, candidate.reveal()});
        answer(std::move(done), testAnswer);
    }
    common::Result<void> setConsent(const QByteArray &provider, bool consent) override
    {
        consents.emplace_back(provider, consent);
        if (auto *row = find(provider)) {
            row->state = consent ? interfaces::KeyState::Keyless
                                 : interfaces::KeyState::ConsentNeeded;
            row->stateText.clear();
        }
        return settingsResult();
    }
    void retryKeychain(Callback<void> done) override
    {
        ++keychainRetries;
        answer(
            std::move(done),
            keychainError ? common::Result<void>(tl::unexpected(*keychainError))
                          : common::Result<void>());
    }
    void resend(const QString &requestId, Callback<QString> done) override
    {
        resent << requestId;
        answer(std::move(done), resendAnswer);
    }
    [[nodiscard]] interfaces::ChaosFigures chaos() const override { return chaosNow; }
    common::Result<void> setChaos(const interfaces::ChaosRules &rules) override
    {
        chaosOrders.push_back(rules);
        if (chaosError) {
            return tl::unexpected(*chaosError);
        }
        chaosNow.rules = rules;
        now.chaos.on = rules.on;
        return {};
    }
    void quit() override { hasQuit = true; }

    [[nodiscard]] std::unique_ptr<interfaces::Subscription>
    subscribe(std::function<void()> changed) override
    {
        m_changed = std::move(changed);
        return std::make_unique<Held>(*this);
    }

private:
    struct Held final : interfaces::Subscription
    {
        explicit Held(FakeGatewayControl &owner)
            : gateway(owner)
        { }
        Held(const Held &) = delete;
        Held &operator=(const Held &) = delete;
        ~Held() override { gateway.m_changed = nullptr; }
        FakeGatewayControl &gateway;
    };

    interfaces::ProviderRow *find(const QByteArray &id)
    {
        const auto found = std::find_if(
            rows.begin(), rows.end(), [&](const auto &row) { return row.id == id; });
        return found == rows.end() ? nullptr : &*found;
    }
    [[nodiscard]] common::Result<void> settingsResult() const
    {
        return settingsError ? common::Result<void>(tl::unexpected(*settingsError))
                             : common::Result<void>();
    }
    template <typename T> void answer(Callback<T> done, common::Result<T> result)
    {
        QTimer::singleShot(
            0, this, [done = std::move(done), result = std::move(result)] { done(result); });
    }

    std::function<void()> m_changed;
};

} // namespace freerelay::tests
