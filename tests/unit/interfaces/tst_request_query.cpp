#include "core/interfaces/request_query.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::interfaces;

/// The parameters of the history's questions.
class TestRequestQuery final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingGivenMeansEverything()
    {
        const auto query = parseRequestQuery({});
        QVERIFY(query.has_value());
        QVERIFY(query->filter.isEmpty());
        QCOMPARE(query->limit, 50);
        QVERIFY(!query->cursor);
    }

    void readsEveryParameter()
    {
        const auto query = parseRequestQuery(
            {{u"provider"_s, u"groq"_s},
             {u"model"_s, u"openai/gpt-oss-120b"_s},
             {u"status"_s, u"429"_s},
             {u"app"_s, u"claude-cli"_s},
             {u"q"_s, u"limit 100%"_s},
             {u"from"_s, u"2026-11-24T08:00:00Z"_s},
             {u"to"_s, u"2026-11-24T10:00:00 01:00"_s}, // its plus sign was not escaped
             {u"limit"_s, u"500"_s},
             {u"cursor"_s, u"1795478400000000-17"_s}});
        QVERIFY2(query.has_value(), query ? "" : qPrintable(query.error().message));
        QCOMPARE(query->filter.provider, u"groq"_s);
        QCOMPARE(query->filter.model, u"openai/gpt-oss-120b"_s);
        QVERIFY(query->filter.status == 429);
        QCOMPARE(query->filter.app, u"claude-cli"_s);
        QCOMPARE(query->filter.errorText, u"limit 100%"_s);
        QCOMPARE(query->filter.from->secsTo(*query->filter.until), qint64(3600));
        QCOMPARE(query->limit, 500);
        QCOMPARE(query->cursor->id, qint64(17));
    }

    void readsClassesOfStatus_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("statusClass");
        QTest::newRow("2xx") << u"2xx"_s << int(StatusClass::Success);
        QTest::newRow("4XX") << u"4XX"_s << int(StatusClass::ClientError);
        QTest::newRow("5xx") << u"5xx"_s << int(StatusClass::ServerError);
        QTest::newRow("failed") << u"failed"_s << int(StatusClass::Failed);
    }

    void readsClassesOfStatus()
    {
        QFETCH(QString, word);
        QFETCH(int, statusClass);
        const auto query = parseRequestQuery({{u"status"_s, word}});
        QVERIFY(query.has_value());
        QCOMPARE(int(query->filter.statusClass), statusClass);
        QVERIFY(!query->filter.status);
    }

    void namesWhatIsWrong_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        const auto add = [](const QString &name, const QString &value) {
            QTest::newRow(qPrintable(u"%1=%2"_s.arg(name, value.left(30)))) << name << value;
        };
        add(u"limit"_s, u"0"_s);
        add(u"limit"_s, u"501"_s);
        add(u"limit"_s, u"ten"_s);
        add(u"limit"_s, u"1.5"_s);
        add(u"status"_s, u"99"_s);
        add(u"status"_s, u"600"_s);
        add(u"status"_s, u"3xx"_s);
        add(u"from"_s, u"yesterday"_s);
        add(u"from"_s, u"-1"_s);
        add(u"to"_s, u"2026-13-01"_s);
        add(u"to"_s, u"99999999999999999"_s);
        add(u"cursor"_s, u"x"_s);
        add(u"cursor"_s, u"1-2-3"_s);
        add(u"cursor"_s, u"1-"_s);
        add(u"q"_s, QString(301, u'x'));
        add(u"colour"_s, u"blue"_s);
    }

    void namesWhatIsWrong()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const auto query = parseRequestQuery({{name, value}});
        QVERIFY(!query);
        QVERIFY(query.error().kind == common::ErrorKind::InvalidArgument);
        QCOMPARE(query.error().param, name);
        QVERIFY(query.error().message.contains(name));
    }

    void anEmptyValueIsNotGiven()
    {
        const auto query = parseRequestQuery({{u"limit"_s, {}}, {u"status"_s, {}}});
        QVERIFY(query.has_value());
        QCOMPARE(query->limit, 50);
    }

    void refusesARepeatedParameter()
    {
        const auto query = parseRequestQuery({{u"app"_s, u"a"_s}, {u"app"_s, u"b"_s}});
        QVERIFY(!query);
        QCOMPARE(query.error().param, u"app"_s);
    }

    void aTimeRangeMustNotBeEmpty()
    {
        const auto query = parseRequestQuery({{u"from"_s, u"2000"_s}, {u"to"_s, u"2000"_s}});
        QVERIFY(!query);
        QCOMPARE(query.error().param, u"to"_s);
        QVERIFY(parseRequestQuery({{u"from"_s, u"2000"_s}, {u"to"_s, u"2001"_s}}));
    }

    void cursorsSurviveTheirText()
    {
        const RequestCursor cursor{1'795'478'400'123'456, 987'654};
        QVERIFY(cursorFromString(toString(cursor)) == cursor);
    }

    void readsWindows()
    {
        QVERIFY(parseStatsQuery({}) == StatsQuery());
        QVERIFY(parseStatsQuery({})->window == StatsWindow::Day);
        const auto wrong = parseStatsQuery({{u"window"_s, u"2h"_s}});
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().param, u"window"_s);
        QVERIFY(wrong.error().message.contains(u"1h, 24h, 7d, 30d, 90d"_s));
        for (const auto window :
             {StatsWindow::Hour,
              StatsWindow::Day,
              StatsWindow::Week,
              StatsWindow::Month,
              StatsWindow::Quarter}) {
            QVERIFY(parseStatsQuery({{u"window"_s, toString(window)}})->window == window);
        }
        QCOMPARE(lengthOf(StatsWindow::Week).count(), 7 * 86'400);
        QCOMPARE(lengthOf(StatsWindow::Quarter).count(), 90 * 86'400);
    }

    void readsTheEndsOfAWindowAndItsSeries()
    {
        const auto query = parseStatsQuery(
            {{u"from"_s, u"2026-11-01T00:00:00Z"_s},
             {u"to"_s, u"2026-11-02T00:00:00Z"_s},
             {u"series"_s, u"provider"_s}});
        QVERIFY(query);
        QVERIFY(query->from->secsTo(*query->until) == 86'400);
        QVERIFY(query->series == StatsSeries::Providers);
        QVERIFY(!parseStatsQuery({{u"from"_s, u"2000"_s}})->until);
        for (const auto series : {StatsSeries::Totals, StatsSeries::Models, StatsSeries::Apps}) {
            QVERIFY(parseStatsQuery({{u"series"_s, toString(series)}})->series == series);
        }
    }

    void refusesWindowsThatCannotBe_data()
    {
        QTest::addColumn<Parameters>("parameters");
        QTest::addColumn<QString>("param");
        const auto p = [](const char *name, const char *value) {
            return std::pair(QString::fromLatin1(name), QString::fromLatin1(value));
        };
        QTest::newRow("only an end") << Parameters{p("to", "2000")} << u"to"_s;
        QTest::newRow("both") << Parameters{p("window", "24h"), p("from", "2000")} << u"window"_s;
        QTest::newRow("backwards") << Parameters{p("from", "2000"), p("to", "2000")} << u"to"_s;
        QTest::newRow("series") << Parameters{p("series", "family")} << u"series"_s;
        QTest::newRow("no series") << Parameters{p("series", "none")} << u"series"_s;
    }

    void refusesWindowsThatCannotBe()
    {
        QFETCH(Parameters, parameters);
        QFETCH(QString, param);
        const auto query = parseStatsQuery(parameters);
        QVERIFY(!query);
        QCOMPARE(query.error().param, param);
        QVERIFY(query.error().message.contains(param));
    }
};

QTEST_GUILESS_MAIN(TestRequestQuery)
#include "tst_request_query.moc"
