#include "core/store/record_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_outcome.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace freerelay;
using namespace freerelay::store;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

relay::RequestTexts
textsOf(int i, common::WallTime time, const QByteArray &prompt = "prompt with the word xyzzy"_ba)
{
    auto answer = std::make_shared<relay::RequestTexts::Answer>();
    answer->pieces = {"answer to it"_ba};
    answer->size = answer->pieces.front().size();
    return {"req_" + QByteArray::number(i), time, prompt, false, std::move(answer)};
}

} // namespace

/// Texts in their file: kept as long as they are wanted and no longer.
class TestTextKeeper final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<ManualClock>();
        m_options = {};
        m_options.path = m_folder->filePath(u"data/texts.db"_s);
        m_options.lockWait = 1ms;
        m_options.prepare = [](const relay::RequestTexts &texts) {
            return StoredTexts{
                texts.requestId,
                texts.time,
                QByteArray(texts.prompt).replace("secret", "[redacted]"),
                texts.promptCut,
                texts.answer->pieces.front(),
                texts.answer->isCut};
        };
        m_changes = 0;
        m_options.changed = [this] { ++m_changes; };
    }

    void keepsWhatWasHandedOver()
    {
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.keep(textsOf(1, m_clock->wallNow(), "my secret"_ba));
        keeper.work();
        const auto texts = readTexts(m_options.path, "req_1"_ba);
        QVERIFY(texts);
        QCOMPARE(texts->prompt, "my [redacted]"_ba);
        QCOMPARE(texts->answer, "answer to it"_ba);
        QVERIFY(texts->time == m_clock->wallNow());
        QCOMPARE(
            QFileInfo(m_options.path).permissions() & ~(QFile::ReadUser | QFile::WriteUser),
            QFile::ReadOwner | QFile::WriteOwner);
        const TextStatus status = keeper.status();
        QVERIFY(status.keep == 2h);
        QCOMPARE(status.kept, std::uint64_t(1));
        QVERIFY(status.oldest == m_clock->wallNow());
        QVERIFY(status.problem.isEmpty());
        QCOMPARE(m_changes, 1);
        QCOMPARE(readTexts(m_options.path, "req_2"_ba).error().kind, common::ErrorKind::NotFound);
    }

    void keepsNothingAndMakesNoFileUnlessItIsTold()
    {
        TextKeeper keeper(m_options, *m_clock);
        QVERIFY(!keeper.isKeeping());
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        QVERIFY(!QFileInfo::exists(m_options.path));
        QCOMPARE(m_changes, 0);
        QCOMPARE(keeper.status().dropped, std::uint64_t(0)); // it was not wanted
    }

    void deletesWhatIsTooOld()
    {
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        m_clock->advance(1h);
        keeper.keep(textsOf(2, m_clock->wallNow(), "other"_ba));
        keeper.work();
        m_clock->advance(1h);
        keeper.work();
        QVERIFY(readTexts(m_options.path, "req_1"_ba)); // exactly two hours old
        m_clock->advance(1min);
        keeper.work();
        QVERIFY(!readTexts(m_options.path, "req_1"_ba));
        QVERIFY(readTexts(m_options.path, "req_2"_ba));
        QCOMPARE(keeper.status().kept, std::uint64_t(1));
        QVERIFY(keeper.status().oldest == m_clock->wallNow() - 1h - 1min);
        QVERIFY(!contentOf(m_options.path).contains("xyzzy")); // overwritten, not only unlinked
    }

    void obeysAShorterTimeAtOnce()
    {
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(24h);
        keeper.keep(textsOf(1, m_clock->wallNow() - 5h));
        keeper.work();
        keeper.setHours(4h);
        keeper.work();
        QVERIFY(!readTexts(m_options.path, "req_1"_ba));
        QVERIFY(keeper.status().keep == 4h);
    }

    void removesTheFileWhenItIsSwitchedOff()
    {
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        // A second name, to look at what the bytes have become.
        const QString link = m_folder->filePath(u"link"_s);
        QCOMPARE(::link(QFile::encodeName(m_options.path), QFile::encodeName(link)), 0);
        QVERIFY(contentOf(link).contains("xyzzy"));
        keeper.setHours(0h);
        keeper.keep(textsOf(2, m_clock->wallNow()));
        keeper.work();
        QVERIFY(QDir(m_folder->filePath(u"data"_s)).entryList(QDir::Files).isEmpty());
        QVERIFY(!contentOf(link).contains("xyzzy"));
        QVERIFY(keeper.status().keep == 0h);
        QCOMPARE(keeper.status().kept, std::uint64_t(0));
        QVERIFY(!keeper.status().oldest);
    }

    void removesWhatAnEarlierRunHasLeft()
    {
        {
            TextKeeper keeper(m_options, *m_clock);
            keeper.setHours(2h);
            keeper.keep(textsOf(1, m_clock->wallNow()));
            keeper.end();
        }
        QVERIFY(QFileInfo::exists(m_options.path));
        TextKeeper keeper(m_options, *m_clock);
        keeper.work();
        QVERIFY(!QFileInfo::exists(m_options.path));
    }

    void goesOnWithWhatAnEarlierRunHasLeft()
    {
        {
            TextKeeper keeper(m_options, *m_clock);
            keeper.setHours(2h);
            keeper.keep(textsOf(1, m_clock->wallNow()));
            keeper.end();
        }
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.work();
        QCOMPARE(keeper.status().kept, std::uint64_t(1));
        m_clock->advance(2h + 1min);
        keeper.work();
        QCOMPARE(keeper.status().kept, std::uint64_t(0));
    }

    void tellsWhatIsWrongWithTheFileAndGoesOn()
    {
        QVERIFY(QDir().mkpath(m_options.path)); // where the file should be
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        QCOMPARE(keeper.status().problem, u"The file of kept texts cannot be written."_s);
        QCOMPARE(keeper.status().dropped, std::uint64_t(1));
        QFile::setPermissions(
            m_options.path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY(QDir().rmdir(m_options.path));
        keeper.keep(textsOf(2, m_clock->wallNow()));
        keeper.work();
        QVERIFY(keeper.status().problem.isEmpty());
        QVERIFY(readTexts(m_options.path, "req_2"_ba));
        QCOMPARE(m_changes, 2);
    }

    void beginsANewFileForADamagedOne()
    {
        QVERIFY(QDir().mkpath(QFileInfo(m_options.path).path()));
        QFile file(m_options.path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(10'000, 'x'));
        file.close();
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.work();
        QCOMPARE(keeper.status().problem, u"The file of kept texts is damaged."_s);
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        QVERIFY(keeper.status().problem.isEmpty());
        QVERIFY(readTexts(m_options.path, "req_1"_ba));
    }

    void goesOnInANewFileWhenSomebodyDeletesIt()
    {
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        keeper.keep(textsOf(1, m_clock->wallNow()));
        keeper.work();
        QVERIFY(QFile::remove(m_options.path));
        keeper.keep(textsOf(2, m_clock->wallNow()));
        keeper.work();
        QVERIFY(readTexts(m_options.path, "req_2"_ba));
        QCOMPARE(keeper.status().kept, std::uint64_t(1));
    }

    void deletesTheOldestAboveItsSize()
    {
        m_options.maxBytes = 300'000;
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        for (int i = 0; i < 100; ++i) {
            keeper.keep(
                textsOf(i, m_clock->wallNow() + std::chrono::seconds(i), QByteArray(10'000, 'p')));
        }
        keeper.work();
        QVERIFY(!readTexts(m_options.path, "req_0"_ba));
        QVERIFY(readTexts(m_options.path, "req_99"_ba));
        QVERIFY(keeper.status().kept > 0 && keeper.status().kept < 30);
    }

    void dropsWhatFindsItsQueueFull()
    {
        m_options.queue = {2, 1'000'000, 2};
        TextKeeper keeper(m_options, *m_clock);
        keeper.setHours(2h);
        for (int i = 0; i < 5; ++i) {
            keeper.keep(textsOf(i, m_clock->wallNow()));
        }
        keeper.work();
        QCOMPARE(keeper.status().kept, std::uint64_t(2));
        QCOMPARE(keeper.status().dropped, std::uint64_t(3));
    }

    void isDrivenByTheStore()
    {
        StoreOptions options;
        options.path = m_folder->filePath(u"data/records.db"_s);
        options.gather = 0ms;
        options.idle = 1h; // only what wakes it makes it work
        options.texts = m_options;
        options.texts.changed = {};
        RecordStore records(options, *m_clock);
        records.keepTexts(2h);
        QTRY_VERIFY(records.textStatus().keep == 2h);
        records.texts().keep(textsOf(1, m_clock->wallNow()));
        records.record(sharedOutcome(1));
        QTRY_COMPARE(records.textStatus().kept, std::uint64_t(1));
        records.keepTexts(0h);
        QTRY_VERIFY(!QFileInfo::exists(m_options.path));
        records.keepTexts(1h);
        records.texts().keep(textsOf(2, m_clock->wallNow()));
        records.stop(10s);
        QVERIFY(readTexts(m_options.path, "req_2"_ba)); // written before the end
    }

private:
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ManualClock> m_clock;
    TextOptions m_options;
    std::atomic<int> m_changes{0};
};

QTEST_GUILESS_MAIN(TestTextKeeper)
#include "tst_text_keeper.moc"
