#include "core/gateway/access_policy.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::gateway;
using namespace Qt::Literals::StringLiterals;

namespace {

int statusOf(const std::optional<Refusal> &refusal)
{
    return refusal ? refusal->status : 0;
}

HttpRequest with(const common::HeaderList &headers)
{
    HttpRequest request;
    request.headers = headers;
    return request;
}

AccessRules someRules()
{
    AccessOptions options;
    options.allowedHosts = {u"Gate.Example:8000"_s, u"fe80::1"_s};
    options.allowedOrigins = {u"https://app.example"_s};
    return accessRules(options, common::Secret("client-key"), common::Secret("admin-token"));
}

} // namespace

class TestAccessPolicy final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void checksTheHost_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("status");
        QTest::newRow("loopback") << "127.0.0.1"_ba << 0;
        QTest::newRow("loopback and port") << "127.0.0.1:8000"_ba << 0;
        QTest::newRow("name in capitals") << "LOCALHOST:1"_ba << 0;
        QTest::newRow("IPv6") << "[::1]:8000"_ba << 0;
        QTest::newRow("from settings") << "gate.example"_ba << 0;
        QTest::newRow("IPv6 from settings") << "[fe80::1]:8000"_ba << 0;
        QTest::newRow("foreign") << "evil.example:8000"_ba << 421;
        QTest::newRow("prefix") << "localhost.evil.example"_ba << 421;
        QTest::newRow("other loopback") << "127.0.0.2"_ba << 421;
        QTest::newRow("empty") << ""_ba << 400;
        QTest::newRow("port only") << ":8000"_ba << 400;
        QTest::newRow("bad port") << "localhost:80a"_ba << 400;
        QTest::newRow("open bracket") << "[::1"_ba << 400;
        QTest::newRow("user") << "localhost:1@evil.example"_ba << 400;
    }

    void checksTheHost()
    {
        QFETCH(QByteArray, host);
        QTEST(statusOf(checkHost(with({{"host"_ba, host}}), someRules())), "status");
    }

    void aMissingHostIsBadUnlessTheVersionIsOld()
    {
        HttpRequest request;
        QCOMPARE(statusOf(checkHost(request, someRules())), 400);
        request.http10 = true;
        QCOMPARE(statusOf(checkHost(request, someRules())), 0);
    }

    void theForeignHostAnswerSaysWhatIsAllowedAndHowToAllowMore()
    {
        const auto refusal = checkHost(with({{"host"_ba, "evil"_ba}}), someRules());
        QVERIFY(refusal->message.contains("127.0.0.1"));
        QVERIFY(refusal->message.contains("gate.example"));
        QVERIFY(refusal->message.contains("allowed_hosts"));
    }

    void aBindAddressIsAnAllowedHost()
    {
        AccessOptions options;
        options.bindHost = u"192.168.1.5"_s;
        const AccessRules rules = accessRules(options, {}, {});
        QCOMPARE(statusOf(checkHost(with({{"host"_ba, "192.168.1.5:8000"_ba}}), rules)), 0);
    }

    void checksBrowsers_data()
    {
        QTest::addColumn<QByteArray>("origin");
        QTest::addColumn<QByteArray>("site");
        QTest::addColumn<int>("status");
        QTest::newRow("no browser") << QByteArray() << QByteArray() << 0;
        QTest::newRow("own page") << "http://localhost:8000"_ba
                                  << "same-origin"_ba << 0;
        QTest::newRow("typed address") << QByteArray() << "none"_ba << 0;
        QTest::newRow("foreign") << "https://evil.example"_ba << QByteArray() << 403;
        QTest::newRow("null") << "null"_ba << QByteArray() << 403;
        QTest::newRow("other local port") << "http://localhost:3000"_ba
                                          << "same-site"_ba << 403;
        QTest::newRow("own host by https") << "https://localhost:8000"_ba << QByteArray() << 403;
        QTest::newRow("no origin, cross-site") << QByteArray() << "cross-site"_ba << 403;
        QTest::newRow("no origin, same-site") << QByteArray() << "same-site"_ba << 403;
        QTest::newRow("listed") << "https://app.example"_ba
                                << "cross-site"_ba << 0;
        QTest::newRow("listed with port") << "https://app.example:444"_ba
                                          << "cross-site"_ba << 403;
        QTest::newRow("listed as prefix") << "https://app.example.evil"_ba
                                          << "cross-site"_ba << 403;
    }

    void checksBrowsers()
    {
        QFETCH(QByteArray, origin);
        QFETCH(QByteArray, site);
        HttpRequest request = with({{"host"_ba, "localhost:8000"_ba}});
        if (!origin.isNull()) {
            request.headers.add("origin"_ba, origin);
        }
        if (!site.isNull()) {
            request.headers.add("sec-fetch-site"_ba, site);
        }
        QTEST(statusOf(checkBrowser(request, someRules())), "status");
    }

    void checksTheContentType_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("status");
        QTest::newRow("json") << "application/json"_ba << 0;
        QTest::newRow("with charset") << "Application/JSON ; charset=utf-8"_ba << 0;
        QTest::newRow("none") << QByteArray() << 415;
        QTest::newRow("text") << "text/plain"_ba << 415;
        QTest::newRow("form") << "application/x-www-form-urlencoded"_ba << 415;
        QTest::newRow("hidden in a parameter") << "text/plain; application/json"_ba << 415;
        QTest::newRow("longer") << "application/json5"_ba << 415;
    }

    void checksTheContentType()
    {
        QFETCH(QByteArray, type);
        QTEST(statusOf(checkContentType(with({{"content-type"_ba, type}}))), "status");
    }

    void checksTheClientKey_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("status");
        QTest::newRow("bearer") << "authorization"_ba
                                << "Bearer client-key"_ba << 0;
        QTest::newRow("bearer in small letters") << "authorization"_ba
                                                 << "bearer  client-key"_ba << 0;
        QTest::newRow("x-api-key") << "x-api-key"_ba
                                   << "client-key"_ba << 0;
        QTest::newRow("none") << "accept"_ba
                              << "*"_ba << 401;
        QTest::newRow("wrong") << "authorization"_ba
                               << "Bearer client-kez"_ba << 401;
        QTest::newRow("prefix") << "x-api-key"_ba
                                << "client"_ba << 401;
        QTest::newRow("no scheme") << "authorization"_ba
                                   << "client-key"_ba << 401;
        QTest::newRow("basic") << "authorization"_ba
                               << "Basic client-key"_ba << 401;
        QTest::newRow("admin token is no client key") << "x-api-key"_ba
                                                      << "admin-token"_ba << 401;
    }

    void checksTheClientKey()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QTEST(statusOf(checkClientKey(with({{name, value}}), someRules())), "status");
    }

    void anyKeyOrNonePassesWhenNoneIsRequired()
    {
        QCOMPARE(statusOf(checkClientKey({}, AccessRules{})), 0);
        QCOMPARE(statusOf(checkClientKey(with({{"x-api-key"_ba, "x"_ba}}), AccessRules{})), 0);
    }

    void adminRoutesNeedTheToken()
    {
        QCOMPARE(
            statusOf(checkAdminToken(
                with({{"authorization"_ba, "Bearer admin-token"_ba}}), someRules())),
            0);
        QCOMPARE(
            statusOf(
                checkAdminToken(with({{"authorization"_ba, "Bearer client-key"_ba}}), someRules())),
            401);
        QCOMPARE(statusOf(checkAdminToken(with({{"x-api-key"_ba, ""_ba}}), AccessRules{})), 403);
    }

    void checksThePeer_data()
    {
        QTest::addColumn<int>("peer");
        QTest::addColumn<bool>("allowUnknown");
        QTest::addColumn<bool>("sameUserOnly");
        QTest::addColumn<int>("status");
        QTest::newRow("same") << int(PeerOwner::SameUser) << false << true << 0;
        QTest::newRow("other") << int(PeerOwner::OtherUser) << true << true << 403;
        QTest::newRow("unknown") << int(PeerOwner::Unknown) << false << true << 403;
        QTest::newRow("unknown allowed") << int(PeerOwner::Unknown) << true << true << 0;
        QTest::newRow("other, switched off") << int(PeerOwner::OtherUser) << false << false << 0;
    }

    void checksThePeer()
    {
        QFETCH(int, peer);
        QFETCH(bool, allowUnknown);
        QFETCH(bool, sameUserOnly);
        AccessRules rules;
        rules.unknownPeer = allowUnknown ? common::UnknownPeer::Allow : common::UnknownPeer::Refuse;
        rules.sameUserOnly = sameUserOnly;
        QTEST(statusOf(checkPeer(static_cast<PeerOwner>(peer), rules)), "status");
    }

    void corsIsForListedOriginsOnlyAndNeverAWildcard()
    {
        QCOMPARE(
            corsHeaders(with({{"origin"_ba, "https://evil.example"_ba}}), someRules()).size(),
            std::size_t(0));
        QCOMPARE(corsHeaders({}, someRules()).size(), std::size_t(0));
        const auto headers = corsHeaders(
            with({{"origin"_ba, "https://app.example"_ba}}), someRules());
        QCOMPARE(headers.value("access-control-allow-origin"), "https://app.example"_ba);
        QCOMPARE(headers.value("vary"), "origin"_ba);
    }
};

QTEST_GUILESS_MAIN(TestAccessPolicy)
#include "tst_access_policy.moc"
