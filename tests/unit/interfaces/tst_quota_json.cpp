#include "core/interfaces/quota_json.h"
#include "tests/support/sample_quotas.h"

#include <QJsonArray>
#include <QTest>

using namespace freerelay;
using namespace freerelay::interfaces;
using namespace Qt::Literals::StringLiterals;

class TestQuotaJson final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void spellsOutWhatIsKnown()
    {
        const QJsonObject json = toJson(tests::someQuotas(), {});
        QCOMPARE(json.value("taken_at"_L1).toString(), u"2026-11-24T17:20:00.000Z"_s);
        const QJsonArray providers = json.value("data"_L1).toArray();
        QCOMPARE(providers.size(), 2);
        const QJsonObject google = providers[0].toObject();
        QCOMPARE(google.value("used_up_until"_L1).toString(), u"2026-11-25T00:00:00.000Z"_s);
        const QJsonObject groq = providers[1].toObject();
        QCOMPARE(groq.value("name"_L1).toString(), u"Groq"_s);
        QVERIFY(groq.value("used_up_until"_L1).isNull());
        const QJsonObject window = groq.value("windows"_L1).toArray()[0].toObject();
        const QJsonObject expected{
            {u"key_fingerprint"_s, u"f1"_s},
            {u"scope"_s, u"model"_s},
            {u"subject"_s, u"groq/openai/gpt-oss-120b"_s},
            {u"window"_s, u"rpm"_s},
            {u"unit"_s, u"requests"_s},
            {u"period"_s, u"minute"_s},
            {u"used"_s, 12},
            {u"limit"_s, 30},
            {u"remaining"_s, 18},
            {u"blocked"_s, false},
            {u"soft"_s, false},
            {u"source"_s, u"header"_s},
            {u"age_s"_s, 75},
            {u"confidence"_s, 0.97},
            {u"resets_at"_s, u"2026-11-24T17:20:42.000Z"_s},
            {u"empty_at"_s, QJsonValue()},
            {u"forecast"_s, QJsonValue()}};
        QCOMPARE(window, expected);
        const QJsonObject rest = groq.value("cool_downs"_L1).toArray()[0].toObject();
        QCOMPARE(rest.value("reason"_L1).toString(), u"rate_limited"_s);
        QCOMPARE(rest.value("until"_L1).toString(), u"2026-11-24T17:21:30.000Z"_s);
        QCOMPARE(
            json.value("next"_L1).toArray()[0].toObject().value("provider"_L1).toString(),
            u"groq"_s);
    }

    void whatIsNotKnownIsNull()
    {
        const QJsonObject json = toJson(tests::someQuotas(), u"groq"_s);
        QCOMPARE(json.value("data"_L1).toArray().size(), 1);
        const QJsonObject window
            = json.value("data"_L1)[0].toObject().value("windows"_L1).toArray()[2].toObject();
        QCOMPARE(window.value("scope"_L1).toString(), u"provider"_s);
        for (const auto name :
             {"subject"_L1, "limit"_L1, "remaining"_L1, "source"_L1, "age_s"_L1, "confidence"_L1}) {
            QVERIFY2(window.value(name).isNull(), name.data());
        }
        QCOMPARE(window.value("used"_L1).toInt(), 17);
    }

    void readsTheProvider()
    {
        QCOMPARE(parseQuotaQuery({}).value(), QString());
        QCOMPARE(parseQuotaQuery({{u"provider"_s, u"groq"_s}}).value(), u"groq"_s);
        QCOMPARE(parseQuotaQuery({{u"page"_s, u"2"_s}}).error().param, u"page"_s);
        QVERIFY(!parseQuotaQuery({{u"provider"_s, u"a"_s}, {u"provider"_s, u"b"_s}}));
    }
};

QTEST_GUILESS_MAIN(TestQuotaJson)
#include "tst_quota_json.moc"
