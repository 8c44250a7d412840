#include "tests/support/sample_quotas.h"
#include "ui/models/quota_list_model.h"
#include "ui/shell/desktop_application.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using Model = QuotaListModel;

namespace {

QString text(const Model &model, int row, int role)
{
    return model.index(row).data(role).toString();
}

} // namespace

class TestQuotaListModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void init()
    {
        m_model = std::make_unique<Model>();
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        m_model->setQuota(groq(), tests::quotasTakenAt());
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void showsAWindowInWords()
    {
        QCOMPARE(m_model->rowCount(), 3);
        QCOMPARE(text(*m_model, 0, Qt::DisplayRole), u"openai/gpt-oss-120b"_s);
        QCOMPARE(text(*m_model, 0, Model::WindowRole), u"Requests / minute"_s);
        QCOMPARE(text(*m_model, 0, Model::UsedRole), u"12 of 30"_s);
        QCOMPARE(text(*m_model, 0, Model::BackRole), u"back in 42 s"_s);
        QCOMPARE(m_model->index(0).data(Model::ShareRole).toDouble(), 0.4);
        QCOMPARE(text(*m_model, 1, Model::UsedRole), u"150,000 of 200,000"_s);
        QCOMPARE(text(*m_model, 1, Model::BackRole), u"back in 6 h 40 min"_s);
    }

    void withoutALimitThereIsNoBar()
    {
        QCOMPARE(text(*m_model, 2, Qt::DisplayRole), u"all models"_s);
        QCOMPARE(text(*m_model, 2, Model::UsedRole), u"17, limit unknown"_s);
        QVERIFY(!m_model->index(2).data(Model::ShareRole).isValid());
        QCOMPARE(text(*m_model, 2, Model::DetailsRole), u"Nobody has told a limit yet."_s);
    }

    void tellsWhereTheLimitComesFrom()
    {
        const QString details = text(*m_model, 0, Qt::ToolTipRole);
        QVERIFY2(
            details.contains(u"replies tell the limit; heard 75 s ago"_s), qPrintable(details));
        QVERIFY2(details.contains(u"97 %"_s), qPrintable(details));
        QVERIFY2(details.contains(u"Key f1"_s), qPrintable(details));
        const QString published = text(*m_model, 1, Qt::AccessibleDescriptionRole);
        QVERIFY2(published.contains(u"published"_s), qPrintable(published));
        QVERIFY2(published.contains(u"tried out"_s), qPrintable(published));
    }

    void creditIsNotSaidToComeBack()
    {
        auto credit = groq();
        credit.windows[2].unit = u"credits"_s;
        credit.windows[2].period = u"total"_s;
        credit.windows[2].resetsAt.reset();
        m_model->setQuota(credit, tests::quotasTakenAt());
        QCOMPARE(text(*m_model, 2, Model::WindowRole), u"Credits / total"_s);
        QCOMPARE(text(*m_model, 2, Model::BackRole), u"does not come back"_s);
    }

    void aRefusingWindowIsFull()
    {
        m_model->setQuota(tests::someQuotas().providers[0], tests::quotasTakenAt());
        QCOMPARE(text(*m_model, 0, Model::UsedRole), u"250 of 250, refused"_s);
        QCOMPARE(m_model->index(0).data(Model::ShareRole).toDouble(), 1.0);
        auto refusing = groq();
        refusing.windows[2].blocked = true; // its limit is not known
        m_model->setQuota(refusing, tests::quotasTakenAt());
        QCOMPARE(m_model->index(2).data(Model::ShareRole).toDouble(), 1.0);
    }

    void timeRunsDownWithoutAReset()
    {
        const QSignalSpy resets(m_model.get(), &Model::modelReset);
        const QSignalSpy changes(m_model.get(), &Model::dataChanged);
        m_model->setQuota(groq(), tests::quotasTakenAt().addSecs(1));
        QCOMPARE(text(*m_model, 0, Model::BackRole), u"back in 41 s"_s);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(changes.count(), 1);
        auto fewer = groq();
        fewer.windows.pop_back();
        m_model->setQuota(fewer, tests::quotasTakenAt());
        QCOMPARE(resets.count(), 1);
        QCOMPARE(m_model->rowCount(), 2);
    }

    void aRowReadsItselfOut()
    {
        QCOMPARE(
            text(*m_model, 0, Qt::AccessibleTextRole),
            u"openai/gpt-oss-120b, Requests / minute: 12 of 30, back in 42 s"_s);
    }

private:
    static interfaces::ProviderQuota groq() { return tests::someQuotas().providers[1]; }

    std::unique_ptr<Model> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_MAIN(TestQuotaListModel)
#include "tst_quota_list_model.moc"
