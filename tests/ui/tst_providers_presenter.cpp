#include "tests/support/sample_gateway.h"
#include "tests/support/scripted_prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/shell/message_list.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;
using common::Error;
using common::ErrorKind;
using common::Secret;
using interfaces::KeyState;
using interfaces::KeyStorage;
using Phase = ProvidersPresenter::TestState::Phase;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    MessageList messages;
    tests::ScriptedPrompter prompter;
    ProvidersPresenter presenter;

    explicit Fixture(std::chrono::milliseconds undo = 1h)
        : presenter(feed, messages, prompter, undo)
    {
        tests::fillSample(gateway);
        feed.refresh();
        presenter.setActive(true);
        presenter.select("mistral");
    }

    void refuseKeychain()
    {
        gateway.refusals[KeyStorage::Keychain] = Error{
            ErrorKind::KeychainUnavailable, u"The keychain is locked."_s};
    }
};

const Secret key("mistral-key-0123456789");

} // namespace

class TestProvidersPresenter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(common::initialiseCrypto());
        DesktopApplication::prepare();
    }

    void savesIntoTheKeychainAndTestsTheStoredKey()
    {
        Fixture fixture;
        const QSignalSpy saved(&fixture.presenter, &ProvidersPresenter::keySaved);
        fixture.presenter.addKey(key);
        QVERIFY(fixture.presenter.isSaving());
        QTRY_COMPARE(saved.count(), 1);
        QVERIFY(!fixture.presenter.isSaving());
        QCOMPARE(fixture.gateway.added.front().storage, KeyStorage::Keychain);
        QCOMPARE(fixture.gateway.tested.front().fingerprint, key.fingerprint());
        QVERIFY(fixture.gateway.tested.front().candidate.isEmpty());
        QTRY_COMPARE(fixture.presenter.testState().phase, Phase::Passed);
        QCOMPARE(fixture.presenter.testState().text, u"12 models, answered in 240 ms"_s);
    }

    void refusedByTheKeychainItOffersAndUsesTheSession()
    {
        Fixture fixture;
        fixture.refuseKeychain();
        fixture.prompter.script = {u"Use for This Session"_s};
        fixture.presenter.addKey(key);
        QTRY_COMPARE(fixture.gateway.added.size(), std::size_t(2));
        QCOMPARE(fixture.prompter.asked.front().id, u"keychainRefused"_s);
        QCOMPARE(fixture.prompter.asked.front().text, u"The keychain is locked."_s);
        QCOMPARE(fixture.gateway.added.back().storage, KeyStorage::Session);
    }

    void writesAFileOnlyAfterASecondExplicitConsent()
    {
        Fixture fixture;
        fixture.refuseKeychain();
        fixture.prompter.script = {u"Save in a Private File"_s, u"Save Unencrypted"_s};
        fixture.presenter.addKey(key);
        QTRY_COMPARE(fixture.gateway.added.size(), std::size_t(2));
        QCOMPARE(fixture.prompter.asked.back().id, u"keyFileConsent"_s);
        QCOMPARE(fixture.gateway.added.back().storage, KeyStorage::File);
    }

    void withoutConsentNoFileIsWritten()
    {
        Fixture fixture;
        fixture.refuseKeychain();
        fixture.prompter.script = {u"Save in a Private File"_s, u"Do Not Save"_s};
        fixture.presenter.addKey(key);
        QTRY_COMPARE(fixture.prompter.asked.size(), std::size_t(2));
        QTRY_VERIFY(fixture.prompter.script.empty());
        QCOMPARE(fixture.gateway.added.size(), std::size_t(1));
        QVERIFY(!fixture.presenter.isSaving());
    }

    void closingTheDialogSavesNothing()
    {
        Fixture fixture;
        fixture.refuseKeychain();
        fixture.presenter.addKey(key);
        QTRY_COMPARE(fixture.prompter.asked.size(), std::size_t(1));
        QCOMPARE(fixture.gateway.added.size(), std::size_t(1));
    }

    void triesTheKeychainAgainAndThenSaves()
    {
        Fixture fixture;
        fixture.refuseKeychain();
        fixture.prompter.script = {u"Try the Keychain"_s};
        fixture.presenter.addKey(key); // refused here and now, told later
        fixture.gateway.refusals.clear();
        QTRY_COMPARE(fixture.gateway.added.size(), std::size_t(2));
        QCOMPARE(fixture.gateway.keychainRetries, 1);
        QCOMPARE(fixture.gateway.added.back().storage, KeyStorage::Keychain);
    }

    void anotherFailureIsAnErrorAndNoQuestion()
    {
        Fixture fixture;
        fixture.gateway.refusals[KeyStorage::Keychain] = Error{
            ErrorKind::AlreadyExists, u"This key is there already."_s};
        fixture.presenter.addKey(key);
        QTRY_COMPARE(fixture.messages.entries().size(), std::size_t(1));
        QCOMPARE(fixture.messages.entries().front().message.kind, MessageKind::Error);
        QVERIFY(fixture.prompter.asked.empty());
    }

    void aTypedKeyIsTestedAsTypedNeverAsItsMask()
    {
        Fixture fixture;
        fixture.presenter.testCandidate(key);
        QCOMPARE(fixture.gateway.tested.front().candidate, key.reveal());
        QVERIFY(fixture.gateway.tested.front().fingerprint.isEmpty());
        QVERIFY(fixture.gateway.added.empty());
        QCOMPARE(fixture.presenter.testState().phase, Phase::Running);
    }

    void aFailedTestSaysWhy()
    {
        Fixture fixture;
        fixture.gateway.testAnswer = tl::unexpected(
            Error{ErrorKind::Unauthenticated, u"The key was rejected."_s});
        fixture.presenter.testCandidate(key);
        QTRY_COMPARE(fixture.presenter.testState().phase, Phase::Failed);
        QCOMPARE(fixture.presenter.testState().text, u"The key was rejected."_s);
    }

    void anAnswerBelongsToTheProviderThatWasTested()
    {
        Fixture fixture;
        fixture.presenter.testCandidate(key);
        fixture.presenter.select("openai");
        QCOMPARE(fixture.presenter.testState().phase, Phase::None);
        fixture.presenter.select("mistral");
        QTRY_COMPARE(fixture.presenter.testState().phase, Phase::Passed);
    }

    void aRemovedKeyVanishesNowAndIsDeletedAfterTheUndoWindow()
    {
        Fixture fixture(1ms);
        fixture.presenter.select("groq");
        fixture.presenter.removeKey("f1");
        QCOMPARE(fixture.presenter.keys().size(), std::size_t(1));
        QVERIFY(fixture.gateway.removed.empty());
        QTRY_COMPARE(fixture.gateway.removed.size(), std::size_t(1));
        QCOMPARE(fixture.gateway.removed.front().second, "f1"_ba);
    }

    void undoBringsTheKeyBackAndDeletesNothing()
    {
        Fixture fixture(50ms);
        fixture.presenter.select("groq");
        fixture.presenter.removeKey("f1");
        fixture.messages.trigger(fixture.messages.entries().front().id);
        QCOMPARE(fixture.presenter.keys().size(), std::size_t(2));
        // Another removal whose window ends later shows that the first one's has passed.
        fixture.presenter.select("nvidia");
        fixture.presenter.removeKey("f4");
        QTRY_COMPARE(fixture.gateway.removed.size(), std::size_t(1));
        QCOMPARE(fixture.gateway.removed.front().second, "f4"_ba);
    }

    void theUndoWindowIsTenSeconds()
    {
        QCOMPARE(ProvidersPresenter::undoWindow, std::chrono::milliseconds(10s));
    }

    void removalsAreCarriedOutWhenTheProgramEnds()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        fixture.presenter.removeKey("f1");
        fixture.presenter.finishRemovals();
        QCOMPARE(fixture.gateway.removed.size(), std::size_t(1));
    }

    void aKeyOfTheEnvironmentCannotBeRemovedAndSaysWhy()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        fixture.presenter.removeKey("f2");
        QVERIFY(fixture.messages.entries().empty());
        const auto keys = fixture.presenter.keys();
        QVERIFY(fixture.presenter.removalObstacle(keys.at(0)).isEmpty());
        QVERIFY(fixture.presenter.removalObstacle(keys.at(1)).contains(u"GROQ_API_KEY"_s));
    }

    void aKeylessProviderNeedsConsentAfterItsTerms()
    {
        Fixture fixture;
        fixture.presenter.select("ovh");
        fixture.presenter.askConsent();
        QTRY_COMPARE(fixture.prompter.asked.size(), std::size_t(1));
        QVERIFY(fixture.prompter.asked.front().explanation.contains(u"2 requests a minute"_s));
        QVERIFY2(fixture.gateway.consents.empty(), "closing the dialog is no consent");
        fixture.prompter.script = {u"Agree"_s};
        fixture.presenter.askConsent();
        QTRY_COMPARE(fixture.gateway.consents.size(), std::size_t(1));
        QCOMPARE(fixture.presenter.current()->state, KeyState::Keyless);
        fixture.presenter.withdrawConsent();
        QCOMPARE(fixture.gateway.consents.back().second, false);
    }

    void prefixIsAHintAndNeverARefusal()
    {
        Fixture fixture;
        fixture.presenter.select("openai");
        QVERIFY(fixture.presenter.prefixHint(u"sk-123"_s).isEmpty());
        QVERIFY(fixture.presenter.prefixHint({}).isEmpty());
        QVERIFY(fixture.presenter.prefixHint(u"other"_s).contains(u"sk-"_s));
        fixture.presenter.addKey(Secret("other-key"));
        QCOMPARE(fixture.gateway.added.size(), std::size_t(1));
    }

    void keyPagesAreHttpsOnly()
    {
        Fixture fixture;
        QVERIFY(fixture.presenter.keyPage().isValid());
        for (auto &row : fixture.gateway.rows) {
            row.keyUrl = u"file:///etc/passwd"_s;
        }
        fixture.feed.refresh();
        // The page keeps its address until the row is seen to differ.
        fixture.presenter.select("groq");
        QVERIFY(!fixture.presenter.keyPage().isValid());
    }

    void filterLooksAtNameStateAndTier()
    {
        Fixture fixture;
        const QAbstractItemModelTester tester(
            &fixture.presenter.rows(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        fixture.presenter.setFilter(u"paid"_s);
        QCOMPARE(fixture.presenter.rows().rowCount(), 1);
        fixture.presenter.setFilter(u"daily LIMIT"_s);
        QCOMPARE(fixture.presenter.rows().rowCount(), 1);
        fixture.presenter.setFilter({});
        QCOMPARE(fixture.presenter.rows().rowCount(), 6);
    }

    void looksAtNothingWhileInactive()
    {
        Fixture fixture;
        fixture.presenter.setActive(false);
        const QSignalSpy changes(&fixture.presenter, &ProvidersPresenter::changed);
        fixture.feed.refresh();
        QCOMPARE(changes.count(), 0);
    }
};

QTEST_MAIN(TestProvidersPresenter)
#include "tst_providers_presenter.moc"
