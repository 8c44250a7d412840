#include "tests/integration/relay/relay_fixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;

namespace {

constexpr auto quotaHeaders = "x-ratelimit-";

/// "a": the best provider; "b": the next one.
struct Pair
{
    Pair()
        : fixture({{"a"}, {"b"}})
    {
        fixture.letAnswer(0);
        fixture.letAnswer(1);
    }

    /// The next answer of "a" says how many requests of the minute are left.
    void tellLeft(int left, int limit = 30, const QByteArray &reset = "60s")
    {
        fixture.letReply(
            0,
            fixture.replies(0)
                .answer(false, {"Hello ", "from ", "a"})
                .withHeader(quotaHeaders + "limit-requests"_ba, QByteArray::number(limit))
                .withHeader(quotaHeaders + "remaining-requests"_ba, QByteArray::number(left))
                .withHeader(quotaHeaders + "reset-requests"_ba, reset));
    }

    QByteArray answerer(bool stream = false)
    {
        const auto client = fixture.ask(stream);
        return QTest::qWaitFor([&] { return client->finished; })
            ? client->headers.value("x-freerelay-provider")
            : "no answer"_ba;
    }

    RelayFixture fixture;
};

FakeReply limited(const RelayFixture &fixture, int index, const QByteArray &retryAfter)
{
    return fixture.replies(index).error(429, "slow down").withHeader("retry-after", retryAfter);
}

} // namespace

/// Quota that is taken before a request is sent, and what happens when there is none.
class TestRelayQuota final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void heedsWhatHeadersSay_data()
    {
        QTest::addColumn<bool>("stream");
        QTest::newRow("whole") << false;
        QTest::newRow("streamed") << true;
    }

    void heedsWhatHeadersSay()
    {
        QFETCH(bool, stream);
        Pair pair;
        pair.tellLeft(0);
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.answerer(stream), "b"_ba);
        QCOMPARE(pair.fixture.upstream(0).requestCount(), 1);
        const auto candidates = pair.fixture.outcomes.list.at(1).decision->candidates->spellOut();
        QCOMPARE(candidates.back().model, "a/m-1"_ba);
        QCOMPARE(candidates.back().disqualified, "quota_exhausted"_ba);
        QVERIFY(candidates.back().restsUntil);
        pair.fixture.advance(61s);
        QCOMPARE(pair.answerer(stream), "a"_ba);
    }

    void neverSendsMoreThanIsLeft()
    {
        Pair pair;
        pair.tellLeft(2, 3); // not so few that "b" goes first
        QCOMPARE(pair.answerer(), "a"_ba);
        std::vector<RelayFixture::Downstream> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(pair.fixture.ask(false));
        }
        QTRY_VERIFY(std::all_of(clients.begin(), clients.end(), [](const auto &client) {
            return client->finished && client->status == 200;
        }));
        QCOMPARE(pair.fixture.upstream(0).requestCount(), 1 + 2);
        QCOMPARE(pair.fixture.upstream(1).requestCount(), 3);
    }

    void letsWhatRunsLowRest()
    {
        Pair pair;
        pair.tellLeft(2);
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.answerer(), "b"_ba);
        pair.fixture.letReply(1, pair.fixture.replies(1).error(500, "oops"));
        QCOMPARE(pair.answerer(), "a"_ba); // it is not used up
        pair.fixture.advance(61s);
        QCOMPARE(pair.answerer(), "a"_ba);
    }

    void givesBackWhatAFailedRequestHeld()
    {
        Pair pair;
        pair.tellLeft(1, 2);
        QCOMPARE(pair.answerer(), "a"_ba);
        pair.fixture.letReply(0, pair.fixture.replies(0).error(500, "oops"));
        QCOMPARE(pair.answerer(), "b"_ba);
        pair.fixture.advance(2s); // unwell no more
        QCOMPARE(pair.answerer(), "a"_ba);
        QCOMPARE(pair.fixture.quota.counts().open, std::uint64_t(0));
    }

    void asksBeyondPublishedLimitsOnlyWhenNothingElseIsLeft()
    {
        catalog::FreeLimits one;
        one.requestsPerMinute = 1;
        RelayFixture fixture(
            {{"a", Wire::OpenAiChat, 1, 1, catalog::Tier::Free, one},
             {"b", Wire::OpenAiChat, 1, 1, catalog::Tier::Free, one}});
        fixture.letAnswer(0);
        fixture.letAnswer(1);
        QByteArrayList answerers;
        for (int i = 0; i < 3; ++i) {
            const auto client = fixture.ask(false);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 200);
            answerers.append(client->headers.value("x-freerelay-provider"));
        }
        QCOMPARE(answerers, QByteArrayList({"a", "b", "a"}));
    }

    void waitsForAResetOnce()
    {
        for (const bool stream : {false, true}) {
            RelayFixture fixture({{"p"}});
            fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
            fixture.letAnswer(0);
            fixture.letReply(0, limited(fixture, 0, "5"));
            const auto client = fixture.ask(stream);
            QTRY_COMPARE(fixture.relay->sessionsInFlight(), 1);
            QTRY_VERIFY(fixture.coolDowns.isAnyActive(fixture.clock.now()));
            fixture.advance(4900ms);
            QVERIFY(!client->finished);
            QCOMPARE(fixture.upstream(0).requestCount(), 1);
            fixture.advance(101ms);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 200);
            QCOMPARE(textIn(client->body), "Hello from p"_ba);
            QCOMPARE(client->headers.value("x-freerelay-waited-ms"), "5001"_ba);
            QTRY_COMPARE(int(fixture.outcomes.list.size()), 1);
            QCOMPARE(fixture.outcomes.list.front().retryCause, "quota_wait"_ba);
        }
    }

    void tellsARefusalAfterTheWaitAtOnce()
    {
        RelayFixture fixture({{"p"}});
        fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
        fixture.letReply(0, limited(fixture, 0, "5"));
        fixture.letReply(0, limited(fixture, 0, "4"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(fixture.coolDowns.isAnyActive(fixture.clock.now()));
        fixture.advance(5s);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 429);
        QCOMPARE(client->headers.value("retry-after"), "4"_ba);
        QCOMPARE(fixture.upstream(0).requestCount(), 2);
    }

    void waitsAlsoWhenNothingCouldBeAsked()
    {
        Pair pair;
        pair.fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
        pair.tellLeft(0, 30, "8s");
        QCOMPARE(pair.answerer(), "a"_ba);
        pair.fixture.coolDowns.bench(
            {"b", {}, {}}, pair.fixture.clock.now() + 1h, quota::CoolDownReason::NoCredit);
        const auto client = pair.fixture.ask(false);
        QVERIFY(!client->finished);
        pair.fixture.advance(8s);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->headers.value("x-freerelay-provider"), "a"_ba);
    }

    void waitsNoLongerThanTheClient_data()
    {
        QTest::addColumn<int>("deadline"); // seconds, 0 = not told
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<bool>("waits");
        QTest::newRow("not told, soon") << 0 << "10"_ba << true;
        QTest::newRow("not told, late") << 0 << "11"_ba << false;
        QTest::newRow("patient") << 60 << "59"_ba << true;
        QTest::newRow("impatient") << 2 << "3"_ba << false;
    }

    void waitsNoLongerThanTheClient()
    {
        QFETCH(int, deadline);
        QFETCH(QByteArray, retryAfter);
        QFETCH(bool, waits);
        RelayFixture fixture({{"p"}});
        fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
        if (deadline > 0) {
            fixture.deadline = std::chrono::seconds(deadline);
        }
        fixture.letReply(0, limited(fixture, 0, retryAfter));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(fixture.coolDowns.isAnyActive(fixture.clock.now()));
        QCOMPARE(!client->finished, waits);
    }

    void doesNotWaitWhenSomethingElseIsWrong()
    {
        RelayFixture fixture({{"a"}, {"b"}});
        fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
        fixture.letReply(0, limited(fixture, 0, "5"));
        fixture.letReply(1, fixture.replies(1).error(500, "oops"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 503);
    }

    void stopsWaiting_data()
    {
        QTest::addColumn<bool>("clientLeaves");
        QTest::addColumn<int>("status");
        QTest::newRow("the client leaves") << true << 499;
        QTest::newRow("the program stops") << false << 503;
    }

    void stopsWaiting()
    {
        QFETCH(bool, clientLeaves);
        QFETCH(int, status);
        RelayFixture fixture({{"p"}});
        fixture.configure([](relay::RelayConfig &config) { config.quotaWait = 10s; });
        fixture.letReply(0, limited(fixture, 0, "5"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(fixture.coolDowns.isAnyActive(fixture.clock.now()));
        if (clientLeaves) {
            client->leave();
        } else {
            fixture.relay->abortAll();
        }
        QTRY_COMPARE(int(fixture.outcomes.list.size()), 1);
        QCOMPARE(fixture.outcomes.list.front().status, status);
        QCOMPARE(fixture.relay->sessionsInFlight(), 0);
        fixture.advance(10s);
        QCOMPARE(fixture.upstream(0).requestCount(), 1);
    }

    void aQuotaThatComesBackHelpsNobodyWithARejectedKey()
    {
        RelayFixture fixture({{"a", Wire::OpenAiChat, 2}});
        fixture.letReply(
            0,
            fixture.replies(0)
                .answer(false, {"Hello"})
                .withHeader(quotaHeaders + "limit-requests"_ba, "1")
                .withHeader(quotaHeaders + "remaining-requests"_ba, "0")
                .withHeader(quotaHeaders + "reset-requests"_ba, "60s"));
        const auto first = fixture.ask(false);
        QTRY_VERIFY(first->finished);
        fixture.letReply(0, fixture.replies(0).error(401, "bad key"));
        const auto client = fixture.ask(false); // the other model
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 503);
        QVERIFY(client->body.contains("rejected the key"));
    }

    void tellsWhatEveryCandidateWaitsFor()
    {
        RelayFixture fixture({{"a"}, {"b"}, {"c"}});
        fixture.letReply(0, limited(fixture, 0, "60"));
        fixture.letReply(1, limited(fixture, 1, "20"));
        fixture.letReply(2, fixture.replies(2).error(401, "bad key"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 429);
        const QJsonArray candidates = QJsonDocument::fromJson(client->body)["error"_L1]
                                          .toObject()["candidates"_L1]
                                          .toArray();
        QStringList lines;
        for (const QJsonValue &value : candidates) {
            const QJsonObject one = value.toObject();
            lines.append(
                one["model"_L1].toString() + ' '_L1 + one["reason"_L1].toString() + ' '_L1
                + QString::number(one["retry_after_seconds"_L1].toInt()));
        }
        QCOMPARE(
            lines,
            QStringList(
                {u"c/m-1 key_rejected 5"_s,
                 u"b/m-1 rate_limited 20"_s,
                 u"a/m-1 rate_limited 60"_s}));
        QCOMPARE(client->headers.value("retry-after"), "20"_ba);
    }
};

QTEST_GUILESS_MAIN(TestRelayQuota)
#include "tst_relay_quota.moc"
