#include "tests/integration/relay/relay_fixture.h"

#include <QDateTime>
#include <QTest>
#include <QTimeZone>

using namespace freerelay;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using catalog::Wire;

/// What the client is told when nobody answers.
class TestRelayExhaustion final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhenTheQuotaComesBack_data()
    {
        QTest::addColumn<FakeReply>("reply");
        QTest::addColumn<int>("wire");
        QTest::addColumn<QByteArray>("retryAfter");
        const auto row = [](const char *name,
                            const FakeReply &reply,
                            const QByteArray &retryAfter,
                            Wire wire = Wire::OpenAiChat) {
            QTest::newRow(name) << reply << int(wire) << retryAfter;
        };
        const ProviderReplies openAi(Wire::OpenAiChat);
        const FakeReply limited = openAi.error(429, "slow down");
        const QString date = QLocale::c().toString(
            QDateTime::fromSecsSinceEpoch(m_now + 90, QTimeZone::utc()),
            u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
        row("nothing", limited, "30");
        row("seconds", limited.withHeader("retry-after", "17"), "17");
        row("fraction", limited.withHeader("retry-after", "2.2"), "3");
        row("zero", limited.withHeader("retry-after", "0"), "1");
        row("date", limited.withHeader("retry-after", date.toLatin1()), "90");
        row("milliseconds", limited.withHeader("retry-after-ms", "1500"), "2");
        row("Groq's window",
            limited.withHeader("x-ratelimit-remaining-requests", "0")
                .withHeader("x-ratelimit-reset-requests", "2m59.56s"),
            "180");
        row("in words", openAi.error(429, "Please try again in 7.66s."), "8");
        row("Google's RetryInfo",
            FakeReply::json(
                R"({"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[)"
                R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38.2s"}]}})",
                429),
            "39",
            Wire::GoogleGenerateContent);
        row("Anthropic",
            ProviderReplies(Wire::AnthropicMessages)
                .error(429, "slow down")
                .withHeader("retry-after", "11"),
            "11",
            Wire::AnthropicMessages);
        // A day's quota, whatever the header says: until midnight UTC, 23 hours from now.
        row("a day's quota",
            openAi.error(429, "Daily quota exhausted, limit reached")
                .withHeader("retry-after", "5"),
            "82800");
        row("no credit", openAi.error(402, "insufficient balance"), "86400");
    }

    void tellsWhenTheQuotaComesBack()
    {
        QFETCH(FakeReply, reply);
        QFETCH(int, wire);
        QFETCH(QByteArray, retryAfter);
        for (const bool stream : {false, true}) {
            RelayFixture fixture({{"p", Wire(wire)}});
            fixture.letReply(0, reply);
            const auto client = fixture.ask(stream);
            QTRY_VERIFY(client->finished);
            QCOMPARE(client->status, 429);
            QVERIFY(!client->streaming);
            QCOMPARE(client->headers.value("retry-after"), retryAfter);
            QVERIFY(client->body.contains("rate_limit_error"));
            // And again, without asking the provider.
            const auto again = fixture.ask(stream);
            QVERIFY(again->finished);
            QCOMPARE(again->status, 429);
            QCOMPARE(again->headers.value("retry-after"), retryAfter);
            QCOMPARE(fixture.upstream(0).requestCount(), 1);
        }
    }

    void tellsTheEarliestResetOfAll()
    {
        RelayFixture fixture({{"first"}, {"second"}, {"third"}});
        for (int i = 0; i < 3; ++i) {
            fixture.letReply(
                i,
                fixture.replies(i)
                    .error(429, "slow down")
                    .withHeader("retry-after", m_resets.at(i)));
        }
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->headers.value("retry-after"), "20"_ba);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "3"_ba);
        fixture.clock.advance(15s);
        QCOMPARE(fixture.ask(false)->headers.value("retry-after"), "5"_ba);
    }

    void letsTheClientTryTheRestSoon()
    {
        RelayFixture fixture({{"p", Wire::OpenAiChat, 7}});
        fixture.upstream(0).setHandler([](const FakeRequest &) {
            return ProviderReplies(Wire::OpenAiChat)
                .error(429, "slow down")
                .withHeader("retry-after", "60");
        });
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "6"_ba);
        QCOMPARE(client->headers.value("retry-after"), "1"_ba);
        const auto again = fixture.ask(false);
        QTRY_VERIFY(again->finished);
        QCOMPARE(again->headers.value("x-freerelay-attempts"), "1"_ba);
        QCOMPARE(again->headers.value("retry-after"), "60"_ba);
    }

    void countsWhatWasRestingFromTheStart()
    {
        RelayFixture fixture({{"first"}, {"second"}});
        fixture.coolDowns.bench(
            {"first", "first-key-1", "first/m-1"},
            fixture.clock.now() + 7s,
            quota::CoolDownReason::RateLimited);
        fixture.letReply(
            1, fixture.replies(1).error(429, "slow down").withHeader("retry-after", "60"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 429);
        QCOMPARE(client->headers.value("retry-after"), "7"_ba);
    }

    void tellsOneFailureOfSeveral_data()
    {
        QTest::addColumn<QList<int>>("statuses");
        QTest::addColumn<int>("expected");
        QTest::addColumn<bool>("retryAfter");
        QTest::newRow("all down") << QList{500, 503} << 503 << true;
        QTest::newRow("down and out of quota") << QList{429, 500} << 503 << true;
        QTest::newRow("out of quota and down") << QList{500, 429} << 503 << true;
        QTest::newRow("out of quota and no key") << QList{429, 401} << 429 << true;
        QTest::newRow("no keys") << QList{401, 401} << 503 << false;
        QTest::newRow("no permission") << QList{403, 401} << 503 << false;
        QTest::newRow("gone") << QList{404, 404} << 503 << false;
        QTest::newRow("too long") << QList{413, 413} << 400 << false;
        QTest::newRow("too long and no key") << QList{413, 401} << 400 << false;
        QTest::newRow("too long and out of quota") << QList{413, 429} << 429 << true;
    }

    void tellsOneFailureOfSeveral()
    {
        QFETCH(QList<int>, statuses);
        QFETCH(int, expected);
        QFETCH(bool, retryAfter);
        RelayFixture fixture({{"first"}, {"second"}});
        for (int i = 0; i < 2; ++i) {
            fixture.letReply(i, fixture.replies(i).error(statuses.at(i), "words"));
        }
        const auto client = fixture.ask(true);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, expected);
        QCOMPARE(client->headers.contains("retry-after"), retryAfter);
        QCOMPARE(client->headers.value("x-freerelay-attempts"), "2"_ba);
        QCOMPARE(fixture.outcomes.list.front().status, expected);
        QVERIFY(!fixture.outcomes.list.front().error.isEmpty());
    }

    void neverBlamesTheClientsKey()
    {
        RelayFixture fixture({{"groq"}});
        fixture.letReply(0, fixture.replies(0).error(401, "Invalid API Key"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 503);
        QVERIFY(client->body.contains("Groq"));
        QVERIFY(!client->body.contains("authentication_error"));
        // And as long as the key rests.
        const auto again = fixture.ask(false);
        QCOMPARE(again->status, 503);
        QVERIFY(again->body.contains("Groq"));
        QCOMPARE(fixture.upstream(0).requestCount(), 1);
    }

    void saysThatTheRequestIsTooLong()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, fixture.replies(0).error(400, "maximum context length is 8192 tokens"));
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 400);
        QVERIFY(client->body.contains("context_length_exceeded"));
        QVERIFY(client->body.contains("8192"));
        QVERIFY(fixture.coolDowns.active(fixture.clock.now()).empty());
    }

    void saysThatANamedModelIsGone()
    {
        RelayFixture fixture({{"p"}});
        fixture.letReply(0, fixture.replies(0).error(404, "no such model"));
        const auto client = fixture.ask(false, "p/m-1");
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 404);
        QVERIFY(client->body.contains("model_not_found"));
    }

    void tellsTheResetOfALocalServerThatIsNeverBenched()
    {
        RelayFixture fixture({{"ollama", Wire::OpenAiChat, 1, 0, catalog::Tier::Local}});
        fixture.letReply(0, fixture.replies(0).error(429, "busy").withHeader("retry-after", "4"));
        fixture.letAnswer(0);
        const auto client = fixture.ask(false);
        QTRY_VERIFY(client->finished);
        QCOMPARE(client->status, 429);
        QCOMPARE(client->headers.value("retry-after"), "4"_ba);
        const auto again = fixture.ask(false);
        QTRY_VERIFY(again->finished);
        QCOMPARE(again->status, 200);
    }

private:
    const QList<QByteArray> m_resets{"60", "20", "600"};
    const qint64 m_now = std::chrono::duration_cast<std::chrono::seconds>(
                             ManualClock().wallNow().time_since_epoch())
                             .count();
};

QTEST_GUILESS_MAIN(TestRelayExhaustion)
#include "tst_relay_exhaustion.moc"
