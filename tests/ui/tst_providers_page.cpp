#include "tests/support/sample_gateway.h"
#include "tests/support/scripted_prompter.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/providers/providers_page.h"
#include "ui/pages/providers/providers_presenter.h"
#include "ui/shell/desktop_application.h"
#include "ui/shell/message_list.h"
#include "ui/widgets/charts/chart_card.h"
#include "ui/widgets/charts/time_chart.h"
#include "ui/widgets/secret_edit.h"
#include "ui/widgets/state_label.h"

#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    MessageList messages;
    tests::ScriptedPrompter prompter;
    ProvidersPresenter presenter{feed, messages, prompter};
    std::unique_ptr<ProvidersPage> page;

    Fixture()
    {
        tests::fillSample(gateway);
        feed.refresh();
        page = std::make_unique<ProvidersPage>(presenter);
        page->setActive(true);
        page->resize(900, 560);
        page->show();
    }

    template <typename T> [[nodiscard]] T *find(const QString &name) const
    {
        return page->findChild<T *>(name);
    }
};

} // namespace

class TestProvidersPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(common::initialiseCrypto());
        DesktopApplication::prepare();
    }

    void showsTheKeylessProviderFirst()
    {
        const Fixture fixture;
        QCOMPARE(fixture.find<QLabel>(u"providerName"_s)->text(), u"OVHcloud AI Endpoints"_s);
        QVERIFY(fixture.find<QLabel>(u"providerTerms"_s)->text().contains(u"2 requests"_s));
        QVERIFY(fixture.find<QPushButton>(u"consentButton"_s)->isVisible());
    }

    void savesWhatIsTypedAndEmptiesTheField()
    {
        Fixture fixture;
        fixture.presenter.select("mistral");
        auto *edit = fixture.find<SecretEdit>(u"keyEdit"_s);
        auto *save = fixture.find<QPushButton>(u"saveKeyButton"_s);
        QVERIFY(!save->isEnabled());
        QVERIFY(!save->toolTip().isEmpty());
        QTest::keyClicks(edit, u"mistral-key-0123456789"_s);
        QVERIFY(save->isEnabled());
        save->click();
        QTRY_VERIFY(edit->text().isEmpty());
        QCOMPARE(fixture.gateway.added.front().key, "mistral-key-0123456789"_ba);
        QCOMPARE(fixture.find<QLabel>(u"keyMask"_s)->text(), u"mis…6789"_s);
        QTRY_COMPARE(
            fixture.find<StateLabel>(u"testResult"_s)->text(), u"12 models, answered in 240 ms"_s);
    }

    void aTypedKeyNeverMovesToAnotherProvider()
    {
        Fixture fixture;
        fixture.presenter.select("mistral");
        auto *edit = fixture.find<SecretEdit>(u"keyEdit"_s);
        QTest::keyClicks(edit, u"secret"_s);
        fixture.presenter.select("openai");
        QVERIFY(edit->text().isEmpty());
    }

    void aRefusedKeyStaysInTheField()
    {
        Fixture fixture;
        fixture.gateway.refusals[interfaces::KeyStorage::Keychain] = common::Error{
            common::ErrorKind::KeychainUnavailable, u"The keychain is locked."_s};
        fixture.presenter.select("mistral");
        auto *edit = fixture.find<SecretEdit>(u"keyEdit"_s);
        QTest::keyClicks(edit, u"mistral-key-0123456789"_s);
        fixture.find<QPushButton>(u"saveKeyButton"_s)->click();
        QTRY_COMPARE(fixture.prompter.asked.size(), std::size_t(1));
        QCOMPARE(edit->text(), u"mistral-key-0123456789"_s);
    }

    void showsMasksWithSourcesAndRemovesOnlyWhatItMay()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        const auto masks = fixture.page->findChildren<QLabel *>(u"keyMask"_s);
        QCOMPARE(masks.size(), 2);
        QCOMPARE(masks.first()->text(), u"gsk…9f2c"_s);
        const auto removes = fixture.page->findChildren<QPushButton *>(u"removeKeyButton"_s);
        QVERIFY(removes.at(0)->isEnabled());
        QVERIFY(!removes.at(1)->isEnabled());
        QVERIFY(removes.at(1)->toolTip().contains(u"GROQ_API_KEY"_s));
        removes.at(0)->click();
        QTRY_COMPARE(fixture.page->findChildren<QLabel *>(u"keyMask"_s).size(), 1);
        fixture.messages.trigger(fixture.messages.entries().front().id);
        QTRY_COMPARE(fixture.page->findChildren<QLabel *>(u"keyMask"_s).size(), 2);
    }

    void showsWhatIsUsedOfTheQuota()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        auto *list = fixture.find<QListView>(u"quotaList"_s);
        QVERIFY(list->isVisible());
        QCOMPARE(list->model()->rowCount(), 3);
        auto *details = fixture.find<QLabel>(u"quotaDetails"_s);
        QVERIFY(details->text().startsWith(u"Select a row"_s));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QVERIFY2(details->text().contains(u"confidence"_s), qPrintable(details->text()));
        const int row = list->currentIndex().row();
        fixture.gateway.quotas.takenAt = fixture.gateway.quotas.takenAt.addSecs(1);
        QTRY_COMPARE(
            list->model()->index(0, 0).data(QuotaListModel::BackRole).toString(),
            u"back in 41 s"_s);
        QCOMPARE(list->currentIndex().row(), row); // the selection stays
        QVERIFY(fixture.find<QLabel>(u"quotaRests"_s)->text().contains(u"qwen3-32b"_s));
        QVERIFY(!fixture.find<StateLabel>(u"quotaUsedUp"_s)->isVisible());
    }

    void hidesAQuotaThatDoesNotExist()
    {
        Fixture fixture;
        fixture.presenter.select("openai"); // has no key
        QVERIFY(!fixture.find<QWidget>(u"quotaCard"_s)->isVisible());
        fixture.presenter.select("nvidia");
        QVERIFY(fixture.find<QLabel>(u"quotaNothing"_s)->isVisible());
        QVERIFY(!fixture.find<QListView>(u"quotaList"_s)->isVisible());
        fixture.presenter.select("google");
        QVERIFY(fixture.find<StateLabel>(u"quotaUsedUp"_s)->isVisible());
    }

    void showsHowTheProviderWasLately()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        QTRY_VERIFY(fixture.find<QWidget>(u"healthSection"_s) != nullptr);
        QVERIFY(fixture.find<QWidget>(u"healthCharts"_s)->isVisible());
        auto *state = fixture.find<StateLabel>(u"healthState"_s);
        QCOMPARE(state->text(), u"Answers as usual"_s);
        QCOMPARE(
            fixture.find<QLabel>(u"healthSpan"_s)->text(),
            u"The last 15 minutes, as of 17:20:00"_s);
        fixture.gateway.healths["groq"].samples.back()->circuit = interfaces::CircuitLevel::Open;
        fixture.gateway.healths["groq"].samples.back()->unwell = 1;
        QTRY_COMPARE(
            state->text(), u"Of 3 models in use, 1 fail; requests for these go elsewhere"_s);
        const auto *error = fixture.find<ChartCard>(u"healthErrorChart"_s);
        QCOMPARE(error->chart().accessibleName(), u"Errors"_s);
        QVERIFY(error->chart().accessibleDescription().contains(u"Failed: at most 80 %"_s));
        QVERIFY(
            error->chart().accessibleDescription().contains(u"A circuit half open: 17:15:15"_s));
    }

    void showsTheSameAsATable()
    {
        Fixture fixture;
        fixture.presenter.select("groq");
        QTRY_VERIFY(fixture.find<QWidget>(u"healthSection"_s) != nullptr);
        auto *asTable = fixture.find<QPushButton>(u"healthTableButton"_s);
        asTable->setFocus();
        QTest::keyClick(asTable, Qt::Key_Space);
        auto *table = fixture.find<QTableView>(u"healthTable"_s);
        QVERIFY(table->isVisible());
        QVERIFY(!fixture.find<QWidget>(u"healthCharts"_s)->isVisible());
        QCOMPARE(table->model()->rowCount(), 150); // without the steps before the first call
        QCOMPARE(table->model()->columnCount(), 7); // time, five lines, circuits
        QCOMPARE(table->model()->index(0, 0).data().toString(), u"17:20:00"_s);
        QCOMPARE(table->model()->index(0, 6).data().toString(), u"Circuits closed"_s);
    }

    void saysWhyThereAreNoCharts()
    {
        Fixture fixture;
        fixture.presenter.select("nvidia"); // not called yet
        QTRY_VERIFY(fixture.find<QWidget>(u"healthSection"_s) != nullptr);
        QVERIFY(fixture.find<QLabel>(u"healthNothing"_s)->isVisible());
        for (const auto &name : {u"healthCharts"_s, u"healthState"_s, u"healthTableButton"_s}) {
            QVERIFY(!fixture.find<QWidget>(name)->isVisible());
        }
        fixture.presenter.select("openai"); // has no key
        QVERIFY(!fixture.find<QWidget>(u"healthSection"_s)->isVisible());
    }

    void hintsAtThePrefix()
    {
        Fixture fixture;
        fixture.presenter.select("openai");
        QTest::keyClicks(fixture.find<SecretEdit>(u"keyEdit"_s), u"gsk_1"_s);
        QVERIFY(fixture.find<QLabel>(u"prefixHint"_s)->isVisible());
        QVERIFY(fixture.find<QPushButton>(u"saveKeyButton"_s)->isEnabled());
    }

    void aFilterWithoutMatchOffersToClearItself()
    {
        Fixture fixture;
        auto *filter = fixture.find<QLineEdit>(u"providerFilterEdit"_s);
        filter->setText(u"nobody"_s);
        auto *clear = fixture.find<QPushButton>(u"clearProviderFilterButton"_s);
        QVERIFY(clear->isVisible());
        clear->click();
        QVERIFY(fixture.find<QListView>(u"providerList"_s)->isVisible());
    }

    void aLockedKeychainCanBeTriedAgain()
    {
        Fixture fixture;
        for (auto &row : fixture.gateway.rows) {
            row.state = interfaces::KeyState::KeychainLocked;
        }
        fixture.feed.refresh();
        auto *retry = fixture.find<QPushButton>(u"retryKeychainButton"_s);
        QVERIFY(retry->isVisible());
        retry->click();
        QCOMPARE(fixture.gateway.keychainRetries, 1);
    }
};

QTEST_MAIN(TestProvidersPage)
#include "tst_providers_page.moc"
