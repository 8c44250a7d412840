#include "app/common/start_options.h"
#include "tests/integration/cli/cli_fixture.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using tests::CliFixture;
using tests::CliResult;

/// The completion scripts: complete, and understood by their shells.
class TestCliCompletion final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsEveryCommand_data()
    {
        QTest::addColumn<QString>("shell");
        QTest::newRow("bash") << u"bash"_s;
        QTest::newRow("zsh") << u"zsh"_s;
        QTest::newRow("fish") << u"fish"_s;
    }

    void knowsEveryCommand()
    {
        QFETCH(QString, shell);
        const QByteArray script = scriptOf(shell);
        const QStringList commands = commandsOf({u"--help"_s});
        QVERIFY(commands.size() >= 13);
        const QStringList actions = commandsOf({u"keys"_s, u"--help"_s})
            + commandsOf({u"audit"_s, u"--help"_s});
        QVERIFY(actions.contains(u"verify"_s));
        for (const QString &command : commands + actions) {
            QVERIFY2(script.contains(command.toUtf8()), qPrintable(command));
        }
    }

    void isUnderstoodByItsShell_data() { knowsEveryCommand_data(); }

    void isUnderstoodByItsShell()
    {
        QFETCH(QString, shell);
        if (QStandardPaths::findExecutable(shell).isEmpty()) {
            QSKIP(qPrintable(u"%1 is not installed"_s.arg(shell)));
        }
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(scriptOf(shell));
        file.close();
        QProcess check;
        check.start(shell, {u"-n"_s, file.fileName()});
        const CliResult result = CliFixture::finish(check);
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.err, QByteArray());
    }

    void offersWhatFits_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("offered");
        QTest::newRow("a command") << u"freerelay st"_s << u"start status stop"_s;
        QTest::newRow("modes") << u"freerelay mode ''"_s << u"free paid auto"_s;
        QTest::newRow("actions on keys") << u"freerelay keys re"_s << u"remove"_s;
        QTest::newRow("an option")
            << u"freerelay start --h"_s << u"--headless --host --hidden --help"_s;
        QTest::newRow("a mode after its option") << u"freerelay start --mode p"_s << u"paid"_s;
        QTest::newRow("a status") << u"freerelay requests --status f"_s << u"failed"_s;
        QTest::newRow("an option of requests") << u"freerelay requests --p"_s << u"--provider"_s;
        QTest::newRow("an option of quota") << u"freerelay quota --p"_s << u"--provider"_s;
        QTest::newRow("an option of keys add") << u"freerelay keys add --n"_s << u"--no-test"_s;
    }

    void offersWhatFits()
    {
        QFETCH(QString, words);
        QFETCH(QString, offered);
        QProcess bash;
        bash.start(u"bash"_s, {u"--norc"_s, u"-s"_s});
        bash.write(scriptOf(u"bash"_s));
        bash.write(u"COMP_WORDS=(%1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _freerelay; "
                   "echo ${COMPREPLY[*]}\n"_s.arg(words)
                       .toUtf8());
        bash.closeWriteChannel();
        const CliResult result = CliFixture::finish(bash);
        QCOMPARE(QString::fromUtf8(result.out).trimmed(), offered);
        QCOMPARE(result.err, QByteArray());
    }

private:
    [[nodiscard]] QByteArray scriptOf(const QString &shell) const
    {
        const CliResult result = m_fixture.run({u"completion"_s, shell});
        return result.exitCode == app::exitOk ? result.out : QByteArray();
    }

    /// The names under "Subcommands:" of a help text.
    [[nodiscard]] QStringList commandsOf(const QStringList &arguments) const
    {
        QString help = QString::fromUtf8(m_fixture.run(arguments).out);
        help.remove(0, help.indexOf("Subcommands:"_L1));
        static const QRegularExpression line(
            u"^  ([a-z]+) "_s, QRegularExpression::MultilineOption);
        QStringList names;
        for (const auto &match : line.globalMatch(help.section(u"\n\n"_s, 0, 0))) {
            if (match.captured(1) != "freerelay"_L1) {
                names << match.captured(1);
            }
        }
        return names;
    }

    CliFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestCliCompletion)
#include "tst_cli_completion.moc"
