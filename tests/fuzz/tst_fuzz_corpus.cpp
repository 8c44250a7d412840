#include "targets.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using freerelay::fuzz::Target;

/// The seeds and earlier findings of every fuzz target, as they are and with a few bytes changed:
/// the short run. A finding ends the process; its input then stands in the folder of the test.
class TestFuzzCorpus final : public QObject
{
    Q_OBJECT

private:
    static constexpr int changedInputs = 150; ///< of each seed

    static QByteArrayList inputsOf(const QString &target)
    {
        QDir folder(QStringLiteral(FREERELAY_FUZZ_CORPUS "/") % target);
        QByteArrayList inputs;
        for (const QString &name : folder.entryList(QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly)) {
                inputs << file.readAll();
            }
        }
        return inputs;
    }

    /// Left behind when the target ends the process.
    static void run(const Target &target, const QByteArray &input)
    {
        static QFile last(u"last-input"_s);
        if (!last.isOpen() && !last.open(QIODevice::ReadWrite | QIODevice::Truncate)) {
            qFatal("cannot write to the test's folder");
        }
        last.resize(0);
        last.seek(0);
        last.write(input);
        last.flush();
        target.run(input);
    }

    static QByteArray changed(QByteArray input, const QByteArray &other, QRandomGenerator &random)
    {
        for (int edits = 1 + int(random.bounded(4)); edits > 0 && !input.isEmpty(); --edits) {
            const auto at = qsizetype(random.bounded(int(input.size())));
            const auto length = qsizetype(random.bounded(16));
            switch (random.bounded(5)) {
            case 0:
                input[at] = char(random.bounded(256));
                break;
            case 1:
                input.remove(at, length);
                break;
            case 2:
                input.insert(at, input.sliced(at, std::min(length, input.size() - at)));
                break;
            case 3:
                input.insert(at, other.left(length));
                break;
            default:
                input.truncate(at);
                break;
            }
        }
        return input;
    }

private Q_SLOTS:
    void holds_data()
    {
        QTest::addColumn<QString>("name");
        for (const Target &target : freerelay::fuzz::targets()) {
            QTest::newRow(target.name) << QString::fromLatin1(target.name);
        }
    }

    void holds()
    {
        QFETCH(QString, name);
        const Target *target = freerelay::fuzz::target(name.toLatin1());
        QVERIFY(target != nullptr);
        const QByteArrayList inputs = inputsOf(name);
        QVERIFY2(inputs.size() >= 2, "each target has seeds");
        QRandomGenerator random(2'026);
        for (const QByteArray &input : inputs) {
            run(*target, input);
            for (int count = 0; count < changedInputs; ++count) {
                const QByteArray &other = inputs.at(random.bounded(int(inputs.size())));
                run(*target, changed(input, other, random));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestFuzzCorpus)
#include "tst_fuzz_corpus.moc"
