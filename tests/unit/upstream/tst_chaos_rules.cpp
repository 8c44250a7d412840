#include "core/upstream/chaos/chaos_rules.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::upstream;
using namespace Qt::Literals::StringLiterals;

class TestChaosRules final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFaultHasANameOfItsOwn()
    {
        std::size_t place = 0;
        for (const FaultWords &words : allFaults()) {
            QCOMPARE(std::size_t(words.fault), place++);
            QCOMPARE(nameOf(words.fault), words.name);
            QCOMPARE(faultNamed(words.name), words.fault);
            QVERIFY(!words.text.isEmpty());
        }
        QVERIFY(!faultNamed("nothing"));
    }

    void nothingMeansTheMixtureForAll()
    {
        const auto rule = parseChaosRule(u"");
        QVERIFY(rule);
        QCOMPARE(*rule, (ChaosRule{{}, std::nullopt, 0.1, 1}));
    }

    void readsEveryPart()
    {
        const auto rule = parseChaosRule(u"provider=groq, fault=429-day ,rate=0.3,seed=7");
        QVERIFY(rule);
        QCOMPARE(*rule, (ChaosRule{"groq", Fault::DayLimit, 0.3, 7}));
        QCOMPARE(*parseChaosRule(u"rate=1"), (ChaosRule{{}, std::nullopt, 1, 1}));
        QCOMPARE(*parseChaosRule(u"fault=any,seed=0"), (ChaosRule{{}, std::nullopt, 0.1, 0}));
    }

    void readsWhatItWrites()
    {
        for (const QString &text :
             {u"provider=groq,fault=429-day,rate=0.3,seed=7"_s,
              u"fault=any,rate=0.1,seed=18446744073709551615"_s,
              u"provider=a-1,fault=cut,rate=0,seed=0"_s}) {
            const auto rule = parseChaosRule(text);
            QVERIFY2(rule, qPrintable(text));
            QCOMPARE(toText(*rule), text);
        }
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("named");
        QTest::newRow("no value") << u"groq"_s << u"“groq”"_s;
        QTest::newRow("comma at the end") << u"rate=1,"_s << u"NAME=VALUE"_s;
        QTest::newRow("unknown part") << u"provder=groq"_s << u"“provder”"_s;
        QTest::newRow("twice") << u"rate=1,rate=0.5"_s << u"twice"_s;
        QTest::newRow("unknown fault") << u"fault=fire"_s << u"429-day"_s;
        QTest::newRow("empty fault") << u"fault="_s << u"any"_s;
        QTest::newRow("empty provider") << u"provider="_s << u"leave it out"_s;
        QTest::newRow("no id") << u"provider=Groq!"_s << u"“Groq!”"_s;
        QTest::newRow("rate in words") << u"rate=often"_s << u"“often”"_s;
        QTest::newRow("rate above 1") << u"rate=30"_s << u"0 to 1"_s;
        QTest::newRow("rate below 0") << u"rate=-0.1"_s << u"0 to 1"_s;
        QTest::newRow("no rate") << u"rate=nan"_s << u"0 to 1"_s;
        QTest::newRow("seed below 0") << u"seed=-1"_s << u"“-1”"_s;
        QTest::newRow("seed with a fraction") << u"seed=1.5"_s << u"“1.5”"_s;
    }

    void saysWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, named);
        const auto rule = parseChaosRule(text);
        QVERIFY(!rule);
        QCOMPARE(rule.error().kind, common::ErrorKind::InvalidArgument);
        QVERIFY2(rule.error().message.contains(named), qPrintable(rule.error().message));
    }
};

QTEST_GUILESS_MAIN(TestChaosRules)
#include "tst_chaos_rules.moc"
