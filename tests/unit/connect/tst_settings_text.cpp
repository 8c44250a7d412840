#include "core/connect/line_diff.h"
#include "core/connect/settings_text.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay;
using connect::SettingPath;
using connect::Syntax;

namespace {

SettingPath pathOf(const QString &text)
{
    return text.split(u'/');
}

/// Files as people have them, in every syntax.
std::vector<std::pair<Syntax, QByteArray>> documents()
{
    return {
        {Syntax::Json, ""},
        {Syntax::Json, "{}"},
        {Syntax::Json, "{\n}\n"},
        {Syntax::Json,
         "// head\n{\n  // about a\n  \"a\": 1, // one\n  \"z\": [1, 2,],\n}\n// end"},
        {Syntax::Json, "{\"a\":{\"b\":\"}//\"},\"c\":'it'}"},
        {Syntax::Json, "{\r\n\t\"a\": {\r\n\t\t\"b\": true\r\n\t}\r\n}\r\n"},
        {Syntax::Json, "{ // same line\n    unquoted: 'x', /* block */\n    'p': {}\n}\n"},
        {Syntax::Yaml, ""},
        {Syntax::Yaml, "# head\na: 1 # one\n\n# about z\nz:\n  - x\n  - y # why\n# end\n"},
        {Syntax::Yaml, "a: 'it'\r\nz: \"q\"\r\n"},
        {Syntax::Toml, ""},
        {Syntax::Toml, "# head\na = 1 # one\n\n[z]\n# inside\nk = \"v # no\"\n\n[[list]]\nx = 1\n"},
        {Syntax::Toml, "a = \"\"\"\n[p]\nq = 1\n\"\"\"\r\nb = [\r\n  1, # one\r\n]\r\n"},
        {Syntax::Toml, "[z]\nk = 'v'"},
        {Syntax::Variables, ""},
        {Syntax::Variables, "# head\nexport A=1\nB=\"two\"\n"},
        {Syntax::Variables, "A=1\r\nB=2"},
    };
}

QByteArray valueFor(Syntax syntax)
{
    return syntax == Syntax::Yaml ? "new value"_ba : "\"new value\""_ba;
}

} // namespace

/// Edits of settings files as texts.
class TestSettingsText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void editsTheTextAndNothingElse_data()
    {
        QTest::addColumn<Syntax>("syntax");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("after"); // empty: refused
        const auto json = [](const char *name,
                             const char *before,
                             const QString &path,
                             const char *value,
                             const char *after) {
            QTest::newRow(name) << Syntax::Json << QByteArray(before) << path << QByteArray(value)
                                << QByteArray(after);
        };
        json("empty file", "", u"a"_s, "1", "{\n  \"a\": 1\n}\n");
        json("empty object", "{}", u"a/b"_s, "1", "{\n  \"a\": {\n    \"b\": 1\n  }\n}");
        json("replaced", "{\n  \"a\": \"x\", // c\n}\n", u"a"_s, "2", "{\n  \"a\": 2, // c\n}\n");
        json(
            "at the head",
            "{\n    // about b\n    \"b\": 1\n}\n",
            u"a"_s,
            "{\n  \"x\": 1\n}",
            "{\n    \"a\": {\n        \"x\": 1\n    },\n    // about b\n    \"b\": 1\n}\n");
        json(
            "tabs and CRLF",
            "{\r\n\t\"b\": 1\r\n}\r\n",
            u"a/x"_s,
            "1",
            "{\r\n\t\"a\": {\r\n\t\t\"x\": 1\r\n\t},\r\n\t\"b\": 1\r\n}\r\n");
        json("one line", "{\"b\":1}", u"a"_s, "{\n  \"x\": 1\n}", "{\"a\":{\"x\":1}, \"b\":1}");
        json("bare names", "{a: {b: 'x'}}", u"a/b"_s, "\"y\"", "{a: {b: \"y\"}}");
        json(
            "item of a list",
            "{\"l\": [\n  {\"id\": \"u\"}\n]}",
            u"l/[id=v]"_s,
            "{\"id\": \"v\"}",
            "{\"l\": [\n  {\"id\": \"v\"},\n  {\"id\": \"u\"}\n]}");
        json(
            "item that is there",
            "{\"l\": [{\"id\": \"v\", \"x\": 1}]}",
            u"l/[id=v]"_s,
            "{\"id\": \"v\"}",
            "{\"l\": [{\"id\": \"v\"}]}");
        json("a value in the way", "{\"a\": 1}", u"a/b"_s, "1", "");
        json("a list at the top", "[]", u"a"_s, "1", "");
        json("not JSON", "{\"a\": ", u"a"_s, "1", "");
        json("the same name twice", "{\"a\": 1, \"a\": 2}", u"a"_s, "3", "");
        const auto yaml = [](const char *name,
                             const char *before,
                             const QString &path,
                             const char *value,
                             const char *after) {
            QTest::newRow(name) << Syntax::Yaml << QByteArray(before) << path << QByteArray(value)
                                << QByteArray(after);
        };
        yaml("YAML value", "a: 1 # c\n", u"a"_s, "2", "a: 2 # c\n");
        yaml(
            "YAML new item",
            "models:\n  - name: u\n    x: 1\n  # end\nz: 1\n",
            u"models/[name=v]"_s,
            "name: v\nx: 2\n",
            "models:\n  - name: u\n    x: 1\n  - name: v\n    x: 2\n  # end\nz: 1\n");
        yaml(
            "YAML item replaced",
            "models:\n- name: v\n  x: 1\n- name: u\n",
            u"models/[name=v]"_s,
            "name: v\n",
            "models:\n- name: v\n- name: u\n");
        yaml(
            "YAML new list",
            "a: 1",
            u"models/[name=v]"_s,
            "name: v\n",
            "a: 1\nmodels:\n  - name: v\n");
        yaml(
            "YAML empty list",
            "models: []\na: 1\n",
            u"models/[name=v]"_s,
            "name: v\n",
            "models:\n  - name: v\na: 1\n");
        yaml(
            "YAML list in one line",
            "models: [{name: u}]\n",
            u"models/[name=v]"_s,
            "name: v\n",
            "");
        yaml("YAML empty map behind a tag", "!t {}\n", u"a"_s, "x", "");
        yaml("YAML empty map behind an anchor", "b: &c {}\n", u"b/a"_s, "x", "");
        const auto toml = [](const char *name,
                             const char *before,
                             const QString &path,
                             const char *value,
                             const char *after) {
            QTest::newRow(name) << Syntax::Toml << QByteArray(before) << path << QByteArray(value)
                                << QByteArray(after);
        };
        toml("TOML value", "a = 'x' # c\n", u"a"_s, "\"y\"", "a = \"y\" # c\n");
        toml(
            "TOML new at the top",
            "a = 1\n\n[t]\nb = 1\n",
            u"c"_s,
            "2",
            "a = 1\nc = 2\n\n[t]\nb = 1\n");
        toml(
            "TOML before the first table",
            "# head\n[t]\nb = 1\n",
            u"c"_s,
            "2",
            "c = 2\n\n# head\n[t]\nb = 1\n");
        toml("TOML new table", "a = 1\n", u"t/u"_s, "b = 1\n", "a = 1\n\n[t.u]\nb = 1\n");
        toml(
            "TOML table replaced",
            "[t.u]\nb = 1\nc = 2\n# about v\n[v]\n",
            u"t/u"_s,
            "b = 3\n",
            "[t.u]\nb = 3\n# about v\n[v]\n");
        toml("TOML header that ends the file", "[t]", u"t"_s, "b = 3\n", "[t]\nb = 3\n");
        toml("TOML comment that ends it", "[t] # c", u"t"_s, "b = 3\n", "[t] # c\nb = 3\n");
        toml("TOML quoted names", "[t.\"u\"]\nb = 1\n", u"t/u"_s, "b = 2\n", "[t.\"u\"]\nb = 2\n");
        toml("TOML inline table in the way", "t = { u = 1 }\n", u"t/u"_s, "b = 1\n", "");
        toml("TOML dotted names in the way", "[t]\nu.b = 1\n", u"t/u"_s, "b = 2\n", "");
        toml("not TOML", "a = \"x\n", u"a"_s, "1", "");
    }

    void variablesAreSetWhereTheyAre()
    {
        const QByteArray before = "A=1\nexport A=2\r\n# A=3\nAB=4";
        QCOMPARE(
            connect::writeSetting(Syntax::Variables, before, {u"A"_s}, "x").value(),
            "A=1\nexport A=x\r\n# A=3\nAB=4"_ba);
        QCOMPARE(
            connect::writeSetting(Syntax::Variables, before, {u"B"_s}, "x").value(),
            "A=1\nexport A=2\r\n# A=3\nAB=4\r\nB=x\r\n"_ba);
        QCOMPARE(
            connect::removeSetting(Syntax::Variables, before, {u"AB"_s}).value(),
            "A=1\nexport A=2\r\n# A=3\n"_ba);
    }

    void editsTheTextAndNothingElse()
    {
        QFETCH(Syntax, syntax);
        QFETCH(QByteArray, before);
        QFETCH(QString, path);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, after);
        const auto edited = connect::writeSetting(syntax, before, pathOf(path), value);
        QCOMPARE(edited.value_or(QByteArray()), after);
        if (edited) {
            const auto found = connect::readSetting(syntax, *edited, pathOf(path));
            QVERIFY(found && *found);
            QVERIFY(connect::isSameSetting(syntax, **found, value));
        }
    }

    void whatIsWrittenCanBeTakenOutAgain()
    {
        for (const auto &[syntax, before] : documents()) {
            for (const QString &name : {u"new"_s, u"fresh"_s}) {
                const auto written = connect::writeSetting(
                    syntax, before, {name}, valueFor(syntax));
                QVERIFY2(written, before.constData());
                const auto again = connect::writeSetting(
                    syntax, *written, {name}, valueFor(syntax));
                QCOMPARE(*again, *written);
                const auto removed = connect::removeSetting(syntax, *written, {name});
                QVERIFY2(removed, written->constData());
                QVERIFY(!connect::readSetting(syntax, *removed, {name}).value());
                // Only the empty file may have become an empty object.
                const QByteArray rest = QByteArray(*removed).replace("\r", "").simplified();
                const QByteArray original = QByteArray(before).replace("\r", "").simplified();
                QVERIFY2(
                    rest == original || QByteArray(rest).replace(" ", "") == "{}",
                    rest.constData());
            }
        }
    }

    void keepsCommentsOrderAndLineEnds()
    {
        for (const auto &[syntax, before] : documents()) {
            const auto written = connect::writeSetting(
                syntax, before, {u"new"_s}, valueFor(syntax));
            QVERIFY(written);
            qsizetype at = 0;
            for (const QByteArray &line : before.split('\n')) {
                const QByteArray words = line.trimmed();
                if (words.size() > 2) { // brackets alone may move
                    const qsizetype found = written->indexOf(words.mid(1, words.size() - 2), at);
                    QVERIFY2(found >= at, line.constData());
                    at = found;
                }
            }
            if (before.contains("\r\n") && !before.contains("\n[p]\n")) {
                QCOMPARE(written->count('\n'), written->count("\r\n"));
            }
        }
    }

    void removesAnItemAndItsComma_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("first") << "{\n  \"a\": 1,\n  \"b\": 2\n}\n"_ba
                               << "{\n  \"b\": 2\n}\n"_ba;
        QTest::newRow("last") << "{\n  \"b\": 2,\n  \"a\": 1\n}\n"_ba
                              << "{\n  \"b\": 2\n}\n"_ba;
        QTest::newRow("one line") << "{\"a\": 1, \"b\": 2}"_ba
                                  << "{\"b\": 2}"_ba;
        QTest::newRow("comma kept") << "{\n  \"b\": 2,\n  \"a\": 1,\n}"_ba
                                    << "{\n  \"b\": 2,\n}"_ba;
        QTest::newRow("not there") << "{ \"b\": 2 }"_ba
                                   << "{ \"b\": 2 }"_ba;
    }

    void removesAnItemAndItsComma()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QCOMPARE(connect::removeSetting(Syntax::Json, before, {u"a"_s}).value(), after);
    }

    void aNameThatStandsTwiceIsNotTakenOut()
    {
        QVERIFY(!removeSetting(Syntax::Yaml, "a: 1\nb: 2\na: 3\n", {u"a"_s}));
        QVERIFY(!removeSetting(Syntax::Json, R"({"a": 1, "a": 2})", {u"a"_s}));
    }

    void meaningIsComparedNotSpelling()
    {
        using connect::isSameSetting;
        QVERIFY(isSameSetting(Syntax::Json, "{\"a\": 1, 'b': [1,]}", "{ b: [1], // c\n a: 1 }"));
        QVERIFY(!isSameSetting(Syntax::Json, "{\"a\": 1}", "{\"a\": 2}"));
        QVERIFY(
            isSameSetting(Syntax::Yaml, "name: x\nroles: [a, b]\n", "roles:\n- a\n- b\nname: x"));
        QVERIFY(!isSameSetting(Syntax::Yaml, "x", "y"));
        QVERIFY(isSameSetting(Syntax::Toml, "a = 1\nb = 2\n", "b = 2\n# c\na  = 1\n"));
        QVERIFY(!isSameSetting(Syntax::Toml, "\"1\"", "1"));
    }

    void tellsWhatChangesAsDiffDoes()
    {
        QCOMPARE(connect::lineDiff("a\nb\n", "a\nb\n"), QByteArray());
        QCOMPARE(connect::lineDiff("", "a\n"), "@@ -0,0 +1,1 @@\n+a\n"_ba);
        QCOMPARE(
            connect::lineDiff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"_ba);
    }
};

QTEST_APPLESS_MAIN(TestSettingsText)
#include "tst_settings_text.moc"
