#pragma once

#include "core/common/secret.h"
#include "core/interfaces/gateway_control.h"
#include "ui/models/provider_list_model.h"
#include "ui/pages/providers/health_presenter.h"
#include "ui/pages/providers/quota_presenter.h"

#include <QHash>
#include <QObject>
#include <QSortFilterProxyModel>
#include <QUrl>

#include <chrono>
#include <optional>
#include <vector>

namespace freerelay::ui {

class GatewayFeed;
class MessageList;
class Prompter;

/// Keys and consent, one provider at a time. Main thread.
class ProvidersPresenter final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProvidersPresenter)

public:
    /// What a test of a provider said last.
    struct TestState
    {
        enum class Phase { None, Running, Passed, Failed };

        Phase phase = Phase::None;
        QString text;
    };

    /// How long a removed key can be had back (docs: a 10-second undo before the keychain delete).
    static constexpr std::chrono::milliseconds undoWindow{10'000};

    ProvidersPresenter(
        GatewayFeed &feed,
        MessageList &messages,
        Prompter &prompter,
        std::chrono::milliseconds undo = undoWindow,
        QObject *parent = nullptr);
    ~ProvidersPresenter() override = default;

    [[nodiscard]] QSortFilterProxyModel &rows() { return m_filtered; }
    /// Of the selected provider.
    [[nodiscard]] QuotaPresenter &quota() { return m_quota; }
    [[nodiscard]] HealthPresenter &health() { return m_health; }
    void setFilter(const QString &text);
    [[nodiscard]] QString filter() const { return m_filter; }
    /// While inactive, changes of the gateway are not looked at.
    void setActive(bool active);

    void select(const QByteArray &id);
    /// Null when nothing is selected; valid until the next changed().
    [[nodiscard]] const interfaces::ProviderRow *current() const;
    /// Keys of the selected provider without those that are about to be removed.
    [[nodiscard]] std::vector<interfaces::KeyRow> keys() const;
    [[nodiscard]] TestState testState() const;
    /// True while a key of the selected provider is being saved.
    [[nodiscard]] bool isSaving() const;
    /// "" when `typed` looks as expected or nothing is known; else a sentence. Never a refusal.
    [[nodiscard]] QString prefixHint(const QString &typed) const;
    /// Why a key cannot be removed here; "" when it can.
    [[nodiscard]] QString removalObstacle(const interfaces::KeyRow &key) const;
    /// The page where a key is made; invalid when it is not an https address.
    [[nodiscard]] QUrl keyPage() const;

    /// Saves into the keychain and tests the key; asks what to do when the keychain refuses.
    void addKey(const common::Secret &key);
    /// Tests a key that is not saved yet.
    void testCandidate(const common::Secret &key);
    /// Tests a stored key; with an empty fingerprint, a keyless provider.
    void testKey(const QByteArray &fingerprint);
    /// Tests the first stored key of the selected provider, or it without a key; false when there
    /// is nothing to test yet.
    bool testCurrent();
    /// Removes the selected provider's only removable key; false when there is not exactly one.
    bool removeOnlyKey();
    /// Takes the key out of sight now and out of the keychain when the undo window has passed.
    void removeKey(const QByteArray &fingerprint);
    /// Carries out what waits for its undo window: before the program ends.
    void finishRemovals();
    /// Shows limits and terms and asks for consent to a keyless provider.
    void askConsent();
    void withdrawConsent();
    void retryKeychain();

Q_SIGNALS:
    void changed();
    /// A key of that provider was saved: the field may be emptied.
    void keySaved(const QByteArray &provider);

private:
    struct Removal
    {
        QByteArray provider;
        QByteArray fingerprint;
    };

    void reload();
    void
    save(const QByteArray &provider, const common::Secret &key, interfaces::KeyStorage storage);
    void onSaved(
        const QByteArray &provider, const common::Secret &key, const common::Result<void> &result);
    void
    askWhereElse(const QByteArray &provider, const common::Secret &key, const common::Error &error);
    void askFileConsent(const QByteArray &provider, const common::Secret &key);
    void retryThenSave(const QByteArray &provider, const common::Secret &key);
    void runTest(
        const QByteArray &provider, const QByteArray &fingerprint, const common::Secret &candidate);
    void undoRemoval(const Removal &removal);
    void carryOut(const Removal &removal);
    [[nodiscard]] bool isBeingRemoved(const QByteArray &provider, const QByteArray &key) const;
    [[nodiscard]] QString nameOf(const QByteArray &provider) const;

    GatewayFeed &m_feed;
    MessageList &m_messages;
    Prompter &m_prompter;
    std::chrono::milliseconds m_undo;
    ProviderListModel m_model;
    QSortFilterProxyModel m_filtered;
    QuotaPresenter m_quota;
    HealthPresenter m_health;
    QString m_filter;
    QByteArray m_current;
    QHash<QByteArray, TestState> m_tests;
    QHash<QByteArray, int> m_testRuns; ///< number of the newest test: older answers are dropped
    QList<QByteArray> m_saving;
    std::vector<Removal> m_removals;
    bool m_active = false;
};

} // namespace freerelay::ui
