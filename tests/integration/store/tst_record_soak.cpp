#include "tests/support/record_soak.h"

#include <QTemporaryDir>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int count = 30'000;
/// RSS after the first third; what may come on top are caches of SQLite that fill up.
constexpr std::int64_t growthKib = 8 * 1'024;

} // namespace

/// The short form of bench_record_soak: 30,000 requests, 2,000 a second.
class TestRecordSoak final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordsEveryRequestInFlatMemory()
    {
        const common::SystemClock clock;
        SoakOptions options;
        options.path = m_folder.filePath(u"records.db"_s);
        options.count = count;
        options.mostQueued = 2'000;
        const SoakFigures figures = soak(options, clock);
        QCOMPARE(figures.status.dropped, std::uint64_t(0));
        QCOMPARE(figures.status.written, std::uint64_t(count));
        QVERIFY(figures.rssKib.size() >= 3);
        QVERIFY2(
            figures.rssKib.back() - figures.rssKib.front() <= growthKib,
            qPrintable(u"%1 → %2 KiB"_s.arg(figures.rssKib.front()).arg(figures.rssKib.back())));
    }

    void answersEveryQuestion()
    {
        store::RecordReader reader(m_folder.filePath(u"records.db"_s));
        for (const SoakQuestion &question : soakQuestions(count)) {
            QVERIFY2(question.ask(reader), question.name);
        }
    }

private:
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestRecordSoak)
#include "tst_record_soak.moc"
