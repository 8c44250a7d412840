#include "core/dialects/json.h"
#include "core/dialects/json_object_edit.h"

#include <QTest>

using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

class JsonObjectEditTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void removesMembersWithTheirCommas_data();
    void removesMembersWithTheirCommas();
    void replacesRenamesAndAppends();
    void setsTheLastAndRemovesTheOthers();
    void keepsUntouchedBytes();
    void dropsInnerEditsOfWhatIsReplaced();
    void appliesNestedEditsInOneCopy();
    void keepsTheOrderOfInsertions();
};

void JsonObjectEditTest::removesMembersWithTheirCommas_data()
{
    // Every subset of a, b, c and d, with and without a member added behind.
    QTest::addColumn<int>("subset");
    QTest::addColumn<bool>("append");
    for (int subset = 0; subset < 16; ++subset) {
        for (const bool append : {false, true}) {
            QTest::addRow("subset %d, append %d", subset, int(append)) << subset << append;
        }
    }
}

void JsonObjectEditTest::removesMembersWithTheirCommas()
{
    QFETCH(int, subset);
    QFETCH(bool, append);
    const QByteArray text = R"({ "a":1, "b":{"x":[]} ,"c":"3","d":4 })";
    Splicer splicer(text);
    JsonObjectEdit edit(JsonValue{text});
    QByteArrayList expected;
    for (int i = 0; i < 4; ++i) {
        if ((subset & (1 << i)) != 0) {
            edit.remove(qsizetype(i));
        } else {
            expected << edit.at(i).key();
        }
    }
    if (append) {
        edit.append("z", "0");
        expected << "z";
    }
    edit.commit(splicer);
    const QByteArray out = splicer.apply();
    const auto root = parseJson(out);
    QVERIFY2(root, out.constData());
    QByteArrayList keys;
    for (const JsonMember &member : root->members()) {
        keys << member.key();
    }
    QCOMPARE(keys, expected);
}

void JsonObjectEditTest::replacesRenamesAndAppends()
{
    const QByteArray text = R"({"seed": 7,"n":1})";
    Splicer splicer(text);
    JsonObjectEdit edit(JsonValue{text});
    edit.rename(edit.find("seed"), "random_seed");
    edit.replaceValue(edit.find("n"), "2");
    edit.append("x", "[]");
    edit.append("y", "{}");
    QVERIFY(edit.isChanged());
    edit.commit(splicer);
    QCOMPARE(splicer.apply(), R"({"random_seed": 7,"n":2,"x":[],"y":{}})"_ba);
}

void JsonObjectEditTest::setsTheLastAndRemovesTheOthers()
{
    const QByteArray text = R"({"mod\u0065l":"a","b":1,"model":"c"})";
    Splicer splicer(text);
    JsonObjectEdit edit(JsonValue{text});
    edit.set("model", "\"m\"");
    edit.commit(splicer);
    QCOMPARE(splicer.apply(), R"({"b":1,"model":"m"})"_ba);
}

void JsonObjectEditTest::keepsUntouchedBytes()
{
    const QByteArray text = "{ \"t\" : 1.0e-0 ,\n \"u\":\"\\u0041\" }";
    Splicer splicer(text);
    JsonObjectEdit edit(JsonValue{text});
    QVERIFY(!edit.isChanged());
    edit.commit(splicer);
    QVERIFY(splicer.isEmpty());
    QCOMPARE(splicer.apply(), text);
}

void JsonObjectEditTest::dropsInnerEditsOfWhatIsReplaced()
{
    const QByteArray text = R"({"a":{"b":1},"c":2})";
    Splicer splicer(text);
    JsonObjectEdit outer(JsonValue{text});
    JsonObjectEdit inner(outer.value("a"));
    inner.set("b", "5");
    inner.commit(splicer);
    outer.set("a", "null");
    outer.commit(splicer);
    QCOMPARE(splicer.apply(), R"({"a":null,"c":2})"_ba);
}

void JsonObjectEditTest::appliesNestedEditsInOneCopy()
{
    const QByteArray text = R"({"a":{"b":1},"c":2,"d":3})";
    Splicer splicer(text);
    JsonObjectEdit outer(JsonValue{text});
    outer.remove("c");
    outer.remove("d");
    JsonObjectEdit inner(outer.value("a"));
    inner.append("e", "2");
    outer.commit(splicer);
    inner.commit(splicer);
    QCOMPARE(splicer.apply(), R"({"a":{"b":1,"e":2}})"_ba);
}

void JsonObjectEditTest::keepsTheOrderOfInsertions()
{
    const QByteArray text = "ab";
    Splicer splicer(text);
    splicer.insert(text.constData() + 1, "1");
    splicer.insert(text.constData() + 1, "2");
    QByteArray out = "x";
    splicer.applyTo(out);
    QCOMPARE(out, "xa12b"_ba);
}

QTEST_APPLESS_MAIN(JsonObjectEditTest)
#include "tst_json_object_edit.moc"
