#include "core/telemetry/otlp_exporter.h"
#include "core/telemetry/trace_queue.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/manual_clock.h"
#include "tests/support/otlp_check.h"
#include "tests/unit/telemetry/sample_outcomes.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;
using namespace freerelay::telemetry;
using namespace std::chrono_literals;

/// Against a real HTTP server; the clock stands still unless a test moves it.
class TestOtlpExporter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_collector = std::make_unique<FakeUpstream>();
        m_queue = std::make_unique<TraceQueue>();
        m_exporter = std::make_unique<OtlpExporter>(
            *m_queue, m_clock, TraceResource{"1.2.3"_ba, "instance"_ba});
    }

    void cleanup()
    {
        m_exporter.reset();
        m_collector.reset();
    }

    void isOffUntilItHasAnEndpoint()
    {
        addRequests(1);
        m_exporter->tick();
        QCOMPARE(m_queue->waiting(), std::size_t(1));
        m_exporter->setEndpoint(endpoint());
        m_exporter->setEndpoint({});
        QCOMPARE(m_queue->waiting(), std::size_t(0));
        addRequests(1);
        m_exporter->tick();
        QCOMPARE(m_queue->waiting(), std::size_t(1));
        QCOMPARE(m_collector->requestCount(), 0);
    }

    void sendsWhatACollectorUnderstands_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("base") << ""_ba
                              << "/v1/traces"_ba;
        QTest::newRow("slash") << "/"_ba
                               << "/v1/traces"_ba;
        QTest::newRow("below a path") << "/otlp"_ba
                                      << "/otlp/v1/traces"_ba;
        QTest::newRow("whole") << "/x/v1/traces"_ba
                               << "/x/v1/traces"_ba;
    }

    void sendsWhatACollectorUnderstands()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, target);
        m_exporter->setEndpoint(QString::fromLatin1(m_collector->url(path)));
        addRequests(2);
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba)));
        const FakeRequest request = m_collector->request(0);
        QCOMPARE(request.method, "POST"_ba);
        QCOMPARE(request.target, target);
        QCOMPARE(request.headers.value("content-type"), "application/json"_ba);
        QCOMPARE(request.headers.value("user-agent"), "FreeRelay/1.2.3"_ba);
        const OtlpTraces traces = readOtlpTraces(request.body, {u"b7ad6b7169203331"_s});
        QCOMPARE(traces.problems, QStringList());
        QCOMPARE(traces.spans.size(), std::size_t(12));
        QCOMPARE(m_queue->waiting(), std::size_t(0));
        QCOMPARE(m_queue->dropped(), std::uint64_t(0));
    }

    void sendsNothingWhenNothingWaits()
    {
        m_exporter->setEndpoint(endpoint());
        m_exporter->tick();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(m_collector->requestCount(), 0);
    }

    void sendsBatchAfterBatchWithoutWaiting()
    {
        m_collector->setHandler([](const FakeRequest &) { return FakeReply::json("{}"_ba); });
        m_exporter->setEndpoint(endpoint());
        addRequests(2 * OtlpExporter::batch + 1);
        m_exporter->tick();
        QTRY_COMPARE(m_collector->requestCount(), 3);
        QCOMPARE(m_queue->waiting(), std::size_t(0));
    }

    void triesAgainLaterAndLater()
    {
        m_exporter->setEndpoint(endpoint());
        addRequests(1);
        QTest::ignoreMessage(QtWarningMsg, warning());
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba, 503)));
        for (const auto pause : {1s, 2s, 4s}) {
            m_clock.advance(pause - 1ms);
            m_exporter->tick();
            m_clock.advance(1ms);
            QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba, 503)));
        }
        m_clock.advance(8s);
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba)));
        QCOMPARE(m_collector->requestCount(), 5);
        QCOMPARE(m_collector->request(4).body, m_collector->request(0).body);
        QCOMPARE(m_queue->dropped(), std::uint64_t(0));
    }

    void waitsAsLongAsTheCollectorAsks()
    {
        m_exporter->setEndpoint(endpoint());
        addRequests(1);
        QTest::ignoreMessage(QtWarningMsg, warning());
        QVERIFY(
            tickUntilSettled(FakeReply::json("{}"_ba, 429).withHeader("retry-after"_ba, "30"_ba)));
        m_clock.advance(29s);
        m_exporter->tick();
        QCOMPARE(m_collector->requestCount(), 1);
        m_clock.advance(1s);
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba)));
        QCOMPARE(m_collector->requestCount(), 2);
    }

    void givesUpWhatNobodyTakes()
    {
        m_collector->stopListening();
        m_exporter->setEndpoint(endpoint());
        addRequests(3);
        QTest::ignoreMessage(QtWarningMsg, warning());
        for (int i = 0; i < OtlpExporter::maxTries; ++i) {
            QCOMPARE(m_queue->dropped(), std::uint64_t(0));
            QVERIFY(tickUntilSettled({}));
            m_clock.advance(OtlpExporter::longestPause);
        }
        QCOMPARE(m_queue->dropped(), std::uint64_t(3));
    }

    void givesUpAtOnceWhatIsRefused()
    {
        m_exporter->setEndpoint(endpoint());
        addRequests(2);
        QTest::ignoreMessage(QtWarningMsg, warning());
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba, 400)));
        QCOMPARE(m_queue->dropped(), std::uint64_t(2));
        addRequests(1);
        QVERIFY(tickUntilSettled(FakeReply::json("{}"_ba)));
        QCOMPARE(m_queue->dropped(), std::uint64_t(2));
    }

    void countsWhatTheCollectorRejects()
    {
        m_exporter->setEndpoint(endpoint());
        addRequests(1);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"rejected 4 spans: too old"_s));
        QVERIFY(tickUntilSettled(FakeReply::json(
            "{\"partialSuccess\":{\"rejectedSpans\":\"4\",\"errorMessage\":\"too old\"}}"_ba)));
        QCOMPARE(m_queue->dropped(), std::uint64_t(4));
    }

    void followsNoRedirect()
    {
        m_exporter->setEndpoint(endpoint());
        addRequests(1);
        QTest::ignoreMessage(QtWarningMsg, warning());
        QVERIFY(tickUntilSettled(
            FakeReply::json("{}"_ba, 307).withHeader("location"_ba, m_collector->url("/x"_ba))));
        QCOMPARE(m_collector->requestCount(), 1);
        QCOMPARE(m_queue->dropped(), std::uint64_t(1));
    }

    void endsWithARequestUnderWay()
    {
        m_collector->enqueue(FakeReply::json("{}"_ba).heldFrom(0));
        m_exporter->setEndpoint(endpoint());
        addRequests(1);
        QSignalSpy received(m_collector.get(), &FakeUpstream::requestReceived);
        m_exporter->tick();
        QVERIFY(received.wait());
        m_exporter.reset();
    }

private:
    [[nodiscard]] QString endpoint() const { return QString::fromLatin1(m_collector->url()); }
    [[nodiscard]] static QRegularExpression warning()
    {
        return QRegularExpression(u"traces cannot be sent"_s);
    }

    void addRequests(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            relay::Outcome outcome = sampleOutcome();
            outcome.trace.spanId = common::derivedSpanId("1000000000000000"_ba, 1'000 * ++m_ids);
            m_queue->record(shared(std::move(outcome)));
        }
    }

    [[nodiscard]] bool tickUntilSettled(const FakeReply &reply)
    {
        m_collector->enqueue(reply);
        QSignalSpy settled(m_exporter.get(), &OtlpExporter::settled);
        m_exporter->tick();
        return settled.count() > 0 || settled.wait();
    }

    ManualClock m_clock;
    std::uint64_t m_ids = 0;
    std::unique_ptr<FakeUpstream> m_collector;
    std::unique_ptr<TraceQueue> m_queue;
    std::unique_ptr<OtlpExporter> m_exporter;
};

QTEST_GUILESS_MAIN(TestOtlpExporter)
#include "tst_otlp_exporter.moc"
