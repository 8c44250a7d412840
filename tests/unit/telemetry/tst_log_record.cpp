#include "core/telemetry/log_record.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::telemetry;
using namespace std::chrono_literals;

namespace {

LogRecord record(const QString &message = u"it happened"_s)
{
    LogRecord one;
    one.time = std::chrono::system_clock::time_point(1'795'478'400s + 123ms);
    one.level = LogLevel::Warning;
    one.category = "freerelay.request"_ba;
    one.message = message;
    one.requestId = "req_1"_ba;
    one.fields = {
        {"provider"_ba, u"groq"_s},
        {"status"_ba, std::int64_t(503)},
        {"latency_ms"_ba, 12.5},
        {"streaming"_ba, true},
        {"failed_attempts"_ba, u"groq timeout, \"x\""_s}};
    return one;
}

} // namespace

class TestLogRecord final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesOneJsonObjectALine()
    {
        QCOMPARE(
            toJsonLine(record()),
            "{\"time\":\"2026-11-24T00:00:00.123Z\",\"level\":\"warning\","
            "\"category\":\"freerelay.request\",\"message\":\"it happened\","
            "\"request_id\":\"req_1\",\"provider\":\"groq\",\"status\":503,"
            "\"latency_ms\":12.5,\"streaming\":true,"
            "\"failed_attempts\":\"groq timeout, \\\"x\\\"\"}\n"_ba);
    }

    void writesAReadableLine()
    {
        QCOMPARE(
            toTextLine(record()),
            "2026-11-24T00:00:00.123 warning freerelay.request: it happened request_id=req_1 "
            "provider=groq status=503 latency_ms=12.5 streaming=true "
            "failed_attempts=\"groq timeout, \\\"x\\\"\"\n"_ba);
    }

    void leavesOutARequestThatThereIsNot()
    {
        LogRecord one = record();
        one.requestId.clear();
        one.fields.clear();
        QVERIFY(!toJsonLine(one).contains("request_id"));
        QVERIFY(!toTextLine(one).contains("request_id"));
    }

    void nobodyCanForgeALineOrReachTheTerminal()
    {
        const QString evil = u"a\nb\r\n2026 info x: forged \x1b[2J\x07 \u009b31m \u2028 end"_s;
        LogRecord one = record(evil);
        one.fields = {{"asked_model"_ba, evil}};
        const QByteArray text = toTextLine(one);
        QCOMPARE(text.count('\n'), 1);
        for (const QChar c : QString::fromUtf8(text.chopped(1))) {
            QVERIFY(c.category() != QChar::Other_Control);
        }
        QVERIFY(text.contains("a\\nb\\u000d\\n2026"));
        const QByteArray json = toJsonLine(one);
        QCOMPARE(json.count('\n'), 1);
        const QJsonObject read = QJsonDocument::fromJson(json).object();
        QCOMPARE(read.value("message"_L1).toString(), evil);
        QCOMPARE(read.value("asked_model"_L1).toString(), evil);
    }
};

QTEST_GUILESS_MAIN(TestLogRecord)
#include "tst_log_record.moc"
