#include "core/dialects/continuation/text_overlap.h"

#include <QRandomGenerator>
#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;
using Verdict = TextOverlap::Verdict;

Q_DECLARE_METATYPE(freerelay::dialects::TextOverlap::Verdict)

class TestTextOverlap final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void judges_data()
    {
        QTest::addColumn<QByteArray>("told");
        QTest::addColumn<QByteArray>("fresh");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<int>("repeated");
        const auto row = [](const char *name,
                            const QByteArray &told,
                            const QByteArray &fresh,
                            Verdict verdict,
                            int repeated) {
            QTest::newRow(name) << told << fresh << verdict << repeated;
        };
        const QByteArray fox = "The quick brown fox ";
        row("nothing was told", "", "Hello", Verdict::Joined, 0);
        row("goes on", fox, "jumps over the lazy dog.", Verdict::Joined, 0);
        row("repeats a word", fox, "fox jumps over the lazy dog", Verdict::Joined, 4);
        row("ends a word", "a hippo", "potamus swims in the river", Verdict::Joined, 0);
        row("tells the broken word again",
            "it is a hi",
            "hippo in the river Nile.",
            Verdict::Joined,
            2);
        row("the end of a word by chance",
            "a cat",
            "t-shirt is in the wardrobe",
            Verdict::Joined,
            0);
        row("tells all again", fox, fox + "jumps", Verdict::Joined, 20);
        row("white space is no repetition",
            "end.\n",
            "\nA new paragraph begins here",
            Verdict::Joined,
            0);
        row("begins anew",
            "Paris is the capital of France, on the Seine.",
            "Paris is the capital city of France",
            Verdict::Restarted,
            0);
        row("too little of it", fox, "jum", Verdict::Undecided, 0);
        row("still repeating", fox + fox, fox, Verdict::Undecided, 0);
    }

    void judges()
    {
        QFETCH(QByteArray, told);
        QFETCH(QByteArray, fresh);
        QFETCH(Verdict, verdict);
        QFETCH(int, repeated);
        const TextOverlap overlap = overlapOf(told, fresh, false);
        QCOMPARE(overlap.verdict, verdict);
        QCOMPARE(int(overlap.repeated), repeated);
    }

    void theEndDecides()
    {
        QCOMPARE(overlapOf("The fox ", "ran", true).verdict, Verdict::Joined);
        QCOMPARE(int(overlapOf("The fox ", "fox ", true).repeated), 4);
    }

    /// Wherever a text breaks off and however much of it is told again: it comes out whole.
    void whatIsRepeatedIsToldOnce()
    {
        QRandomGenerator random(20261128);
        for (int round = 0; round < 2'000; ++round) {
            QByteArray text;
            while (text.size() < 200) {
                text += QByteArray::number(random.bounded(100'000)) + ' ';
            }
            const int cut = random.bounded(40, 120);
            const int again = random.bounded(4, 40);
            const QByteArray told = text.first(cut);
            const QByteArray fresh = text.sliced(cut - again);
            const TextOverlap overlap = overlapOf(told, fresh, true);
            QCOMPARE(overlap.verdict, Verdict::Joined);
            QCOMPARE(told + fresh.sliced(overlap.repeated), text);
        }
    }
};

QTEST_APPLESS_MAIN(TestTextOverlap)
#include "tst_text_overlap.moc"
