#include "core/store/record_file.h"
#include "core/store/record_reader.h"
#include "core/store/record_writer.h"
#include "core/store/schema.h"
#include "tests/support/sample_outcome.h"

#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int sampleCount = 100'000;

} // namespace

/// Over 100,000 requests: a day and a quarter, one a second.
class TestRecordReader final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_path = m_folder.filePath(u"records.db"_s);
        auto database = openRecordFile(m_path, 1s);
        QVERIFY(database);
        auto writer = RecordWriter::create(*database, sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 1; i <= sampleCount; ++i) {
            batch.push_back(sharedOutcome(i));
            if (batch.size() == 5'000 || i == sampleCount) {
                QVERIFY((*writer)->write(batch));
                batch.clear();
            }
        }
        m_reader = std::make_unique<RecordReader>(m_path);
    }

    void listsTheNewestFirst()
    {
        const auto page = m_reader->requests({}, 50);
        QVERIFY(page);
        QCOMPARE(page->requests.size(), std::size_t(50));
        QCOMPARE(page->requests.front().outcome.requestId, "req_100000"_ba);
        QCOMPARE(page->requests.back().outcome.requestId, "req_99951"_ba);
        QVERIFY(page->next);
    }

    void goesOnWhereThePageBeforeEnded_data()
    {
        QTest::addColumn<RequestFilter>("filter");
        QTest::addColumn<int>("expected");
        const auto row = [](const char *name, const RequestFilter &filter, auto &&matches) {
            int count = 0;
            for (int i = 1; i <= sampleCount; ++i) {
                count += matches(i) ? 1 : 0;
            }
            QTest::newRow(name) << filter << count;
        };
        RequestFilter provider;
        provider.provider = "google";
        row("provider", provider, [](int i) { return i % 3 == 2 && i % 7 != 0; });
        RequestFilter model;
        model.model = "openai/gpt";
        row("model", model, [](int i) { return i % 3 == 1 && i % 7 != 0; });
        RequestFilter app;
        app.app = "curl";
        row("app", app, [](int i) { return i % 2 == 1; });
        RequestFilter statuses;
        statuses.statuses = StatusRange{500, 599};
        statuses.failedOnly = true;
        row("statuses", statuses, [](int i) { return i % 7 == 0; });
        RequestFilter succeeded;
        succeeded.statuses = StatusRange{200, 299};
        succeeded.succeededOnly = true;
        row("succeeded", succeeded, [](int i) { return i % 7 != 0; });
        RequestFilter status;
        status.status = 503;
        row("status", status, [](int i) { return i % 7 == 0; });
        RequestFilter failed;
        failed.failedOnly = true;
        row("failed", failed, [](int i) { return i % 7 == 0; });
        RequestFilter text;
        text.errorText = u"NUMBER 77"_s;
        row("error text", text, [](int i) {
            return i % 7 == 0 && QByteArray::number(i).startsWith("77");
        });
        RequestFilter wildcard;
        wildcard.errorText = u"100%"_s;
        row("error text with a wildcard", wildcard, [](int i) { return i % 7 == 0; });
        RequestFilter noWildcard;
        noWildcard.errorText = u"1_0%"_s;
        row("error text that is no pattern", noWildcard, [](int) { return false; });
        RequestFilter time;
        time.from = sampleDay + 1'000s;
        time.until = sampleDay + 3'000s;
        row("time", time, [](int i) { return i >= 1'000 && i < 3'000; });
        RequestFilter several = time;
        several.app = "claude-cli";
        several.provider = "groq";
        row("several", several, [](int i) {
            return i >= 1'000 && i < 3'000 && i % 6 == 0 && i % 7 != 0;
        });
    }

    void goesOnWhereThePageBeforeEnded()
    {
        QFETCH(RequestFilter, filter);
        QFETCH(int, expected);
        int seen = 0;
        std::optional<PageKey> key;
        std::int64_t lastTime = std::numeric_limits<std::int64_t>::max();
        do {
            const auto page = m_reader->requests(filter, 997, key);
            QVERIFY(page);
            for (const StoredRequest &request : page->requests) {
                const std::int64_t time = request.outcome.time.time_since_epoch().count();
                QVERIFY(time < lastTime); // each once, in order
                lastTime = time;
                ++seen;
            }
            key = page->next;
        } while (key);
        QCOMPARE(seen, expected);
    }

    void findsNoneTwiceAtTheSameTime()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"records.db"_s);
        auto database = openRecordFile(path, 1s);
        QVERIFY(database);
        auto writer = RecordWriter::create(*database, sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 0; i < 10; ++i) {
            batch.push_back(sharedOutcome(1, QByteArray::number(i) + '_'));
        }
        QVERIFY((*writer)->write(batch));
        RecordReader reader(path);
        QSet<QByteArray> seen;
        std::optional<PageKey> key;
        do {
            const auto page = reader.requests({}, 3, key);
            QVERIFY(page);
            for (const StoredRequest &request : page->requests) {
                seen.insert(request.outcome.requestId);
            }
            key = page->next;
        } while (key);
        QCOMPARE(seen.size(), 10);
    }

    void readsPagesThroughAnIndexWithoutSorting_data()
    {
        goesOnWhereThePageBeforeEnded_data();
        QTest::newRow("all") << RequestFilter() << sampleCount;
    }

    void readsPagesThroughAnIndexWithoutSorting()
    {
        QFETCH(RequestFilter, filter);
        for (const bool hasKey : {false, true}) {
            const QByteArray plan = planOf(pageSql(filter, hasKey));
            QVERIFY2(plan.contains("USING INDEX requests_"), plan.constData());
            QVERIFY2(!plan.contains("TEMP B-TREE"), plan.constData());
            QVERIFY2(!plan.contains("SCAN requests") || plan.contains("USING INDEX"), plan);
        }
    }

    void usesTheIndexOfWhatIsAskedFor_data()
    {
        QTest::addColumn<QByteArray>("sql");
        QTest::addColumn<QByteArray>("index");
        RequestFilter filter;
        filter.provider = "groq";
        QTest::newRow("provider") << pageSql(filter, true) << "requests_provider"_ba;
        filter = {};
        filter.model = "groq/llama";
        QTest::newRow("model") << pageSql(filter, true) << "requests_model"_ba;
        filter = {};
        filter.app = "curl";
        QTest::newRow("app") << pageSql(filter, true) << "requests_app"_ba;
        filter = {};
        filter.status = 503;
        QTest::newRow("status") << pageSql(filter, true) << "requests_status"_ba;
        filter = {};
        filter.failedOnly = true;
        QTest::newRow("failed") << pageSql(filter, true) << "requests_failed"_ba;
        filter = {};
        filter.errorText = u"busy"_s;
        QTest::newRow("error text") << pageSql(filter, true) << "requests_failed"_ba;
        filter = {};
        filter.statuses = StatusRange{500, 599};
        filter.failedOnly = true;
        QTest::newRow("statuses of failures") << pageSql(filter, true) << "requests_failed"_ba;
        filter.failedOnly = false;
        filter.succeededOnly = true;
        QTest::newRow("statuses of successes") << pageSql(filter, true) << "requests_time"_ba;
        QTest::newRow("time") << pageSql({}, true) << "requests_time"_ba;
        QTest::newRow("one request") << requestSql() << "requests_request_id"_ba;
        QTest::newRow("attempts") << attemptsSql() << "PRIMARY KEY (request=?)"_ba;
        QTest::newRow("amendments") << amendmentsSql() << "amendments_request"_ba;
        QTest::newRow("candidates") << candidatesSql() << "PRIMARY KEY (decision_set=?)"_ba;
        QTest::newRow("totals") << totalsSql({}) << "PRIMARY KEY (span_s=? AND bucket_s>? AND"_ba;
    }

    void usesTheIndexOfWhatIsAskedFor()
    {
        QFETCH(QByteArray, sql);
        QFETCH(QByteArray, index);
        const QByteArray plan = planOf(sql);
        QVERIFY2(plan.contains(index), plan.constData());
        QVERIFY2(!plan.contains("SCAN"), plan.constData());
        QVERIFY2(!plan.contains("TEMP B-TREE"), plan.constData());
    }

    void sumsUpAWindow()
    {
        const TotalsQuery day{sampleDay, sampleDay + 24h, TotalsBy::Provider, hourSpan};
        const auto rows = m_reader->totals(day);
        QVERIFY(rows);
        QCOMPARE(rows->size(), std::size_t(4)); // "" = nobody answered
        qint64 requests = 0;
        for (const TotalsRow &row : *rows) {
            requests += row.totals.requests;
        }
        QCOMPARE(requests, 86'399); // req_1 … req_86399
        QCOMPARE(rows->front().name, QByteArray());
        QCOMPARE(rows->front().totals.failed, rows->front().totals.requests);
        QCOMPARE(rows->front().totals.attempts, 0);
        // Attempts that failed count where they were made.
        QCOMPARE(rows->at(1).name, "google"_ba);
        QVERIFY(rows->at(1).totals.failedAttempts > 0);
        QVERIFY(rows->at(1).totals.unmetered > 0);
    }

    void givesTheSameWhateverTheBuckets()
    {
        for (const TotalsBy by : {TotalsBy::Nothing, TotalsBy::Model, TotalsBy::App}) {
            const auto minutes = m_reader->totals({sampleDay, sampleDay + 24h, by, minuteSpan});
            const auto hours = m_reader->totals({sampleDay, sampleDay + 24h, by, hourSpan});
            const auto days = m_reader->totals({sampleDay, sampleDay + 24h, by, daySpan});
            QVERIFY(minutes && hours && days);
            QCOMPARE(minutes->size(), days->size());
            for (std::size_t i = 0; i < days->size(); ++i) {
                QVERIFY(minutes->at(i).totals == days->at(i).totals);
                QVERIFY(hours->at(i).totals == days->at(i).totals);
            }
        }
    }

    void givesTheSameHistogramsWhateverTheBuckets()
    {
        const auto read = [this](TotalsBy by, std::int64_t span) {
            TotalsQuery query{sampleDay, sampleDay + 24h, by, span};
            query.ttfts = query.durations = true;
            return m_reader->totals(query);
        };
        for (const TotalsBy by : {TotalsBy::Nothing, TotalsBy::Model, TotalsBy::App}) {
            const auto minutes = read(by, minuteSpan);
            const auto days = read(by, daySpan);
            QVERIFY(minutes && days);
            QCOMPARE(minutes->size(), days->size());
            for (std::size_t i = 0; i < days->size(); ++i) {
                QVERIFY(minutes->at(i).totals == days->at(i).totals);
                QCOMPARE(days->at(i).totals.ttfts.count(), days->at(i).totals.ttftCount);
            }
        }
        const auto all = read(TotalsBy::Nothing, daySpan);
        const LatencyHistogram &durations = all->front().totals.durations;
        // Each seventh was answered by nobody; the others took 1 to 2 ms.
        QCOMPARE(durations.count(), 86'399 - 86'399 / 7);
        QCOMPARE(durations.buckets.front(), durations.count());
    }

    void breaksDownInOneGo()
    {
        TotalsQuery query{sampleDay, sampleDay + 24h, TotalsBy::Nothing, hourSpan};
        query.ttfts = true;
        const auto all = m_reader->breakdown(query);
        QVERIFY(all);
        QVERIFY(all->all == m_reader->totals(query)->front().totals);
        QCOMPARE(all->all.ttfts.count(), all->all.ttftCount);
        const std::pair<TotalsBy, const std::vector<TotalsRow> *> parts[]{
            {TotalsBy::Provider, &all->providers},
            {TotalsBy::Model, &all->models},
            {TotalsBy::App, &all->apps}};
        for (const auto &[by, rows] : parts) {
            query.by = by;
            const auto alone = m_reader->totals(query);
            QVERIFY(alone);
            QCOMPARE(rows->size(), alone->size());
            for (std::size_t i = 0; i < rows->size(); ++i) {
                QCOMPARE(rows->at(i).name, alone->at(i).name);
                QVERIFY(rows->at(i).totals == alone->at(i).totals);
            }
        }
    }

    void tellsOfAmendments()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"records.db"_s);
        auto database = openRecordFile(path, 1s);
        QVERIFY(database);
        auto writer = RecordWriter::create(*database, sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 1; i <= 4; ++i) {
            relay::Outcome outcome = anOutcome(i);
            outcome.digests = {i < 4 ? 7U : 8U, 9U};
            batch.push_back(std::make_shared<const relay::Outcome>(outcome));
        }
        std::swap(batch[1], batch[2]); // as two workers may end them
        QVERIFY((*writer)->write(batch));
        QVERIFY(database->execute("INSERT INTO amendments(request, kind, time_us, value)"
                                  " SELECT id, 'judge_score', 1, 0.75 FROM requests"
                                  " WHERE request_id = 'req_1'"));
        RecordReader reader(path);
        const auto page = reader.requests({}, 10);
        QVERIFY(page);
        QCOMPARE(page->requests.size(), std::size_t(4));
        QCOMPARE(page->requests[0].retried + page->requests[0].regenerated, 0);
        QCOMPARE(page->requests[1].retried, 0);
        QCOMPARE(page->requests[1].regenerated, 1);
        QCOMPARE(page->requests[2].retried, 1);
        QCOMPARE(page->requests[3].retried, 1);
        QVERIFY(page->requests[3].amendments.empty());
        const auto first = reader.request("req_1");
        QVERIFY(first);
        QCOMPARE(first->amendments.size(), std::size_t(2));
        QCOMPARE(first->amendments[0].kind, "judge_score"_ba);
        QCOMPARE(first->amendments[0].value, std::optional(0.75));
        QVERIFY(first->amendments[0].otherRequestId.isEmpty());
        QCOMPARE(first->amendments[1].kind, "client_retried"_ba);
        QCOMPARE(first->amendments[1].otherRequestId, "req_2"_ba);
        QVERIFY(first->amendments[1].time == sampleDay + 2s);
        QVERIFY(!first->amendments[1].value);
        QVERIFY(first->outcome.decision); // the columns behind it did not shift it
        QCOMPARE(first->retried, 1);
        const auto third = reader.request("req_3");
        QVERIFY(third);
        QCOMPARE(third->amendments.size(), std::size_t(1));
        QCOMPARE(third->amendments[0].kind, "client_regenerated"_ba);

        // They count where the earlier request does: 1 at openai, 2 at google, 3 at groq.
        const auto sums = reader.totals({sampleDay, sampleDay + 24h, TotalsBy::Provider, daySpan});
        QVERIFY(sums);
        QCOMPARE(sums->size(), std::size_t(3));
        QCOMPARE(sums->at(0).name, "google"_ba);
        QCOMPARE(sums->at(0).totals.retried, 1);
        QCOMPARE(sums->at(1).totals.regenerated, 1);
        QCOMPARE(sums->at(1).totals.retried, 0);
        QCOMPARE(sums->at(2).totals.retried, 1);
    }

    void widensTheWindowToWholeBuckets()
    {
        const auto rows = m_reader->series(
            {sampleDay + 90s, sampleDay + 130s, TotalsBy::Nothing, minuteSpan});
        QVERIFY(rows);
        QCOMPARE(rows->size(), std::size_t(2));
        QCOMPARE(rows->front().bucketStart, 1'795'478'400 + 60);
        QCOMPARE(rows->back().bucketStart, 1'795'478'400 + 120);
        QCOMPARE(rows->front().totals.requests, 60);
        const auto exact = m_reader->series(
            {sampleDay + 60s, sampleDay + 120s, TotalsBy::Nothing, minuteSpan});
        QCOMPARE(exact->size(), std::size_t(1));
    }

    void sumsUpLongerSteps()
    {
        TotalsQuery query{sampleDay, sampleDay + 24h, TotalsBy::Nothing, minuteSpan};
        query.step = 900;
        const auto rows = m_reader->series(query);
        QVERIFY(rows);
        QCOMPARE(rows->size(), std::size_t(96));
        QCOMPARE(rows->at(1).bucketStart, 1'795'478'400 + 900);
        QCOMPARE(rows->at(1).totals.requests, 900);
        query.step = 0;
        QCOMPARE(m_reader->series(query)->size(), std::size_t(1'440));
    }

    void choosesPointsThatAChartCanShow_data()
    {
        QTest::addColumn<int>("hoursAgo");
        QTest::addColumn<int>("hours");
        QTest::addColumn<qint64>("span");
        QTest::addColumn<qint64>("step");
        constexpr int day = 24;
        QTest::newRow("1h") << 1 << 1 << qint64(minuteSpan) << qint64(60);
        QTest::newRow("12h") << 12 << 12 << qint64(minuteSpan) << qint64(300);
        QTest::newRow("24h") << day << day << qint64(minuteSpan) << qint64(900);
        QTest::newRow("24h last week") << 7 * day << day << qint64(hourSpan) << qint64(hourSpan);
        QTest::newRow("7d") << 7 * day << 7 * day << qint64(hourSpan) << qint64(hourSpan);
        QTest::newRow("30d") << 30 * day << 30 * day << qint64(hourSpan) << qint64(6 * hourSpan);
        QTest::newRow("90d") << 90 * day << 90 * day << qint64(daySpan) << qint64(daySpan);
        QTest::newRow("an hour of last year")
            << 300 * day << 1 << qint64(daySpan) << qint64(daySpan);
        QTest::newRow("ten years")
            << 3650 * day << 3650 * day << qint64(daySpan) << qint64(2 * daySpan);
    }

    void choosesPointsThatAChartCanShow()
    {
        QFETCH(int, hoursAgo);
        QFETCH(int, hours);
        QFETCH(qint64, span);
        QFETCH(qint64, step);
        const auto now = sampleDay + 24h * 4'000;
        const auto from = now - std::chrono::hours(hoursAgo);
        const SeriesPlan plan = seriesPlanFor(from, from + std::chrono::hours(hours), now);
        QCOMPARE(qint64(plan.span), span);
        QCOMPARE(qint64(plan.step), step);
        QVERIFY(hours * 3'600 / plan.step < SeriesPlan::maxPoints);
    }

    void saysThatThereIsNothing()
    {
        QVERIFY(m_reader->request("nobody").error().kind == common::ErrorKind::NotFound);
        RecordReader none(m_folder.filePath(u"none.db"_s));
        QVERIFY(none.requests({}, 10).error().kind == common::ErrorKind::NotFound);
        QVERIFY(!QFile::exists(m_folder.filePath(u"none.db"_s)));
    }

    void aFileWithoutTablesYetHoldsNothing()
    {
        const QString path = m_folder.filePath(u"new.db"_s);
        RecordReader reader(path);
        {
            QVERIFY(QFile(path).open(QIODevice::WriteOnly));
            auto begun = Database::open(path, Database::Access::ReadWrite, 1s);
            QVERIFY(begun);
            QVERIFY(reader.requests({}, 10).error().kind == common::ErrorKind::NotFound);
            QVERIFY(migrate(*begun, path, migrations()));
        }
        QVERIFY(reader.requests({}, 10)); // it has looked again
    }

    void aFileOfAnOlderVersionIsAboutToBeBroughtUpToDate()
    {
        const QString path = m_folder.filePath(u"old.db"_s);
        QVERIFY(QFile::copy(QStringLiteral(FREERELAY_TEST_DATA "/store/v1.db"), path));
        RecordReader reader(path);
        QVERIFY(reader.breakdown({}).error().kind == common::ErrorKind::Unavailable);
        QVERIFY(openRecordFile(path, 1s));
        QVERIFY(reader.breakdown({}));
    }

    void cannotWrite()
    {
        auto database = Database::open(m_path, Database::Access::ReadOnly, 1s);
        QVERIFY(database);
        QVERIFY(
            database->execute("DELETE FROM requests").error().kind
            == common::ErrorKind::PermissionDenied);
    }

private:
    QByteArray planOf(const QByteArray &sql)
    {
        auto database = Database::open(m_path, Database::Access::ReadOnly, 1s);
        auto statement = database->prepare(QByteArray("EXPLAIN QUERY PLAN " + sql));
        QByteArray plan;
        while (statement && statement->step().value_or(false)) {
            plan += statement->text(3) + '\n';
        }
        return plan;
    }

    QTemporaryDir m_folder;
    QString m_path;
    std::unique_ptr<RecordReader> m_reader;
};

QTEST_GUILESS_MAIN(TestRecordReader)
#include "tst_record_reader.moc"
