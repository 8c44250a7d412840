#include "core/store/audit/canonical_json.h"

#include <QTest>

#include <limits>

using namespace freerelay::store;
using namespace Qt::Literals::StringLiterals;

class TestCanonicalJson final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ordersMembersByTheirNames()
    {
        const QByteArray json = CanonicalObject()
                                    .text("status", "ok")
                                    .number("n", 12)
                                    .flag("a_b", true)
                                    .flag("a", false)
                                    .json("list", canonicalArray({"1", "\"x\""}))
                                    .toJson();
        QCOMPARE(json, R"({"a":false,"a_b":true,"list":[1,"x"],"n":12,"status":"ok"})"_ba);
    }

    void isTheSameWhateverTheOrderOfTheCalls()
    {
        QCOMPARE(
            CanonicalObject().number("b", 2).number("a", 1).toJson(),
            CanonicalObject().number("a", 1).number("b", 2).toJson());
    }

    void writesWhatRfc8785Asks_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("json");
        // RFC 8785, 3.2.2.2 and the example of 3.2.2.
        QTest::newRow("short escapes") << "\b\t\n\f\r\"\\"_ba
                                       << "\"\\b\\t\\n\\f\\r\\\"\\\\\""_ba;
        QTest::newRow("other controls") << "\x01\x1f"_ba
                                        << "\"\\u0001\\u001f\""_ba;
        QTest::newRow("zero") << QByteArray("a\0b", 3) << "\"a\\u0000b\""_ba;
        QTest::newRow("slash and delete") << "/\x7f"_ba
                                          << "\"/\x7f\""_ba;
        QTest::newRow("beyond ASCII") << "€ö👍"_ba
                                      << "\"€ö👍\""_ba;
        QTest::newRow("the example") << "€$\x0f\nA'B\"\\\\\"/"_ba
                                     << "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""_ba;
        QTest::newRow("not UTF-8") << "a\xff z"_ba
                                   << "\"a\xEF\xBF\xBD z\""_ba;
        QTest::newRow("empty") << ""_ba
                               << "\"\""_ba;
    }

    void writesWhatRfc8785Asks()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, json);
        QCOMPARE(canonicalText(text), json);
    }

    void writesIntegersExactly()
    {
        const QByteArray json = CanonicalObject()
                                    .number("a", std::numeric_limits<std::int64_t>::max())
                                    .number("b", std::numeric_limits<std::int64_t>::min())
                                    .number("c", 0)
                                    .toJson();
        QCOMPARE(json, R"({"a":9223372036854775807,"b":-9223372036854775808,"c":0})"_ba);
    }

    void leavesOutWhatIsEmpty()
    {
        QCOMPARE(
            CanonicalObject().textIfAny("a", "").textIfAny("b", "x").toJson(), R"({"b":"x"})"_ba);
        QCOMPARE(CanonicalObject().toJson(), "{}"_ba);
    }
};

QTEST_GUILESS_MAIN(TestCanonicalJson)
#include "tst_canonical_json.moc"
