#include "core/common/epoll_dispatcher.h"

#include <QAbstractEventDispatcher>
#include <QBasicTimer>
#include <QEventLoop>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QThread>
#include <QTimer>
#include <QTimerEvent>

#include <array>
#include <functional>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

using freerelay::common::makeEpollDispatcher;
using namespace std::chrono_literals;

namespace {

/// Two connected sockets; what is written to one can be read from the other.
class SocketPair
{
public:
    SocketPair()
    {
        m_isOpen = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, m_ends.data()) == 0;
    }
    ~SocketPair()
    {
        ::close(m_ends[0]);
        ::close(m_ends[1]);
    }
    Q_DISABLE_COPY_MOVE(SocketPair)

    [[nodiscard]] int here() const { return m_ends[0]; }
    [[nodiscard]] bool writeThere() const { return ::write(m_ends[1], "x", 1) == 1; }
    [[nodiscard]] bool readHere() const
    {
        char byte = 0;
        return ::read(m_ends[0], &byte, 1) == 1;
    }
    [[nodiscard]] bool isOpen() const { return m_isOpen; }

private:
    std::array<int, 2> m_ends{-1, -1};
    bool m_isOpen = false;
};

/// Runs `body` in a thread whose loop waits with epoll; QVERIFY and its like hold there too.
void runThere(const std::function<void()> &body)
{
    QThread thread;
    thread.setEventDispatcher(makeEpollDispatcher().release());
    QObject there;
    there.moveToThread(&thread);
    QObject::connect(&thread, &QThread::started, &there, [&] {
        body();
        there.moveToThread(nullptr);
        thread.quit();
    });
    thread.start();
    QVERIFY(thread.wait(20'000));
}

/// Runs a loop until `isDone`, asked after every turn that was not empty.
void turnUntil(const std::function<bool()> &isDone)
{
    QEventLoop loop;
    QTimer tooLate;
    tooLate.setSingleShot(true);
    tooLate.start(15s);
    while (!isDone() && tooLate.isActive()) {
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    }
    QVERIFY(isDone());
}

/// Waits for bytes at a socket, to be told of once.
class Reader
{
public:
    explicit Reader(int descriptor)
        : m_notifier(descriptor, QSocketNotifier::Read)
    {
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] {
            m_isTold = true;
            m_notifier.setEnabled(false);
        });
    }
    [[nodiscard]] bool isTold() const { return m_isTold; }

private:
    QSocketNotifier m_notifier;
    bool m_isTold = false;
};

/// Counts the events of timers begun with QObject::startTimer().
class TimerCounter final : public QObject
{
public:
    std::function<void(int)> onTimer = [](int) {};

protected:
    void timerEvent(QTimerEvent *event) override { onTimer(event->timerId()); }
};

} // namespace

class TestEpollDispatcher final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsOfBytesUntilTheyAreRead()
    {
        runThere([] {
            const SocketPair pair;
            QVERIFY(pair.isOpen());
            QSocketNotifier readable(pair.here(), QSocketNotifier::Read);
            int told = 0;
            connect(&readable, &QSocketNotifier::activated, &readable, [&] {
                if (++told == 2) {
                    QVERIFY(pair.readHere());
                }
            });
            QVERIFY(pair.writeThere());
            turnUntil([&] { return told == 2; });
            QEventLoop().processEvents();
            QCOMPARE(told, 2);
        });
    }

    void tellsReadersAndWritersOfOneSocket()
    {
        runThere([] {
            const SocketPair pair;
            QSocketNotifier readable(pair.here(), QSocketNotifier::Read);
            QSocketNotifier writable(pair.here(), QSocketNotifier::Write);
            int reads = 0;
            int writes = 0;
            connect(&readable, &QSocketNotifier::activated, &readable, [&] {
                ++reads;
                QVERIFY(pair.readHere());
            });
            connect(&writable, &QSocketNotifier::activated, &writable, [&] {
                ++writes;
                writable.setEnabled(false);
            });
            turnUntil([&] { return writes == 1; });
            QCOMPARE(reads, 0);
            QVERIFY(pair.writeThere());
            turnUntil([&] { return reads == 1; });
            QCOMPARE(writes, 1);
            writable.setEnabled(true);
            turnUntil([&] { return writes == 2; });
        });
    }

    /// A new socket gets the number of the one closed just before, within the same turn.
    void knowsANewSocketWithAnOldNumber()
    {
        runThere([] {
            auto first = std::make_unique<SocketPair>();
            auto notifier = std::make_unique<QSocketNotifier>(first->here(), QSocketNotifier::Read);
            QEventLoop().processEvents();
            const int number = first->here();
            notifier.reset();
            first.reset();
            const SocketPair second;
            QCOMPARE(second.here(), number);
            const Reader reader(second.here());
            QVERIFY(second.writeThere());
            turnUntil([&] { return reader.isTold(); });
        });
    }

    void oneThatIsReadyMayRemoveAnother()
    {
        runThere([] {
            const SocketPair one;
            const SocketPair other;
            std::array<std::unique_ptr<QSocketNotifier>, 2> notifiers{
                std::make_unique<QSocketNotifier>(one.here(), QSocketNotifier::Read),
                std::make_unique<QSocketNotifier>(other.here(), QSocketNotifier::Read)};
            int told = 0;
            for (std::size_t i = 0; i < 2; ++i) {
                connect(
                    notifiers.at(i).get(),
                    &QSocketNotifier::activated,
                    notifiers.at(i).get(),
                    [&, i] {
                        ++told;
                        notifiers.at(1 - i).reset();
                        notifiers.at(i)->setEnabled(false);
                    });
            }
            QVERIFY(one.writeThere() && other.writeThere());
            turnUntil([&] { return told > 0; });
            QEventLoop().processEvents();
            QCOMPARE(told, 1);
        });
    }

    void aLoopWithinALoopMeetsTheSocketsThatWait()
    {
        runThere([] {
            const SocketPair one;
            const SocketPair other;
            QSocketNotifier first(one.here(), QSocketNotifier::Read);
            QSocketNotifier second(other.here(), QSocketNotifier::Read);
            int told = 0;
            const auto onReady = [&](const SocketPair &pair) {
                QVERIFY(pair.readHere()); // told twice of one byte, it would find none
                if (++told == 1) {
                    turnUntil([&] { return told == 2; });
                }
            };
            connect(&first, &QSocketNotifier::activated, &first, [&] { onReady(one); });
            connect(&second, &QSocketNotifier::activated, &second, [&] { onReady(other); });
            QVERIFY(one.writeThere() && other.writeThere());
            turnUntil([&] { return told == 2; });
        });
    }

    void timersFireInTheirOrderAndNotEarly()
    {
        runThere([] {
            TimerCounter counter;
            QList<int> fired;
            QElapsedTimer clock;
            clock.start();
            const int later = counter.startTimer(30ms, Qt::PreciseTimer);
            const int sooner = counter.startTimer(10ms, Qt::PreciseTimer);
            const int always = counter.startTimer(
                0ms); // a loop that never waits sees too early ones
            counter.onTimer = [&](int id) {
                if (id != always) {
                    fired.append(id);
                    counter.killTimer(id);
                    QVERIFY(clock.elapsed() >= (id == later ? 30 : 10));
                }
            };
            turnUntil([&] { return fired.size() == 2; });
            QCOMPARE(fired, (QList<int>{sooner, later}));
        });
    }

    void aTimerFiresOnceInEachOfItsIntervals()
    {
        runThere([] {
            TimerCounter counter;
            int fired = 0;
            counter.onTimer = [&](int) { ++fired; };
            QElapsedTimer clock;
            clock.start();
            counter.startTimer(10ms, Qt::PreciseTimer);
            turnUntil([&] { return fired == 4; });
            QVERIFY(clock.elapsed() >= 40);
        });
    }

    /// Its turns: one for the call that woke it, one for the timer, and a few by what it begins
    /// with.
    void aLoopWithNothingToDoWaits()
    {
        runThere([] {
            int turns = 0;
            QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
            connect(dispatcher, &QAbstractEventDispatcher::awake, dispatcher, [&] { ++turns; });
            QTimer once;
            once.setSingleShot(true);
            once.start(50ms);
            dispatcher->wakeUp();
            turnUntil([&] { return !once.isActive(); });
            QVERIFY2(turns < 10, qPrintable(QString::number(turns)));
        });
    }

    /// A timer of 0 ms takes part in every turn and leaves the others theirs.
    void aTimerOfNothingKeepsNobodyWaiting()
    {
        runThere([] {
            const SocketPair pair;
            QTimer always;
            int turns = 0;
            connect(&always, &QTimer::timeout, &always, [&] { ++turns; });
            always.start(0);
            const Reader reader(pair.here());
            QVERIFY(pair.writeThere());
            turnUntil([&] { return reader.isTold() && turns > 2; });
        });
    }

    void aTimerIsSilentInALoopOfItsOwn()
    {
        runThere([] {
            TimerCounter counter;
            int fired = 0;
            counter.onTimer = [&](int) {
                if (++fired == 1) {
                    for (int turn = 0; turn < 3; ++turn) {
                        QEventLoop().processEvents();
                    }
                    QCOMPARE(fired, 1);
                }
            };
            counter.startTimer(0);
            turnUntil([&] { return fired == 2; });
        });
    }

    void tellsWhatIsLeftOfATimer()
    {
        runThere([] {
            TimerCounter counter;
            QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
            const int id = counter.startTimer(1h);
            QVERIFY(dispatcher->remainingTime(id) > 3'590'000);
            QCOMPARE(dispatcher->registeredTimers(&counter).size(), 1);
            counter.killTimer(id);
            QCOMPARE(dispatcher->remainingTime(id), -1);
            QVERIFY(dispatcher->registeredTimers(&counter).isEmpty());
        });
    }

    /// Nothing but the call from the other thread could end the wait.
    void anotherThreadEndsTheWait()
    {
        QThread thread;
        thread.setEventDispatcher(makeEpollDispatcher().release());
        QObject there;
        there.moveToThread(&thread);
        thread.start();
        for (int call = 0; call < 1'000; ++call) {
            int answer = 0;
            QMetaObject::invokeMethod(
                &there, [&] { answer = call; }, Qt::BlockingQueuedConnection);
            QCOMPARE(answer, call);
        }
        thread.quit();
        QVERIFY(thread.wait(20'000));
    }

    void aLoopThatLeavesSocketsOutIsNotToldOfThem()
    {
        runThere([] {
            const SocketPair pair;
            const Reader reader(pair.here());
            QVERIFY(pair.writeThere());
            QEventLoop().processEvents(QEventLoop::ExcludeSocketNotifiers);
            QVERIFY(!reader.isTold());
            turnUntil([&] { return reader.isTold(); });
        });
    }

    void carriesATcpConversation()
    {
        runThere([] {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            connect(&server, &QTcpServer::newConnection, &server, [&] {
                QTcpSocket *const peer = server.nextPendingConnection();
                connect(
                    peer, &QTcpSocket::readyRead, peer, [peer] { peer->write(peer->readAll()); });
            });
            const QByteArray sent(3'000'000, 'z');
            QByteArray received;
            QTcpSocket client;
            connect(&client, &QTcpSocket::connected, &client, [&] { client.write(sent); });
            connect(
                &client, &QTcpSocket::readyRead, &client, [&] { received += client.readAll(); });
            client.connectToHost(QHostAddress::LocalHost, server.serverPort());
            turnUntil([&] { return received.size() == sent.size(); });
            QCOMPARE(received, sent);
        });
    }
};

QTEST_GUILESS_MAIN(TestEpollDispatcher)
#include "tst_epoll_dispatcher.moc"
