#include "tests/support/sample_gateway.h"
#include "ui/models/gateway_feed.h"
#include "ui/pages/requests/request_inspector.h"
#include "ui/pages/requests/request_words.h"
#include "ui/shell/desktop_application.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using namespace freerelay::ui;

namespace {

struct Fixture
{
    tests::FakeGatewayControl gateway;
    GatewayFeed feed{gateway};
    RequestInspector inspector{feed};

    Fixture()
    {
        tests::fillSample(gateway);
        feed.refresh();
    }

    [[nodiscard]] bool show(const interfaces::RequestRow &row)
    {
        inspector.show(row);
        return QTest::qWaitFor([this] { return inspector.hasDetails(); });
    }

    [[nodiscard]] QString field(const QString &name) const
    {
        for (const auto &[known, value] : inspector.fields()) {
            if (known == name) {
                return value;
            }
        }
        return {};
    }
};

} // namespace

class TestRequestInspector final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { DesktopApplication::prepare(); }

    void theRowIsToldAtOnceAndTheRestWhenItComes()
    {
        Fixture fixture;
        fixture.inspector.show(tests::aRequest(12));
        QCOMPARE(fixture.field(u"Request"_s), u"req_12"_s);
        QCOMPARE(fixture.field(u"App"_s), u"claude-cli"_s);
        QVERIFY(fixture.inspector.candidates().empty());
        QTRY_VERIFY(fixture.inspector.hasDetails());
        QCOMPARE(fixture.field(u"App"_s), u"claude-cli 1.0.2"_s);
        QCOMPARE(fixture.field(u"Ended by"_s), u"stop"_s);
        QCOMPARE(fixture.field(u"Price"_s), u"free"_s);
    }

    void attemptsAreBarsInTheirOrder()
    {
        Fixture fixture;
        QVERIFY(fixture.show(tests::aRequest(12)));
        const Timeline timeline = fixture.inspector.timeline();
        QCOMPARE(timeline.bars.size(), std::size_t(2));
        QCOMPARE(timeline.bars[0].name, u"1. google: limit reached"_s);
        QVERIFY(timeline.bars[0].failed);
        QCOMPARE(timeline.bars[0].value, u"210 ms"_s);
        QVERIFY(timeline.bars[0].description.contains(u"HTTP 429"_s));
        QVERIFY(!timeline.bars[1].failed);
        QVERIFY(timeline.bars[1].start > timeline.bars[0].start);
        QVERIFY(timeline.bars[1].wait < timeline.bars[1].duration);
        QVERIFY(timeline.duration >= timeline.bars[1].start + timeline.bars[1].duration);
    }

    void everyCandidateHasAReason()
    {
        Fixture fixture;
        QVERIFY(fixture.show(tests::aRequest(12)));
        const auto candidates = fixture.inspector.candidates();
        QCOMPARE(candidates.size(), std::size_t(5));
        QCOMPARE(candidates[0].rank, u"1"_s);
        QCOMPARE(candidates[0].name, u"google · gemini-2.5-flash"_s);
        QCOMPARE(candidates[0].verdict, u"tried: limit reached"_s);
        QCOMPARE(candidates[1].verdict, u"answered"_s);
        QCOMPARE(candidates[2].verdict, u"not needed"_s);
        QCOMPARE(candidates[3].rank, u"—"_s);
        QVERIFY(candidates[3].verdict.startsWith(u"resting until "_s));
        QCOMPARE(candidates[4].verdict, u"request too long for it"_s);
        QCOMPARE(
            fixture.inspector.decisionText(),
            u"Mode auto: 3 ranked, 2 not considered, decided in 35 µs."_s);
    }

    void aModelThatNamesItsProviderIsNamedOnce()
    {
        Fixture fixture;
        const auto row = tests::aRequest(12);
        fixture.gateway.past.known[row.requestId].decision->candidates[0].model
            = u"google/gemini-2.5-flash"_s;
        QVERIFY(fixture.show(row));
        QCOMPARE(fixture.inspector.candidates()[0].name, u"google/gemini-2.5-flash"_s);
    }

    void whatHasJustEndedIsAskedForAgain()
    {
        Fixture fixture;
        const auto row = tests::aRequest(13);
        fixture.inspector.show(row);
        QTRY_COMPARE(fixture.gateway.past.detailQuestions, 2);
        QVERIFY(fixture.inspector.note().isEmpty());
        fixture.gateway.past.known.emplace(row.requestId, tests::someDetails(row));
        QTRY_VERIFY(fixture.inspector.hasDetails());
    }

    void whatIsNotRecordedIsToldAfterSomeTries()
    {
        Fixture fixture;
        fixture.inspector.show(tests::aRequest(13));
        QTRY_VERIFY(!fixture.inspector.note().isEmpty());
        QVERIFY(!fixture.inspector.isEmpty());
        fixture.inspector.clear();
        QVERIFY(fixture.inspector.note().isEmpty());
    }

    void anAnswerForAnEarlierSelectionIsNotShown()
    {
        Fixture fixture;
        fixture.inspector.show(tests::aRequest(12));
        auto unknown = tests::aRequest(99);
        fixture.inspector.show(unknown);
        QTRY_COMPARE(fixture.gateway.past.detailQuestions, 3); // with one more try for 99
        QCOMPARE(fixture.inspector.requestId(), u"req_99"_s);
        QVERIFY(!fixture.inspector.hasDetails());
    }

    void theCommandAsksTheSameModelWithoutAKey()
    {
        Fixture fixture;
        auto row = tests::aRequest(1);
        row.askedModel = u"it's/a-model"_s;
        fixture.inspector.show(row);
        const QString command = fixture.inspector.curlCommand();
        QVERIFY(command.startsWith(u"curl -N http://127.0.0.1:8000/v1/chat/completions"_s));
        QVERIFY(!command.contains(u"uthorization"_s));
        // As a shell would read it.
        QString body = command.section(u"-d "_s, 1).chopped(1).sliced(1);
        body.replace(u"'\\''"_s, u"'"_s);
        const QJsonObject object = QJsonDocument::fromJson(body.toUtf8()).object();
        QCOMPARE(object.value("model"_L1).toString(), u"it's/a-model"_s);
        QVERIFY(object.value("stream"_L1).toBool());
    }

    void whatBecameKnownLaterIsTold()
    {
        Fixture fixture;
        const auto row = tests::aRequest(12);
        auto &amendments = fixture.gateway.past.known[row.requestId].amendments;
        amendments = {
            {u"client_retried"_s, row.time, 12'345ms, u"req_13"_s},
            {u"client_regenerated"_s, row.time, 40s, {}},
            {u"struck_by_lightning"_s, row.time, 1s, {}}};
        QVERIFY(fixture.show(row));
        QCOMPARE(
            fixture.field(u"Afterwards"_s),
            u"Asked again after 12 s (request req_13)\n"
            "Same prompt again after 40 s (a request that is not recorded any more)\n"
            "struck by lightning"_s);
        amendments.clear();
        fixture.inspector.clear();
        QVERIFY(fixture.show(row));
        QVERIFY(fixture.field(u"Afterwards"_s).isEmpty());
    }

    void textsAreShownAsFarAsTheyAreKept()
    {
        Fixture fixture;
        const auto row = tests::aRequest(12);
        QVERIFY(fixture.show(row));
        QVERIFY(fixture.inspector.prompt().isEmpty());
        QVERIFY(fixture.inspector.answer().isEmpty());
        auto &details = fixture.gateway.past.known[row.requestId];
        details.texts = interfaces::RequestTexts{u"{\"a\":[1]}"_s, false, u"Forty-two"_s, true};
        fixture.inspector.clear();
        QVERIFY(fixture.show(row));
        QCOMPARE(fixture.inspector.prompt(), u"{\n    \"a\": [\n        1\n    ]\n}"_s);
        QCOMPARE(
            fixture.inspector.answer(),
            u"Forty-two\n\n(It was longer; only its beginning is kept.)"_s);
        details.texts = interfaces::RequestTexts{u"{\"a\":[1"_s, true, {}, false};
        details.textsProblem = u"It is broken."_s;
        fixture.inspector.clear();
        QVERIFY(fixture.show(row));
        QVERIFY(fixture.inspector.prompt().startsWith(u"{\"a\":[1\n\n("_s));
        QCOMPARE(fixture.inspector.answer(), u"(empty)"_s);
        QCOMPARE(fixture.inspector.note(), u"It is broken."_s);
    }

    void aKeptPromptIsSentAgain()
    {
        Fixture fixture;
        const auto row = tests::aRequest(12);
        QVERIFY(fixture.show(row));
        QVERIFY(!fixture.inspector.canAskAgain());
        QVERIFY(fixture.inspector.askAgainHint().contains(u"records.keep_texts_hours"_s));
        fixture.inspector.askAgain();
        QVERIFY(fixture.gateway.resent.isEmpty());
        auto &details = fixture.gateway.past.known[row.requestId];
        details.texts = interfaces::RequestTexts{u"{"_s, true, {}, false};
        fixture.inspector.clear();
        QVERIFY(fixture.show(row));
        QVERIFY(!fixture.inspector.canAskAgain());
        QVERIFY(fixture.inspector.askAgainHint().contains(u"beginning"_s));
        details.texts->promptCut = false;
        fixture.inspector.clear();
        QVERIFY(fixture.show(row));
        QVERIFY(fixture.inspector.canAskAgain());
        fixture.inspector.askAgain();
        QVERIFY(!fixture.inspector.canAskAgain()); // one after the other
        QCOMPARE(fixture.gateway.resent, QStringList{row.requestId});
        QTRY_VERIFY(fixture.inspector.note().contains(u"req_new"_s));
        QVERIFY(fixture.inspector.canAskAgain());
        fixture.gateway.resendAnswer = common::failure(
            common::ErrorKind::Unavailable, u"FreeRelay is not listening."_s);
        fixture.inspector.askAgain();
        QTRY_COMPARE(fixture.inspector.note(), u"FreeRelay is not listening."_s);
    }

    void theRecordIsSavedWithoutTexts()
    {
        Fixture fixture;
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"request.json"_s);
        const auto row = tests::aRequest(12);
        fixture.inspector.saveTo(path); // there is nothing yet
        QVERIFY(!QFileInfo::exists(path));
        fixture.gateway.past.known[row.requestId].texts = interfaces::RequestTexts{
            u"the-prompt"_s, false, u"the-answer"_s, false};
        QVERIFY(fixture.show(row));
        fixture.inspector.saveTo(path);
        QVERIFY(fixture.inspector.note().contains(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray saved = file.readAll();
        const QJsonObject object = QJsonDocument::fromJson(saved).object();
        QCOMPARE(object.value("id"_L1).toString(), row.requestId);
        QVERIFY(!object.value("attempts"_L1).toArray().isEmpty());
        QVERIFY(!saved.contains("the-prompt") && !saved.contains("the-answer"));
        fixture.inspector.saveTo(folder.filePath(u"nowhere/request.json"_s));
        QVERIFY(fixture.inspector.note().startsWith(u"It could not be saved"_s));
        QVERIFY(!fixture.inspector.prompt().isEmpty()); // it is still shown
    }

    void unknownWordsAreShownAsTheyAre()
    {
        QCOMPARE(RequestWords::failure(u"rate_limited"_s), u"limit reached"_s);
        QCOMPARE(RequestWords::failure(u"struck_by_lightning"_s), u"struck by lightning"_s);
        QCOMPARE(RequestWords::disqualification(u"no_tools"_s), u"cannot use tools"_s);
    }
};

QTEST_MAIN(TestRequestInspector)
#include "tst_request_inspector.moc"
