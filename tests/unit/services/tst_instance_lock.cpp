#include "core/services/control/instance_lock.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using freerelay::common::ErrorKind;
using freerelay::services::InstanceLock;

/// One FreeRelay per user and profile.
class TestInstanceLock final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void keepsASecondOneOutAndNamesTheFirst()
    {
        InstanceLock first(path());
        QVERIFY(first.acquire());
        InstanceLock second(path());
        const auto refused = second.acquire();
        QVERIFY(!refused);
        QVERIFY(refused.error().kind == ErrorKind::AlreadyExists);
        QVERIFY(
            refused.error().message.contains(QString::number(QCoreApplication::applicationPid())));
    }

    void isFreeAgainAfterItsOwner()
    {
        {
            InstanceLock first(path());
            QVERIFY(first.acquire());
        }
        InstanceLock second(path());
        QVERIFY(second.acquire());
    }

    void isTakenOverFromADeadProcess()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            InstanceLock lock(path());
            ::_exit(lock.acquire() ? 0 : 1); // without its destructor
        }
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
        QVERIFY(QFileInfo::exists(path()));
        InstanceLock lock(path());
        QVERIFY(lock.acquire());
    }

    void saysThatTheFileCannotBeWritten()
    {
        InstanceLock lock(m_folder->filePath(u"missing/freerelay.lock"_s));
        const auto refused = lock.acquire();
        QVERIFY(!refused);
        QVERIFY(refused.error().kind == ErrorKind::StorageFailed);
    }

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(u"freerelay.lock"_s); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestInstanceLock)
#include "tst_instance_lock.moc"
