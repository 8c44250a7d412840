#include "quota_rules_reader.h"

#include <QTimeZone>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr QByteArrayView anyPeriod = "any";
constexpr std::int64_t largestLimit = 1'000'000'000'000;

/// "tokens-minute"; the period "any" is told by the provider.
template <typename Window>
void readWindow(SchemaProblems &problems, const YamlNode &name, Window &window)
{
    const qsizetype dash = name.text.lastIndexOf('-');
    const QByteArray period = name.text.mid(dash + 1);
    const auto unit = fromName(quotaUnitNames(), name.text.left(std::max<qsizetype>(dash, 0)));
    window.period = fromName(quotaPeriodNames(), period);
    if (!unit || (!window.period && period != anyPeriod)) {
        problems.add(name, u"'%1' is no window: UNIT-PERIOD"_s.arg(QString::fromUtf8(name.text)));
        return;
    }
    window.unit = *unit;
}

void readHeaders(SchemaProblems &problems, const YamlEntry &entry, QuotaRules &quota)
{
    QuotaHeaders headers;
    readWindow(problems, *entry.key, headers);
    MapReader map(problems, *entry.value, u"the headers of a window"_s);
    map.readText("limit", headers.limit);
    map.readText("remaining", headers.remaining);
    map.readText("reset", headers.reset);
    map.readEnum("format", headers.format, resetFormatNames());
    map.finish();
    for (QByteArray *name : {&headers.limit, &headers.remaining, &headers.reset}) {
        *name = name->toLower();
    }
    quota.headers.push_back(std::move(headers));
}

AccountWindow readAccountWindow(SchemaProblems &problems, const YamlEntry &entry)
{
    AccountWindow window;
    readWindow(problems, *entry.key, window);
    MapReader map(problems, *entry.value, u"a window of the account page"_s);
    map.readText("pool", window.pool);
    map.readText("limit", window.limit);
    map.readText("used", window.used);
    map.readText("remaining", window.remaining);
    map.readText("period", window.periodPath);
    map.readText("free_tier", window.freeTier);
    map.readCount("free_tier_limit", window.freeTierLimit, largestLimit);
    map.readCount("paid_tier_limit", window.paidTierLimit, largestLimit);
    map.finish();
    return window;
}

/// Below the base URL only: a key goes to no other host than the provider's.
void readAccount(SchemaProblems &problems, const YamlNode &node, AccountPage &account)
{
    MapReader map(problems, node, u"the account page"_s);
    map.require("path");
    map.readText("path", account.path);
    if (!account.path.startsWith('/')) {
        problems.add(node, u"the path of the account page begins with '/'"_s);
    }
    account.windows.clear();
    if (const YamlNode *windows = map.require("windows")) {
        for (const YamlEntry &entry : windows->entries) {
            account.windows.push_back(readAccountWindow(problems, entry));
        }
    }
    map.finish();
}

void readDay(MapReader &map, QuotaRules &quota)
{
    QByteArray day;
    map.readText("day", day);
    quota.rollingDay = day == "rolling";
    if (day.isEmpty() || quota.rollingDay) {
        return;
    }
    quota.zone = day;
    if (!QTimeZone::isTimeZoneIdAvailable(day)) {
        map.problems().add(map.node(), u"'%1' is no time zone"_s.arg(QString::fromUtf8(day)));
    }
}

} // namespace

void readQuotaRules(SchemaProblems &problems, const YamlNode &node, QuotaRules &quota)
{
    MapReader map(problems, node, u"quota"_s);
    QByteArray pool = "model";
    map.readText("pool", pool);
    quota.perModel = pool != "account";
    if (pool != "model" && pool != "account") {
        problems.add(node, u"pool is 'model' or 'account'"_s);
    }
    readDay(map, quota);
    map.readFlag("cached_tokens_count", quota.cachedTokensCount);
    map.readFlag("failed_requests_count", quota.failedRequestsCount);
    map.readFlag("reserved_output_counts", quota.reservedOutputCounts);
    if (const YamlNode *headers = map.take("headers")) {
        quota.headers.clear();
        for (const YamlEntry &entry : headers->entries) {
            readHeaders(problems, entry, quota);
        }
    }
    if (const YamlNode *account = map.take("account")) {
        readAccount(problems, *account, quota.account);
    }
    map.finish();
}

} // namespace freerelay::catalog
