#include "core/relay/app_rights.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using namespace freerelay;
using apps::Caller;
using apps::Scope;
using common::MicroUsd;
using common::Mode;

namespace {

const common::WallTime noon{std::chrono::seconds(1'795'521'600)}; // 2026-11-24 12:00 UTC

std::shared_ptr<apps::App> anApp()
{
    auto app = std::make_shared<apps::App>();
    app->name = u"Script"_s;
    app->use = std::make_shared<apps::AppUse>();
    return app;
}

relay::RelayRequest requestOf(const apps::AppPtr &app)
{
    relay::RelayRequest request;
    request.app.name = "curl"_ba;
    relay::enterApp(request, app, noon);
    return request;
}

relay::Outcome answered(std::optional<std::int64_t> prompt, std::optional<std::int64_t> completion)
{
    relay::Outcome outcome;
    outcome.provider = "openai"_ba;
    outcome.status = 200;
    outcome.promptTokens = prompt;
    outcome.completionTokens = completion;
    return outcome;
}

} // namespace

/// What the key of an app opens.
class TestAppRights final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void tellsWhyAKeyOpensNothing()
    {
        const auto app = anApp();
        QVERIFY(!relay::refusalOf({}, Scope::Chat));
        QVERIFY(!relay::refusalOf({Caller::Kind::App, app}, Scope::Chat));
        QCOMPARE(relay::refusalOf({Caller::Kind::Unknown, nullptr}, std::nullopt)->status, 401);
        const auto revoked = relay::refusalOf({Caller::Kind::Revoked, app}, Scope::Chat);
        QCOMPARE(revoked->status, 401);
        QVERIFY(revoked->message.contains("Script"));
        const auto closed = relay::refusalOf({Caller::Kind::App, app}, Scope::RunPrograms);
        QCOMPARE(closed->status, 403);
        QCOMPARE(closed->code, "scope_missing"_ba);
        QVERIFY(!relay::refusalOf({Caller::Kind::App, app}, std::nullopt));
    }

    void theAppsModeGoesFirst()
    {
        relay::RelayConfig config;
        config.mode = Mode::Paid;
        const auto app = anApp();
        relay::RelayRequest request = requestOf(app);
        QCOMPARE(request.app.name, "Script"_ba);
        QVERIFY(relay::modeFor(request, config) == Mode::Paid);
        request.mode = Mode::Auto;
        QVERIFY(relay::modeFor(request, config) == Mode::Auto);
        app->rights.mode = Mode::Free;
        QVERIFY(relay::modeFor(request, config) == Mode::Free);
        routing::RoutingSnapshot snapshot;
        relay::restrict(snapshot, request);
        QVERIFY(snapshot.freeOnly);
        QVERIFY(!requestOf(nullptr).caller);
    }

    void aSpentBudgetLeavesWhatIsFree()
    {
        const auto app = anApp();
        app->rights.dailyBudget = MicroUsd{100};
        relay::Outcome outcome = answered(10, 10);
        outcome.cost = MicroUsd{99};
        relay::charge(requestOf(app), outcome, noon);
        QVERIFY(!requestOf(app).budgetReturns);
        outcome.cost = MicroUsd{1};
        relay::charge(requestOf(app), outcome, noon);
        relay::RelayRequest request = requestOf(app);
        QCOMPARE(request.budgetReturns, std::optional<std::chrono::milliseconds>(12h));
        request.mode = Mode::Paid;
        QVERIFY(relay::modeFor(request, {}) == Mode::Free);
        const relay::ClientError forbidden{403, "mode"_ba, "permission_error"_ba, {}, {}, {}};
        const relay::ClientError told = relay::toldToApp(forbidden, request);
        QCOMPARE(told.status, 429);
        QCOMPARE(told.errorClass(), "budget_exhausted"_ba);
        QCOMPARE(told.retryAfter, request.budgetReturns);
        QVERIFY(told.message.contains("$0.0001"));
        QCOMPARE(relay::toldToApp(forbidden, requestOf(nullptr)).message, "mode"_ba);
        app->rights.dailyBudget.reset();
        app->rights.mode = Mode::Free;
        QCOMPARE(relay::toldToApp(forbidden, requestOf(app)).status, 403);
        QVERIFY(relay::toldToApp(forbidden, requestOf(app)).message.contains("Script"));
    }

    void costsAreKnownOrSaidToBeUnknown()
    {
        const catalog::Price price{2.0, 8.0, 0.5};
        QCOMPARE(relay::costOf(price, false, answered({}, {}))->count, 0);
        QCOMPARE(relay::costOf(price, true, answered(1'000, 100))->count, 2'800);
        relay::Outcome cached = answered(1'000, 100);
        cached.cachedTokens = 600;
        QCOMPARE(relay::costOf(price, true, cached)->count, 800 + 300 + 800);
        QCOMPARE(relay::costOf({2.0, 8.0, {}}, true, cached)->count, 2'800);
        QVERIFY(!relay::costOf(price, true, answered(1'000, {})));
        QVERIFY(!relay::costOf(price, true, answered({}, 100)));
        QVERIFY(!relay::costOf({{}, 8.0, {}}, true, answered(1'000, 100)));
        QVERIFY(!relay::costOf({2.0, {}, {}}, true, answered(1'000, 100)));
        QCOMPARE(relay::costOf({0.02, {}, {}}, true, answered(1'000, {}))->count, 20); // embeddings
    }

    void everyRequestIsCharged()
    {
        const auto app = anApp();
        relay::charge(requestOf(app), answered(10, 5), noon); // nobody knows what it cost
        relay::Outcome refused;
        refused.status = 403;
        relay::charge(requestOf(app), refused, noon);
        const apps::DayUse today = app->use->today(noon);
        QCOMPARE(today.requests, 2);
        QCOMPARE(today.refused, 1);
        QCOMPARE(today.tokens, 15);
        QCOMPARE(today.unpriced, 1);
        QCOMPARE(app->use->lastUsed(), std::optional(noon));
    }
};

QTEST_APPLESS_MAIN(TestAppRights)
#include "tst_app_rights.moc"
