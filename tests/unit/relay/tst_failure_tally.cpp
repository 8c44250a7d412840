#include "core/relay/failure_tally.h"

#include <QTest>

using namespace freerelay;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using dialects::FailureClass;
using relay::ClientError;
using relay::ComeBack;
using relay::FailureTally;

namespace {

struct Failed
{
    FailureClass kind;
    QByteArray provider;
};

FailureTally tallyOf(const QList<Failed> &failures)
{
    FailureTally tally;
    for (const Failed &failed : failures) {
        dialects::ProviderFailure failure;
        failure.kind = failed.kind;
        failure.status = 400;
        failure.message = "words of " + failed.provider;
        tally.add(failure, failed.provider);
    }
    return tally;
}

} // namespace

class TestFailureTally final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decidesWhichFailureIsTold_data()
    {
        QTest::addColumn<QList<Failed>>("failures");
        QTest::addColumn<bool>("quotaResting");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("words");
        const Failed overloaded{FailureClass::Overloaded, "A"};
        const Failed network{FailureClass::Network, "B"};
        const Failed timeout{FailureClass::Timeout, "C"};
        const Failed malformed{FailureClass::Malformed, "D"};
        const Failed limited{FailureClass::RateLimited, "E"};
        const Failed credit{FailureClass::NoCredit, "F"};
        const Failed tooLong{FailureClass::ContextTooLong, "G"};
        const Failed refused{FailureClass::BadRequest, "H"};
        const Failed key{FailureClass::KeyRejected, "I"};
        const Failed forbidden{FailureClass::Forbidden, "J"};
        const Failed gone{FailureClass::ModelGone, "K"};
        const auto row = [](const char *name,
                            const QList<Failed> &failures,
                            int status,
                            const QByteArray &words,
                            bool quotaResting = false) {
            QTest::newRow(name) << failures << quotaResting << status << words;
        };
        row("one", {overloaded}, 503, "of A");
        row("the last of a kind", {limited, credit}, 429, "of F");
        row("only timeouts", {timeout, timeout}, 504, "of C");
        row("only nonsense", {malformed}, 502, "of D");
        row("mixed trouble", {timeout, network, malformed}, 503, "of D");
        row("trouble before quota", {limited, overloaded, limited}, 503, "of A");
        row("quota before the request", {tooLong, limited, refused}, 429, "of E");
        row("quota that was resting", {tooLong}, 429, "quota", true);
        row("trouble before resting quota", {network}, 503, "of B", true);
        row("quota before keys", {key, limited, gone}, 429, "of E");
        row("the request before keys", {key, tooLong, gone}, 400, "of G");
        row("keys before gone", {gone, key, gone}, 503, "of I");
        row("forbidden", {forbidden}, 503, "of J");
        row("gone", {gone}, 404, "of K");
    }

    void decidesWhichFailureIsTold()
    {
        QFETCH(QList<Failed>, failures);
        QFETCH(bool, quotaResting);
        QFETCH(int, status);
        QFETCH(QByteArray, words);
        ComeBack comeBack;
        if (quotaResting) {
            comeBack = {20s, 20s};
        }
        const auto verdict = tallyOf(failures).verdict(comeBack, true);
        QCOMPARE(verdict->status, status);
        QVERIFY2(verdict->message.contains(words), verdict->message.constData());
    }

    void saysNotFoundOnlyToWhoNamedTheModel()
    {
        const FailureTally tally = tallyOf({{FailureClass::ModelGone, "A"}});
        QCOMPARE(tally.verdict({}, true)->status, 404);
        QCOMPARE(tally.verdict({}, false)->status, 503);
        QCOMPARE(tally.verdict({}, false)->code, "no_provider_available"_ba);
    }

    void letsAFinalRefusalWinOverEverything()
    {
        FailureTally tally = tallyOf(
            {{FailureClass::Overloaded, "A"},
             {FailureClass::RateLimited, "B"},
             {FailureClass::BadRequest, "C"}});
        tally.setFinal();
        const auto verdict = tally.verdict({10s, 1s}, false);
        QCOMPARE(verdict->status, 400);
        QVERIFY(verdict->message.contains("of C"));
        QVERIFY(!verdict->retryAfter);
    }

    void tellsTheEarliestResetWith429()
    {
        const FailureTally tally = tallyOf({{FailureClass::RateLimited, "A"}});
        QCOMPARE(*tally.verdict({70s, 2s}, false)->retryAfter, 70s);
    }

    void tellsHalfAMinuteWhenNoResetIsKnown()
    {
        const FailureTally tally = tallyOf({{FailureClass::NoCredit, "A"}});
        QCOMPARE(*tally.verdict({}, false)->retryAfter, 30s);
    }

    void tellsTheProvidersOwnResetWhenNothingRests()
    {
        dialects::ProviderFailure failure;
        failure.kind = FailureClass::RateLimited;
        failure.retryAfter = 7s;
        FailureTally tally;
        tally.add(failure, "Ollama");
        QCOMPARE(*tally.verdict({}, false)->retryAfter, 7s);
    }

    void tellsTheFirstToComeBackAfterTrouble()
    {
        const FailureTally tally = tallyOf({{FailureClass::Overloaded, "A"}});
        QCOMPARE(*tally.verdict({70s, 2s}, false)->retryAfter, 2s);
        QVERIFY(!tally.verdict({}, false)->retryAfter);
    }

    void hasNoVerdictWithoutAFailure()
    {
        QVERIFY(!FailureTally().verdict({}, false));
        QVERIFY(FailureTally().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestFailureTally)
#include "tst_failure_tally.moc"
