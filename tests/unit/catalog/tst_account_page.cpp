#include "core/catalog/account_page.h"
#include "core/catalog/catalog.h"
#include "core/catalog/endpoint.h"
#include "core/catalog/user_providers.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;

namespace {

using Facts = std::vector<AccountFact>;

const Provider &openRouter()
{
    return *Catalog::shipped()->provider("openrouter");
}

/// OpenRouter's GET /key with these fields beside those that nobody reads.
QByteArray page(const QByteArray &fields)
{
    return R"({"data":{"label":"sk-or-v1-0e6...1c96","usage":11.9,"usage_daily":0.4,)"
           R"("rate_limit":{"requests":-1,"interval":"10s"},)"
        + fields + "}}";
}

AccountFact freeRequests(
    std::optional<std::int64_t> limit,
    std::optional<std::int64_t> used = {},
    std::optional<std::int64_t> remaining = {})
{
    return {"openrouter:free", {QuotaUnit::Requests, QuotaPeriod::Day, limit, used, remaining, {}}};
}

AccountFact credits(QuotaPeriod period, std::int64_t limit, std::int64_t remaining)
{
    return {"", {QuotaUnit::Credits, period, limit, {}, remaining, {}}};
}

} // namespace

Q_DECLARE_METATYPE(Facts)

class TestAccountPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsOpenRoutersPage_data()
    {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<Facts>("facts");
        const auto row = [](const char *what, const char *fields, const Facts &facts) {
            QTest::newRow(what) << QByteArray(fields) << facts;
        };
        row("all of it",
            R"("limit":20,"limit_remaining":8.1,"limit_reset":"monthly","is_free_tier":false,)"
            R"("free_model_daily_requests":{"limit":1000,"remaining":990,"used":10})",
            {freeRequests(1'000, 10, 990), credits(QuotaPeriod::Month, 20, 9)});
        row("no cap of the key",
            R"("limit":null,"limit_remaining":null,"limit_reset":null,"is_free_tier":true,)"
            R"("free_model_daily_requests":{"limit":50,"remaining":50,"used":0})",
            {freeRequests(50, 0, 50)});
        row("nothing was ever paid", R"("is_free_tier":true)", {freeRequests(50)});
        row("something was paid", R"("is_free_tier":false)", {freeRequests(1'000)});
        row("a cap that never comes back",
            R"("limit":5,"limit_remaining":4.898,"limit_reset":null)",
            {credits(QuotaPeriod::Total, 5, 5)});
        row("a cap of the day",
            R"("limit":1,"limit_remaining":0,"limit_reset":"daily")",
            {credits(QuotaPeriod::Day, 1, 0)});
        row("in debt",
            R"("limit":1,"limit_remaining":-0.25,"limit_reset":"daily")",
            {credits(QuotaPeriod::Day, 1, 0)});
        row("a cap of the week is no window",
            R"("is_free_tier":true,"limit":1,"limit_remaining":0,"limit_reset":"weekly")",
            {freeRequests(50)});
        row("words for numbers",
            R"("is_free_tier":"no","free_model_daily_requests":{"limit":"1000","used":7})",
            {freeRequests({}, 7)});
    }

    void readsOpenRoutersPage()
    {
        QFETCH(QByteArray, fields);
        QFETCH(Facts, facts);
        const auto read = parseAccountPage(openRouter(), page(fields));
        QVERIFY(read);
        QVERIFY(*read == facts);
    }

    void refusesWhatTellsNothing_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("HTML") << "<html>Sign in</html>"_ba << ErrorKind::ProtocolError;
        QTest::newRow("an array") << "[1,2]"_ba << ErrorKind::ProtocolError;
        QTest::newRow("another object") << R"({"data":[]})"_ba << ErrorKind::ProtocolError;
        QTest::newRow("negative") << page(R"("limit":-1,"limit_reset":null)")
                                  << ErrorKind::ProtocolError;
        QTest::newRow("too large") << QByteArray(64 * 1024 + 1, ' ') << ErrorKind::TooLarge;
    }

    void refusesWhatTellsNothing()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(ErrorKind, kind);
        const auto read = parseAccountPage(openRouter(), bytes);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, kind);
    }

    void isBelowTheAddressInForce()
    {
        QCOMPARE(
            accountUrlOf(openRouter(), openRouter().baseUrl),
            "https://openrouter.ai/api/v1/key"_ba);
        QCOMPARE(
            accountUrlOf(openRouter(), "http://127.0.0.1:9/v1"), "http://127.0.0.1:9/v1/key"_ba);
        QCOMPARE(
            accountUrlOf(*Catalog::shipped()->provider("groq"), "https://groq.example"), ""_ba);
    }

    void aUsersProviderMayHaveOne()
    {
        const auto read = user("/me");
        QVERIFY(read);
        const Provider &team = read->providers.front();
        QCOMPARE(accountUrlOf(team, team.baseUrl), "https://team.example/v1/me"_ba);
        const auto facts = parseAccountPage(team, R"({"left":3})");
        QVERIFY(facts);
        const AccountFact told{"", {QuotaUnit::Requests, QuotaPeriod::Month, {}, {}, 3, {}}};
        QVERIFY(*facts == Facts{told});
    }

    void itsPageIsOnNoOtherHost()
    {
        const auto read = user("https://elsewhere.example/me");
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::InvalidArgument);
    }

private:
    static freerelay::common::Result<UserProviders> user(const QByteArray &path)
    {
        const QByteArray text = "schema_version: 1\nproviders:\n- id: team\n"
                                "  base_url: https://team.example/v1\n  quota:\n"
                                "    account: {path: '"
            + path + "', windows: {requests-month: {remaining: left}}}\n";
        return parseUserProviders(text, u"providers.yaml"_s, *Catalog::shipped());
    }
};

QTEST_GUILESS_MAIN(TestAccountPage)
#include "tst_account_page.moc"
