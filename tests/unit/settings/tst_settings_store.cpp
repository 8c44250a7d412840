#include "core/settings/settings_store.h"

#include <QFile>
#include <QSaveFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::settings;
using freerelay::common::Error;
using freerelay::common::ErrorKind;
using freerelay::common::Mode;

class TestSettingsStore final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;

    void write(const QByteArray &text) const
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    void replace(const QByteArray &text) const
    {
        QSaveFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        QVERIFY(file.commit());
    }

    [[nodiscard]] QByteArray content() const
    {
        QFile file(m_file);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    [[nodiscard]] std::unique_ptr<SettingsStore> opened(Layers layers = {}) const
    {
        return SettingsStore::open(m_file, std::move(layers)).value();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(u"settings.yaml"_s);
    }

    void startsWithDefaultsWhenThereIsNoFile()
    {
        const auto store = opened();
        QCOMPARE(store->current(), Settings());
        QCOMPARE(*store->published().load(), Settings());
    }

    void aBadFileAtStartIsAnError()
    {
        write("port: x\n");
        const auto store = SettingsStore::open(m_file, {});
        QVERIFY(!store);
        QCOMPARE(store.error().kind, ErrorKind::InvalidArgument);
        QVERIFY(store.error().message.contains("settings.yaml:1:7: "_L1));
    }

    void aFileThatEverybodyMayWriteIsNotBelieved()
    {
        write("port: 8001\n");
        QCOMPARE(::chmod(QFile::encodeName(m_file).constData(), 0666), 0);
        QCOMPARE(SettingsStore::open(m_file, {}).error().kind, ErrorKind::PermissionDenied);
    }

    void seesAFileThatIsReplacedAgainAndAgain()
    {
        write("port: 8001\n");
        const auto store = opened();
        QCOMPARE(store->current().port, 8001);
        replace("port: 8002\n");
        QTRY_COMPARE(store->current().port, 8002);
        replace("port: 8003\n");
        QTRY_COMPARE(store->current().port, 8003);
        write("port: 8004\n");
        QTRY_COMPARE(store->published().load()->port, 8004);
    }

    void seesAFileThatIsMadeLaterAndOneThatIsRemoved()
    {
        const auto store = opened();
        write("port: 8001\n");
        QTRY_COMPARE(store->current().port, 8001);
        QVERIFY(QFile::remove(m_file));
        QTRY_COMPARE(store->current().port, 8000);
    }

    void aBadFileKeepsTheOldSettingsAndSaysWhy()
    {
        write("port: 8001\n");
        const auto store = opened();
        QSignalSpy failed(store.get(), &SettingsStore::reloadFailed);
        QSignalSpy changed(store.get(), &SettingsStore::changed);
        replace("port: 8002\nprot: 1\n");
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(failed.first().first().value<Error>().message.contains(":2:1: "_L1));
        QCOMPARE(store->current().port, 8001);
        QVERIFY(store->problem());
        QVERIFY(changed.isEmpty());
        replace("port: 8003\n");
        QTRY_COMPARE(store->current().port, 8003);
        QVERIFY(!store->problem());
    }

    void sayNothingWhenTheContentMeansTheSame()
    {
        write("port: 8001\n");
        const auto store = opened();
        QSignalSpy changed(store.get(), &SettingsStore::changed);
        QVERIFY(store->reload());
        replace("# same\nport: 8001\n");
        QVERIFY(store->reload());
        QVERIFY(changed.isEmpty());
    }

    void setsAValueInTheFileForTheOwnerOnly()
    {
        write("# mine\nmode: auto # for now\n");
        const auto store = opened();
        QVERIFY(store->set(u"mode"_s, u"free"_s));
        QVERIFY(store->current().mode == Mode::Free);
        QCOMPARE(content(), "# mine\nmode: free # for now\n"_ba);
        struct stat info
        {
        };
        QCOMPARE(::stat(QFile::encodeName(m_file).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777, mode_t(0600));
        QCOMPARE(store->originOf(u"mode"_s).source, Source::File);
    }

    void setsAValueOfAProviderInAFileThatDoesNotExist()
    {
        const auto store = opened();
        QVERIFY(store->set(u"providers.llm7.consent"_s, u"true"_s));
        QVERIFY(store->published().load()->provider("llm7").consent);
        QCOMPARE(content(), "providers:\n  llm7:\n    consent: true\n"_ba);
    }

    void aValueThatIsOverriddenIsInForceAllTheSame()
    {
        Layers layers;
        layers.environment = {{u"mode"_s, u"paid"_s, u"FREERELAY_MODE"_s}};
        const auto store = opened(layers);
        QVERIFY(store->current().mode == Mode::Paid);
        QVERIFY(store->set(u"mode"_s, u"free"_s));
        QVERIFY(store->current().mode == Mode::Free);
        QCOMPARE(store->originOf(u"mode"_s).source, Source::Runtime);
        QCOMPARE(content(), "mode: free\n"_ba);
        QVERIFY(store->set(u"mode"_s, u"paid"_s));
        QVERIFY(store->current().mode == Mode::Paid);
        QCOMPARE(store->originOf(u"mode"_s).source, Source::Environment);
    }

    void aValueThatCannotBeWrittenIsInForceAllTheSame()
    {
        write("mode: auto\n");
        const auto store = opened();
        const QByteArray broken = "mode: auto\nprot: 1\n";
        replace(broken);
        const auto done = store->set(u"mode"_s, u"free"_s);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::StorageFailed);
        QVERIFY(done.error().message.contains(":2:1: "_L1));
        QVERIFY(store->current().mode == Mode::Free);
        QCOMPARE(content(), broken);
    }

    void refusesAValueThatIsNotAcceptable()
    {
        const auto store = opened();
        QCOMPARE(store->set(u"port"_s, u"x"_s).error().kind, ErrorKind::InvalidArgument);
        QCOMPARE(store->set(u"prot"_s, u"1"_s).error().kind, ErrorKind::NotFound);
        QVERIFY(!QFile::exists(m_file));
    }

    void newLayersTakeEffectOrNothingChanges()
    {
        const auto store = opened();
        QVERIFY(store->setLayers({{}, {{u"port"_s, u"8005"_s, u"FREERELAY_PORT"_s}}, {}}));
        QCOMPARE(store->current().port, 8005);
        QVERIFY(!store->setLayers({{}, {{u"port"_s, u"x"_s, u"FREERELAY_PORT"_s}}, {}}));
        QCOMPARE(store->current().port, 8005);
    }
};

QTEST_GUILESS_MAIN(TestSettingsStore)
#include "tst_settings_store.moc"
