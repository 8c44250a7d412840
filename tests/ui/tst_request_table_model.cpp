#include "tests/support/sample_gateway.h"
#include "ui/models/request_table_model.h"

#include <QAbstractItemModelTester>
#include <QIcon>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using namespace std::chrono_literals;

class TestRequestTableModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void newestStaysOnTopAndOldestFallsOut()
    {
        RequestTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<interfaces::RequestRow> first;
        for (quint64 sequence = RequestTableModel::capacity; sequence > 0; --sequence) {
            first.push_back(tests::aRequest(sequence));
        }
        model.prepend(first);
        model.prepend({tests::aRequest(502), tests::aRequest(501)});
        QCOMPARE(model.rowCount(), RequestTableModel::capacity);
        QCOMPARE(model.lastSequence(), quint64(502));
        QCOMPARE(model.row(RequestTableModel::capacity - 1)->sequence, quint64(3));
    }

    void unknownIsADashNeverAZero()
    {
        interfaces::RequestRow row = tests::aRequest(1);
        row.ttft.reset();
        row.promptTokens.reset();
        row.completionTokens.reset();
        RequestTableModel model;
        model.prepend({row});
        QCOMPARE(model.index(0, RequestTableModel::Ttft).data().toString(), u"—"_s);
        QCOMPARE(model.index(0, RequestTableModel::Tokens).data().toString(), u"—"_s);
    }

    void durationsHaveUnits()
    {
        QCOMPARE(RequestTableModel::durationText(999ms), u"999 ms"_s);
        QCOMPARE(RequestTableModel::durationText(1000ms), u"1.0 s"_s);
        QCOMPARE(RequestTableModel::durationText(std::nullopt), u"—"_s);
    }

    void aFailureIsToldInWords()
    {
        interfaces::RequestRow row = tests::aRequest(1);
        row.status = 429;
        QCOMPARE(RequestTableModel::statusWords(row), u"429 failed"_s);
        row.status = 200;
        QCOMPARE(RequestTableModel::statusWords(row), u"200 streamed"_s);
        row.error = u"The stream broke."_s;
        QCOMPARE(RequestTableModel::statusWords(row), u"200 failed"_s);
        row.status = 0;
        QCOMPARE(RequestTableModel::statusWords(row), u"No answer"_s);
    }

    void aRowIsCopiedWithEveryColumn()
    {
        RequestTableModel model;
        model.prepend({tests::aRequest(1)});
        QCOMPARE(model.rowText(0).count(u'\t'), RequestTableModel::ColumnCount - 1);
    }

    void everyColumnHasATitle()
    {
        const RequestTableModel model;
        for (int column = 0; column < model.columnCount(); ++column) {
            QVERIFY(
                !model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
        }
    }
};

QTEST_MAIN(TestRequestTableModel)
#include "tst_request_table_model.moc"
