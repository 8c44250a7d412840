#include "core/common/deferred.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <memory>

using freerelay::common::Deferred;

class TestDeferred final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsOnceHoweverOftenItWasAskedFor()
    {
        int runs = 0;
        Deferred deferred([&runs] { ++runs; });
        deferred.schedule();
        deferred.schedule();
        QCOMPARE(runs, 0);
        QCoreApplication::processEvents();
        QCOMPARE(runs, 1);
        QCoreApplication::processEvents();
        QCOMPARE(runs, 1);
    }

    void runsBeforeARunningLoopWaits()
    {
        QEventLoop loop;
        int runs = 0;
        Deferred deferred([&] {
            ++runs;
            loop.quit();
        });
        QTimer::singleShot(0, this, [&deferred] { deferred.schedule(); });
        QTimer tooLate;
        tooLate.setSingleShot(true);
        connect(&tooLate, &QTimer::timeout, &loop, &QEventLoop::quit);
        tooLate.start(10'000);
        loop.exec();
        QCOMPARE(runs, 1);
        QVERIFY(tooLate.isActive());
    }

    void workThatBegetsWorkIsNotForgotten()
    {
        int left = 20; // more than the passes of one turn
        QEventLoop loop;
        Deferred first([&] {
            if (--left > 0) {
                first.schedule();
            } else {
                loop.quit();
            }
        });
        first.schedule();
        loop.exec();
        QCOMPARE(left, 0);
    }

    void socketsAndTimersGetTheirTurnBetween()
    {
        QEventLoop loop;
        bool fired = false;
        Deferred endless([&] {
            if (!fired) {
                endless.schedule();
            }
        });
        QTimer::singleShot(0, this, [&] {
            fired = true;
            loop.quit();
        });
        endless.schedule();
        loop.exec();
        QVERIFY(fired);
    }

    void whatIsGoneDoesNotRun()
    {
        int runs = 0;
        auto second = std::make_unique<Deferred>([&runs] { ++runs; });
        Deferred first([&second] { second.reset(); });
        first.schedule();
        second->schedule();
        auto third = std::make_unique<Deferred>([&runs] { ++runs; });
        third->schedule();
        third.reset();
        QCoreApplication::processEvents();
        QCOMPARE(runs, 0);
    }

    void everyThreadHasItsOwn()
    {
        std::atomic<int> runs = 0;
        QThread thread;
        QObject context;
        context.moveToThread(&thread);
        Deferred deferred([&runs] {
            ++runs;
            QThread::currentThread()->quit();
        });
        thread.start();
        QMetaObject::invokeMethod(
            &context, [&deferred] { deferred.schedule(); }, Qt::QueuedConnection);
        QVERIFY(thread.wait(10'000));
        QCOMPARE(runs.load(), 1);
    }
};

QTEST_GUILESS_MAIN(TestDeferred)
#include "tst_deferred.moc"
