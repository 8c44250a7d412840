#include "core/gateway/process_finder.h"
#include "core/gateway/program_name.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::gateway;

namespace {

/// Remembers who is looked for.
struct Noting final : relay::ProcessSource
{
    void find(std::shared_ptr<relay::PeerProcess> process) override { asked.push_back(process); }
    std::vector<std::shared_ptr<relay::PeerProcess>> asked;
};

std::uint32_t inodeOf(const QTcpSocket &socket)
{
    struct stat status
    {
    };
    ::fstat(static_cast<int>(socket.socketDescriptor()), &status);
    return static_cast<std::uint32_t>(status.st_ino);
}

} // namespace

/// The programs behind connections, and what they are called.
class TestProcessFinder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void programsAreCalledAsPeopleDo_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("program") << QByteArrayList{"/usr/bin/curl", "-H", "x: y"} << "curl"_ba;
        QTest::newRow("script") << QByteArrayList{"/usr/bin/node", "/home/me/bin/opencode.js"}
                                << "opencode"_ba;
        QTest::newRow("package")
            << QByteArrayList{"node", "--no-warnings", "/x/node_modules/@openai/codex/bin/cli.js"}
            << "codex"_ba;
        QTest::newRow("plain package")
            << QByteArrayList{"node", "/x/node_modules/openclaw/dist/index.js"} << "openclaw"_ba;
        QTest::newRow("folder") << QByteArrayList{"python3.11", "/home/me/report/src/main.py"}
                                << "report"_ba;
        QTest::newRow("module") << QByteArrayList{"python3", "-m", "aider", "--yes"} << "aider"_ba;
        QTest::newRow("text") << QByteArrayList{"python3", "-c", "print(1)"} << "python3"_ba;
        QTest::newRow("run") << QByteArrayList{"bun", "run", "agent.ts"} << "agent"_ba;
        QTest::newRow("title") << QByteArrayList{"claude", ""} << "claude"_ba;
        QTest::newRow("none") << QByteArrayList{} << "kernel"_ba;
        QTest::newRow("key") << QByteArrayList{"gsk_abcdefghijklmnop"} << "[redacted]"_ba;
        QTest::newRow("control") << QByteArrayList{"a\x01z"} << "a z"_ba;
        QTest::newRow("long") << QByteArrayList{QByteArray(60, '-')} << QByteArray(48, '-');
    }

    void programsAreCalledAsPeopleDo()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(QByteArray, name);
        QCOMPARE(programName(arguments.join('\0'), "kernel"), name);
    }

    void aConnectionsProgramIsFound()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QVERIFY(client.waitForConnected());
        QObject background; // the passes run in this thread's event loop
        ProcessFinder finder(background);
        const auto mine = std::make_shared<relay::PeerProcess>(inodeOf(client), finder);
        const auto nobodys = std::make_shared<relay::PeerProcess>(1, finder);
        mine->ask();
        nobodys->ask();
        QCOMPARE(mine->name(), QByteArray());
        QTRY_COMPARE(mine->name(), "tst_process_finder"_ba);
        QCOMPARE(nobodys->name(), QByteArray());
        const auto again = std::make_shared<relay::PeerProcess>(inodeOf(client), finder);
        again->ask();
        QTRY_COMPARE(again->name(), "tst_process_finder"_ba);
    }

    void itIsLookedForOnce()
    {
        Noting source;
        const auto process = std::make_shared<relay::PeerProcess>(7, source);
        process->ask();
        process->ask();
        QCOMPARE(source.asked.size(), std::size_t(1));
        QCOMPARE(source.asked.front(), process);
    }
};

QTEST_GUILESS_MAIN(TestProcessFinder)
#include "tst_process_finder.moc"
