#include "core/keys/dot_env.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::keys;
using freerelay::common::ErrorKind;

class TestDotEnv final : public QObject
{
    Q_OBJECT

private:
    [[nodiscard]] static bool honoured(const QByteArray &name) { return name == "GROQ_API_KEY"; }

    [[nodiscard]] static DotEnv parsed(const QByteArray &text)
    {
        return parseDotEnv(text, u".env"_s, honoured);
    }

private Q_SLOTS:
    void readsOneValue_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("plain") << "GROQ_API_KEY=gsk_1"_ba
                               << "gsk_1"_ba;
        QTest::newRow("line break") << "GROQ_API_KEY=gsk_1\n"_ba
                                    << "gsk_1"_ba;
        QTest::newRow("CRLF") << "GROQ_API_KEY=gsk_1\r\nX=1\r\n"_ba
                              << "gsk_1"_ba;
        QTest::newRow("byte order mark") << "\xef\xbb\xbfGROQ_API_KEY=gsk_1\n"_ba
                                         << "gsk_1"_ba;
        QTest::newRow("export") << "export GROQ_API_KEY=gsk_1"_ba
                                << "gsk_1"_ba;
        QTest::newRow("export, tab") << "\texport\tGROQ_API_KEY=gsk_1"_ba
                                     << "gsk_1"_ba;
        QTest::newRow("blanks") << "  GROQ_API_KEY = gsk_1  "_ba
                                << "gsk_1"_ba;
        QTest::newRow("double quotes") << "GROQ_API_KEY=\"gsk_1\" # mine"_ba
                                       << "gsk_1"_ba;
        QTest::newRow("escapes") << "GROQ_API_KEY=\"a\\\"b\\\\c\\td\""_ba
                                 << "a\"b\\c\td"_ba;
        QTest::newRow("single quotes") << "GROQ_API_KEY='gsk_\\1'"_ba
                                       << "gsk_\\1"_ba;
        QTest::newRow("comment") << "GROQ_API_KEY=gsk_1 # mine"_ba
                                 << "gsk_1"_ba;
        QTest::newRow("number sign inside") << "GROQ_API_KEY=gsk#1"_ba
                                            << "gsk#1"_ba;
        QTest::newRow("number sign in quotes") << "GROQ_API_KEY='gsk #1'"_ba
                                               << "gsk #1"_ba;
        QTest::newRow("equals inside") << "GROQ_API_KEY=gsk=1=="_ba
                                       << "gsk=1=="_ba;
        QTest::newRow("last wins") << "GROQ_API_KEY=one\nGROQ_API_KEY=two"_ba
                                   << "two"_ba;
        QTest::newRow("emptied later") << "GROQ_API_KEY=one\nGROQ_API_KEY="_ba << QByteArray();
        QTest::newRow("only a comment") << "GROQ_API_KEY= # later"_ba << QByteArray();
        QTest::newRow("commented out") << "# GROQ_API_KEY=one"_ba << QByteArray();
        QTest::newRow("name begins with export") << "exportGROQ_API_KEY=one"_ba << QByteArray();
    }

    void readsOneValue()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, value);
        const DotEnv dotEnv = parsed(text);
        QCOMPARE(dotEnv.values.value("GROQ_API_KEY").reveal(), value);
        QVERIFY(dotEnv.problems.isEmpty());
    }

    void listensToKeysAndTheModeOnly()
    {
        const DotEnv dotEnv = parsed(
            "GROQ_API_KEY=gsk_1\nGROQ_BASE_URL=https://evil.example\nFREERELAY_HOST=0.0.0.0\n"
            "FREERELAY_MODE=free\nFREERELAY_API_KEY=x\nPATH=/evil\n");
        QCOMPARE(dotEnv.mode, "free"_ba);
        QCOMPARE(dotEnv.values.size(), 1);
        QCOMPARE(
            dotEnv.ignored,
            (QStringList{
                u"GROQ_BASE_URL"_s, u"FREERELAY_HOST"_s, u"FREERELAY_API_KEY"_s, u"PATH"_s}));
    }

    void saysWhichLineItCannotRead_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("no equals") << "GROQ_API_KEY gsk_secret"_ba;
        QTest::newRow("not a name") << "GROQ-API-KEY=gsk_secret"_ba;
        QTest::newRow("open quote") << "GROQ_API_KEY=\"gsk_secret"_ba;
        QTest::newRow("text after the quote") << "GROQ_API_KEY='gsk_secret'x"_ba;
        QTest::newRow("variable") << "GROQ_API_KEY=${gsk_secret}"_ba;
    }

    void saysWhichLineItCannotRead()
    {
        QFETCH(QByteArray, line);
        const DotEnv dotEnv = parsed("\n" + line + "\n");
        QCOMPARE(dotEnv.problems.size(), 1);
        QVERIFY(dotEnv.problems.first().startsWith(".env:2: "_L1));
        QVERIFY(!dotEnv.problems.first().contains("secret"_L1));
        QVERIFY(dotEnv.values.isEmpty());
    }

    void readsOnlyAFileThatNobodyElseCanWrite()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u".env"_s);
        QVERIFY(readDotEnv(path, honoured).value().values.isEmpty());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("GROQ_API_KEY=gsk_1\n");
        file.close();
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0644), 0);
        QCOMPARE(readDotEnv(path, honoured).value().values.size(), 1);
        QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0664), 0);
        QVERIFY(readDotEnv(path, honoured).error().kind == ErrorKind::PermissionDenied);
    }

    void refusesAHugeFile()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u".env"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(256 * 1'024 + 1, '#'));
        file.close();
        QVERIFY(readDotEnv(path, honoured).error().kind == ErrorKind::TooLarge);
    }
};

QTEST_GUILESS_MAIN(TestDotEnv)
#include "tst_dot_env.moc"
