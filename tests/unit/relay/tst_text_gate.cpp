#include "core/relay/text_gate.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/sample_outcome.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::relay;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Takes texts, and tells whether the outcome came behind them.
class FakeTexts final : public TextSink, public OutcomeSink
{
public:
    [[nodiscard]] bool isKeeping() const override { return on; }
    void keep(RequestTexts texts) override
    {
        kept.push_back(std::move(texts));
        keptBeforeOutcome = outcomes == 0;
    }
    void record(const std::shared_ptr<const Outcome> &) override { ++outcomes; }

    bool on = true;
    std::vector<RequestTexts> kept;
    bool keptBeforeOutcome = false;
    int outcomes = 0;
};

QByteArray joined(const RequestTexts &texts)
{
    QByteArray all;
    for (const QByteArray &piece : texts.answer->pieces) {
        all += piece;
    }
    return all;
}

} // namespace

class TestTextGate final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_texts = std::make_unique<FakeTexts>();
        m_gate = std::make_unique<TextGate>(*m_texts, *m_texts);
        m_client = std::make_shared<FakeDownstream>();
    }

    void standsAsideWhileNothingIsKept()
    {
        m_texts->on = false;
        QCOMPARE(m_gate->watch("req_1"_ba, "prompt"_ba, m_client).get(), m_client.get());
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_texts->outcomes, 1);
        QVERIFY(m_texts->kept.empty());
    }

    void handsOverPromptAndReplyWithoutACopy()
    {
        const QByteArray prompt = "the prompt";
        const QByteArray body = "forty-two";
        m_gate->watch("req_1"_ba, prompt, m_client)->reply(200, {}, body);
        QCOMPARE(m_client->body, body);
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_texts->kept.size(), std::size_t(1));
        QVERIFY(m_texts->keptBeforeOutcome);
        const RequestTexts &texts = m_texts->kept.front();
        QCOMPARE(texts.requestId, "req_1"_ba);
        QVERIFY(texts.time == anOutcome(1).time);
        QCOMPARE(texts.prompt.constData(), prompt.constData());
        QCOMPARE(texts.answer->pieces.front().constData(), body.constData());
        QVERIFY(!texts.promptCut && !texts.answer->isCut && !texts.answer->stream);
    }

    void handsOverAStreamInItsPieces()
    {
        const auto watched = m_gate->watch("req_1"_ba, "prompt"_ba, m_client);
        watched->beginStream(200, {});
        watched->write("data: a\n\n"_ba);
        watched->write("data: b\n\n"_ba);
        m_client->leave();
        m_gate->record(sharedOutcome(1));
        const RequestTexts &texts = m_texts->kept.front();
        QVERIFY(texts.answer->stream);
        QCOMPARE(texts.answer->pieces.size(), std::size_t(2));
        QCOMPARE(joined(texts), "data: a\n\ndata: b\n\n"_ba);
    }

    void changesNothingOfWhatItHasHandedOver()
    {
        const auto watched = m_gate->watch("req_1"_ba, {}, m_client);
        watched->beginStream(200, {});
        watched->write("before"_ba);
        m_gate->record(sharedOutcome(1));
        watched->write("behind"_ba);
        QCOMPARE(joined(m_texts->kept.front()), "before"_ba);
        QCOMPARE(m_client->body, "beforebehind"_ba);
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_texts->kept.size(), std::size_t(1)); // once for each request
    }

    void keepsToItsBounds()
    {
        const QByteArray longPrompt(RequestTexts::maxBytes + 1, 'p');
        const auto watched = m_gate->watch("req_1"_ba, longPrompt, m_client);
        watched->beginStream(200, {});
        const QByteArray piece(RequestTexts::maxStreamBytes / 4 + 1, 'a');
        for (int i = 0; i < 6; ++i) {
            watched->write(piece);
        }
        QCOMPARE(m_client->body.size(), 6 * piece.size()); // the client gets everything
        m_gate->record(sharedOutcome(1));
        const RequestTexts &texts = m_texts->kept.front();
        QVERIFY(texts.promptCut);
        QCOMPARE(texts.prompt.size(), RequestTexts::maxBytes);
        QVERIFY(texts.answer->isCut);
        QCOMPARE(joined(texts).size(), RequestTexts::maxStreamBytes);
        QCOMPARE(texts.answer->size, RequestTexts::maxStreamBytes);
    }

    void cutsNothingThatJustFits()
    {
        const QByteArray prompt(RequestTexts::maxBytes, 'p');
        m_gate->watch("req_1"_ba, prompt, m_client)->reply(200, {}, prompt);
        m_gate->record(sharedOutcome(1));
        const RequestTexts &texts = m_texts->kept.front();
        QVERIFY(!texts.promptCut && !texts.answer->isCut);
        QCOMPARE(joined(texts), prompt);
    }

private:
    std::unique_ptr<FakeTexts> m_texts;
    std::unique_ptr<TextGate> m_gate;
    std::shared_ptr<FakeDownstream> m_client;
};

QTEST_APPLESS_MAIN(TestTextGate)
#include "tst_text_gate.moc"
