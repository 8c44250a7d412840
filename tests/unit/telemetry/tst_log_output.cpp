#include "core/telemetry/log_output.h"
#include "core/telemetry/qt_log_bridge.h"

#include <QFile>
#include <QLoggingCategory>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using namespace freerelay::telemetry;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(lcTest, "freerelay.test")

/// What the output writes into, read by the test.
class Pipe
{
public:
    Pipe()
    {
        if (::pipe2(m_ends.data(), O_CLOEXEC) != 0) {
            qFatal("no pipe");
        }
    }
    ~Pipe()
    {
        ::close(m_ends[0]);
        closeEntry();
    }
    Q_DISABLE_COPY_MOVE(Pipe)

    [[nodiscard]] int entry() const { return m_ends[1]; }
    void closeEntry()
    {
        if (m_ends[1] >= 0) {
            ::close(m_ends[1]);
            m_ends[1] = -1;
        }
    }
    /// Everything until the entry is closed.
    [[nodiscard]] QByteArray readAll()
    {
        closeEntry();
        QByteArray all;
        std::array<char, 4096> buffer{};
        for (ssize_t got = 0; (got = ::read(m_ends[0], buffer.data(), buffer.size())) > 0;) {
            all.append(buffer.data(), got);
        }
        return all;
    }

private:
    std::array<int, 2> m_ends{-1, -1};
};

LogRecord record(LogLevel level, const QString &message)
{
    LogRecord one;
    one.time = std::chrono::system_clock::now();
    one.level = level;
    one.category = "freerelay.test"_ba;
    one.message = message;
    return one;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestLogOutput final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(common::initialiseCrypto()); }

    void writesToTheStreamAndTheFile()
    {
        Pipe pipe;
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"log/freerelay.log"_s);
        {
            LogOutput output(m_redactor, pipe.entry());
            output.configure({LogLevel::Info, true, file});
            output.write(record(LogLevel::Info, u"hello"_s));
            output.write(record(LogLevel::Debug, u"not this"_s));
            output.flush(10s);
            QVERIFY(contentOf(file).contains("\"message\":\"hello\""));
        }
        const QByteArray said = pipe.readAll();
        QCOMPARE(said, contentOf(file));
        QCOMPARE(said.count('\n'), 1);
    }

    void holdsLinesUntilItKnowsTheirForm()
    {
        Pipe pipe;
        {
            LogOutput output(m_redactor, pipe.entry());
            output.write(record(LogLevel::Warning, u"early"_s));
            QCOMPARE(output.waiting(), std::size_t(1));
            output.configure({LogLevel::Info, true, {}});
        }
        QVERIFY(pipe.readAll().startsWith("{\"time\""));
    }

    void losesNothingWhenItEnds()
    {
        Pipe pipe;
        {
            LogOutput output(m_redactor, pipe.entry());
            for (int i = 0; i < 500; ++i) {
                output.write(record(LogLevel::Warning, QString::number(i)));
            }
        }
        QCOMPARE(pipe.readAll().count('\n'), 500);
    }

    void masksWhatItWrites()
    {
        Redactor redactor;
        redactor.setSecrets({common::Secret("the-very-secret"_ba)});
        Pipe pipe;
        {
            LogOutput output(redactor, pipe.entry());
            LogRecord one = record(LogLevel::Warning, u"key the-very-secret is bad"_s);
            one.fields = {{"asked_model"_ba, u"gsk_0123456789"_s}};
            output.write(std::move(one));
        }
        const QByteArray said = pipe.readAll();
        QVERIFY2(said.contains("key [redacted] is bad"), said);
        QVERIFY2(said.contains("asked_model=[redacted]"), said);
    }

    void dropsAndCountsWhenNobodyTakesLines()
    {
        LogOutput output(m_redactor, -1);
        for (std::size_t i = 0; i < LogOutput::maxWaiting + 7; ++i) {
            output.write(record(LogLevel::Warning, u"x"_s));
        }
        QCOMPARE(output.waiting(), LogOutput::maxWaiting);
        QCOMPARE(output.dropped(), std::uint64_t(7));
    }

    void isNotHeldUpByAReaderWhoSleeps()
    {
        Pipe pipe;
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"log/freerelay.log"_s);
        constexpr int lines = 200;
        {
            LogOutput output(m_redactor, pipe.entry());
            output.configure({LogLevel::Info, false, file});
            for (int i = 0; i < lines; ++i) {
                output.write(record(LogLevel::Info, QString(1'000, u'x')));
            }
            // The pipe holds 64 KiB; the rest is given up, and the file has all of it.
        }
        QCOMPARE(contentOf(file).count('\n'), lines);
        const QByteArray said = pipe.readAll();
        QVERIFY(said.size() >= 40'000);
        QVERIFY(said.size() <= 70'000);
    }

    void saysOnceWhenTheFileCannotBeWritten()
    {
        Pipe pipe;
        {
            LogOutput output(m_redactor, pipe.entry());
            output.configure({LogLevel::Info, false, u"/dev/null/x/freerelay.log"_s});
            output.write(record(LogLevel::Info, u"one"_s));
            output.write(record(LogLevel::Info, u"two"_s));
            output.flush(10s);
            QCOMPARE(output.dropped(), std::uint64_t(2));
        }
        const QByteArray said = pipe.readAll();
        QCOMPARE(said.count("the log cannot be written"), 1);
        QVERIFY(said.contains(": two\n"));
    }

    void takesWhatIsLoggedThroughQt()
    {
        Pipe pipe;
        {
            LogOutput output(m_redactor, pipe.entry());
            const QtLogBridge bridge(output);
            qCWarning(lcTest).noquote() << "from Qt, gsk_0123456789";
        }
        qInstallMessageHandler(nullptr);
        const QByteArray said = pipe.readAll();
        QVERIFY2(said.contains("warning freerelay.test: from Qt, [redacted]\n"), said);
    }

private:
    Redactor m_redactor;
};

QTEST_GUILESS_MAIN(TestLogOutput)
#include "tst_log_output.moc"
