#include "core/interfaces/request_history.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::interfaces;

namespace {

RequestRow aRow()
{
    RequestRow row;
    row.time = QDateTime(QDate(2026, 11, 24), QTime(9, 0), Qt::UTC);
    row.provider = u"groq"_s;
    row.model = u"openai/gpt-oss-120b"_s;
    row.app = u"claude-cli"_s;
    row.status = 200;
    return row;
}

RequestRow withStatus(int status, const QString &error = {})
{
    RequestRow row = aRow();
    row.status = status;
    row.error = error;
    return row;
}

RequestRow broken()
{
    RequestRow row = withStatus(200, u"The stream broke off."_s);
    row.brokenStream = true;
    return row;
}

bool passes(StatusClass statusClass, const RequestRow &row)
{
    RequestFilter filter;
    filter.statusClass = statusClass;
    return matches(filter, row);
}

} // namespace

/// The filter on rows that are not read from the record.
class TestRequestFilter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyFilterLetsEverythingPass()
    {
        QVERIFY(RequestFilter().isEmpty());
        QVERIFY(matches({}, aRow()));
        QVERIFY(matches({}, withStatus(499)));
    }

    void namesMustBeTheSame()
    {
        RequestFilter filter;
        filter.provider = u"groq"_s;
        filter.model = u"openai/gpt-oss-120b"_s;
        filter.app = u"claude-cli"_s;
        QVERIFY(matches(filter, aRow()));
        for (QString *name : {&filter.provider, &filter.model, &filter.app}) {
            const QString kept = *name;
            *name = kept.chopped(1);
            QVERIFY(!matches(filter, aRow()));
            *name = kept;
        }
    }

    void classesOfStatusLeaveOutTheClientThatLeft()
    {
        QVERIFY(passes(StatusClass::Success, withStatus(200)));
        QVERIFY(!passes(StatusClass::Success, broken()));
        QVERIFY(!passes(StatusClass::Success, withStatus(300)));
        QVERIFY(passes(StatusClass::Failed, broken()));
        QVERIFY(passes(StatusClass::Failed, withStatus(400)));
        QVERIFY(!passes(StatusClass::Failed, withStatus(499)));
        QVERIFY(passes(StatusClass::ClientError, withStatus(498)));
        QVERIFY(!passes(StatusClass::ClientError, withStatus(499)));
        QVERIFY(passes(StatusClass::ClientLeft, withStatus(499)));
        QVERIFY(passes(StatusClass::ServerError, withStatus(500)));
        QVERIFY(!passes(StatusClass::ServerError, withStatus(499)));
    }

    void anExactStatusWinsOverAClass()
    {
        RequestFilter filter;
        filter.statusClass = StatusClass::Success;
        filter.status = 429;
        QVERIFY(matches(filter, withStatus(429)));
        QVERIFY(!matches(filter, withStatus(200)));
    }

    void theErrorsTextIsLookedForInFailuresOnly()
    {
        RequestFilter filter;
        filter.errorText = u"BROKE"_s;
        QVERIFY(matches(filter, broken()));
        QVERIFY(!matches(filter, withStatus(200, u"broke"_s)));
        QVERIFY(!matches(filter, withStatus(429, u"limit"_s)));
    }

    void timeBeginsInclusiveAndEndsExclusive()
    {
        RequestFilter filter;
        filter.from = aRow().time;
        filter.until = aRow().time.addMSecs(1);
        QVERIFY(matches(filter, aRow()));
        filter.from = aRow().time.addMSecs(1);
        QVERIFY(!matches(filter, aRow()));
        filter.from.reset();
        filter.until = aRow().time;
        QVERIFY(!matches(filter, aRow()));
    }
};

QTEST_GUILESS_MAIN(TestRequestFilter)
#include "tst_request_filter.moc"
