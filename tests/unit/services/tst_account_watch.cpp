#include "core/services/quota/account_watch.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sample_catalog.h"

#include <QEventLoop>
#include <QTest>

#include <algorithm>

using namespace freerelay;
using namespace freerelay::quota;
using namespace freerelay::services;
using namespace freerelay::tests;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

using catalog::QuotaPeriod;
using catalog::QuotaUnit;

namespace {

constexpr WindowId rpd{QuotaUnit::Requests, QuotaPeriod::Day};

catalog::Provider withAccountPage(QByteArray id)
{
    catalog::Provider provider = aProvider(std::move(id));
    catalog::AccountWindow window;
    window.period = QuotaPeriod::Day;
    window.pool = "free";
    window.limit = "data.limit";
    window.used = "data.used";
    provider.quota.account = {"/key", {window}};
    return provider;
}

FakeReply told(int used, int limit = 50)
{
    return FakeReply::json(
        R"({"data":{"limit":)" + QByteArray::number(limit) + R"(,"used":)"
        + QByteArray::number(used) + "}}");
}

/// The lines about pages that were not read, from its construction on. One at a time.
class Lines
{
public:
    Lines()
    {
        said().clear();
        m_before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &, const QString &text) { said() << text; });
    }
    ~Lines() { qInstallMessageHandler(m_before); }
    Q_DISABLE_COPY_MOVE(Lines)

    static QStringList &said()
    {
        static QStringList lines;
        return lines;
    }

private:
    QtMessageHandler m_before = nullptr;
};

/// Provider "p" with such a page and a key, "q" with a key and none, and somebody who watches.
struct Home
{
    Home()
    {
        clock.advance(10h); // long after midnight
        setKeys({"sk-or-first"});
        upstream.setHandler([](const FakeRequest &) { return told(10); });
    }

    void setKeys(
        const QByteArrayList &secrets, std::optional<routing::Disqualified> barred = std::nullopt)
    {
        auto made = std::make_shared<relay::RelayConfig>();
        made->catalog = catalog;
        std::vector<keys::Key> ring;
        for (const QByteArray &secret : secrets) {
            keys::Key key;
            key.provider = "p";
            key.secret = common::Secret(secret);
            key.fingerprint = key.secret.fingerprint();
            ring.push_back(key);
        }
        for (const catalog::Provider &provider : catalog->providers()) {
            made->endpoints.push_back({&provider, {}, barred, false});
            made->baseUrls.insert(provider.id, upstream.url("/v1"));
        }
        for (const keys::Key &key : ring) {
            made->endpoints.front().keys.push_back(key.fingerprint);
        }
        made->endpoints.back().keys = {"q-key"};
        made->keys = std::make_shared<const keys::KeyRing>(ring);
        config = std::move(made);
    }

    /// A request to the provider was answered.
    void use(const QByteArray &provider = "p")
    {
        auto outcome = std::make_shared<relay::Outcome>();
        relay::AttemptRecord attempt;
        attempt.provider = provider;
        attempt.keyFingerprint = config->endpoints.front().keys.front();
        outcome->attempts = {attempt};
        watch.record(outcome);
    }

    /// What was queued has run, and what was asked for before has reached the provider.
    void settle()
    {
        QCoreApplication::processEvents();
        QEventLoop loop;
        pages->fetch<int>(
            {catalog->providers().front(), upstream.url("/sentinel"), {}, 1'000, 10s},
            [](const Page &) { return 0; },
            [&loop](const common::Result<int> &) { loop.quit(); });
        loop.exec();
    }

    /// How often an account page was asked for.
    [[nodiscard]] int asked() const
    {
        const std::vector<FakeRequest> all = upstream.requests();
        return int(std::count_if(all.begin(), all.end(), [](const FakeRequest &request) {
            return request.target == "/v1/key";
        }));
    }

    [[nodiscard]] QuotaWindowView day() const
    {
        const auto views = ledger.view();
        return views.empty() ? QuotaWindowView() : views.front();
    }

    ManualClock clock;
    QuotaLedger ledger{clock};
    FakeUpstream upstream;
    std::shared_ptr<const catalog::Catalog> catalog = std::make_shared<catalog::Catalog>(
        std::vector<catalog::Provider>{withAccountPage("p"), aProvider("q")},
        std::vector<catalog::Model>{aModel("p/a"), aModel("q/a")},
        std::vector<catalog::Alias>{});
    std::shared_ptr<const relay::RelayConfig> config;
    int changes = 0;
    // In the order in which they must go.
    std::unique_ptr<ProviderPages> pages = std::make_unique<ProviderPages>(clock);
    AccountWatch watch{{[this] { return config; }, *pages, ledger, clock, [this] { ++changes; }}};
};

} // namespace

/// Account pages over real sockets, on a clock that moves only when told.
class TestAccountWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsThePageOnceAfterTheStart()
    {
        Home home;
        home.watch.follow();
        QTRY_COMPARE(home.changes, 1);
        const FakeRequest asked = home.upstream.request(0);
        QCOMPARE(asked.method, "GET"_ba);
        QCOMPARE(asked.target, "/v1/key"_ba);
        QCOMPARE(asked.headers.value("authorization"), "Bearer sk-or-first"_ba);
        const QuotaWindowView day = home.day();
        QCOMPARE(day.pool.subject, "free"_ba);
        QCOMPARE(day.pool.key, home.config->endpoints.front().keys.front());
        QVERIFY(day.window == rpd);
        QCOMPARE(day.limit, 50);
        QCOMPARE(day.used, 10);
        QCOMPARE(day.source, QuotaSource::AccountApi);
        home.watch.follow(); // nothing has changed
        home.settle();
        QCOMPARE(home.asked(), 1);
    }

    void asksAgainWhileItIsUsedButNotBeforeItsPace()
    {
        Home home;
        home.watch.follow();
        QTRY_COMPARE(home.changes, 1);
        home.clock.advance(AccountWatch::pace - 1ms);
        home.use();
        home.settle();
        QCOMPARE(home.asked(), 1);
        home.clock.advance(1ms);
        home.settle();
        QCOMPARE(home.asked(), 1); // nobody uses it
        home.use("q");
        home.settle();
        QCOMPARE(home.asked(), 1); // others do
        home.use();
        home.use();
        QTRY_COMPARE(home.changes, 2);
        QCOMPARE(home.asked(), 2);
    }

    void asksAgainWhileSomebodyLooks()
    {
        Home home;
        home.watch.follow();
        QTRY_COMPARE(home.changes, 1);
        home.watch.look();
        home.settle();
        QCOMPARE(home.asked(), 1);
        home.clock.advance(AccountWatch::pace);
        home.watch.look();
        home.watch.look();
        QTRY_COMPARE(home.changes, 2);
        QCOMPARE(home.asked(), 2);
    }

    void asksOnceHoweverLongTheAnswerTakes()
    {
        Home home;
        home.upstream.setHandler([](const FakeRequest &) { return told(10).heldFrom(0); });
        home.watch.follow();
        QTRY_COMPARE(home.asked(), 1);
        home.clock.advance(2 * AccountWatch::pace);
        home.watch.look();
        home.watch.follow();
        QCoreApplication::processEvents();
        home.upstream.releaseAll();
        QTRY_COMPARE(home.changes, 1);
        QCOMPARE(home.asked(), 1);
    }

    void asksEverMoreRarelyWhileItFails()
    {
        Home home;
        home.upstream.setHandler(
            [](const FakeRequest &) { return FakeReply::json(R"({"error":"gone"})", 500); });
        const Lines lines;
        home.watch.follow();
        int asked = 1;
        for (const auto wait : {10min, 20min, 40min, 60min, 60min}) {
            QTRY_COMPARE(Lines::said().size(), asked);
            home.clock.advance(wait - 1ms);
            home.use();
            home.settle();
            QCOMPARE(home.asked(), asked);
            home.clock.advance(1ms);
            home.use();
            ++asked;
        }
        QTRY_COMPARE(Lines::said().size(), asked);
        home.upstream.setHandler([](const FakeRequest &) { return told(3); });
        home.clock.advance(60min);
        home.use();
        QTRY_COMPARE(home.changes, 1);
        home.clock.advance(AccountWatch::pace);
        home.use();
        QTRY_COMPARE(home.changes, 2); // well again
    }

    void aNewKeyIsAskedForAtOnce()
    {
        Home home;
        home.watch.follow();
        QTRY_COMPARE(home.changes, 1);
        home.setKeys({"sk-or-first", "sk-or-second"});
        home.watch.follow();
        QTRY_COMPARE(home.changes, 2);
        QCOMPARE(home.asked(), 2);
        QCOMPARE(home.upstream.request(1).headers.value("authorization"), "Bearer sk-or-second"_ba);
    }

    void aKeyThatIsGoneIsSentNowhere()
    {
        Home home;
        home.watch.follow();
        QTRY_COMPARE(home.changes, 1);
        home.setKeys({});
        home.watch.follow();
        home.clock.advance(AccountWatch::pace);
        home.watch.look();
        home.settle();
        QCOMPARE(home.asked(), 1);
    }

    void anAnswerThatQuotesTheKeyIsNotLogged()
    {
        Home home;
        home.upstream.setHandler([](const FakeRequest &) {
            return FakeReply::json(R"({"error":{"message":"No user has swordfish"}})", 401);
        });
        const Lines lines;
        home.setKeys({"swordfish"}); // that looks like no key
        home.watch.follow();
        QTRY_COMPARE(Lines::said().size(), 1);
        QVERIFY(Lines::said().front().startsWith(
            "the account page of p is not read: It answered 401: No user has"_L1));
        QVERIFY(!Lines::said().front().contains("swordfish"_L1));
        QCOMPARE(home.changes, 0);
    }
};

QTEST_GUILESS_MAIN(TestAccountWatch)
#include "tst_account_watch.moc"
