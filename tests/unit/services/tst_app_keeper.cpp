#include "core/common/secret.h"
#include "core/services/connect/app_keeper.h"
#include "tests/support/fake_app_keys.h"
#include "tests/support/fake_upstream.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using common::ErrorKind;
using interfaces::AppOrder;
using interfaces::AppRow;
using interfaces::AppState;
using tests::FakeReply;

namespace {

/// A home folder of its own, and a gateway that a test plays.
struct Fixture
{
    QTemporaryDir home;
    tests::FakeUpstream upstream;
    connect::Endpoint endpoint{upstream.url(), {}};
    common::SystemClock clock;
    tests::FakeAppKeys keys;
    services::AppKeeper keeper{services::AppKeeper::Parts{
        connect::Machine{
            connect::Platform::Linux,
            home.path(),
            common::Environment(QHash<QByteArray, QByteArray>())},
        home.filePath(u"connections"_s),
        [this] { return endpoint; },
        [this]() -> interfaces::AppKeys & { return keys; },
        clock}};

    [[nodiscard]] AppRow row(const QString &id) const
    {
        for (const AppRow &one : keeper.list()) {
            if (one.id == id) {
                return one;
            }
        }
        return {};
    }
    [[nodiscard]] QString file() const { return home.filePath(u".claude/settings.json"_s); }
};

} // namespace

/// Connections of tools, as front ends see them.
class TestAppKeeper final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void nothingIsDoneThatWasNotLookedAt()
    {
        Fixture fixture;
        auto &keeper = fixture.keeper;
        const auto blind = keeper.carryOut(u"claude"_s, AppOrder::Connect);
        QCOMPARE(blind.error().kind, ErrorKind::InvalidArgument);
        QVERIFY(keeper.preview(u"codex"_s, AppOrder::Connect));
        QVERIFY(!keeper.carryOut(u"claude"_s, AppOrder::Connect));
        QVERIFY(!QFile::exists(fixture.file()));
        const auto change = keeper.preview(u"claude"_s, AppOrder::Connect);
        QVERIFY(change && change->diff.contains(u"+    \"ANTHROPIC_BASE_URL\""_s));
        QVERIFY(!QFile::exists(fixture.file()));
        QVERIFY(keeper.carryOut(u"claude"_s, AppOrder::Connect));
        QVERIFY(QFile::exists(fixture.file()));
        QVERIFY(!keeper.carryOut(u"claude"_s, AppOrder::Connect)); // once
        QCOMPARE(fixture.row(u"claude"_s).state, AppState::Connected);
        QVERIFY(fixture.row(u"claude"_s).canUndo);
        QVERIFY(!fixture.row(u"claude"_s).canConnect);
        QVERIFY(keeper.preview(u"claude"_s, AppOrder::Undo));
        QVERIFY(keeper.carryOut(u"claude"_s, AppOrder::Undo));
        QVERIFY(!QFile::exists(fixture.file()));
    }

    /// Written down, but not shown; and revoked when the tool is left.
    void aToolGetsAKeyOfItsOwn()
    {
        Fixture fixture;
        const auto change = fixture.keeper.preview(u"claude"_s, AppOrder::Connect);
        // Looked at twice, it is the same change.
        QCOMPARE(fixture.keeper.preview(u"claude"_s, AppOrder::Connect)->diff, change->diff);
        QVERIFY(fixture.keys.issued.empty());
        QVERIFY(fixture.keeper.carryOut(u"claude"_s, AppOrder::Connect));
        QCOMPARE(fixture.keys.issued.size(), std::size_t(1));
        const QByteArray key = fixture.keys.issued.front().second;
        QVERIFY(!change->diff.contains(QString::fromLatin1(key)));
        QFile file(fixture.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains(key));
        // Again: with the key that stands there.
        QVERIFY(fixture.keeper.preview(u"claude"_s, AppOrder::Connect)->diff.isEmpty());
        QVERIFY(fixture.keeper.carryOut(u"claude"_s, AppOrder::Connect));
        QCOMPARE(fixture.keys.issued.back(), std::pair(u"claude"_s, key));
        QVERIFY(fixture.keeper.preview(u"claude"_s, AppOrder::Undo));
        QVERIFY(fixture.keys.revokedTools.isEmpty());
        QVERIFY(fixture.keeper.carryOut(u"claude"_s, AppOrder::Undo));
        QCOMPARE(fixture.keys.revokedTools, QStringList{u"claude"_s});
    }

    void withoutAPlaceForAKeyThereIsNone()
    {
        Fixture fixture;
        QVERIFY(fixture.keeper.preview(u"zed"_s, AppOrder::Connect));
        QVERIFY(fixture.keeper.carryOut(u"zed"_s, AppOrder::Connect));
        QVERIFY(fixture.keys.issued.empty());
        QVERIFY(fixture.keeper.preview(u"codex"_s, AppOrder::Connect)
                    ->diff.contains(u"experimental_bearer_token"_s));
    }

    void aKeyThatCannotBeMadeLeavesTheToolAsItIs()
    {
        Fixture fixture;
        fixture.keys.error = common::Error{ErrorKind::StorageFailed, u"full"_s};
        QVERIFY(fixture.keeper.preview(u"claude"_s, AppOrder::Connect));
        QCOMPARE(
            fixture.keeper.carryOut(u"claude"_s, AppOrder::Connect).error().kind,
            ErrorKind::StorageFailed);
        QVERIFY(!QFile::exists(fixture.file()));
    }

    void withoutAnAddressNothingCanBeConnected()
    {
        Fixture fixture;
        fixture.endpoint.root.clear();
        QVERIFY(!fixture.row(u"claude"_s).canConnect);
        const auto change = fixture.keeper.preview(u"claude"_s, AppOrder::Connect);
        QCOMPARE(change.error().kind, ErrorKind::InvalidArgument);
    }

    void unknownToolsAreRefused()
    {
        Fixture fixture;
        QCOMPARE(
            fixture.keeper.preview(u"none"_s, AppOrder::Connect).error().kind, ErrorKind::NotFound);
        QCOMPARE(
            fixture.keeper.preview(u"claude"_s, AppOrder::Undo).error().kind, ErrorKind::NotFound);
        QCOMPARE(fixture.row(u"cursor"_s).state, AppState::Unreachable);
        QVERIFY(!fixture.row(u"cursor"_s).advice.isEmpty());
    }

    void asksAsTheToolWould_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("chat") << u"opencode"_s << "/v1/chat/completions"_ba;
        QTest::newRow("messages") << u"claude"_s << "/v1/messages"_ba;
        QTest::newRow("responses") << u"codex"_s << "/v1/responses"_ba;
        QTest::newRow("gemini") << u"gemini"_s
                                << "/v1beta/models/freerelay-auto:generateContent"_ba;
    }

    void asksAsTheToolWould()
    {
        QFETCH(QString, id);
        QFETCH(QByteArray, path);
        Fixture fixture;
        fixture.endpoint.key = "frk-0123456789"_ba;
        fixture.upstream.enqueue(FakeReply::json("{}").withHeader("x-freerelay-provider", "groq"));
        std::optional<common::Result<interfaces::AppAnswer>> answer;
        fixture.keeper.test(id, [&answer](const auto &found) { answer = found; });
        QTRY_VERIFY(answer.has_value());
        QVERIFY(answer->has_value());
        QCOMPARE((*answer)->provider, u"groq"_s);
        QCOMPARE(fixture.upstream.request(0).target, path);
        const bool asGoogle = id == u"gemini";
        QCOMPARE(
            fixture.upstream.request(0).headers.value(
                asGoogle ? "x-goog-api-key" : "authorization"),
            asGoogle ? "frk-0123456789"_ba : "Bearer frk-0123456789"_ba);
    }

    void aFailureIsToldInTheGatewaysWords_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        const QByteArray error = R"({"error":{"message":"Because."}})";
        QTest::newRow("status") << 503 << error << int(ErrorKind::ProtocolError);
        QTest::newRow("no such dialect") << 404 << error << int(ErrorKind::NotFound);
        QTest::newRow("in a good reply") << 200 << error << int(ErrorKind::ProtocolError);
    }

    void aFailureIsToldInTheGatewaysWords()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        Fixture fixture;
        fixture.upstream.enqueue(FakeReply::json(body, status));
        std::optional<common::Result<interfaces::AppAnswer>> answer;
        fixture.keeper.test(u"opencode"_s, [&answer](const auto &found) { answer = found; });
        QTRY_VERIFY(answer.has_value());
        QVERIFY(!answer->has_value());
        QCOMPARE(int(answer->error().kind), kind);
        QCOMPARE(answer->error().message, u"Because."_s);
    }
};

QTEST_GUILESS_MAIN(TestAppKeeper)
#include "tst_app_keeper.moc"
