#include "core/services/history/stored_history.h"
#include "core/store/record_file.h"
#include "core/store/record_writer.h"
#include "core/store/texts/text_file.h"
#include "tests/support/await_result.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"

#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::interfaces;
using services::StoredHistory;
using tests::anOutcome;
using tests::awaitResult;

namespace {

constexpr int sampleCount = 400;

} // namespace

/// The history over a real file of the store.
class TestStoredHistory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_path = m_folder.filePath(u"records.db"_s);
        auto database = store::openRecordFile(m_path, 1s);
        QVERIFY(database);
        auto writer = store::RecordWriter::create(*database, tests::sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 1; i <= sampleCount; ++i) {
            auto outcome = anOutcome(i);
            if (i % 13 == 0) {
                outcome.status = relay::Outcome::clientLeft;
            } else if (i % 17 == 0) {
                outcome.status = 404;
                outcome.error = "There is no such model.";
            } else if (i % 19 == 0) {
                outcome.brokenStream = true;
                outcome.error = "The stream broke off.";
            }
            batch.push_back(std::make_shared<const relay::Outcome>(outcome));
        }
        QVERIFY((*writer)->write(batch));
    }

    void init() { m_history = std::make_unique<StoredHistory>(m_path, m_clock); }
    void cleanup() { m_history.reset(); }

    void pagesFollowEachOther()
    {
        std::optional<RequestCursor> cursor;
        QStringList ids;
        do {
            const auto page = ask({}, 150, cursor);
            QVERIFY(page);
            for (const RequestRow &row : page->rows) {
                ids << row.requestId;
            }
            cursor = page->next;
        } while (cursor);
        QCOMPARE(ids.size(), sampleCount);
        QCOMPARE(ids.first(), u"req_%1"_s.arg(sampleCount));
        QCOMPARE(ids.last(), u"req_1"_s);
        QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), sampleCount);
    }

    void findsWhatTheFilterOfLiveRowsFinds_data()
    {
        QTest::addColumn<RequestFilter>("filter");
        const auto add = [](const char *name, const auto &set) {
            RequestFilter filter;
            set(filter);
            QTest::newRow(name) << filter;
        };
        add("provider", [](RequestFilter &filter) { filter.provider = u"groq"_s; });
        add("model", [](RequestFilter &filter) { filter.model = u"openai/gpt"_s; });
        add("app", [](RequestFilter &filter) { filter.app = u"curl"_s; });
        add("status", [](RequestFilter &filter) { filter.status = 404; });
        add("success", [](RequestFilter &f) { f.statusClass = StatusClass::Success; });
        add("failed", [](RequestFilter &f) { f.statusClass = StatusClass::Failed; });
        add("4xx", [](RequestFilter &f) { f.statusClass = StatusClass::ClientError; });
        add("5xx", [](RequestFilter &f) { f.statusClass = StatusClass::ServerError; });
        add("client left", [](RequestFilter &f) { f.statusClass = StatusClass::ClientLeft; });
        add("error", [](RequestFilter &filter) { filter.errorText = u"NO SUCH"_s; });
        add("time", [](RequestFilter &filter) {
            const QDateTime day = QDateTime::fromSecsSinceEpoch(1'795'478'400, Qt::UTC);
            filter.from = day.addSecs(100);
            filter.until = day.addSecs(200);
        });
        add("several", [](RequestFilter &filter) {
            filter.app = u"claude-cli"_s;
            filter.statusClass = StatusClass::ServerError;
            filter.errorText = u"busy"_s;
        });
    }

    void findsWhatTheFilterOfLiveRowsFinds()
    {
        QFETCH(RequestFilter, filter);
        const auto all = ask({}, RequestHistory::maxPage);
        QVERIFY(all);
        QStringList expected;
        for (const RequestRow &row : all->rows) {
            if (matches(filter, row)) {
                expected << row.requestId;
            }
        }
        QVERIFY(!expected.isEmpty() && expected.size() < sampleCount);
        const auto page = ask(filter, RequestHistory::maxPage);
        QVERIFY(page);
        QStringList found;
        for (const RequestRow &row : page->rows) {
            found << row.requestId;
        }
        QCOMPARE(found, expected);
    }

    void tellsEverythingAboutOneRequest()
    {
        const auto details = askDetails(u"req_7"_s);
        QVERIFY(details);
        QCOMPARE(details->row.status, 503);
        QCOMPARE(details->attempts.size(), std::size_t(2));
        QCOMPARE(details->attempts[1].failure, u"overloaded"_s);
        QVERIFY(details->attempts[1].startedAfter == 40us);
        QVERIFY(details->parseTime == 2'500ns);
        QVERIFY(details->decision.has_value());
        QCOMPARE(details->decision->candidates.size(), std::size_t(4));
        QCOMPARE(details->decision->candidates[2].disqualified, u"cooling_down"_s);
        QVERIFY(details->decision->candidates[2].restsUntil.has_value());
        QCOMPARE(details->decision->candidates[3].disqualified, u"no_tools"_s);
    }

    void tellsWhatBecameKnownLater()
    {
        // Each tenth sample repeats the one before, which ended 1 s before its beginning.
        const auto details = askDetails(u"req_9"_s);
        QVERIFY(details);
        QCOMPARE(details->amendments.size(), std::size_t(1));
        const AmendmentInfo &amendment = details->amendments.front();
        QCOMPARE(amendment.kind, u"client_retried"_s);
        QCOMPARE(amendment.otherRequestId, u"req_10"_s);
        QCOMPARE(amendment.time, details->row.time.addSecs(1));
        QVERIFY(amendment.after == 999ms); // it took 1.009 ms
        QVERIFY(askDetails(u"req_10"_s)->amendments.empty());
    }

    void tellsTheTextsAsFarAsTheyAreKept()
    {
        const QString path = m_folder.filePath(u"texts.db"_s);
        auto texts = store::TextFile::open(path, 1s);
        QVERIFY(texts);
        QVERIFY(texts->write(
            {{"req_7"_ba, tests::sampleDay, "the prompt"_ba, true, "the answer"_ba, false}}));
        m_history = std::make_unique<StoredHistory>(m_path, m_clock, path);
        const auto details = askDetails(u"req_7"_s);
        QVERIFY(details && details->texts);
        QCOMPARE(details->texts->prompt, u"the prompt"_s);
        QCOMPARE(details->texts->answer, u"the answer"_s);
        QVERIFY(details->texts->promptCut && !details->texts->answerCut);
        QVERIFY(!askDetails(u"req_8"_s)->texts);
        // Whatever is wrong with the file, the record is told.
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(10'000, 'x'));
        file.close();
        const auto damaged = askDetails(u"req_7"_s);
        QVERIFY(damaged && !damaged->texts);
        QCOMPARE(damaged->textsProblem, u"The file of kept texts is damaged."_s);
    }

    void saysThatThereIsNoSuchRequest()
    {
        const auto details = askDetails(u"req_0"_s);
        QVERIFY(!details);
        QVERIFY(details.error().kind == common::ErrorKind::NotFound);
    }

    void sumsUp()
    {
        const auto stats = askStats({.window = StatsWindow::Day});
        QVERIFY(stats);
        QCOMPARE(stats->totals.requests, qint64(sampleCount));
        qint64 byApp = 0;
        for (const StatsFigures &row : stats->apps) {
            byApp += row.requests;
        }
        QCOMPARE(byApp, qint64(sampleCount));
        QCOMPARE(stats->totals.retried, qint64(sampleCount / 10));
        QCOMPARE(stats->totals.regenerated, qint64(0));
        for (std::size_t i = 1; i < stats->providers.size(); ++i) {
            QVERIFY(stats->providers[i - 1].requests >= stats->providers[i].requests);
        }
        QVERIFY(stats->from < stats->until);
        QCOMPARE(stats->from.time().minute() % 15, 0); // whole steps
        QVERIFY(stats->step == 15min);
        QVERIFY(stats->series.empty() && stats->lines.empty()); // they were not asked for
    }

    void givesThePointsOfAChart()
    {
        m_clock.advance(-54min); // 00:06
        const auto stats = askStats(
            {.window = StatsWindow::Hour, .series = StatsSeries::Providers});
        m_clock.advance(54min);
        QVERIFY(stats);
        QVERIFY(stats->step == 60s);
        QCOMPARE(stats->until, QDateTime::fromSecsSinceEpoch(1'795'478'400 + 360, Qt::UTC));
        QVERIFY(stats->from == stats->until.addSecs(-3'600));
        QCOMPARE(stats->series.size(), std::size_t(6)); // the other 54 minutes had no request
        QCOMPARE(stats->series[1].start.time(), QTime(0, 1));
        QCOMPARE(stats->series[1].figures.requests, qint64(60));
        QCOMPARE(stats->lines.size(), std::size_t(4)); // three providers, and nobody
        qint64 inLines = 0;
        for (const StatsLine &line : stats->lines) {
            for (const StatsPoint &point : line.points) {
                inLines += point.figures.requests;
            }
        }
        QCOMPARE(inLines, stats->totals.requests);
        for (std::size_t i = 0; i < stats->lines.size(); ++i) {
            QCOMPARE(stats->lines[i].name, stats->providers[i].name);
        }
    }

    void keepsToTheEndsThatAreGiven()
    {
        const QDateTime day = QDateTime::fromSecsSinceEpoch(1'795'478'400, Qt::UTC);
        const auto stats = askStats({.from = day.addSecs(61), .until = day.addSecs(119)});
        QVERIFY(stats);
        QCOMPARE(stats->from, day.addSecs(60));
        QCOMPARE(stats->until, day.addSecs(120));
        QCOMPARE(stats->totals.requests, qint64(60));
        const auto before = askStats({.from = day.addDays(-1), .until = day});
        QCOMPARE(before->totals.requests, qint64(0));
        const auto later = askStats({.from = day.addDays(3)});
        QVERIFY(later);
        QCOMPARE(later->totals.requests, qint64(0));
    }

    void leavesOutLinesThatWouldBeTooMany()
    {
        auto folder = QTemporaryDir();
        const QString path = folder.filePath(u"many.db"_s);
        auto database = store::openRecordFile(path, 1s);
        auto writer = store::RecordWriter::create(*database, tests::sampleDay);
        QVERIFY(writer);
        std::vector<std::shared_ptr<const relay::Outcome>> batch;
        for (int i = 1; i <= 300; ++i) {
            auto outcome = anOutcome(i);
            outcome.app = "app-" + QByteArray::number(i % 100);
            batch.push_back(std::make_shared<const relay::Outcome>(outcome));
        }
        QVERIFY((*writer)->write(batch));
        m_history = std::make_unique<StoredHistory>(path, m_clock);
        const auto stats = askStats({.window = StatsWindow::Day, .series = StatsSeries::Apps});
        QVERIFY(stats);
        QCOMPARE(stats->apps.size(), std::size_t(100));
        QCOMPARE(stats->lines.size(), std::size_t(RequestStats::maxPoints / 96));
    }

    void beforeAnythingIsRecordedThereIsNothingAndNoError()
    {
        m_history = std::make_unique<StoredHistory>(m_folder.filePath(u"missing.db"_s), m_clock);
        const auto page = ask({}, 10);
        QVERIFY(page);
        QVERIFY(page->rows.empty());
        QVERIFY(!page->next);
        const auto stats = askStats({.window = StatsWindow::Hour});
        QVERIFY(stats);
        QCOMPARE(stats->totals.requests, qint64(0));
        QVERIFY(!askDetails(u"req_1"_s));
    }

    void answersOnTheThreadThatAsked()
    {
        QThread thread;
        QObject receiver;
        receiver.moveToThread(&thread);
        thread.start();
        std::atomic<QThread *> answered = nullptr;
        QMetaObject::invokeMethod(&receiver, [&] {
            m_history->details(u"req_1"_s, receiver, [&answered](const auto &) {
                answered = QThread::currentThread();
            });
        });
        QTRY_COMPARE(answered.load(), &thread);
        thread.quit();
        QVERIFY(thread.wait());
    }

    void aReceiverThatHasGoneIsNotAnswered()
    {
        bool answered = false;
        auto held = std::make_shared<int>(1);
        {
            QObject receiver;
            m_history->details(
                u"req_1"_s, receiver, [&answered, held](const auto &) { answered = true; });
        }
        QCOMPARE(held.use_count(), 1L); // the callback went with its receiver
        QVERIFY(askDetails(u"req_2"_s)); // by now the first question is through
        QVERIFY(!answered);
    }

    void aHistoryThatEndsDropsWhatWaits()
    {
        auto held = std::make_shared<int>(0);
        {
            QObject receiver;
            for (int i = 0; i < 20; ++i) {
                m_history->page({}, 500, {}, receiver, [held](const auto &) { ++*held; });
            }
            m_history.reset();
            QCoreApplication::sendPostedEvents();
            QVERIFY(*held <= 20);
        }
        QCOMPARE(held.use_count(), 1L); // neither answered twice nor kept
    }

    void refusesTooManyQuestionsAtOnce()
    {
        QObject receiver;
        int answers = 0;
        int refused = 0;
        constexpr int asked = StoredHistory::maxWaiting * 20;
        for (int i = 0; i < asked; ++i) {
            m_history->page({}, 500, {}, receiver, [&](const auto &page) {
                ++answers;
                refused += !page && page.error().kind == common::ErrorKind::Unavailable ? 1 : 0;
            });
        }
        QTRY_COMPARE(answers, asked);
        QVERIFY(refused > 0);
        QVERIFY(answers - refused >= StoredHistory::maxWaiting);
        QVERIFY(ask({}, 10)); // and then it answers again
    }

private:
    [[nodiscard]] common::Result<RequestPage>
    ask(const RequestFilter &filter, int limit, const std::optional<RequestCursor> &after = {})
    {
        return awaitResult<RequestPage>(
            [&](auto done) { m_history->page(filter, limit, after, *this, std::move(done)); });
    }
    [[nodiscard]] common::Result<RequestDetails> askDetails(const QString &id)
    {
        return awaitResult<RequestDetails>(
            [&](auto done) { m_history->details(id, *this, std::move(done)); });
    }
    [[nodiscard]] common::Result<RequestStats> askStats(const StatsQuery &query)
    {
        return awaitResult<RequestStats>(
            [&](auto done) { m_history->stats(query, *this, std::move(done)); });
    }

    QTemporaryDir m_folder;
    QString m_path;
    tests::ManualClock m_clock;
    std::unique_ptr<StoredHistory> m_history;
};

QTEST_GUILESS_MAIN(TestStoredHistory)
#include "tst_stored_history.moc"
