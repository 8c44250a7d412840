#include "core/gateway/routes/tool_config_route.h"
#include "tests/support/fake_downstream.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using gateway::HttpRequest;
using gateway::ToolConfigRoute;

namespace {

std::vector<relay::ListedModel> models()
{
    relay::ListedModel automatic{"freerelay-auto"_ba, "freerelay"_ba, 0, {}, true, {}};
    relay::ListedModel groq{"freerelay-groq"_ba, "freerelay"_ba, 0, {}, true, 131'072};
    relay::ListedModel one{"groq/small"_ba, "groq"_ba, 0, "free"_ba, true, 8'192};
    return {automatic, groq, one};
}

HttpRequest requestWith(const QByteArray &query)
{
    HttpRequest request;
    request.headers = {{"host"_ba, "127.0.0.1:8123"_ba}};
    request.query = query;
    return request;
}

QJsonObject bodyOf(const tests::FakeDownstream &downstream)
{
    return QJsonDocument::fromJson(downstream.body).object();
}

} // namespace

/// Settings for tools, as the gateway tells them.
class TestToolConfig final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void openClawGetsItsOwnForm()
    {
        tests::FakeDownstream downstream;
        m_route.openClawConfig(requestWith({}), downstream);
        QCOMPARE(downstream.status, 200);
        const QJsonObject body = bodyOf(downstream);
        const QJsonValue provider = body["models"_L1]["providers"_L1]["freerelay"_L1];
        QCOMPARE(provider["baseUrl"_L1].toString(), u"http://127.0.0.1:8123/v1"_s);
        QCOMPARE(provider["api"_L1].toString(), u"openai-completions"_s);
        QCOMPARE(provider["apiKey"_L1].toString(), u"not-needed"_s);
        const QJsonArray list = provider["models"_L1].toArray();
        QCOMPARE(list.size(), 2); // names of our own only
        QCOMPARE(list[0]["id"_L1].toString(), u"auto"_s);
        QCOMPARE(list[1]["id"_L1].toString(), u"freerelay-groq"_s);
        QCOMPARE(list[1]["contextWindow"_L1].toInt(), 131'072);
        QCOMPARE(
            body["agents"_L1]["defaults"_L1]["model"_L1]["primary"_L1].toString(),
            u"freerelay/auto"_s);
        const QString onboard = body["setup"_L1]["onboard"_L1].toString();
        QVERIFY(onboard.contains(u"--custom-base-url \"http://127.0.0.1:8123/v1\""_s));
        QVERIFY(onboard.contains(u"--auth-choice custom-api-key"_s));
    }

    void anotherAddressCanBeAskedFor_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QString>("url"); // empty: refused
        QTest::newRow("whole") << "base_url=http%3A%2F%2Fbox%3A9%2Fv1"_ba << u"http://box:9/v1"_s;
        QTest::newRow("root") << "base_url=https://box.example/"_ba << u"https://box.example/v1"_s;
        QTest::newRow("another parameter") << "x=1"_ba << u"http://127.0.0.1:8123/v1"_s;
        QTest::newRow("no scheme") << "base_url=box:9"_ba << QString();
        QTest::newRow("a file") << "base_url=file:///etc/passwd"_ba << QString();
        QTest::newRow("a command") << "base_url=http://x/%24(id)"_ba << QString();
        QTest::newRow("a quote") << "base_url=http://x/%22;id"_ba << QString();
        QTest::newRow("too long") << QByteArray("base_url=http://x/" + QByteArray(300, 'a'))
                                  << QString();
    }

    void anotherAddressCanBeAskedFor()
    {
        QFETCH(QByteArray, query);
        QFETCH(QString, url);
        tests::FakeDownstream downstream;
        m_route.openClawConfig(requestWith(query), downstream);
        QCOMPARE(downstream.status, url.isEmpty() ? 400 : 200);
        const QJsonValue provider = bodyOf(downstream)["models"_L1]["providers"_L1]["freerelay"_L1];
        QCOMPARE(provider["baseUrl"_L1].toString(), url);
    }

    void openClawModelsAreThoseOfTheConfig()
    {
        tests::FakeDownstream downstream;
        m_route.openClawModels(downstream);
        QCOMPARE(bodyOf(downstream)["models"_L1].toArray().size(), 2);
    }

    void openCodeGetsAllNamesAndItsOwnForm()
    {
        tests::FakeDownstream downstream;
        m_route.openCodeModels(requestWith({}), downstream);
        const QJsonObject body = bodyOf(downstream);
        QCOMPARE(body["data"_L1].toArray().size(), 3);
        QCOMPARE(body["data"_L1].toArray()[2]["id"_L1].toString(), u"groq/small"_s);
        const QJsonValue provider = body["config"_L1]["provider"_L1]["freerelay"_L1];
        QCOMPARE(provider["options"_L1]["baseURL"_L1].toString(), u"http://127.0.0.1:8123/v1"_s);
        QVERIFY(provider["models"_L1].toObject().contains(u"auto"_s));
        QCOMPARE(body["config"_L1]["model"_L1].toString(), u"freerelay/auto"_s);
    }

private:
    ToolConfigRoute m_route{models};
};

QTEST_APPLESS_MAIN(TestToolConfig)
#include "tst_tool_config.moc"
