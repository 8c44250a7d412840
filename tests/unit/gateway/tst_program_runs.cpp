#include "core/gateway/routes/program_runs.h"
#include "tests/support/fake_gateway_control.h"

#include <QTest>
#include <QThread>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::gateway;
using namespace freerelay::tests;

namespace {

/// Notes in words what it is told.
class Notes final : public ProgramRuns::Listener
{
public:
    QStringList told;

    void onStarted(ProgramRuns::Number number) override { told << u"started %1"_s.arg(number); }
    void onRefused(ProgramRuns::Number number, const common::Error &error) override
    {
        told << u"refused %1: %2"_s.arg(number).arg(error.message);
    }
    void onEvent(ProgramRuns::Number number, const QJsonObject &event) override
    {
        told << u"%1 says %2"_s.arg(number).arg(event["text"_L1].toString());
    }
    void onEnd(ProgramRuns::Number number, const interfaces::CliOutcome &outcome) override
    {
        told << u"%1 %2"_s.arg(number).arg(interfaces::nameOf(outcome.status));
    }
};

} // namespace

/// Programs that a worker has run by another thread, which this test plays.
class TestProgramRuns final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_control = std::make_unique<FakeGatewayControl>();
        m_notes = std::make_unique<Notes>();
        m_context = std::make_unique<QObject>();
        m_context->moveToThread(&m_thread);
        m_thread.start();
        m_runs = std::make_unique<ProgramRuns>(*m_control, *m_context, *m_notes);
    }

    void cleanup()
    {
        m_runs.reset();
        m_thread.quit();
        m_thread.wait();
        m_context.reset();
    }

    void tellsWhatBecomesOfIt()
    {
        m_runs->start(7, {u"opencode-cli"_s, "Hi"_ba, {}, {}, {}});
        onMain([this] {
            QCOMPARE(m_control->runs.orders.at(0).prompt, "Hi"_ba);
            m_control->runs.say({{u"text"_s, u"Hello"_s}});
            m_control->runs.end({interfaces::CliStatus::Completed, 0, {}, {}});
            m_control->runs.say({{u"text"_s, u"too late"_s}});
        });
        QTRY_COMPARE(
            m_notes->told, (QStringList{u"started 7"_s, u"7 says Hello"_s, u"7 completed"_s}));
        m_runs->leave(7); // it has ended
        onMain([this] { QVERIFY(m_control->runs.cancelled.empty()); });
    }

    void tellsWhyItMayNotRun()
    {
        m_control->runs.refusal = common::Error{common::ErrorKind::RateLimited, u"Enough run."_s};
        m_runs->start(1, {});
        QTRY_COMPARE(m_notes->told, (QStringList{u"refused 1: Enough run."_s}));
    }

    void endsWhatNobodyWaitsFor()
    {
        m_runs->start(1, {});
        QTRY_COMPARE(m_notes->told, QStringList{u"started 1"_s});
        m_runs->leave(1);
        onMain([this] {
            QCOMPARE(m_control->runs.cancelled, std::vector<interfaces::CliRuns::RunId>{1});
            m_control->runs.say({{u"text"_s, u"for nobody"_s}});
            m_control->runs.end({});
        });
        QCoreApplication::processEvents();
        QCOMPARE(m_notes->told, QStringList{u"started 1"_s});
    }

    void endsWhatBeginsAfterItsClientHasLeft()
    {
        m_runs->start(1, {});
        m_runs->leave(1);
        const auto cancelled = [this] {
            std::size_t count = 0;
            onMain([this, &count] { count = m_control->runs.cancelled.size(); });
            return count;
        };
        QTRY_COMPARE(cancelled(), std::size_t(1));
        QVERIFY(m_notes->told.isEmpty());
    }

private:
    void onMain(const std::function<void()> &act)
    {
        QMetaObject::invokeMethod(m_context.get(), act, Qt::BlockingQueuedConnection);
    }

    QThread m_thread;
    std::unique_ptr<FakeGatewayControl> m_control;
    std::unique_ptr<Notes> m_notes;
    std::unique_ptr<QObject> m_context;
    std::unique_ptr<ProgramRuns> m_runs;
};

QTEST_GUILESS_MAIN(TestProgramRuns)
#include "tst_program_runs.moc"
