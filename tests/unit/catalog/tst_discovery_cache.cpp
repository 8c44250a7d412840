#include "core/catalog/catalog.h"
#include "core/catalog/discovery_cache.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::catalog;
using freerelay::common::ErrorKind;
using freerelay::common::WallTime;

namespace {

std::vector<DiscoveredModels> twoLists()
{
    return {
        {"groq",
         "https://api.groq.com/openai/v1",
         WallTime(std::chrono::milliseconds(1'764'000'000'123)),
         {"a/b", "c"}},
        {"ollama", "http://127.0.0.1:11434", WallTime(std::chrono::seconds(1'764'000'000)), {}},
    };
}

} // namespace

class TestDiscoveryCache final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasSaved()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"models.json"_s);
        QVERIFY(saveDiscoveryCache(path, twoLists()).has_value());
        const CachedDiscovery cached = loadDiscoveryCache(path);
        QCOMPARE(cached.problem, QString());
        QVERIFY(cached.entries == twoLists());
    }

    void fileIsForTheOwnerOnly()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"models.json"_s);
        QVERIFY(saveDiscoveryCache(path, twoLists()).has_value());
        QVERIFY(saveDiscoveryCache(path, twoLists()).has_value());
        const QFileDevice::Permissions others = QFileDevice::ReadGroup | QFileDevice::WriteGroup
            | QFileDevice::ReadOther | QFileDevice::WriteOther;
        QVERIFY((QFile::permissions(path) & others) == 0);
    }

    void provenModelsComeBack()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"proven_models.json"_s);
        QVERIFY(loadProvenModels(path).models.isEmpty());
        QVERIFY(saveProvenModels(path, {"a/b", "c/d:free"}).has_value());
        QCOMPARE(loadProvenModels(path).models, (ProvenModels{"a/b", "c/d:free"}));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"version\":1,\"mod");
        file.close();
        QVERIFY(loadProvenModels(path).models.isEmpty());
        QVERIFY(loadProvenModels(path).problem.contains(path));
    }

    void onlyAnUnverifiedModelIsProvenFree()
    {
        const auto shipped = Catalog::shipped();
        const auto proven = shipped->withProvenFree({"opencode-zen/big-pickle", "openai/gpt-4o"});
        QCOMPARE(int(proven->model("opencode-zen/big-pickle")->tier), int(Tier::Free));
        QCOMPARE(int(proven->model("openai/gpt-4o")->tier), int(Tier::Paid));
        QCOMPARE(int(shipped->model("opencode-zen/big-pickle")->tier), int(Tier::UnverifiedFree));
    }

    void missingFileIsAnEmptyCache()
    {
        const CachedDiscovery cached = loadDiscoveryCache(u"/nonexistent/models.json"_s);
        QVERIFY(cached.entries.empty());
        QVERIFY(cached.problem.isEmpty());
    }

    void damagedFilesAreIgnoredAndSaidSo_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("cut") << "{\"version\":1,\"providers\":{\"groq\":{\"time_ms\":1,\"mod"_ba;
        QTest::newRow("other version") << R"({"version":2,"providers":{}})"_ba;
        QTest::newRow("no time") << R"({"version":1,"providers":{"groq":{"models":["a"]}}})"_ba;
        QTest::newRow("no name")
            << R"({"version":1,"providers":{"groq":{"time_ms":1,"models":[7]}}})"_ba;
    }

    void damagedFilesAreIgnoredAndSaidSo()
    {
        QFETCH(const QByteArray, bytes);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"models.json"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        file.close();
        QVERIFY(file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner));
        const CachedDiscovery cached = loadDiscoveryCache(path);
        QVERIFY(cached.entries.empty());
        QVERIFY(cached.problem.contains(path));
    }

    void fileThatOthersMayWriteIsIgnored()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"models.json"_s);
        QVERIFY(saveDiscoveryCache(path, twoLists()).has_value());
        QVERIFY(QFile::setPermissions(path, QFile::permissions(path) | QFileDevice::WriteOther));
        QVERIFY(loadDiscoveryCache(path).entries.empty());
        QVERIFY(!loadDiscoveryCache(path).problem.isEmpty());
    }

    void savingWhereNoFolderCanBeFails()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto saved = saveDiscoveryCache(file.fileName() + u"/models.json"_s, twoLists());
        QVERIFY(!saved.has_value());
        QCOMPARE(saved.error().kind, ErrorKind::StorageFailed);
    }
};

QTEST_GUILESS_MAIN(TestDiscoveryCache)
#include "tst_discovery_cache.moc"
