#include "core/store/audit/audit_format.h"
#include "tests/integration/telemetry/running_gateway.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::tests;

namespace {

QByteArray chat(const QByteArray &words, bool stream = false)
{
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]"
        + (stream ? ",\"stream\":true}" : "}");
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void setContent(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(content), content.size());
}

} // namespace

/// The audit trail of the built program, with the demo provider answering.
class TestAudit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        m_gateway = std::make_unique<RunningGateway>(*m_fixture);
        QVERIFY(m_fixture->paths.createFolders());
    }

    void cleanup()
    {
        m_gateway.reset();
        m_fixture.reset();
    }

    void isOffUnlessAskedFor()
    {
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        QCOMPARE(ask("hi"_ba).status, 200);
        QCOMPARE(audit()["mode"_L1].toString(), u"none"_s);
        QVERIFY(!audit()["recording"_L1].toBool());
        QCOMPARE(m_gateway->stop().exitCode, 0);
        QVERIFY(!QFile::exists(m_fixture->paths.auditFolder));
        QCOMPARE(m_fixture->run({u"audit"_s, u"verify"_s}).exitCode, 1);
    }

    void holdsEveryRequestAndNothingOfWhatWasSaid()
    {
        set("audit: signed\n"_ba);
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        const RawReply whole = ask("xylophone-of-my-grandmother"_ba);
        QCOMPARE(whole.status, 200);
        const RawReply streamed = ask("xylophone-of-my-grandmother"_ba, /*stream=*/true);
        QCOMPARE(streamed.status, 200);
        // Another worker may take the next request; the records' order is what is asked below.
        QTRY_COMPARE(audit()["written"_L1].toInt(), 2);
        QCOMPARE(m_gateway->post("/v1/chat/completions"_ba, "{xylophone"_ba).status, 400);
        QTRY_COMPARE(audit()["written"_L1].toInt(), 3);
        QVERIFY(audit()["recording"_L1].toBool());
        QCOMPARE(audit()["mode"_L1].toString(), u"signed"_s);
        QCOMPARE(audit()["dropped"_L1].toInt(), 0);
        // There is no keychain here, and that is said.
        QVERIFY(audit()["key_notice"_L1].toString().contains(u"this session only"));
        QCOMPARE(m_gateway->stop().exitCode, 0);

        const QJsonObject report = verified();
        QVERIFY(report["intact"_L1].toBool());
        QCOMPARE(report["requests"_L1].toInt(), 3);
        QCOMPARE(report["signed_up_to"_L1].toInt(), report["last"_L1].toInt() - 1);
        const QByteArray trail = contentOf(segment());
        QVERIFY(!trail.contains("xylophone"));
        QVERIFY(trail.contains(whole.headers.value("x-freerelay-request-id")));
        QVERIFY(trail.contains(streamed.headers.value("x-freerelay-request-id")));
        // The same prompt has the same hash, and another answer another one.
        const QList<QJsonObject> requests = records("request"_ba);
        QCOMPARE(requests.size(), 3);
        QVERIFY(!requests[0]["prompt"_L1].toString().isEmpty());
        QVERIFY(!requests[0]["response"_L1].toString().isEmpty());
        QVERIFY(requests[0]["response"_L1] != requests[1]["response"_L1]);
        QCOMPARE(requests[2]["status"_L1].toInt(), 400);
        QVERIFY(!requests[2]["response"_L1].toString().isEmpty());
        QVERIFY(!requests[2].contains("decision"_L1));
        QVERIFY(requests[0].contains("decision"_L1));
    }

    void obeysTheSettingsAtOnce()
    {
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        QCOMPARE(ask("hi"_ba).status, 200);
        set("audit: standard\n"_ba);
        QTRY_COMPARE(audit()["mode"_L1].toString(), u"standard"_s);
        QCOMPARE(ask("hi"_ba).status, 200);
        QTRY_COMPARE(audit()["written"_L1].toInt(), 1);
        set("audit: none\n"_ba);
        QTRY_COMPARE(audit()["mode"_L1].toString(), u"none"_s);
        QCOMPARE(ask("hi"_ba).status, 200);
        QTRY_VERIFY(!audit()["recording"_L1].toBool());
        QCOMPARE(m_gateway->stop().exitCode, 0);
        QCOMPARE(verified()["requests"_L1].toInt(), 1);
        QCOMPARE(records("stop"_ba).last()["why"_L1].toString(), u"off"_s);
    }

    void strictModeAnswersOnlyWhatIsOnTheDisk()
    {
        set("audit: standard\naudit_strict: true\n"_ba);
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        for (const bool stream : {false, true}) {
            const RawReply reply = ask("hi"_ba, stream);
            QCOMPARE(reply.status, 200);
            QVERIFY(!stream || reply.body.contains("[DONE]"));
            const QByteArray id = reply.headers.value("x-freerelay-request-id");
            QVERIFY(contentOf(segment()).contains(id)); // no waiting: it was there before
        }
    }

    void strictModeWithholdsWhatItCannotRecordAndSaysSo()
    {
        // A file where the folder should be.
        setContent(m_fixture->paths.auditFolder, "in its place"_ba);
        set("audit: standard\naudit_strict: true\n"_ba);
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        const RawReply whole = ask("hi"_ba);
        QCOMPARE(whole.status, 503);
        QVERIFY(whole.body.contains("audit_failed"));
        QVERIFY(!whole.headers.value("x-freerelay-request-id").isEmpty());
        const RawReply streamed = ask("hi"_ba, /*stream=*/true);
        QCOMPARE(streamed.status, 200);
        QVERIFY(streamed.body.contains("audit_failed"));
        QVERIFY(!streamed.body.contains("[DONE]"));
        QVERIFY(!audit()["recording"_L1].toBool());
        QVERIFY(!audit()["problem"_L1].toString().isEmpty());
        QVERIFY(!audit()["problem"_L1].toString().contains(m_fixture->paths.dataFolder));
        const CliResult status = m_fixture->run({u"status"_s});
        QVERIFY2(status.out.contains("Answers are withheld"), status.out);

        QVERIFY(QFile::remove(m_fixture->paths.auditFolder));
        QCOMPARE(ask("hi"_ba).status, 200);
        QTRY_VERIFY(audit()["recording"_L1].toBool());
        QCOMPARE(m_gateway->stop().exitCode, 0);
        QCOMPARE(verified()["requests"_L1].toInt(), 3);
        const QList<QJsonObject> requests = records("request"_ba);
        QVERIFY(requests[0]["withheld"_L1].toBool() && requests[1]["withheld"_L1].toBool());
        QVERIFY(!requests[2].contains("withheld"_L1));
    }

    void answersUnauditedWhenItIsNotStrictAndSaysSo()
    {
        setContent(m_fixture->paths.auditFolder, "in its place"_ba);
        set("audit: standard\n"_ba);
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        QCOMPARE(ask("hi"_ba).status, 200);
        QTRY_VERIFY(!audit()["problem"_L1].toString().isEmpty());
        QVERIFY(m_fixture->run({u"status"_s}).out.contains("not audited"));
    }

    void survivesAKillWithoutLosingWhatItAnswered()
    {
        set("audit: signed\naudit_strict: true\n"_ba);
        QByteArrayList answered;
        for (int round = 0; round < 4; ++round) {
            RunningGateway gateway(*m_fixture);
            QVERIFY(gateway.start());
            QTRY_VERIFY(isReady(gateway));
            for (int i = 0; i <= 3 * round; ++i) {
                const RawReply reply = gateway.post("/v1/chat/completions"_ba, chat("hi"_ba));
                QVERIFY2(reply.status == 200, QByteArray(reply.body + gateway.said()));
                answered.append(reply.headers.value("x-freerelay-request-id"));
            }
            gateway.kill();
        }
        const QJsonObject report = verified();
        QVERIFY(report["intact"_L1].toBool());
        QByteArrayList recorded;
        for (const QJsonObject &record : records("request"_ba)) {
            recorded.append(record["request_id"_L1].toString().toLatin1());
        }
        QCOMPARE(recorded, answered);
    }

    void theCommandNamesWhatWasTamperedWith()
    {
        makeTrail();
        const CliResult head = m_fixture->run({u"audit"_s, u"head"_s});
        QCOMPARE(head.exitCode, 0);
        const QString checkpoint = m_fixture->paths.dataFolder + u"/head.json"_s;
        setContent(checkpoint, head.out);
        QCOMPARE(
            m_fixture->run({u"audit"_s, u"verify"_s, u"--checkpoint"_s, checkpoint}).exitCode, 0);

        const QByteArray good = contentOf(segment());
        QByteArray changed = good;
        const qsizetype at = changed.indexOf("\"status\":200");
        changed.replace(at, 12, "\"status\":201");
        setContent(segment(), changed);
        const CliResult found = m_fixture->run({u"audit"_s, u"verify"_s});
        QCOMPARE(found.exitCode, 1);
        const qsizetype record = changed.first(at).count('\n') + 1;
        QVERIFY2(
            found.out.startsWith(QByteArray("changed: record " + QByteArray::number(record) + ' ')),
            found.out);

        setContent(segment(), good.first(good.lastIndexOf('\n', -2) + 1));
        QCOMPARE(m_fixture->run({u"audit"_s, u"verify"_s}).exitCode, 0);
        const CliResult cut = m_fixture->run(
            {u"audit"_s, u"verify"_s, u"--checkpoint"_s, checkpoint});
        QCOMPARE(cut.exitCode, 1);
        QVERIFY2(cut.out.startsWith("truncated: record "), cut.out);
        QCOMPARE(
            m_fixture->run({u"audit"_s, u"verify"_s, u"--checkpoint"_s, segment()}).exitCode, 2);
        QCOMPARE(
            m_fixture->run({u"audit"_s, u"verify"_s, u"--public-key"_s, u"nonsense"_s}).exitCode,
            2);
        QCOMPARE(m_fixture->run({u"audit"_s}).exitCode, 2);
    }

    void othersVerifyAnExportWithTheScriptAlone()
    {
        if (QStandardPaths::findExecutable(u"python3"_s).isEmpty()
            || QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
            QSKIP("python3 or openssl is not installed");
        }
        makeTrail();
        const QString target = m_fixture->paths.dataFolder + u"/evidence"_s;
        const CliResult exported = m_fixture->run({u"audit"_s, u"export"_s, target});
        QVERIFY2(exported.exitCode == 0, exported.err);
        QStringList files = QDir(target).entryList(QDir::Files);
        files.sort();
        QCOMPARE(
            files,
            (QStringList{
                u"README.txt"_s,
                u"audit-000001.jsonl"_s,
                u"audit_verify.py"_s,
                u"checkpoint.json"_s,
                u"heads.jsonl"_s,
                u"public-key-1.pem"_s}));
        QVERIFY(m_fixture->run({u"audit"_s, u"export"_s, target}).exitCode != 0); // not empty
        QCOMPARE(
            m_fixture
                ->run(
                    {u"audit"_s,
                     u"verify"_s,
                     u"--folder"_s,
                     target,
                     u"--public-key"_s,
                     target + u"/public-key-1.pem"_s,
                     u"--checkpoint"_s,
                     target + u"/checkpoint.json"_s})
                .exitCode,
            0);
        const CliResult intact = runScript(target);
        QVERIFY2(intact.exitCode == 0, intact.err);
        QVERIFY2(intact.out.contains("signed up to"), intact.out);
        tamperWithExport(target);
    }

    void exportsOnlyTheTimeThatIsAskedFor()
    {
        makeTrail();
        const QString target = m_fixture->paths.dataFolder + u"/old"_s;
        const CliResult nothing = m_fixture->run(
            {u"audit"_s, u"export"_s, target, u"--to"_s, u"2001-01-01"_s});
        QCOMPARE(nothing.exitCode, 1);
        QCOMPARE(
            m_fixture->run({u"audit"_s, u"export"_s, target, u"--from"_s, u"yesterday"_s}).exitCode,
            2);
        QCOMPARE(
            m_fixture->run({u"audit"_s, u"export"_s, target, u"--from"_s, u"2001-01-01"_s})
                .exitCode,
            0);
    }

private:
    void set(const QByteArray &settings) const
    {
        setContent(m_fixture->paths.settingsFile, settings);
    }
    [[nodiscard]] QString segment() const
    {
        return m_fixture->paths.auditFolder + u"/audit-000001.jsonl"_s;
    }
    [[nodiscard]] RawReply ask(const QByteArray &words, bool stream = false) const
    {
        return m_gateway->post("/v1/chat/completions"_ba, chat(words, stream));
    }
    /// The demo provider stands in once the keys have been looked for.
    [[nodiscard]] static bool isReady(const RunningGateway &gateway)
    {
        return QJsonDocument::fromJson(gateway.get("/health"_ba).body)["ready"_L1].toBool();
    }
    [[nodiscard]] QJsonObject audit() const
    {
        return QJsonDocument::fromJson(m_gateway->get("/health"_ba).body)
            .object()["audit"_L1]
            .toObject();
    }
    [[nodiscard]] QJsonObject verified() const
    {
        const CliResult result = m_fixture->run({u"audit"_s, u"verify"_s, u"--json"_s});
        return QJsonDocument::fromJson(result.out).object();
    }
    [[nodiscard]] QList<QJsonObject> records(const QByteArray &kind) const
    {
        QList<QJsonObject> result;
        for (const QByteArray &line : contentOf(segment()).split('\n')) {
            if (const auto parts = store::auditLineFrom(line)) {
                const QJsonObject record = QJsonDocument::fromJson(parts->record).object();
                if (record["kind"_L1].toString().toLatin1() == kind) {
                    result.append(record);
                }
            }
        }
        return result;
    }

    /// A signed trail of five requests; nothing runs afterwards.
    void makeTrail()
    {
        set("audit: signed\n"_ba);
        QVERIFY(m_gateway->start());
        QTRY_VERIFY(isReady(*m_gateway));
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(ask("hi"_ba).status, 200);
        }
        QCOMPARE(m_gateway->stop().exitCode, 0);
    }

    static CliResult runScript(const QString &folder)
    {
        QProcess python;
        python.start(
            u"python3"_s,
            {folder + u"/audit_verify.py"_s,
             folder,
             u"--public-key"_s,
             folder + u"/public-key-1.pem"_s,
             u"--checkpoint"_s,
             folder + u"/checkpoint.json"_s});
        return CliFixture::finish(python);
    }

    static void tamperWithExport(const QString &target)
    {
        const QString file = target + u"/audit-000001.jsonl"_s;
        const QByteArray good = contentOf(file);
        QByteArrayList lines = good.split('\n');
        lines.removeLast();
        const auto isFound = [&](const QByteArrayList &content, int record) {
            setContent(file, content.join('\n') + '\n');
            const CliResult result = runScript(target);
            const QByteArray words = "NOT INTACT at record " + QByteArray::number(record) + ":";
            QVERIFY2(result.exitCode == 1 && result.err.contains(words), result.all());
        };
        QByteArrayList other = lines;
        other[3].replace("\"status\":200", "\"status\":500");
        isFound(other, 4);
        other = lines;
        other.removeAt(4);
        isFound(other, 5);
        other = lines;
        other.swapItemsAt(3, 5);
        isFound(other, 4);
        other = lines;
        other.insert(3, QByteArray(other[2]));
        isFound(other, 4);
        isFound(lines.first(5), 6); // the checkpoint knows more

        // A chain that is consistent again, with signatures that are not.
        other = lines;
        QByteArray previous = store::auditLineFrom(lines[1])->hash;
        for (qsizetype i = 2; i < other.size(); ++i) {
            QByteArray record = store::auditLineFrom(lines[i])->record;
            record.replace("\"status\":200", "\"status\":201");
            const qsizetype at = record.indexOf("\"prev\":\"") + 8;
            record.replace(at, 64, previous.toHex());
            previous = store::chainHash(previous, record);
            other[i] = store::auditLine(previous, record);
        }
        isFound(other, 2);
        setContent(file, good);
        QCOMPARE(runScript(target).exitCode, 0);
    }

    std::unique_ptr<CliFixture> m_fixture;
    std::unique_ptr<RunningGateway> m_gateway;
};

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
