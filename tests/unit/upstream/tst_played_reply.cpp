#include "core/catalog/catalog.h"
#include "core/dialects/provider_error.h"
#include "core/quota/rate_headers.h"
#include "core/upstream/chaos/played_refusal.h"
#include "core/upstream/chaos/played_reply.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::upstream;
using namespace std::chrono_literals;
using catalog::Wire;
using dialects::FailureClass;
using dialects::ProviderFailure;

namespace {

/// 2026-10-01T10:00:00Z
constexpr common::WallTime now{1'790'848'800s};

ProviderFailure read(Fault fault, const catalog::Provider &provider, Wire wire)
{
    const auto reply = playedReply(fault, {&provider, wire}, now);
    return dialects::classifyFailure(provider, reply->status, reply->headers, reply->body, now);
}

} // namespace

/// What is played is read as the true thing is.
class TestPlayedReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusalsAreReadAsTrueOnesAre_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<FailureClass>("failure");
        QTest::addColumn<bool>("daily");
        QTest::newRow("minute") << Fault::MinuteLimit << FailureClass::RateLimited << false;
        QTest::newRow("tokens") << Fault::TokenLimit << FailureClass::RateLimited << false;
        QTest::newRow("day") << Fault::DayLimit << FailureClass::RateLimited << true;
        QTest::newRow("credit") << Fault::NoCredit << FailureClass::NoCredit << false;
        QTest::newRow("500") << Fault::ServerError << FailureClass::Overloaded << false;
        QTest::newRow("503") << Fault::Overloaded << FailureClass::Overloaded << false;
        QTest::newRow("504") << Fault::GatewayTimeout << FailureClass::Timeout << false;
    }

    /// At every provider that is shipped, on every wire that one may speak.
    void refusalsAreReadAsTrueOnesAre()
    {
        QFETCH(Fault, fault);
        QFETCH(FailureClass, failure);
        QFETCH(bool, daily);
        for (const catalog::Provider &provider : catalog::Catalog::shipped()->providers()) {
            for (const Wire wire :
                 {Wire::OpenAiChat, Wire::AnthropicMessages, Wire::GoogleGenerateContent}) {
                const ProviderFailure seen = read(fault, provider, wire);
                QVERIFY2(seen.kind == failure, provider.id.constData());
                QVERIFY2(seen.daily == daily, provider.id.constData());
                QVERIFY2(seen.message.endsWith("(chaos)"), seen.message.constData());
            }
        }
    }

    void tellsWhenAMinuteIsOver()
    {
        for (const catalog::Provider &provider : catalog::Catalog::shipped()->providers()) {
            for (const Fault fault : {Fault::MinuteLimit, Fault::TokenLimit}) {
                const auto wait = read(fault, provider, provider.wire).retryAfter;
                QVERIFY2(wait, provider.id.constData());
                QCOMPARE(*wait, std::chrono::milliseconds(playedMinuteWait));
            }
        }
    }

    void namesItsWindowInWordsAndHeaders()
    {
        const auto shipped = catalog::Catalog::shipped();
        const catalog::Provider &groq = *shipped->provider("groq");
        const ProviderFailure tokens = read(Fault::TokenLimit, groq, Wire::OpenAiChat);
        QCOMPARE(tokens.quota.size(), std::size_t(1));
        QCOMPARE(tokens.quota.front().unit, catalog::QuotaUnit::Tokens);
        QCOMPARE(tokens.quota.front().period, catalog::QuotaPeriod::Minute);
        const catalog::Provider &google = *shipped->provider("google");
        const ProviderFailure day = read(Fault::DayLimit, google, Wire::GoogleGenerateContent);
        QCOMPARE(day.type, QByteArray("RESOURCE_EXHAUSTED"));
        QCOMPARE(day.quota.front().period, catalog::QuotaPeriod::Day);
        // Its own counters, in its own format.
        const catalog::Provider &anthropic = *shipped->provider("anthropic");
        const auto reply = playedReply(
            Fault::MinuteLimit, {&anthropic, Wire::AnthropicMessages}, now);
        const auto facts = quota::readRateHeaders(anthropic.quota, reply->headers, now);
        QVERIFY(!facts.empty());
        QCOMPARE(facts.front().unit, catalog::QuotaUnit::Requests);
        QCOMPARE(facts.front().remaining, 0);
        QCOMPARE(facts.front().reset, std::chrono::milliseconds(playedMinuteWait));
    }

    void failuresOfTheNetworkHaveNoReply()
    {
        const catalog::Provider provider;
        for (const Fault fault : {Fault::Dns, Fault::Refused, Fault::Reset}) {
            const auto reply = playedReply(fault, {&provider, Wire::OpenAiChat}, now);
            QCOMPARE(reply->status, 0);
            QCOMPARE(reply->error->kind, common::ErrorKind::Unavailable);
            QVERIFY(reply->error->message.endsWith(QStringLiteral("(chaos)")));
        }
        QVERIFY(playedReply(Fault::Silent, {&provider, Wire::OpenAiChat}, now)->isSilent);
    }

    void whatNeedsTheAnswerItselfIsNotPlayedInstead()
    {
        const catalog::Provider provider;
        for (const Fault fault :
             {Fault::Latency, Fault::Cut, Fault::Stall, Fault::Slow, Fault::Garble}) {
            QVERIFY(!playedReply(fault, {&provider, Wire::OpenAiChat}, now));
        }
    }
};

QTEST_GUILESS_MAIN(TestPlayedReply)
#include "tst_played_reply.moc"
