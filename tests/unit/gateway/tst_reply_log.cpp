#include "core/gateway/replay/kept_downstream.h"
#include "core/gateway/replay/reply_logs.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/manual_clock.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

class SizedNote final : public ReplyNote
{
public:
    explicit SizedNote(qint64 bytes)
        : m_bytes(bytes)
    { }
    [[nodiscard]] qint64 bytes() const override { return m_bytes; }

private:
    qint64 m_bytes;
};

} // namespace

class TestReplyLog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsShortOnesInMemoryAndLongOnesInAFile()
    {
        QTemporaryDir folder;
        ReplyLog log(folder.path());
        const QByteArray event(50'000, 'e');
        for (int i = 0; i < 5; ++i) {
            log.append(event);
        }
        QVERIFY(QDir(folder.path()).isEmpty());
        for (int i = 0; i < 5; ++i) {
            log.append(event);
        }
        for (const QFileInfo &file : QDir(folder.path()).entryInfoList(QDir::Files)) {
            // (On Linux the file has no name.)
            QVERIFY(!file.permissions().testAnyFlags(QFile::ReadGroup | QFile::ReadOther));
        }
        log.end(true);
        QByteArray all;
        for (ReplyLog::Piece piece; !piece.ended; all += piece.bytes) {
            piece = log.read(all.size(), 64'000);
            QVERIFY(!piece.bytes.isEmpty());
        }
        QCOMPARE(all, event.repeated(10));
        QCOMPARE(*log.offsetOf(1), 0);
        QCOMPARE(*log.offsetOf(10), 450'000);
        QCOMPARE(*log.offsetOf(11), 500'000);
        QVERIFY(!log.offsetOf(12) && !log.offsetOf(0));
    }

    void givesUpWhatIsTooLong()
    {
        QTemporaryDir folder;
        ReplyLog log(folder.path());
        for (int i = 0; i < 17; ++i) {
            log.append(QByteArray(1024 * 1024, 'e'));
        }
        QVERIFY(log.isLost());
        QVERIFY(log.read(0, 10).lost);
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void givesUpWhatCannotBeWritten()
    {
        ReplyLog log(u"/nowhere/at/all"_s);
        log.append(QByteArray(300'000, 'e'));
        QVERIFY(log.isLost());
    }

    void forgetsSomeTimeAfterTheEnd()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        const auto log = logs.add({"a"}, 5min);
        clock.advance(1h);
        QVERIFY(logs.find({"a"})); // it has not ended
        log->end(true);
        QVERIFY(logs.find({"a"}));
        clock.advance(5min + 1ms);
        QVERIFY(!logs.find({"a"}));
    }

    void isFoundByWhoAskedOnly()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        QVERIFY(logs.add({"a", "app_1"}, 5min));
        QVERIFY(logs.claim({"key", "body"}, {"b"}, 5min).log);
        QVERIFY(logs.find({"a", "app_1"}));
        QVERIFY(!logs.find({"a", "app_2"}));
        QVERIFY(!logs.find({"a"}));
        QVERIFY(logs.find({"b"}));
        QVERIFY(!logs.find({"b", "app_1"}));
    }

    void forgetsWhileNobodyAsks()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock, 1ms);
        for (const char *id : {"a", "b"}) { // and once more after it had nothing to do
            std::weak_ptr<ReplyLog> log;
            {
                const auto made = logs.add({id}, 5min);
                made->end(true);
                log = made;
            }
            QVERIFY(logs.sweep()); // has seen its end
            int ticks = 0;
            QTimer others;
            connect(&others, &QTimer::timeout, this, [&ticks] { ++ticks; });
            others.start(1ms);
            QTRY_VERIFY(ticks > 3); // it has looked, and goes on
            clock.advance(5min + 1ms);
            QTRY_VERIFY(log.expired());
        }
    }

    void hasNothingToDoWhenAllIsForgotten()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        QVERIFY(!logs.sweep());
        const auto log = logs.add({"a"}, 5min);
        clock.advance(1h);
        QVERIFY(logs.sweep());
        log->end(true);
        QVERIFY(logs.sweep());
        clock.advance(5min);
        QVERIFY(logs.sweep());
        clock.advance(1ms);
        QVERIFY(!logs.sweep());
    }

    void keepsOnlySoMany()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        for (int i = 0; i < ReplyLogs::maxLogs; ++i) {
            QVERIFY(logs.add({QByteArray::number(i)}, 5min));
            clock.advance(1ms);
        }
        QVERIFY(!logs.add({"one more"}, 5min));
        logs.find({"7"})->end(true);
        logs.find({"3"})->end(true);
        QVERIFY(logs.add({"one more"}, 5min));
        QVERIFY(!logs.find({"3"}));
        QVERIFY(logs.find({"7"}));
    }

    void notesHaveRoomTogether()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        const auto half = std::make_shared<SizedNote>(ReplyLogs::maxNoteBytes / 2);
        QVERIFY(logs.add({"1"}, 5min, half));
        clock.advance(1ms);
        QVERIFY(logs.add({"2"}, 5min, half));
        QVERIFY(!logs.add({"3"}, 5min, half));
        QVERIFY(logs.add({"without"}, 5min));
        logs.find({"1"})->end(true);
        logs.find({"2"})->end(true);
        QVERIFY(logs.add({"3"}, 5min, half));
        QVERIFY(!logs.find({"1"}));
        QCOMPARE(logs.find({"2"})->note(), half);
        const auto tooMuch = std::make_shared<SizedNote>(ReplyLogs::maxNoteBytes + 1);
        QVERIFY(!logs.add({"4"}, 5min, tooMuch));
        QVERIFY(logs.find({"2"}));
        logs.remove("2");
        QVERIFY(!logs.find({"2"}));
    }

    void aKeyIsAskedUnderOnce()
    {
        using Claim = ReplyLogs::Claim;
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        const auto first = logs.claim({"key", "body"}, {"a"}, 5min);
        QCOMPARE(first.claim, Claim::New);
        const auto again = logs.claim({"key", "body"}, {"b"}, 5min);
        QCOMPARE(again.claim, Claim::Known);
        QCOMPARE(again.log, first.log);
        QVERIFY(!logs.find({"b"}));
        const auto other = logs.claim({"key", "another body"}, {"c"}, 5min);
        QCOMPARE(other.claim, Claim::Mismatch);
        QVERIFY(!other.log);
        logs.release("key"); // it failed
        const auto retried = logs.claim({"key", "another body"}, {"d"}, 5min);
        QCOMPARE(retried.claim, Claim::New);
        QVERIFY(retried.log != first.log);
        retried.log->end(true);
        (void)logs.find({"d"});
        clock.advance(5min);
        QCOMPARE(logs.claim({"key", "another body"}, {"e"}, 5min).claim, Claim::Known);
        clock.advance(1ms); // its reply is forgotten, and the key with it
        QCOMPARE(logs.claim({"key", "body"}, {"f"}, 5min).claim, Claim::New);
    }

    void aKeyIsNotKeptWithoutRoom()
    {
        using Claim = ReplyLogs::Claim;
        QTemporaryDir folder;
        tests::ManualClock clock;
        ReplyLogs logs(folder.filePath(u"replies"_s), clock);
        for (int i = 0; i < ReplyLogs::maxLogs; ++i) {
            QVERIFY(logs.add({QByteArray::number(i)}, 5min));
        }
        QCOMPARE(logs.claim({"key", "body"}, {"a"}, 5min).claim, Claim::NoRoom);
        logs.find({"7"})->end(true);
        QCOMPARE(logs.claim({"key", "body"}, {"b"}, 5min).claim, Claim::New);
    }

    void emptiesItsFolderAndLivesWithoutOne()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"replies"_s);
        QVERIFY(QDir().mkpath(path));
        QFile left(path + u"/reply-abc"_s);
        QVERIFY(left.open(QIODevice::WriteOnly));
        tests::ManualClock clock;
        const ReplyLogs logs(path, clock);
        QVERIFY(QDir(path).exists() && QDir(path).isEmpty());
        ReplyLogs none(u"/proc/nowhere"_s, clock);
        const auto log = none.add({"a"}, 5min);
        log->append("short");
        QVERIFY(!log->isLost());
        log->append(QByteArray(300'000, 'e'));
        QVERIFY(log->isLost());
    }

    void whatEndsBrokenIsKeptAsBroken_data()
    {
        QTest::addColumn<bool>("aborted");
        QTest::newRow("aborted") << true;
        QTest::newRow("never ended") << false;
    }

    void whatEndsBrokenIsKeptAsBroken()
    {
        QFETCH(bool, aborted);
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        auto log = std::make_shared<ReplyLog>(folder.path());
        int failures = 0;
        {
            KeptDownstream kept(client, log, {false, 60s, {}, [&failures] { ++failures; }}, clock);
            kept.setHandlers([] {}, [] {});
            kept.beginStream(200, {});
            kept.write("data: 1\n\n");
            if (aborted) {
                kept.abort();
            }
            QVERIFY(client->hasHandlers());
        }
        QVERIFY(!client->hasHandlers());
        QCOMPARE(client->body, "data: 1\n\n"_ba); // without numbers
        QCOMPARE(client->aborted, aborted);
        const ReplyLog::Piece piece = log->read(0, 100);
        QVERIFY(piece.ended && !piece.complete);
        QCOMPARE(failures, 1);
    }

    void headsHaveWhatWasAddedAlsoWhenReadAgain()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        auto log = std::make_shared<ReplyLog>(folder.path());
        const common::HeaderList extra{{"x-resume"_ba, "/there"_ba}};
        KeptDownstream kept(client, log, {true, 60s, extra, {}}, clock);
        kept.beginStream(200, common::HeaderList{{"x-own"_ba, "1"_ba}});
        for (const common::HeaderList &headers : {client->headers, log->head().headers}) {
            QCOMPARE(headers.value("x-own"), "1"_ba);
            QCOMPARE(headers.value("x-resume"), "/there"_ba);
        }
    }

    void nobodyGoesOnForAStreamThatIsLost()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        auto log = std::make_shared<ReplyLog>(folder.path());
        KeptDownstream kept(client, log, {false, 60s, {}, {}}, clock);
        bool gone = false;
        kept.setHandlers([] {}, [&gone] { gone = true; });
        kept.beginStream(200, {});
        kept.write(QByteArray(17 * 1024 * 1024, 'e'));
        kept.checkLimits(clock.now());
        QVERIFY(!gone); // its own client reads it
        client->leave();
        QCOMPARE(kept.pending(), 0);
        kept.checkLimits(clock.now());
        QVERIFY(gone);
    }

    void whatHasEndedIsNotGivenUp()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        KeptDownstream kept(
            client, std::make_shared<ReplyLog>(folder.path()), {false, 60s, {}, {}}, clock);
        bool gone = false;
        kept.setHandlers([] {}, [&gone] { gone = true; });
        kept.beginStream(200, {});
        client->leave();
        kept.write("data: [DONE]\n\n");
        kept.finish();
        QVERIFY(!client->finished); // it is not there
        clock.advance(1h);
        kept.checkLimits(clock.now());
        QVERIFY(!gone && !kept.isGone());
    }

    void goesOnForAWhileWhenTheClientLeaves()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        auto log = std::make_shared<ReplyLog>(folder.path());
        KeptDownstream kept(client, log, {true, 60s, {}, {}}, clock);
        bool gone = false;
        kept.setHandlers([] {}, [&gone] { gone = true; });
        kept.beginStream(200, common::HeaderList{{"content-type"_ba, "text/event-stream"_ba}});
        kept.write("data: 1\n\ndata: 2\n\n");
        QCOMPARE(client->body, "id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n"_ba);
        client->leave();
        kept.write("data: 3\n\n");
        clock.advance(59s);
        kept.checkLimits(clock.now());
        QVERIFY(!gone && !kept.isGone());
        {
            const ReplyLog::Watch reader(log, [] {});
            clock.advance(10min);
            kept.checkLimits(clock.now());
            QVERIFY(!gone);
        }
        clock.advance(60s);
        kept.checkLimits(clock.now());
        QVERIFY(gone && kept.isGone());
        QCOMPARE(
            log->read(0, 1000).bytes, "id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n"_ba);
    }

    void onlyEventsAreNumbered()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        KeptDownstream kept(
            client, std::make_shared<ReplyLog>(folder.path()), {true, 60s, {}, {}}, clock);
        kept.beginStream(200, common::HeaderList{{"content-type"_ba, "application/x-ndjson"_ba}});
        kept.write("{\"done\":false}\n");
        QCOMPARE(client->body, "{\"done\":false}\n"_ba);
    }

    void endsWithItsClientWithoutGrace()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        KeptDownstream kept(client, std::make_shared<ReplyLog>(folder.path()), {}, clock);
        bool gone = false;
        kept.setHandlers([] {}, [&gone] { gone = true; });
        client->leave();
        QVERIFY(gone && kept.isGone());
    }

    void endsWhenItIsCancelled()
    {
        QTemporaryDir folder;
        tests::ManualClock clock;
        auto client = std::make_shared<tests::FakeDownstream>();
        auto log = std::make_shared<ReplyLog>(folder.path());
        KeptDownstream kept(client, log, {false, 60s, {}, {}}, clock);
        bool gone = false;
        kept.setHandlers([] {}, [&gone] { gone = true; });
        kept.beginStream(200, {});
        kept.checkLimits(clock.now());
        QVERIFY(!gone);
        log->cancel();
        kept.checkLimits(clock.now());
        QVERIFY(gone && kept.isGone());
        QVERIFY(client->aborted);
    }

    void tellsAFailure_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("lastEvent");
        QTest::addColumn<bool>("failed");
        QTest::newRow("refused") << 400 << ""_ba << true;
        QTest::newRow("answered") << 200 << ""_ba << false;
        QTest::newRow("streamed") << 200 << "data: [DONE]\n\n"_ba << false;
        QTest::newRow("streamed message") << 200 << "event: message_stop\ndata: {}\n\n"_ba << false;
        QTest::newRow("streamed response")
            << 200 << "event: response.completed\ndata: {}\n\n"_ba << false;
        QTest::newRow("failed response")
            << 200 << "event: response.failed\ndata: {}\n\n"_ba << true;
        QTest::newRow("Google's") << 200 << "data: {\"candidates\":[]}\n\n"_ba << false;
        QTest::newRow("Google's array") << 200 << ",\r\n{\"candidates\":[]}"_ba << false;
        QTest::newRow("Ollama's") << 200 << "{\"model\":\"m\",\"done\":true}\n"_ba << false;
        QTest::newRow("broken") << 200 << "data: {\"error\":{}}\n\n"_ba << true;
        QTest::newRow("broken message") << 200 << "event: error\ndata: {}\n\n"_ba << true;
        QTest::newRow("broken array") << 200 << ",\r\n{\"error\":{}}"_ba << true;
        QTest::newRow("array that breaks at once") << 200 << "[{\"error\":{}}"_ba << true;
        QTest::newRow("broken lines") << 200 << "{\"error\":\"no\"}\n"_ba << true;
    }

    void tellsAFailure()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, lastEvent);
        QFETCH(bool, failed);
        QTemporaryDir folder;
        tests::ManualClock clock;
        bool told = false;
        KeptDownstream kept(
            std::make_shared<tests::FakeDownstream>(),
            std::make_shared<ReplyLog>(folder.path()),
            {true, 60s, {}, [&told] { told = true; }},
            clock);
        if (lastEvent.isEmpty()) {
            kept.reply(status, {}, "{}");
        } else {
            kept.beginStream(status, {});
            kept.write("data: 1\n\n");
            kept.write(lastEvent);
            kept.write("]"); // what follows an error in an array
            kept.finish();
        }
        QCOMPARE(told, failed);
    }
};

QTEST_GUILESS_MAIN(TestReplyLog)
#include "tst_reply_log.moc"
