#include "core/telemetry/log_output.h"
#include "core/telemetry/request_lines.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::telemetry;
using namespace std::chrono_literals;

namespace {

relay::AttemptRecord attempt(const QByteArray &provider, const QByteArray &failure = {})
{
    relay::AttemptRecord record;
    record.provider = provider;
    record.model = provider + "/m";
    record.failure = failure;
    record.status = failure.isEmpty() ? 200 : 503;
    record.duration = 1500us;
    return record;
}

relay::Outcome outcome(int status, const std::vector<relay::AttemptRecord> &attempts)
{
    relay::Outcome one;
    one.requestId = "req_1"_ba;
    one.app = "opencode"_ba;
    one.askedModel = "auto"_ba;
    one.status = status;
    one.attempts = attempts;
    one.duration = 2500us;
    if (status == 200) {
        one.provider = attempts.back().provider;
        one.model = attempts.back().model;
        one.promptTokens = 12;
    } else {
        one.error = "Nobody answered."_ba;
        one.errorClass = "unavailable"_ba;
    }
    return one;
}

} // namespace

class TestRequestLines final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void choosesTheLevelByWhatWentWrong_data()
    {
        QTest::addColumn<relay::Outcome>("one");
        QTest::addColumn<QString>("level");
        QTest::newRow("answered") << outcome(200, {attempt("groq")}) << u"debug"_s;
        QTest::newRow("another attempt")
            << outcome(200, {attempt("groq", "timeout"), attempt("mistral")}) << u"info"_s;
        QTest::newRow("the client's mistake") << outcome(400, {}) << u"info"_s;
        QTest::newRow("client left") << outcome(499, {attempt("groq", "cancelled")}) << u"debug"_s;
        QTest::newRow("limited") << outcome(429, {attempt("groq", "rate_limited")}) << u"warning"_s;
        QTest::newRow("down") << outcome(503, {}) << u"warning"_s;
        relay::Outcome broken = outcome(200, {attempt("groq", "network")});
        broken.brokenStream = true;
        QTest::newRow("broken stream") << broken << u"warning"_s;
    }

    void choosesTheLevelByWhatWentWrong()
    {
        QFETCH(relay::Outcome, one);
        QFETCH(QString, level);
        const auto lines = linesOf(one, LogLevel::Debug);
        QCOMPARE(lines.back().value("level"_L1).toString(), level);
        for (const QJsonObject &line : lines) {
            QCOMPARE(line.value("request_id"_L1).toString(), u"req_1"_s);
            QCOMPARE(line.value("category"_L1).toString(), u"freerelay.request"_s);
        }
        QCOMPARE(linesOf(one, LogLevel::Warning).size(), std::size_t(level == "warning"_L1));
    }

    void tellsWhatIsKnown()
    {
        const auto lines = linesOf(
            outcome(200, {attempt("groq", "timeout"), attempt("mistral")}), LogLevel::Debug);
        QCOMPARE(lines.size(), std::size_t(2));
        const QJsonObject &first = lines.front();
        QCOMPARE(first.value("message"_L1).toString(), u"attempt failed"_s);
        QCOMPARE(first.value("attempt"_L1).toInt(), 1);
        QCOMPARE(first.value("provider"_L1).toString(), u"groq"_s);
        QCOMPARE(first.value("cause"_L1).toString(), u"timeout"_s);
        QCOMPARE(first.value("upstream_status"_L1).toInt(), 503);
        QCOMPARE(first.value("latency_ms"_L1).toDouble(), 1.5);
        const QJsonObject &last = lines.back();
        QCOMPARE(last.value("provider"_L1).toString(), u"mistral"_s);
        QCOMPARE(last.value("app"_L1).toString(), u"opencode"_s);
        QCOMPARE(last.value("status"_L1).toInt(), 200);
        QCOMPARE(last.value("attempts"_L1).toInt(), 2);
        QCOMPARE(last.value("failed_attempts"_L1).toString(), u"groq timeout"_s);
        QCOMPARE(last.value("latency_ms"_L1).toDouble(), 2.5);
        QCOMPARE(last.value("tokens_prompt"_L1).toInt(), 12);
        QVERIFY(!last.contains("tokens_completion"_L1));
        QVERIFY(!last.contains("ttft_ms"_L1));
    }

private:
    [[nodiscard]] static std::vector<QJsonObject> linesOf(const relay::Outcome &one, LogLevel level)
    {
        const QTemporaryDir folder;
        const Redactor redactor;
        const QString path = folder.filePath(u"log/freerelay.log"_s);
        {
            LogOutput output(redactor, -1);
            output.configure({level, true, path});
            RequestLines(output).record(std::make_shared<const relay::Outcome>(one));
        }
        QFile file(path);
        std::vector<QJsonObject> lines;
        if (file.open(QIODevice::ReadOnly)) {
            while (!file.atEnd()) {
                lines.push_back(QJsonDocument::fromJson(file.readLine()).object());
            }
        }
        return lines;
    }
};

QTEST_GUILESS_MAIN(TestRequestLines)
#include "tst_request_lines.moc"
