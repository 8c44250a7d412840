#include "app/common/start_options.h"
#include "tests/integration/cli/cli_fixture.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;

/// The desktop program with its window open ends when it is told to.
class TestCliDesktop final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_desktop = std::make_unique<QProcess>();
        m_desktop->setProcessEnvironment(m_fixture->environment());
        m_desktop->start(QStringLiteral(FREERELAY_DESKTOP), {u"--port"_s, u"0"_s});
        QTRY_COMPARE_WITH_TIMEOUT(m_fixture->run({u"show"_s}).exitCode, int(app::exitOk), 20'000);
    }

    void cleanup()
    {
        m_desktop->kill();
        m_desktop->waitForFinished();
    }

    void endsWhenItIsStopped()
    {
        QCOMPARE(m_fixture->run({u"stop"_s}).exitCode, int(app::exitOk));
        QCOMPARE(CliFixture::finish(*m_desktop).exitCode, int(app::exitOk));
    }

    void endsInOrderOnASignal()
    {
        m_desktop->terminate();
        QCOMPARE(CliFixture::finish(*m_desktop).exitCode, int(app::exitOk));
    }

private:
    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<QProcess> m_desktop;
};

QTEST_GUILESS_MAIN(TestCliDesktop)
#include "tst_cli_desktop.moc"
