#include "core/dialects/openai_chat.h"
#include "core/relay/request_digests.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::relay;
using namespace Qt::Literals::StringLiterals;

namespace {

RequestDigests digestsOfBody(const QByteArray &body, const ClientApp &client = {"tool", "1.0"})
{
    const auto chat = dialects::parseOpenAiChat(body);
    return chat ? digestsOf(*chat, client) : RequestDigests();
}

QByteArray bodyWith(const QByteArray &question, const QByteArray &more = {})
{
    return R"({"model":"auto","messages":[{"role":"user","content":")" + question + R"("}])" + more
        + '}';
}

} // namespace

class TestRequestDigests final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areTheSameForTheSameBody()
    {
        const RequestDigests one = digestsOfBody(bodyWith("hi"));
        const RequestDigests two = digestsOfBody(bodyWith("hi"));
        QVERIFY(one.request != 0);
        QVERIFY(one.prompt != 0);
        QCOMPARE(one.request, two.request);
        QCOMPARE(one.prompt, two.prompt);
    }

    void tellThePromptFromWhatIsAroundIt()
    {
        const RequestDigests one = digestsOfBody(bodyWith("hi"));
        const RequestDigests warmer = digestsOfBody(bodyWith("hi", R"(,"temperature":1)"));
        QCOMPARE(warmer.prompt, one.prompt);
        QVERIFY(warmer.request != one.request);
        const QByteArray before = R"({"stream":true,"messages":[{"role":"user","content":"hi"}]})";
        QCOMPARE(digestsOfBody(before).prompt, one.prompt);
        QVERIFY(digestsOfBody(before).request != one.request);
    }

    void differForAnotherPrompt()
    {
        const RequestDigests one = digestsOfBody(bodyWith("hi"));
        const RequestDigests two = digestsOfBody(bodyWith("ho"));
        QVERIFY(one.prompt != two.prompt);
        QVERIFY(one.request != two.request);
    }

    void differForAnotherClient()
    {
        const RequestDigests one = digestsOfBody(bodyWith("hi"));
        for (const ClientApp &client :
             {ClientApp{"other", "1.0"}, ClientApp{"tool", "1.1"}, ClientApp{}}) {
            const RequestDigests two = digestsOfBody(bodyWith("hi"), client);
            QVERIFY(one.prompt != two.prompt);
            QVERIFY(one.request != two.request);
        }
    }

    void areNoneWithoutABody() { QCOMPARE(digestsOf({}, {}).request, std::uint64_t(0)); }
};

QTEST_GUILESS_MAIN(TestRequestDigests)
#include "tst_request_digests.moc"
