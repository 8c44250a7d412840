#include "core/gateway/replay/log_reader.h"
#include "tests/support/fake_downstream.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace Qt::Literals::StringLiterals;

namespace {

using Reading = tests::FakeDownstream::Reading;

/// A log, and a client that is sent what it has.
struct Fixture
{
    QTemporaryDir folder;
    std::shared_ptr<ReplyLog> log = std::make_shared<ReplyLog>(folder.path());
    std::shared_ptr<tests::FakeDownstream> client;
    std::unique_ptr<LogReader> reader;
    std::unique_ptr<QSignalSpy> over;

    explicit Fixture(Reading reading = Reading::AtOnce)
        : client(std::make_shared<tests::FakeDownstream>(reading))
    { }

    void start(qint64 from = 0)
    {
        reader = std::make_unique<LogReader>(
            log, client, from, common::HeaderList{{"x-extra"_ba, "1"_ba}});
        over = std::make_unique<QSignalSpy>(reader.get(), &LogReader::over);
        reader->start();
    }
};

} // namespace

/// A reply that is read again, as it was or is being made.
class TestLogReader final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsAStreamAsItGrows()
    {
        Fixture fixture;
        fixture.start();
        QCOMPARE(fixture.client->heads, 0); // there is no head yet
        fixture.log->begin(200, common::HeaderList{{"x-own"_ba, "2"_ba}}, true);
        QTRY_VERIFY(fixture.client->streaming);
        QCOMPARE(fixture.client->headers.value("x-own"), "2"_ba);
        QCOMPARE(fixture.client->headers.value("x-extra"), "1"_ba);
        fixture.log->append("data: 1\n\n");
        QTRY_COMPARE(fixture.client->body, "data: 1\n\n"_ba);
        fixture.log->append("data: 2\n\n");
        QTRY_COMPARE(fixture.client->body, "data: 1\n\ndata: 2\n\n"_ba);
        QVERIFY(!fixture.client->isOver());
        QCOMPARE(fixture.over->count(), 0);
        fixture.log->end(true);
        QTRY_COMPARE(fixture.over->count(), 1);
        QVERIFY(fixture.client->finished && !fixture.client->aborted);
        QCOMPARE(fixture.client->heads, 1);
    }

    void beginsWhereItIsTold()
    {
        Fixture fixture;
        fixture.log->begin(200, {}, true);
        fixture.log->append("data: 1\n\n");
        fixture.log->append("data: 2\n\n");
        fixture.log->end(true);
        fixture.start(*fixture.log->offsetOf(2));
        QCOMPARE(fixture.over->count(), 1);
        QCOMPARE(fixture.client->body, "data: 2\n\n"_ba);
        QVERIFY(fixture.client->finished);
    }

    void aStreamThatBrokeOffIsCut()
    {
        Fixture fixture;
        fixture.log->begin(200, {}, true);
        fixture.log->append("data: 1\n\n");
        fixture.log->end(false);
        fixture.start();
        QCOMPARE(fixture.over->count(), 1);
        QCOMPARE(fixture.client->body, "data: 1\n\n"_ba);
        QVERIFY(fixture.client->aborted && !fixture.client->finished);
    }

    void aStreamThatBecomesTooLongIsCut()
    {
        Fixture fixture;
        fixture.log->begin(200, {}, true);
        fixture.start();
        for (int i = 0; i < 17; ++i) {
            fixture.log->append(QByteArray(1024 * 1024, 'e'));
        }
        QTRY_COMPARE(fixture.over->count(), 1);
        QVERIFY(fixture.client->aborted);
    }

    void givesAClientNotMoreThanItTakes()
    {
        Fixture fixture(Reading::OnDemand);
        fixture.log->begin(200, {}, true);
        const QByteArray event(100 * 1024, 'e');
        for (int i = 0; i < 10; ++i) {
            fixture.log->append(event);
        }
        fixture.log->end(true);
        fixture.start();
        constexpr qint64 most = LogReader::highWatermark + LogReader::pieceBytes;
        QVERIFY(fixture.client->body.size() >= LogReader::highWatermark);
        while (fixture.over->count() == 0) {
            const qsizetype before = fixture.client->body.size();
            fixture.client->take(LogReader::highWatermark);
            QVERIFY(fixture.client->isOver() || fixture.client->body.size() > before);
        }
        QVERIFY(fixture.client->mostPending <= most);
        QCOMPARE(fixture.client->body, event.repeated(10));
        QVERIFY(fixture.client->finished);
    }

    void sendsAWholeReplyOnceItIsThere()
    {
        Fixture fixture;
        fixture.start();
        fixture.log->begin(201, common::HeaderList{{"x-own"_ba, "2"_ba}}, false);
        fixture.log->append("{}");
        QCoreApplication::processEvents();
        QCOMPARE(fixture.client->heads, 0);
        fixture.log->end(true);
        QTRY_COMPARE(fixture.over->count(), 1);
        QCOMPARE(fixture.client->status, 201);
        QCOMPARE(fixture.client->body, "{}"_ba);
        QCOMPARE(fixture.client->headers.value("x-own"), "2"_ba);
        QCOMPARE(fixture.client->headers.value("x-extra"), "1"_ba);
        QVERIFY(!fixture.client->streaming);
    }

    void aReplyThatIsLostIsAnError_data()
    {
        QTest::addColumn<bool>("hasHead");
        QTest::newRow("it never began") << false;
        QTest::newRow("it was too long") << true;
    }

    void aReplyThatIsLostIsAnError()
    {
        QFETCH(bool, hasHead);
        Fixture fixture;
        if (hasHead) {
            fixture.log->begin(200, {}, false);
            fixture.log->append(QByteArray(17 * 1024 * 1024, 'e'));
        }
        fixture.log->end(true);
        fixture.start();
        QCOMPARE(fixture.over->count(), 1);
        QCOMPARE(fixture.client->status, 503);
        QVERIFY(fixture.client->body.contains("reply_lost"));
    }

    void aClientThatLeavesIsSentNothingMore()
    {
        Fixture fixture;
        fixture.log->begin(200, {}, true);
        fixture.start();
        QCOMPARE(fixture.log->readers(), 1);
        fixture.client->leave();
        QCOMPARE(fixture.over->count(), 1);
        fixture.log->append("data: 1\n\n");
        fixture.log->end(true);
        QCoreApplication::processEvents();
        QCOMPARE(fixture.over->count(), 1);
        QVERIFY(!fixture.client->isOver());
        fixture.reader.reset();
        QVERIFY(!fixture.client->hasHandlers());
        QCOMPARE(fixture.log->readers(), 0);
    }
};

QTEST_GUILESS_MAIN(TestLogReader)
#include "tst_log_reader.moc"
