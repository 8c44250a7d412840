#include "core/dialects/json.h"
#include "core/dialects/json_schema_keys.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class JsonSchemaKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void removesKeywordsAtEveryLevel();
    void keepsPropertiesThatAreNamedLikeKeywords();
    void keepsValues();
};

namespace {

QByteArray stripped(const QByteArray &schema)
{
    Splicer splicer(schema);
    stripSchemaKeys(JsonValue{schema}, {"$schema", "additionalProperties"}, splicer);
    return splicer.apply();
}

} // namespace

void JsonSchemaKeysTest::removesKeywordsAtEveryLevel()
{
    QCOMPARE(
        stripped(
            R"({"$schema":"x","type":"object","properties":{"a":{"type":"array","items":{"additionalProperties":false,"anyOf":[{"$schema":1}]}}},"additionalProperties":false})"),
        R"({"type":"object","properties":{"a":{"type":"array","items":{"anyOf":[{}]}}}})"_ba);
}

void JsonSchemaKeysTest::keepsPropertiesThatAreNamedLikeKeywords()
{
    QCOMPARE(
        stripped(
            R"({"properties":{"$schema":{"$schema":1,"type":"string"},"properties":{"additionalProperties":true}}})"),
        R"({"properties":{"$schema":{"type":"string"},"properties":{}}})"_ba);
}

void JsonSchemaKeysTest::keepsValues()
{
    const QByteArray schema = R"({"enum":[{"$schema":1}],"default":{"additionalProperties":2}})";
    QCOMPARE(stripped(schema), schema);
}

QTEST_APPLESS_MAIN(JsonSchemaKeysTest)
#include "tst_json_schema_keys.moc"
