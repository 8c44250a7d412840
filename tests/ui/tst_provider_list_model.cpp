#include "tests/support/sample_gateway.h"
#include "ui/models/provider_list_model.h"

#include <QAbstractItemModelTester>
#include <QIcon>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using interfaces::KeyState;

class TestProviderListModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keylessComeFirstThenThoseWithKeysThenFreeThenPaid()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        ProviderListModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(gateway.rows);
        QStringList order;
        for (int row = 0; row < model.rowCount(); ++row) {
            order << QString::fromUtf8(
                model.index(row).data(ProviderListModel::IdRole).toByteArray());
        }
        QCOMPARE(
            order,
            (QStringList{
                u"ovh"_s, u"google"_s, u"groq"_s, u"nvidia"_s, u"mistral"_s, u"openai"_s}));
    }

    void announcesOnlyTheRowThatChanged()
    {
        tests::FakeGatewayControl gateway;
        tests::fillSample(gateway);
        ProviderListModel model;
        model.setRows(gateway.rows);
        const QSignalSpy changes(&model, &ProviderListModel::dataChanged);
        const QSignalSpy resets(&model, &ProviderListModel::modelReset);
        model.setRows(gateway.rows);
        QCOMPARE(changes.count(), 0);
        gateway.rows[4].state = KeyState::NoKey;
        model.setRows(gateway.rows);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(resets.count(), 0);
    }

    void everyStateHasWordsAndAShape()
    {
        QSet<QString> icons;
        for (int state = 0; state <= int(KeyState::Disabled); ++state) {
            const auto row = tests::aProvider("x", u"X"_s, KeyState(state));
            QVERIFY(!ProviderListModel::stateWords(row).isEmpty());
            icons.insert(ProviderListModel::stateIconName(KeyState(state)));
        }
        // Keyless and Ready both mean that it answers, and look alike.
        QCOMPARE(icons.size(), int(KeyState::Disabled));
    }

    void aReasonOfTheGatewayIsShown()
    {
        auto row = tests::aProvider("x", u"X"_s, KeyState::CoolingDown);
        row.stateText = u"daily limit reached"_s;
        QCOMPARE(ProviderListModel::stateWords(row), u"Daily limit reached"_s);
    }

    void screenReadersHearNameAndState()
    {
        ProviderListModel model;
        model.setRows({tests::aProvider("x", u"Groq"_s, KeyState::Ready)});
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(), u"Groq, Ready"_s);
    }
};

QTEST_MAIN(TestProviderListModel)
#include "tst_provider_list_model.moc"
