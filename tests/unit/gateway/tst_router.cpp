#include "core/gateway/router.h"
#include "core/gateway/routes/chat_route.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Remembers the reply.
class RecordingDownstream final : public relay::Downstream
{
public:
    void
    reply(int replyStatus, const common::HeaderList &replyHeaders, QByteArray replyBody) override
    {
        status = replyStatus;
        headers = replyHeaders;
        body = std::move(replyBody);
    }
    void beginStream(int replyStatus, const common::HeaderList &replyHeaders) override
    {
        status = replyStatus;
        headers = replyHeaders;
    }
    void write(const QByteArray &bytes) override { body += bytes; }
    void finish() override { }
    void abort() override { }
    [[nodiscard]] qint64 pending() const override { return 0; }
    [[nodiscard]] bool isGone() const override { return false; }
    void setHandlers(std::function<void()>, std::function<void()>) override { }

    int status = 0;
    common::HeaderList headers;
    QByteArray body;
};

HttpRequest asking(Method method, const QByteArray &path, const common::HeaderList &headers = {})
{
    HttpRequest request;
    request.method = method;
    request.methodName = "X"_ba;
    request.path = path;
    request.headers = headers;
    return request;
}

} // namespace

class TestRouter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestIdsSortInTheOrderOfTime()
    {
        using common::WallTime;
        common::RandomIds ids;
        const QByteArray early = newRequestId(ids, WallTime(std::chrono::seconds(0xfff)));
        const QByteArray late = newRequestId(ids, WallTime(std::chrono::seconds(0x1000)));
        QCOMPARE(early.size(), 4 + 8 + 24);
        QVERIFY(early.startsWith("req_00000fff"));
        QVERIFY(early < late);
        QVERIFY(newRequestId(ids, WallTime(std::chrono::seconds(0x1000))) != late);
    }

    void init()
    {
        AccessRules rules;
        rules.allowedOrigins = {"https://app.example"_ba};
        m_rules = std::make_unique<common::Published<AccessRules>>(
            std::make_shared<const AccessRules>(rules));
        m_router = std::make_unique<Router>(*m_rules);
        add(Method::Get, "/health"_ba, RouteFlag::Harmless);
        add(Method::Get, "/v1/models"_ba, {});
        add(Method::Get, "/v1/models/*"_ba, {});
        add(Method::Post, "/v1/chat"_ba, RouteFlag::JsonBody);
        add(Method::Get, "/v1/both"_ba, {});
        add(Method::Post, "/v1/both"_ba, {});
        add(Method::Post, "/admin/stop"_ba, RouteFlag::Admin);
        add(Method::Get, "/dashboard"_ba, RouteFlag::Personal);
    }

    void findsRoutesAndChecksThem_data()
    {
        QTest::addColumn<int>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("status");
        QTest::newRow("GET") << int(Method::Get) << "/health"_ba << 200;
        QTest::newRow("HEAD by GET") << int(Method::Head) << "/health"_ba << 200;
        QTest::newRow("wildcard") << int(Method::Get) << "/v1/models/groq/x"_ba << 200;
        QTest::newRow("wildcard needs something") << int(Method::Get) << "/v1/models/"_ba << 404;
        QTest::newRow("unknown path") << int(Method::Get) << "/nothing"_ba << 404;
        QTest::newRow("longer path") << int(Method::Get) << "/healthy"_ba << 404;
        QTest::newRow("wrong method") << int(Method::Get) << "/v1/chat"_ba << 405;
        QTest::newRow("HEAD of a POST route") << int(Method::Head) << "/v1/chat"_ba << 405;
        QTest::newRow("unknown method") << int(Method::Other) << "/v1/chat"_ba << 501;
        QTest::newRow("OPTIONS") << int(Method::Options) << "/v1/chat"_ba << 204;
        QTest::newRow("OPTIONS *") << int(Method::Options) << "*"_ba << 204;
        QTest::newRow("OPTIONS of nothing") << int(Method::Options) << "/nothing"_ba << 404;
        QTest::newRow("no JSON") << int(Method::Post) << "/v1/chat"_ba << 415;
        QTest::newRow("admin without token") << int(Method::Post) << "/admin/stop"_ba << 403;
    }

    void findsRoutesAndChecksThem()
    {
        QFETCH(int, method);
        QFETCH(QByteArray, path);
        QTEST(ask(asking(static_cast<Method>(method), path))->status, "status");
    }

    void namesTheMethodsThatAPathHas()
    {
        const auto reply = ask(asking(Method::Delete, "/v1/both"_ba));
        QCOMPARE(reply->status, 405);
        QCOMPARE(reply->headers.value("allow"), "GET, HEAD, POST, OPTIONS"_ba);
    }

    void errorsHaveOpenAisShape()
    {
        const auto reply = ask(asking(Method::Get, "/nothing\"here"_ba));
        QCOMPARE(reply->headers.value("content-type"), "application/json"_ba);
        QVERIFY(reply->body.startsWith("{\"error\":{"));
        QVERIFY(reply->body.contains("nothing\\\"here"));
        for (const char *field : {"\"message\"", "\"type\"", "\"param\"", "\"code\""}) {
            QVERIFY(reply->body.contains(field));
        }
    }

    void foreignPagesReachHarmlessRoutesOnly()
    {
        const common::HeaderList foreign{{"origin"_ba, "https://evil.example"_ba}};
        QCOMPARE(ask(asking(Method::Get, "/health"_ba, foreign))->status, 200);
        QCOMPARE(ask(asking(Method::Get, "/v1/models"_ba, foreign))->status, 403);
        QCOMPARE(ask(asking(Method::Get, "/nothing"_ba, foreign))->status, 403);
        QCOMPARE(ask(asking(Method::Options, "/v1/chat"_ba, foreign))->status, 403);
        const common::HeaderList fetched{{"sec-fetch-site"_ba, "cross-site"_ba}};
        QCOMPARE(ask(asking(Method::Get, "/v1/models"_ba, fetched))->status, 403);
        QCOMPARE(
            ask(asking(Method::Get, "/health"_ba, foreign))
                ->headers.value("access-control-allow-origin"),
            QByteArray());
    }

    void listedPagesGetCorsHeadersAndPreflights()
    {
        const common::HeaderList listed{
            {"origin"_ba, "https://app.example"_ba},
            {"access-control-request-method"_ba, "POST"_ba},
            {"access-control-request-headers"_ba, "content-type"_ba}};
        const auto got = ask(asking(Method::Get, "/v1/models"_ba, listed));
        QCOMPARE(got->status, 200);
        QCOMPARE(got->headers.value("access-control-allow-origin"), "https://app.example"_ba);
        const auto preflight = ask(asking(Method::Options, "/v1/chat"_ba, listed));
        QCOMPARE(preflight->status, 204);
        QCOMPARE(preflight->headers.value("access-control-allow-origin"), "https://app.example"_ba);
        QCOMPARE(preflight->headers.value("access-control-allow-headers"), "content-type"_ba);
        QVERIFY(preflight->headers.value("access-control-allow-methods").contains("POST"));
    }

    void newRulesCountFromTheNextRequest()
    {
        AccessRules rules;
        rules.clientKey = common::Secret("k");
        rules.adminToken = common::Secret("a");
        m_rules->publish(std::make_shared<const AccessRules>(rules));
        QCOMPARE(ask(asking(Method::Get, "/v1/models"_ba))->status, 401);
        QCOMPARE(ask(asking(Method::Get, "/health"_ba))->status, 200);
        QCOMPARE(
            ask(asking(Method::Get, "/v1/models"_ba, {{"x-api-key"_ba, "k"_ba}}))->status, 200);
        QCOMPARE(
            ask(asking(Method::Post, "/admin/stop"_ba, {{"x-api-key"_ba, "k"_ba}}))->status, 401);
        QCOMPARE(
            ask(asking(Method::Post, "/admin/stop"_ba, {{"x-api-key"_ba, "a"_ba}}))->status, 200);
    }

    void personalRoutesNeedNoKeyOfTheUsersPrograms()
    {
        AccessRules rules;
        rules.clientKey = common::Secret("k");
        rules.allowedOrigins = {"https://app.example"_ba};
        m_rules->publish(std::make_shared<const AccessRules>(rules));
        HttpRequest request = asking(Method::Get, "/dashboard"_ba);
        for (const PeerOwner other : {PeerOwner::Unknown, PeerOwner::OtherUser}) {
            request.peer = other;
            QCOMPARE(ask(request)->status, 401);
        }
        request.peer = PeerOwner::SameUser;
        QCOMPARE(ask(request)->status, 200);
        request.path = "/v1/models"_ba;
        QCOMPARE(ask(request)->status, 401);
    }

    void personalRoutesAreNotReadableForOtherOrigins()
    {
        HttpRequest request = asking(
            Method::Get, "/dashboard"_ba, {{"origin"_ba, "https://app.example"_ba}});
        request.peer = PeerOwner::SameUser;
        QVERIFY(!ask(request)->headers.contains("access-control-allow-origin"));
        request.headers = {{"origin"_ba, "https://evil.example"_ba}};
        QCOMPARE(ask(request)->status, 403);
        request.headers = {{"sec-fetch-site"_ba, "cross-site"_ba}};
        QCOMPARE(ask(request)->status, 403);
    }

    void tellsWhatTheWildcardStandsFor()
    {
        QCOMPARE(wildcardPart("/v1/models/*", "/v1/models/a/b"), "a/b"_ba);
    }

private:
    void add(Method method, const QByteArray &pattern, RouteFlags flags)
    {
        m_router->add(
            {method, pattern, flags, [](HttpRequest, std::shared_ptr<relay::Downstream> to) {
                 to->reply(200, {}, "ok"_ba);
             }});
    }

    std::shared_ptr<RecordingDownstream> ask(HttpRequest request)
    {
        auto downstream = std::make_shared<RecordingDownstream>();
        m_router->handle(std::move(request), downstream);
        return downstream;
    }

    std::unique_ptr<common::Published<AccessRules>> m_rules;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(TestRouter)
#include "tst_router.moc"
