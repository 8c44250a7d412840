#include "core/keys/generated_keys.h"
#include "tests/support/fake_keychain_backend.h"

#include <QTest>

using namespace freerelay;
using namespace freerelay::keys;
using namespace freerelay::tests;
using namespace Qt::Literals::StringLiterals;

class TestGeneratedKeys final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_keychain = std::make_shared<FakeKeychain>(); }

    void makesAKeyOnceAndFindsItAgain()
    {
        const GeneratedKey first = load();
        QCOMPARE(first.problem, QString());
        QCOMPARE(first.value.reveal().size(), 32);
        QCOMPARE(m_keychain->entries.value(u"audit/x"_s), first.value.reveal().toHex());
        const GeneratedKey second = load();
        QCOMPARE(second.problem, QString());
        QVERIFY(second.value.equals(first.value.reveal()));
    }

    void makesAnotherKeyForEachEntry()
    {
        const GeneratedKey one = load(u"audit/x"_s);
        QVERIFY(!load(u"audit/y"_s).value.equals(one.value.reveal()));
    }

    void lastsForTheSessionWhenTheKeychainDoesNotHelp_data()
    {
        QTest::addColumn<QString>("how");
        for (const auto &how :
             {u"locked"_s, u"none"_s, u"denied"_s, u"forgets"_s, u"garbles"_s, u"foreign"_s}) {
            QTest::newRow(qPrintable(how)) << how;
        }
    }

    void lastsForTheSessionWhenTheKeychainDoesNotHelp()
    {
        QFETCH(QString, how);
        m_keychain->locked = how == "locked"_L1;
        if (how == "none"_L1) {
            m_keychain->failure = keychain_reason::noService;
        } else if (how == "denied"_L1) {
            m_keychain->failure = keychain_reason::denied;
        } else if (how == "foreign"_L1) {
            m_keychain->entries.insert(u"audit/x"_s, "something else");
        }
        m_keychain->forgetsWrites = how == "forgets"_L1;
        m_keychain->garblesWrites = how == "garbles"_L1;
        const GeneratedKey key = load();
        QVERIFY(!key.problem.isEmpty());
        QCOMPARE(key.value.reveal().size(), 32);
    }

    /// "Not found" may mean "locked": a new key must not displace the old one.
    void displacesNoKeyInALockedKeychain()
    {
        const GeneratedKey kept = load();
        m_keychain->locked = true;
        QVERIFY(!load().problem.isEmpty());
        m_keychain->locked = false;
        QVERIFY(load().value.equals(kept.value.reveal()));
    }

private:
    GeneratedKey load(const QString &entry = u"audit/x"_s)
    {
        GeneratedKeys keys(std::make_unique<FakeKeychainBackend>(m_keychain));
        std::optional<GeneratedKey> result;
        keys.load(entry, 32, [&result](GeneratedKey key) { result = std::move(key); });
        if (!QTest::qWaitFor([&result] { return result.has_value(); })) {
            qFatal("no answer");
        }
        return *result;
    }

    std::shared_ptr<FakeKeychain> m_keychain;
};

QTEST_GUILESS_MAIN(TestGeneratedKeys)
#include "tst_generated_keys.moc"
