#include "tests/support/sample_gateway.h"
#include "ui/models/request_table_model.h"

#include <QAbstractItemModelTester>
#include <QIcon>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::ui;
using namespace std::chrono_literals;

namespace {

/// Newest first, down to the sequence 1.
std::vector<interfaces::RequestRow> rowsFrom(quint64 sequence, std::size_t count)
{
    std::vector<interfaces::RequestRow> rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows.push_back(tests::aRequest(sequence - i));
    }
    return rows;
}

} // namespace

class TestRequestTableModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void newRowsComeOnTopAndOlderOnesBelow()
    {
        RequestTableModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.prepend(rowsFrom(10, 3));
        model.append(rowsFrom(7, 2));
        model.prepend(rowsFrom(12, 2));
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(model.row(0)->sequence, quint64(12));
        QCOMPARE(model.row(6)->sequence, quint64(6));
        QVERIFY(model.row(7) == nullptr);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void olderRowsAreAskedForOnceUntilTheyCome()
    {
        RequestTableModel model;
        const QSignalSpy wanted(&model, &RequestTableModel::olderWanted);
        model.append(rowsFrom(10, 3));
        QVERIFY(!model.canFetchMore({}));
        model.setHasOlder(true);
        QVERIFY(model.canFetchMore({}));
        model.fetchMore({});
        model.fetchMore({});
        QCOMPARE(wanted.count(), 1);
        model.append(rowsFrom(7, 2));
        QVERIFY(model.canFetchMore({}));
        model.setHasOlder(false);
        QVERIFY(!model.canFetchMore({}));
    }

    void aFullTableLetsTheOldestFallOutAndAsksForNoMore()
    {
        RequestTableModel model;
        constexpr int capacity = RequestTableModel::capacity;
        model.append(rowsFrom(capacity + 5, capacity - 1));
        model.setHasOlder(true);
        QVERIFY(model.canFetchMore({}));
        model.append(rowsFrom(6, 5));
        QCOMPARE(model.rowCount(), capacity);
        QVERIFY(!model.canFetchMore({}));
        model.prepend(rowsFrom(capacity + 7, 2));
        QCOMPARE(model.rowCount(), capacity);
        QCOMPARE(model.row(0)->sequence, quint64(capacity + 7));
        QCOMPARE(model.row(capacity - 1)->sequence, quint64(8));
    }

    void unknownIsADashNeverAZero()
    {
        interfaces::RequestRow row = tests::aRequest(1);
        row.ttft.reset();
        row.promptTokens.reset();
        row.completionTokens.reset();
        row.app.clear();
        RequestTableModel model;
        model.prepend({row});
        for (const auto column :
             {RequestTableModel::Ttft, RequestTableModel::Tokens, RequestTableModel::App}) {
            QCOMPARE(model.index(0, column).data().toString(), u"—"_s);
        }
    }

    void durationsHaveUnits()
    {
        QCOMPARE(RequestTableModel::durationText(999ms), u"999 ms"_s);
        QCOMPARE(RequestTableModel::durationText(1000ms), u"1.0 s"_s);
        QCOMPARE(RequestTableModel::durationText(std::nullopt), u"—"_s);
    }

    void theStatusIsToldInWords()
    {
        interfaces::RequestRow row = tests::aRequest(1);
        row.status = 429;
        QCOMPARE(RequestTableModel::statusWords(row), u"429 failed"_s);
        row.status = 200;
        QCOMPARE(RequestTableModel::statusWords(row), u"200 streamed"_s);
        row.brokenStream = true;
        QCOMPARE(RequestTableModel::statusWords(row), u"200 broke off"_s);
        row.status = 499;
        QCOMPARE(RequestTableModel::statusWords(row), u"Client left"_s);
        row.status = 0;
        QCOMPARE(RequestTableModel::statusWords(row), u"No answer"_s);
    }

    void anEarlierDayIsToldWithItsDate()
    {
        interfaces::RequestRow now = tests::aRequest(2);
        now.time = QDateTime::currentDateTime();
        interfaces::RequestRow before = tests::aRequest(1);
        before.time = now.time.addDays(-3);
        RequestTableModel model;
        model.append({now, before});
        const auto text = [&model](int row) {
            return model.index(row, RequestTableModel::Time).data().toString();
        };
        QCOMPARE(text(0), now.time.time().toString(u"HH:mm:ss"_s));
        QVERIFY(text(1).endsWith(now.time.time().toString(u"HH:mm:ss"_s)));
        QVERIFY(text(1).size() > text(0).size());
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
