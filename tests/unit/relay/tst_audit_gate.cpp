#include "core/dialects/messages/messages_dialect.h"
#include "core/relay/audit_gate.h"
#include "tests/support/fake_downstream.h"
#include "tests/support/sample_outcome.h"

#include <QTest>

#include <thread>

using namespace freerelay;
using namespace freerelay::relay;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A trail that answers when a test says so.
class FakeTrail final : public AuditSink
{
public:
    void audit(AuditEntry entry, Written written) override
    {
        entries.push_back(std::move(entry));
        waiting.push_back(std::move(written));
    }
    /// From another thread, as the real one does.
    void answer(bool isWritten)
    {
        std::thread([this, isWritten] {
            for (const Written &written : std::exchange(waiting, {})) {
                if (written) {
                    written(isWritten);
                }
            }
        }).join();
    }
    std::vector<AuditEntry> entries;
    std::vector<Written> waiting;
};

class CountingSink final : public OutcomeSink
{
public:
    void record(const std::shared_ptr<const Outcome> &) override { ++count; }
    int count = 0;
};

std::shared_ptr<const AuditRules> rules(bool on, bool strict)
{
    auto made = std::make_shared<AuditRules>();
    made->on = on;
    made->strict = strict;
    made->hashKey = common::Secret(QByteArray(32, 'k'));
    return made;
}

QByteArray hashOf(const QByteArray &text)
{
    return common::KeyedHash(common::Secret(QByteArray(32, 'k'))).add(text).finish();
}

} // namespace

class TestAuditGate final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void init()
    {
        m_trail = std::make_unique<FakeTrail>();
        m_next = std::make_unique<CountingSink>();
        m_client = std::make_shared<FakeDownstream>();
    }

    void handsEverythingThroughWhenItIsOff()
    {
        begin(false, false);
        QCOMPARE(m_watched.get(), m_client.get());
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_next->count, 1);
        QVERIFY(m_trail->entries.empty());
    }

    void hashesPromptAndReply()
    {
        begin(true, false);
        m_watched->reply(200, {}, "forty-two"_ba);
        QCOMPARE(m_client->body, "forty-two"_ba);
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_next->count, 1);
        QCOMPARE(m_trail->entries.size(), std::size_t(1));
        QCOMPARE(m_trail->entries[0].promptHash, hashOf("the prompt"_ba));
        QCOMPARE(m_trail->entries[0].responseHash, hashOf("forty-two"_ba));
        QVERIFY(!m_trail->waiting[0]);
    }

    void hashesAStreamPieceByPiece()
    {
        begin(true, false);
        m_watched->beginStream(200, {});
        m_watched->write("data: a\n\n"_ba);
        m_watched->write("data: b\n\ndata: [DONE]\n\n"_ba);
        m_watched->finish();
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_trail->entries[0].responseHash, hashOf(m_client->body));
        QVERIFY(m_client->finished);
    }

    void tellsNoHashWhenNothingWasAnswered()
    {
        begin(true, false);
        m_client->leave();
        m_gate->record(sharedOutcome(1));
        QCOMPARE(m_trail->entries[0].responseHash, QByteArray());
    }

    void auditsOtherRequestsNotAtAll()
    {
        begin(true, false);
        m_gate->record(sharedOutcome(2));
        QCOMPARE(m_next->count, 1);
        QVERIFY(m_trail->entries.empty());
    }

    void strictKeepsAReplyBackUntilItIsWritten()
    {
        begin(true, true);
        m_watched->reply(200, {}, "forty-two"_ba);
        m_gate->record(sharedOutcome(1));
        m_watched.reset(); // the session lets go of it
        QCOMPARE(m_client->heads, 0);
        m_trail->answer(true);
        QCOMPARE(m_client->heads, 0); // the worker's turn first
        QTRY_COMPARE(m_client->heads, 1);
        QCOMPARE(m_client->status, 200);
        QCOMPARE(m_client->body, "forty-two"_ba);
    }

    void strictKeepsOnlyTheEndOfAStreamBack()
    {
        begin(true, true);
        m_watched->beginStream(200, {});
        m_watched->write("data: a\n\n"_ba);
        QCOMPARE(m_client->body, "data: a\n\n"_ba);
        m_watched->write("data: b\n\ndata: [DONE]\n\n"_ba);
        m_watched->finish();
        QCOMPARE(m_client->body, "data: a\n\ndata: b\n\n"_ba);
        QVERIFY(!m_client->finished);
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_trail->answer(true);
        QTRY_VERIFY(m_client->finished);
        QCOMPARE(m_client->body, "data: a\n\ndata: b\n\ndata: [DONE]\n\n"_ba);
        QCOMPARE(m_trail->entries[0].responseHash, hashOf(m_client->body));
    }

    void strictAnswersWithAnErrorWhenItCannotBeWritten()
    {
        begin(true, true);
        m_watched->reply(200, {{"x-freerelay-request-id"_ba, "req_1"_ba}}, "forty-two"_ba);
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_trail->answer(false);
        QTRY_COMPARE(m_client->status, 503);
        QVERIFY(m_client->body.contains("\"audit_failed\""));
        QVERIFY(!m_client->body.contains("forty-two"));
        QCOMPARE(m_client->headers.value("x-freerelay-request-id"), "req_1"_ba);
    }

    void strictEndsAStreamWithAnErrorWhenItCannotBeWritten()
    {
        begin(true, true);
        m_watched->beginStream(200, {});
        m_watched->write("data: a\n\ndata: [DONE]\n\n"_ba);
        m_watched->finish();
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_trail->answer(false);
        QTRY_VERIFY(m_client->finished);
        QVERIFY(m_client->body.startsWith("data: a\n\ndata: {\"error\""));
        QVERIFY(m_client->body.contains("audit_failed"));
        QVERIFY(!m_client->body.contains("[DONE]"));
    }

    void strictKeepsTheEndOfOtherDialectsBack()
    {
        begin(true, true, &m_messages);
        m_watched->beginStream(200, {});
        m_watched->write("event: a\n\n"_ba);
        m_watched->write("event: message_stop\n\n"_ba);
        QCOMPARE(m_client->body, "event: a\n\n"_ba);
        m_watched->finish();
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_trail->answer(true);
        QTRY_VERIFY(m_client->finished);
        QCOMPARE(m_client->body, "event: a\n\nevent: message_stop\n\n"_ba);
        QCOMPARE(m_trail->entries[0].responseHash, hashOf(m_client->body));
    }

    void strictTellsTheErrorInTheDialectOfTheClient()
    {
        begin(true, true, &m_messages);
        m_watched->beginStream(200, {});
        m_watched->write("event: message_stop\n\n"_ba);
        m_watched->finish();
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_trail->answer(false);
        QTRY_VERIFY(m_client->finished);
        QVERIFY(m_client->body.startsWith("event: error\n"));
        QVERIFY(m_client->body.contains("audit_strict"));
    }

    void strictCutsNothingOffABrokenStream()
    {
        begin(true, true, &m_messages);
        m_watched->beginStream(200, {});
        m_watched->write("event: a\n\n"_ba);
        m_watched->abort();
        QCOMPARE(m_client->body, "event: a\n\n"_ba);
        QVERIFY(m_client->aborted);
    }

    void strictDoesNotWaitForAClientThatLeft()
    {
        begin(true, true);
        m_watched->beginStream(200, {});
        m_watched->abort();
        m_gate->record(sharedOutcome(1));
        QVERIFY(!m_trail->waiting[0]);
        QVERIFY(m_client->aborted);
    }

    void anAnswerOfTheTrailMayComeTooLate()
    {
        begin(true, true);
        m_watched->reply(200, {}, "forty-two"_ba);
        m_gate->record(sharedOutcome(1));
        m_watched.reset();
        m_gate.reset();
        m_trail->answer(true);
        QCoreApplication::sendPostedEvents();
        QCOMPARE(m_client->heads, 0);
    }

    void aChangeOfTheRulesIsForTheNextRequest()
    {
        begin(true, true);
        m_rules->publish(rules(false, false));
        m_watched->reply(200, {}, "forty-two"_ba);
        QCOMPARE(m_client->heads, 0);
        m_gate->record(sharedOutcome(1));
        m_trail->answer(true);
        QTRY_COMPARE(m_client->heads, 1);
        QCOMPARE(m_gate->watch("req_2"_ba, "x", m_client).get(), m_client.get());
    }

private:
    void begin(bool on, bool strict, const dialects::ClientDialect *dialect = nullptr)
    {
        m_rules = std::make_unique<common::Published<AuditRules>>(rules(on, strict));
        m_gate = std::make_unique<AuditGate>(*m_rules, *m_trail, *m_next);
        m_watched = m_gate->watch("req_1"_ba, "the prompt", m_client, dialect);
    }

    dialects::MessagesDialect m_messages;
    std::unique_ptr<FakeTrail> m_trail;
    std::unique_ptr<CountingSink> m_next;
    std::unique_ptr<common::Published<AuditRules>> m_rules;
    std::unique_ptr<AuditGate> m_gate;
    std::shared_ptr<FakeDownstream> m_client;
    std::shared_ptr<Downstream> m_watched;
};

QTEST_GUILESS_MAIN(TestAuditGate)
#include "tst_audit_gate.moc"
