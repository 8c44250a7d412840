#include "core/settings/yaml_edit.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using freerelay::settings::setYamlScalar;

class TestYamlEdit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void editsTheTextAndNothingElse_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QByteArray>("after"); // empty: refused
        const auto row = [](const char *name,
                            const QByteArray &before,
                            const QString &path,
                            const QString &value,
                            const QByteArray &after) {
            QTest::newRow(name) << before << path << value << after;
        };
        row("empty file", "", u"a"_s, u"1"_s, "a: 1\n");
        row("only a comment", "# hello", u"a.b"_s, u"1"_s, "# hello\na:\n  b: 1\n");
        row("plain", "a: 1 # one\nb: 2\n", u"a"_s, u"3"_s, "a: 3 # one\nb: 2\n");
        row("double quotes", "a: \"x \\\" y\" # c\n", u"a"_s, u"z"_s, "a: z # c\n");
        row("single quotes", "a: 'it''s' # c\n", u"a"_s, u"z"_s, "a: z # c\n");
        row("needs quotes", "a: 1\n", u"a"_s, u"5 min"_s, "a: \"5 min\"\n");
        row("url", "a: 1\n", u"a"_s, u"http://[::1]:1/v1"_s, "a: \"http://[::1]:1/v1\"\n");
        row("null word", "a: 1\n", u"a"_s, u"null"_s, "a: \"null\"\n");
        row("empty value", "a: 1\n", u"a"_s, u""_s, "a: \"\"\n");
        row("control characters", "a: 1\n", u"a"_s, u"x\n\"\\"_s, "a: \"x\\x0a\\\"\\\\\"\n");
        row("no value", "a:\nb: 2\n", u"a"_s, u"1"_s, "a: 1\nb: 2\n");
        row("no value, comment", "a: # c\nb: 2\n", u"a"_s, u"1"_s, "a: 1 # c\nb: 2\n");
        row("tilde", "a: ~ # c\n", u"a"_s, u"1"_s, "a: 1 # c\n");
        row("word null", "a: null\n", u"a"_s, u"1"_s, "a: 1\n");
        row("new at top",
            "a: 1\n\n# about b\nb: 2\n",
            u"c"_s,
            u"3"_s,
            "a: 1\n\n# about b\nb: 2\nc: 3\n");
        row("no last line break", "a: 1", u"c"_s, u"3"_s, "a: 1\nc: 3\n");
        row("trailing comment stays last", "a: 1\n# end\n", u"c"_s, u"3"_s, "a: 1\nc: 3\n# end\n");
        row("nested", "a:\n    b: 1\nc: 2\n", u"a.b"_s, u"9"_s, "a:\n    b: 9\nc: 2\n");
        row("new in nested",
            "a:\n    b: 1 # x\n\nc: 2\n",
            u"a.d"_s,
            u"9"_s,
            "a:\n    b: 1 # x\n    d: 9\n\nc: 2\n");
        row("new parents", "a: 1\n", u"p.q.r"_s, u"x"_s, "a: 1\np:\n  q:\n    r: x\n");
        row("below an empty parent",
            "p: # later\na: 1\n",
            u"p.q"_s,
            u"x"_s,
            "p: # later\n  q: x\na: 1\n");
        row("after a deep entry",
            "p:\n  q:\n    r: 1\n  # about s\n  s: 2\nz: 1\n",
            u"p.t"_s,
            u"3"_s,
            "p:\n  q:\n    r: 1\n  # about s\n  s: 2\n  t: 3\nz: 1\n");
        row("after a list at the key", "p:\n- a\n- b\n", u"q"_s, u"3"_s, "p:\n- a\n- b\nq: 3\n");
        row("flow", "p: {q: 1, r: 2}\n", u"p.q"_s, u"9"_s, "p: {q: 9, r: 2}\n");
        row("new in flow", "p: {q: 1}\n", u"p.r"_s, u"9"_s, "p: {r: 9, q: 1}\n");
        row("new parents in flow", "p: {}\n", u"p.q.r"_s, u"x y"_s, "p: {q: {r: \"x y\"}}\n");
        row("empty flow root", "{}", u"a"_s, u"1"_s, "{a: 1}");
        row("Windows line ends",
            "a: 1\r\nb:\r\n  c: 2\r\n",
            u"b.d"_s,
            u"3"_s,
            "a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\n");
        row("byte order mark",
            "\xef\xbb\xbf"
            "a: 1\n",
            u"a"_s,
            u"2"_s,
            "\xef\xbb\xbf"
            "a: 2\n");
        row("document marker", "---\na: 1\n", u"b"_s, u"2"_s, "---\na: 1\nb: 2\n");
        row("anchor", "a: &x 1\nb: *x\n", u"a"_s, u"2"_s, "");
        row("alias", "a: &x 1\nb: *x\n", u"b"_s, u"2"_s, "");
        row("block scalar", "a: |\n  text\nb: 1\n", u"a"_s, u"2"_s, "");
        row("beside a block scalar",
            "a: |\n  text\n\n  # not a comment\nb: 1\n",
            u"c"_s,
            u"2"_s,
            "a: |\n  text\n\n  # not a comment\nb: 1\nc: 2\n");
        row("scalar where a group is needed", "a: 1\n", u"a.b"_s, u"2"_s, "");
        row("list at top", "- a\n", u"a"_s, u"2"_s, "");
        row("not YAML", "a: [\n", u"a"_s, u"2"_s, "");
        row("quoted key", "\"a\": 1\n", u"a"_s, u"2"_s, "\"a\": 2\n");
        row("alias of a mapping", "b: &x {c: 1}\nd: *x\n", u"d.c"_s, u"2"_s, "");
        row("set twice", "a: 1\na: 2\n", u"a"_s, u"3"_s, "");
        row("several lines", "a: one\n  two\nb: 1\n", u"a"_s, u"2"_s, "");
    }

    void editsTheTextAndNothingElse()
    {
        QFETCH(QByteArray, before);
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(QByteArray, after);
        const auto edited = setYamlScalar(before, path.split(u'.'), value);
        QCOMPARE(edited.has_value(), !after.isEmpty());
        if (edited) {
            QCOMPARE(*edited, after);
        }
    }
};

QTEST_GUILESS_MAIN(TestYamlEdit)
#include "tst_yaml_edit.moc"
