#include "core/common/secret.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using freerelay::common::Secret;

class TestSecret final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(freerelay::common::initialiseCrypto()); }

    void masksAllButTheEnds() { QCOMPARE(Secret("gsk_0123456789abcd").masked(), u"gsk…abcd"_s); }

    void showsNothingOfAShortSecret() { QCOMPARE(Secret("short").masked(), u"…"_s); }

    void comparesByContent()
    {
        const Secret secret("token");
        QVERIFY(secret.equals("token"));
        QVERIFY(!secret.equals("tokem"));
        QVERIFY(!secret.equals("toke"));
        QVERIFY(!secret.equals(""));
    }

    void fingerprintIsStableAndTellsSecretsApart()
    {
        QCOMPARE(Secret("a-secret-key").fingerprint(), Secret("a-secret-key").fingerprint());
        QVERIFY(Secret("a-secret-key").fingerprint() != Secret("b-secret-key").fingerprint());
        QCOMPARE(Secret("a-secret-key").fingerprint().size(), 16);
    }

    void copiesSurviveTheOriginal()
    {
        Secret copy;
        {
            const Secret original("still-here-after");
            copy = original;
        }
        QCOMPARE(copy.reveal(), "still-here-after"_ba);
    }
};

QTEST_GUILESS_MAIN(TestSecret)
#include "tst_secret.moc"
