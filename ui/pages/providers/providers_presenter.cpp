#include "providers_presenter.h"

#include "ui/dialogs/prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/shell/message_list.h"
#include "ui/widgets/typography.h"

#include <QLocale>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;
using common::Error;
using common::ErrorKind;
using common::Result;
using common::Secret;
using interfaces::KeyRow;
using interfaces::KeyStorage;
using interfaces::KeyTestResult;
using interfaces::ProviderRow;

ProvidersPresenter::ProvidersPresenter(
    GatewayFeed &feed,
    MessageList &messages,
    Prompter &prompter,
    std::chrono::milliseconds undo,
    QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_messages(messages)
    , m_prompter(prompter)
    , m_undo(undo)
    , m_model(this)
    , m_filtered(this)
    , m_quota(feed)
    , m_health(feed)
{
    m_filtered.setSourceModel(&m_model);
    m_filtered.setFilterRole(ProviderListModel::SearchRole);
    m_filtered.setFilterCaseSensitivity(Qt::CaseInsensitive);
    connect(&m_feed, &GatewayFeed::changed, this, [this] {
        if (m_active) {
            reload();
        }
    });
    reload();
}

void ProvidersPresenter::setFilter(const QString &text)
{
    m_filter = text;
    m_filtered.setFilterFixedString(text);
    Q_EMIT changed();
}

void ProvidersPresenter::setActive(bool active)
{
    m_active = active;
    if (active) {
        reload();
    }
    m_quota.setActive(active);
    m_health.setActive(active);
}

void ProvidersPresenter::reload()
{
    m_model.setRows(m_feed.providers());
    if (m_model.row(m_current) == nullptr && m_model.rowCount() > 0) {
        m_current = m_model.index(0).data(ProviderListModel::IdRole).toByteArray();
    }
    m_quota.setProvider(m_current);
    m_health.setProvider(m_current);
    Q_EMIT changed();
}

void ProvidersPresenter::select(const QByteArray &id)
{
    if (id != m_current) {
        m_current = id;
        m_quota.setProvider(id);
        m_health.setProvider(id);
        Q_EMIT changed();
    }
}

const ProviderRow *ProvidersPresenter::current() const
{
    return m_model.row(m_current);
}

std::vector<KeyRow> ProvidersPresenter::keys() const
{
    const ProviderRow *row = current();
    if (row == nullptr) {
        return {};
    }
    std::vector<KeyRow> visible;
    std::copy_if(
        row->keys.begin(), row->keys.end(), std::back_inserter(visible), [&](const KeyRow &key) {
            return !isBeingRemoved(row->id, key.fingerprint);
        });
    return visible;
}

ProvidersPresenter::TestState ProvidersPresenter::testState() const
{
    return m_tests.value(m_current);
}

bool ProvidersPresenter::isSaving() const
{
    return m_saving.contains(m_current);
}

QString ProvidersPresenter::prefixHint(const QString &typed) const
{
    const ProviderRow *row = current();
    const QString text = typed.trimmed();
    if (row == nullptr || row->keyPrefix.isEmpty() || text.isEmpty()
        || text.startsWith(row->keyPrefix)) {
        return {};
    }
    return tr("Keys of %1 usually start with “%2”. You can save this one all the same.")
        .arg(row->name, row->keyPrefix);
}

QString ProvidersPresenter::removalObstacle(const KeyRow &key) const
{
    return key.removable
        ? QString()
        : tr("This key comes from %1 and can only be removed there").arg(key.sourceName);
}

QUrl ProvidersPresenter::keyPage() const
{
    const ProviderRow *row = current();
    const QUrl url = row == nullptr ? QUrl() : QUrl(row->keyUrl, QUrl::StrictMode);
    return url.scheme() == "https"_L1 ? url : QUrl();
}

void ProvidersPresenter::addKey(const Secret &key)
{
    if (!key.isEmpty() && !m_current.isEmpty() && !isSaving()) {
        save(m_current, key, KeyStorage::Keychain);
    }
}

void ProvidersPresenter::save(const QByteArray &provider, const Secret &key, KeyStorage storage)
{
    m_saving.append(provider);
    Q_EMIT changed();
    m_feed.gateway().addKey(
        provider,
        key,
        storage,
        [self = QPointer<ProvidersPresenter>(this), provider, key](const Result<void> &result) {
            if (self) {
                self->onSaved(provider, key, result);
            }
        });
}

void ProvidersPresenter::onSaved(
    const QByteArray &provider, const Secret &key, const Result<void> &result)
{
    m_saving.removeAll(provider);
    m_feed.refresh();
    Q_EMIT changed();
    if (result) {
        m_messages.add({MessageKind::Success, tr("Key for %1 saved.").arg(nameOf(provider))});
        Q_EMIT keySaved(provider);
        runTest(provider, key.fingerprint(), {});
    } else if (result.error().kind == ErrorKind::KeychainUnavailable) {
        askWhereElse(provider, key, result.error());
    } else {
        m_messages.addError(result.error());
    }
}

void ProvidersPresenter::askWhereElse(
    const QByteArray &provider, const Secret &key, const Error &error)
{
    enum Answer { SessionOnly, TryAgain, PrivateFile, Cancel };
    const Question question{
        u"keychainRefused"_s,
        tr("The keychain did not take the key"),
        error.message,
        tr("Nothing was saved. You can use the key until FreeRelay ends, try the keychain again "
           "after unlocking it, or keep the key in a file of yours, which is not encrypted."),
        {tr("Use for This &Session Only"),
         tr("&Try the Keychain Again"),
         tr("Save in a Private &File…"),
         tr("Cancel")},
        Cancel};
    m_prompter.ask(
        question, [self = QPointer<ProvidersPresenter>(this), provider, key](int answer) {
            if (!self) {
                return;
            }
            switch (answer) {
            case SessionOnly:
                self->save(provider, key, KeyStorage::Session);
                break;
            case TryAgain:
                self->retryThenSave(provider, key);
                break;
            case PrivateFile:
                self->askFileConsent(provider, key);
                break;
            default:
                break;
            }
        });
}

void ProvidersPresenter::askFileConsent(const QByteArray &provider, const Secret &key)
{
    enum Answer { Cancel, Save };
    const Question question{
        u"keyFileConsent"_s,
        tr("Keep the key in a file?"),
        tr("The key for %1 would be stored as readable text.").arg(nameOf(provider)),
        tr("Only your user account may read the file (mode 0600), but every program that you run "
           "can, and so can whoever gets at your disk or a backup of it."),
        {tr("Do Not Save"), tr("&Save Unencrypted")},
        Cancel};
    m_prompter.ask(
        question, [self = QPointer<ProvidersPresenter>(this), provider, key](int answer) {
            if (self && answer == Save) {
                self->save(provider, key, KeyStorage::File);
            }
        });
}

void ProvidersPresenter::retryThenSave(const QByteArray &provider, const Secret &key)
{
    m_feed.gateway().retryKeychain(
        [self = QPointer<ProvidersPresenter>(this), provider, key](const Result<void> &result) {
            if (!self) {
                return;
            }
            if (result) {
                self->save(provider, key, KeyStorage::Keychain);
            } else {
                self->askWhereElse(provider, key, result.error());
            }
        });
}

void ProvidersPresenter::testCandidate(const Secret &key)
{
    if (!key.isEmpty() && !m_current.isEmpty()) {
        runTest(m_current, {}, key);
    }
}

void ProvidersPresenter::testKey(const QByteArray &fingerprint)
{
    if (!m_current.isEmpty()) {
        runTest(m_current, fingerprint, {});
    }
}

void ProvidersPresenter::runTest(
    const QByteArray &provider, const QByteArray &fingerprint, const Secret &candidate)
{
    const int run = ++m_testRuns[provider];
    m_tests[provider] = {TestState::Phase::Running, tr("Asking %1…").arg(nameOf(provider))};
    Q_EMIT changed();
    m_feed.gateway().testKey(
        provider,
        fingerprint,
        candidate,
        [self = QPointer<ProvidersPresenter>(this), provider, run](
            const Result<KeyTestResult> &result) {
            if (!self || self->m_testRuns.value(provider) != run) {
                return;
            }
            TestState &state = self->m_tests[provider];
            if (result) {
                const QString milliseconds = QLocale().toString(
                    static_cast<qlonglong>(result->latency.count()));
                const QString facts = tr("%n model(s), answered in %1 ms", nullptr, result->models)
                                          .arg(milliseconds);
                state = {
                    TestState::Phase::Passed,
                    result->message.isEmpty()
                        ? facts
                        : tr("%1 – %2", "message, facts").arg(result->message, facts)};
            } else {
                state = {TestState::Phase::Failed, result.error().message};
            }
            Q_EMIT self->changed();
        });
}

bool ProvidersPresenter::testCurrent()
{
    const ProviderRow *row = current();
    const std::vector<KeyRow> stored = keys();
    if (!stored.empty()) {
        testKey(stored.front().fingerprint);
        return true;
    }
    const bool usable = row != nullptr && row->keyless
        && row->state != interfaces::KeyState::ConsentNeeded;
    if (usable) {
        testKey({});
    }
    return usable;
}

bool ProvidersPresenter::removeOnlyKey()
{
    std::vector<KeyRow> stored = keys();
    std::erase_if(stored, [](const KeyRow &key) { return !key.removable; });
    if (stored.size() != 1) {
        return false;
    }
    removeKey(stored.front().fingerprint);
    return true;
}

void ProvidersPresenter::removeKey(const QByteArray &fingerprint)
{
    const ProviderRow *row = current();
    if (row == nullptr || isBeingRemoved(row->id, fingerprint)) {
        return;
    }
    const auto key = std::find_if(row->keys.begin(), row->keys.end(), [&](const KeyRow &candidate) {
        return candidate.fingerprint == fingerprint;
    });
    if (key == row->keys.end() || !key->removable) {
        return;
    }
    const Removal removal{row->id, fingerprint};
    m_removals.push_back(removal);
    Message message{MessageKind::Info, tr("Key %1 of %2 removed.").arg(key->masked, row->name)};
    message.actionText = tr("U&ndo");
    message.action = [this, removal] { undoRemoval(removal); };
    message.lifetime = m_undo;
    m_messages.add(std::move(message));
    QTimer::singleShot(m_undo, this, [this, removal] { carryOut(removal); });
    Q_EMIT changed();
}

void ProvidersPresenter::undoRemoval(const Removal &removal)
{
    std::erase_if(m_removals, [&removal](const Removal &waiting) {
        return waiting.provider == removal.provider && waiting.fingerprint == removal.fingerprint;
    });
    Q_EMIT changed();
}

void ProvidersPresenter::carryOut(const Removal &removal)
{
    if (!isBeingRemoved(removal.provider, removal.fingerprint)) {
        return;
    }
    m_feed.gateway().removeKey(
        removal.provider,
        removal.fingerprint,
        [self = QPointer<ProvidersPresenter>(this), removal](const Result<void> &result) {
            if (!self) {
                return;
            }
            if (!result) {
                self->m_messages.addError(result.error());
            }
            self->m_feed.refresh();
            self->undoRemoval(removal);
        });
}

void ProvidersPresenter::finishRemovals()
{
    const std::vector<Removal> waiting = m_removals;
    for (const Removal &removal : waiting) {
        carryOut(removal);
    }
    m_removals.clear();
}

void ProvidersPresenter::askConsent()
{
    const ProviderRow *row = current();
    if (row == nullptr || !row->keyless) {
        return;
    }
    enum Answer { Agree, Cancel };
    const Question question{
        u"keylessConsent"_s,
        tr("Use %1 without a key?").arg(row->name),
        tr("Your requests, with everything in them, would be sent to %1.").arg(row->name),
        asSentence(row->terms),
        {tr("&Agree and Use"), tr("Do Not Use")},
        Cancel};
    m_prompter.ask(
        question,
        [self = QPointer<ProvidersPresenter>(this), id = row->id, name = row->name](int answer) {
            if (!self || answer != Agree) {
                return;
            }
            const Result<void> stored = self->m_feed.gateway().setConsent(id, /*consent=*/true);
            if (stored) {
                self->m_messages.add({MessageKind::Success, tr("%1 may be used now.").arg(name)});
            } else {
                self->m_messages.addError(stored.error());
            }
            self->m_feed.refresh();
        });
}

void ProvidersPresenter::withdrawConsent()
{
    const Result<void> stored = m_feed.gateway().setConsent(m_current, /*consent=*/false);
    if (!stored) {
        m_messages.addError(stored.error());
    }
    m_feed.refresh();
}

void ProvidersPresenter::retryKeychain()
{
    m_feed.gateway().retryKeychain(
        [self = QPointer<ProvidersPresenter>(this)](const Result<void> &result) {
            if (!self) {
                return;
            }
            if (!result) {
                self->m_messages.addError(result.error());
            }
            self->m_feed.refresh();
        });
}

bool ProvidersPresenter::isBeingRemoved(const QByteArray &provider, const QByteArray &key) const
{
    return std::any_of(m_removals.begin(), m_removals.end(), [&](const Removal &removal) {
        return removal.provider == provider && removal.fingerprint == key;
    });
}

QString ProvidersPresenter::nameOf(const QByteArray &provider) const
{
    const ProviderRow *row = m_model.row(provider);
    return row == nullptr ? QString::fromUtf8(provider) : row->name;
}

} // namespace freerelay::ui
