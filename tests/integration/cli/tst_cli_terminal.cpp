#include "app/common/start_options.h"
#include "tests/integration/cli/terminal.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using interfaces::KeyStorage;
using tests::CliFixture;
using tests::Terminal;

/// What a person at a terminal sees and types.
class TestCliTerminal final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<CliFixture>();
        QVERIFY(m_fixture->listen([this] { ++m_shown; }));
        m_shown = 0;
    }

    void hidesTheKeyThatIsTyped()
    {
        Terminal terminal(*m_fixture, {u"keys"_s, u"add"_s, u"mistral"_s});
        QVERIFY(terminal.shows("not shown"));
        QVERIFY(!terminal.hasEcho());
        terminal.type("wrong\x15typed-secrex\x7ft-key\n");
        QCOMPARE(terminal.finish(), int(app::exitOk));
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.added[0].key, "typed-secret-key"_ba);
        QVERIFY2(!terminal.screen().contains("typed"), terminal.screen().constData());
        QVERIFY(terminal.hasEcho());
    }

    void takesAKeyThatIsLongerThanALineOfTheKernel()
    {
        const QByteArray key(9'000, 'k');
        Terminal terminal(*m_fixture, {u"keys"_s, u"add"_s, u"mistral"_s});
        QVERIFY(terminal.shows("not shown"));
        terminal.type(key + '\n');
        QCOMPARE(terminal.finish(), int(app::exitOk));
        QCOMPARE(m_fixture->gateway.added[0].key, key);
    }

    void leavesTheTerminalAsItWas_data()
    {
        QTest::addColumn<QByteArray>("typed");
        QTest::newRow("Ctrl+C") << "half\x03"_ba;
        QTest::newRow("Ctrl+D") << "\x04"_ba;
        QTest::newRow("nothing") << "\n"_ba;
    }

    void leavesTheTerminalAsItWas()
    {
        QFETCH(QByteArray, typed);
        Terminal terminal(*m_fixture, {u"keys"_s, u"add"_s, u"mistral"_s});
        QVERIFY(terminal.shows("not shown"));
        terminal.type(typed);
        QCOMPARE(terminal.finish(), int(app::exitUsage));
        QVERIFY(terminal.hasEcho());
        QVERIFY(m_fixture->gateway.added.empty());
    }

    void asksBeforeItSavesAKeyThatFails_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<int>("saved");
        QTest::newRow("no") << "n\n"_ba << int(app::exitFailure) << 0;
        QTest::newRow("enter") << "\n"_ba << int(app::exitFailure) << 0;
        QTest::newRow("Ctrl+D") << "\x04"_ba << int(app::exitFailure) << 0;
        QTest::newRow("yes") << "y\n"_ba << int(app::exitOk) << 1;
    }

    void asksBeforeItSavesAKeyThatFails()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, exitCode);
        QFETCH(int, saved);
        m_fixture->gateway.testAnswer = common::failure(
            common::ErrorKind::Unavailable, u"The provider cannot be reached."_s);
        Terminal terminal(*m_fixture, {u"keys"_s, u"add"_s, u"mistral"_s});
        QVERIFY(terminal.shows("not shown"));
        terminal.type("some-key\n");
        QVERIFY(terminal.shows("cannot be reached"));
        QVERIFY(terminal.shows("[y/N]"));
        terminal.type(answer);
        QCOMPARE(terminal.finish(), exitCode);
        QCOMPARE(int(m_fixture->gateway.added.size()), saved);
    }

    void offersOtherStoragesWhenTheKeychainRefuses_data()
    {
        QTest::addColumn<QByteArrayList>("answers");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<int>("storage"); ///< -1: the key is not kept
        QTest::newRow("session") << QByteArrayList{"y\n"} << int(app::exitOk)
                                 << int(KeyStorage::Session);
        QTest::newRow("file") << QByteArrayList{"n\n", "y\n"} << int(app::exitOk)
                              << int(KeyStorage::File);
        QTest::newRow("neither") << QByteArrayList{"n\n", "n\n"} << int(app::exitRefused) << -1;
    }

    void offersOtherStoragesWhenTheKeychainRefuses()
    {
        QFETCH(QByteArrayList, answers);
        QFETCH(int, exitCode);
        QFETCH(int, storage);
        m_fixture->gateway.refusals[KeyStorage::Keychain] = common::Error{
            common::ErrorKind::KeychainUnavailable, u"The keychain is locked."_s};
        Terminal terminal(*m_fixture, {u"keys"_s, u"add"_s, u"mistral"_s});
        QVERIFY(terminal.shows("not shown"));
        terminal.type("some-key\n");
        QVERIFY(terminal.shows("The keychain is locked."));
        for (const QByteArray &answer : answers) {
            QVERIFY(terminal.shows("[y/N]"));
            terminal.type(answer);
        }
        QCOMPARE(terminal.finish(), exitCode);
        if (storage < 0) {
            QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        } else {
            QCOMPARE(m_fixture->gateway.added.size(), std::size_t(2));
            QCOMPARE(int(m_fixture->gateway.added[1].storage), storage);
        }
    }

    void offersToShowOrStopTheRunningOne_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<int>("shown");
        QTest::addColumn<bool>("hasQuit");
        QTest::newRow("show") << "s\n"_ba << int(app::exitOk) << 1 << false;
        QTest::newRow("stop") << "t\n"_ba << int(app::exitOk) << 0 << true;
        QTest::newRow("leave it") << "\n"_ba << int(app::exitAlreadyRunning) << 0 << false;
        QTest::newRow("Ctrl+D") << "\x04"_ba << int(app::exitAlreadyRunning) << 0 << false;
    }

    void offersToShowOrStopTheRunningOne()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, exitCode);
        QFETCH(int, shown);
        QFETCH(bool, hasQuit);
        Terminal terminal(*m_fixture, {});
        QVERIFY(terminal.shows("already running at http://127.0.0.1:8000"));
        QVERIFY(terminal.shows("[enter]?"));
        terminal.type(answer);
        QCOMPARE(terminal.finish(), exitCode);
        QCOMPARE(m_shown, shown);
        QCOMPARE(m_fixture->gateway.hasQuit, hasQuit);
    }

    void leadsThroughTheFirstProviders()
    {
        Terminal terminal(*m_fixture, {u"setup"_s});
        QVERIFY(terminal.shows("works without a key"));
        QVERIFY(terminal.shows("limited to 2 requests a minute"));
        QVERIFY(terminal.shows("[y/N/q]"));
        terminal.type("y\n");
        QVERIFY(terminal.shows("Agreed."));
        // Free ones first, whatever order the gateway has them in.
        QVERIFY(terminal.shows("1.  mistral"));
        QVERIFY(terminal.shows("2.  nvidia"));
        QVERIFY(terminal.shows("3.  openai"));
        QVERIFY(terminal.shows("to end"));
        terminal.type("7\n");
        QVERIFY(terminal.shows("not in the list"));
        QVERIFY(terminal.shows("to end"));
        terminal.type("3\n");
        QVERIFY(terminal.shows("https://console.example/keys"));
        QVERIFY(terminal.shows("1. Sign up or log in"));
        QVERIFY(terminal.shows("3. Create API Key"));
        QVERIFY(terminal.shows("begins with sk-"));
        terminal.type("sk-typed-secret\n");
        QVERIFY(terminal.shows("Saved in the keychain."));
        QVERIFY(terminal.shows("to end"));
        terminal.type("mistral\n");
        QVERIFY(terminal.shows("enter to skip"));
        terminal.type("\n");
        QVERIFY(terminal.shows("to end"));
        terminal.type("q\n");
        QCOMPARE(terminal.finish(), int(app::exitOk));

        QCOMPARE(m_fixture->gateway.consents.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.consents[0].first, "ovh"_ba);
        QCOMPARE(m_fixture->gateway.added.size(), std::size_t(1));
        QCOMPARE(m_fixture->gateway.added[0].provider, "openai"_ba);
        QCOMPARE(m_fixture->gateway.added[0].key, "sk-typed-secret"_ba);
        QCOMPARE(m_fixture->gateway.tested.size(), std::size_t(1));
        QVERIFY(!terminal.screen().contains("sk-typed-secret"));
    }

    /// Ports of this computer are asked only once a person wants it, and each is agreed to by name.
    void looksForServersOnThisComputer_data()
    {
        QTest::addColumn<QByteArray>("look");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("agreed");
        QTest::newRow("not wanted") << "n\n"_ba << true << 0 << 0;
        QTest::newRow("found") << "y\n"_ba << true << 1 << 1;
        QTest::newRow("not found") << "y\n"_ba << false << 1 << 0;
    }

    void looksForServersOnThisComputer()
    {
        QFETCH(QByteArray, look);
        QFETCH(bool, isThere);
        QFETCH(int, asked);
        QFETCH(int, agreed);
        interfaces::ProviderRow server;
        server.id = "ollama"_ba;
        server.name = u"Ollama (local)"_s;
        server.tier = u"local"_s;
        server.state = interfaces::KeyState::ConsentNeeded;
        m_fixture->gateway.rows = {server};
        if (!isThere) {
            m_fixture->gateway.testAnswer = common::failure(
                common::ErrorKind::Unavailable, u"Nobody answers there."_s);
        }
        Terminal terminal(*m_fixture, {u"setup"_s});
        QVERIFY(terminal.shows("Look for Ollama?"));
        terminal.type(look);
        if (agreed > 0) {
            QVERIFY(terminal.shows("Use Ollama (local)?"));
            terminal.type("y\n");
            QVERIFY(terminal.shows("Agreed."));
        } else if (!isThere) {
            QVERIFY(terminal.shows("Nobody answers there."));
        }
        QCOMPARE(terminal.finish(), int(app::exitOk));
        QCOMPARE(int(m_fixture->gateway.tested.size()), asked);
        QCOMPARE(int(m_fixture->gateway.consents.size()), agreed);
    }

    void offersATokenThatWasMadeForSomethingElse_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("saved");
        QTest::newRow("yes") << "y\n"_ba
                             << "ghp_token"_ba;
        QTest::newRow("no") << "n\n"_ba
                            << "typed-key"_ba;
    }

    void offersATokenThatWasMadeForSomethingElse()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, saved);
        m_fixture->setVariable(u"SOME_TOKEN"_s, u"ghp_token"_s);
        for (interfaces::ProviderRow &row : m_fixture->gateway.rows) {
            row.offeredVariables = {u"UNSET_TOKEN"_s, u"SOME_TOKEN"_s};
        }
        Terminal terminal(*m_fixture, {u"setup"_s});
        QVERIFY(terminal.shows("[y/N/q]"));
        terminal.type("n\n");
        QVERIFY(terminal.shows("to end"));
        terminal.type("mistral\n");
        QVERIFY(terminal.shows("SOME_TOKEN is set here"));
        terminal.type(answer);
        if (answer == "n\n") {
            QVERIFY(terminal.shows("enter to skip"));
            terminal.type("typed-key\n");
        }
        QVERIFY(terminal.shows("Saved in the keychain."));
        terminal.type("q\n");
        QCOMPARE(terminal.finish(), int(app::exitOk));
        QCOMPARE(m_fixture->gateway.added[0].key, saved);
        QVERIFY(!terminal.screen().contains("ghp_token"));
    }

    void canLeaveSetupAtAnyQuestion_data()
    {
        QTest::addColumn<QList<QByteArrayList>>("talk"); ///< what shows, what is typed
        QTest::newRow("q at once") << QList<QByteArrayList>{{"[y/N/q]", "q\n"}};
        QTest::newRow("Ctrl+D at once") << QList<QByteArrayList>{{"[y/N/q]", "\x04"}};
        QTest::newRow("Ctrl+D at the list")
            << QList<QByteArrayList>{{"[y/N/q]", "\n"}, {"to end", "\x04"}};
        QTest::newRow("Ctrl+D at a key")
            << QList<QByteArrayList>{{"[y/N/q]", "\n"}, {"to end", "1\n"}, {"to skip", "\x04"}};
        QTest::newRow("q at a key")
            << QList<QByteArrayList>{{"[y/N/q]", "\n"}, {"to end", "1\n"}, {"to skip", "Q\n"}};
    }

    void canLeaveSetupAtAnyQuestion()
    {
        QFETCH(QList<QByteArrayList>, talk);
        Terminal terminal(*m_fixture, {u"setup"_s});
        for (const QByteArrayList &step : talk) {
            QVERIFY(terminal.shows(step[0]));
            terminal.type(step[1]);
        }
        QCOMPARE(terminal.finish(), int(app::exitOk));
        QVERIFY(m_fixture->gateway.consents.empty());
        QVERIFY(m_fixture->gateway.added.empty());
        QVERIFY(terminal.hasEcho());
    }

    void saysThatNothingIsLeftToSetUp()
    {
        std::erase_if(m_fixture->gateway.rows, [](const auto &row) { return row.id != "groq"; });
        Terminal terminal(*m_fixture, {u"setup"_s});
        QVERIFY(terminal.shows("Every provider that needs a key has one."));
        QCOMPARE(terminal.finish(), int(app::exitOk));
    }

    void usesColoursUnlessAskedNotTo()
    {
        {
            Terminal terminal(*m_fixture, {u"setup"_s});
            QVERIFY(terminal.shows("[y/N/q]"));
            QVERIFY(terminal.screen().contains("\x1b[1m"));
        }
        m_fixture->setVariable(u"NO_COLOR"_s, u"1"_s);
        Terminal terminal(*m_fixture, {u"setup"_s});
        QVERIFY(terminal.shows("[y/N/q]"));
        QVERIFY(!terminal.screen().contains('\x1b'));
    }

private:
    std::unique_ptr<CliFixture> m_fixture;
    int m_shown = 0;
};

QTEST_GUILESS_MAIN(TestCliTerminal)
#include "tst_cli_terminal.moc"
