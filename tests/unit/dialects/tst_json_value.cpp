#include "core/dialects/json.h"
#include "core/dialects/json_fields.h"
#include "core/dialects/json_index.h"

#include <QTest>

#include <random>

using namespace freerelay;
using namespace freerelay::dialects;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A string of up to 150 bytes, made of what ends and escapes strings and of brackets.
QByteArray anyString(std::mt19937 &random)
{
    static const QByteArrayList pieces{
        "a", "long words ", "\\\\", "\\\"", "{", "}", "[", "]", "\\u00e9", ",", ":", "é"};
    QByteArray text = "\"";
    for (unsigned left = random() % 30; left > 0; --left) {
        text += pieces.at(qsizetype(random() % unsigned(pieces.size())));
    }
    return text + '"';
}

QByteArray anyValue(std::mt19937 &random, int depth)
{
    if (depth == 0 || random() % 3 == 0) {
        return anyString(random);
    }
    const bool isObject = random() % 2 == 0;
    QByteArrayList inside;
    for (unsigned left = random() % 4; left > 0; --left) {
        inside.append(
            (isObject ? anyString(random) + ": " : QByteArray()) + anyValue(random, depth - 1));
    }
    return (isObject ? '{' : '[') + inside.join(", ") + (isObject ? '}' : ']');
}

/// All that can be read of a value, with the ways of reading it.
QByteArray readOf(const JsonValue &value)
{
    QByteArray read = value.text().toByteArray();
    for (const JsonMember &member : value.members()) {
        read += '\n' + member.key() + '=' + readOf(member.value);
        read += '\n' + value[member.key()].text().toByteArray();
        read += '\n' + JsonFields(value)[member.key()].text().toByteArray();
    }
    for (const JsonValue &element : value.elements()) {
        read += "\n-" + readOf(element);
    }
    return read + '\n' + value.first().text().toByteArray();
}

} // namespace

class JsonValueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsNoJson_data();
    void refusesWhatIsNoJson();
    void acceptsNestingUpToTheLimit();
    void acceptsAHugeDocumentAndASmallOneAfterIt();
    void copiesOnlyWhenThereIsNoPadding();
    void readsMembersInOrder();
    void findsTheLastOfRepeatedMembers();
    void findsAMemberWithAnEscapedName();
    void findsNothingInOtherTypes();
    void endsStringsAtTheRightQuote_data();
    void endsStringsAtTheRightQuote();
    void undoesEscapes_data();
    void undoesEscapes();
    void readsNumbers();
    void seesEmptyContainers();
    void staysInsideTheValue();
    void endsContainersAtTheRightBracket();
    void fieldsAreThoseOfTheObject();
    void readsTheSameWithAnIndex();
    void walksWhereATextHasTooManyValues();

private:
    static void endsStringAt(const QByteArray &raw);
};

void JsonValueTest::refusesWhatIsNoJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("white space") << "  \n"_ba;
    QTest::newRow("truncated") << R"({"a":1)"_ba;
    QTest::newRow("bad literal in an unread member") << R"({"a":[{"b":tru}],"c":1})"_ba;
    QTest::newRow("leading zero") << R"({"a":01})"_ba;
    QTest::newRow("bad escape") << R"({"a":"\q"})"_ba;
    QTest::newRow("raw line end in a string") << "{\"a\":\"x\ny\"}"_ba;
    QTest::newRow("trailing comma") << R"({"a":1,})"_ba;
    QTest::newRow("two roots") << R"({} {})"_ba;
    QTest::newRow("invalid UTF-8") << "{\"a\":\"\xff\"}"_ba;
    QTest::newRow("overlong UTF-8") << "{\"a\":\"\xc0\xaf\"}"_ba;
    QTest::newRow("surrogate as UTF-8") << "{\"a\":\"\xed\xa0\x80\"}"_ba;
    QTest::newRow("129 levels") << QByteArray(129, '[') + QByteArray(129, ']');
    QTest::newRow("5,000 levels") << QByteArray(5'000, '[') + QByteArray(5'000, ']');
    QTest::newRow("number beyond a double") << R"({"a":1e999})"_ba;
}

void JsonValueTest::refusesWhatIsNoJson()
{
    QFETCH(QByteArray, text);
    const common::Result<JsonValue> parsed = parseJson(text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().kind, common::ErrorKind::InvalidArgument);
    QVERIFY(!parseJson(padded(text)));
    QVERIFY(!parseJson(QByteArrayView(text)));
}

void JsonValueTest::acceptsNestingUpToTheLimit()
{
    const QByteArray text = QByteArray(128, '[') + QByteArray(128, ']');
    QVERIFY(parseJson(text));
    const QByteArray objects = QByteArray("{\"a\":").repeated(127) + "{}" + QByteArray(127, '}');
    QVERIFY(parseJson(objects));
}

void JsonValueTest::acceptsAHugeDocumentAndASmallOneAfterIt()
{
    const QByteArray text = "{\"image\":\"" + QByteArray(20 * 1024 * 1024, 'A') + "\",\"after\":7}";
    const QByteArray body = padded(text);
    const common::Result<JsonValue> parsed = parseJson(body);
    QVERIFY(parsed);
    QCOMPARE((*parsed)["after"].integer(), std::optional<std::int64_t>(7));
    QVERIFY(parseJson("[1]"_ba));
    QVERIFY(!parseJson("[1"_ba));
}

void JsonValueTest::copiesOnlyWhenThereIsNoPadding()
{
    QByteArray text = "[1,2]";
    text.reserve(text.size() + jsonPadding);
    const char *const before = text.constData();
    text = padded(std::move(text));
    QCOMPARE(text.constData(), before);
    const QByteArray raw = padded(QByteArray::fromRawData("[1]", 3));
    QVERIFY(raw.capacity() - raw.size() >= jsonPadding);
    QCOMPARE(raw, "[1]"_ba);
}

void JsonValueTest::readsMembersInOrder()
{
    const QByteArray text
        = R"( { "a" : 1 , "b":[1,{"x":"}"}], "c":{"d":null},"e":"\"" ,"f":-1.5e3,"g":true} )";
    const JsonValue root = *parseJson(text);
    QByteArrayList seen;
    for (const JsonMember &member : root.members()) {
        seen << member.key() + '=' + member.value.text().toByteArray();
    }
    QCOMPARE(
        seen,
        QByteArrayList(
            {"a=1", R"(b=[1,{"x":"}"}])", R"(c={"d":null})", R"(e="\"")", "f=-1.5e3", "g=true"}));
    QCOMPARE(root.text().front(), '{');
    QCOMPARE(root.text().back(), '}');
}

void JsonValueTest::findsTheLastOfRepeatedMembers()
{
    const QByteArray text = R"({"a":1,"b":2,"a":3})";
    QCOMPARE((*parseJson(text))["a"].integer(), std::optional<std::int64_t>(3));
}

void JsonValueTest::findsAMemberWithAnEscapedName()
{
    const QByteArray text = R"({"mod\u0065l":"x","\/":1})";
    const JsonValue root = *parseJson(text);
    QCOMPARE(root["model"].string(), "x"_ba);
    QVERIFY(root["mod\\u0065l"].isMissing());
    QVERIFY(!root["/"].isMissing());
}

void JsonValueTest::findsNothingInOtherTypes()
{
    const QByteArray text = R"(["a",1,null])";
    const JsonValue root = *parseJson(text);
    QVERIFY(root["a"].isMissing());
    QVERIFY(root["a"]["b"].first().isMissing());
    QCOMPARE(root.string(), ""_ba);
    QCOMPARE(root.number(), std::optional<double>());
    QVERIFY(JsonValue().isAbsent());
    QCOMPARE(root.first().string(), "a"_ba);
}

void JsonValueTest::endsStringsAtTheRightQuote_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("escaped quote") << R"(\")"_ba;
    QTest::newRow("backslash at the end") << R"(\\)"_ba;
    QTest::newRow("backslash, quote") << R"(\\\")"_ba;
    QTest::newRow("many") << R"(a\\\\\"b\"\"c\\)"_ba;
    QTest::newRow("brackets") << R"({[}]:,)"_ba;
}

void JsonValueTest::endsStringsAtTheRightQuote()
{
    QFETCH(QByteArray, raw);
    // Shifted over two blocks of sixteen bytes: every place of an escape in a block is seen.
    for (int shift = 0; shift < 34; ++shift) {
        endsStringAt(QByteArray(shift, 'x') + raw);
    }
}

void JsonValueTest::endsStringAt(const QByteArray &raw)
{
    const QByteArray text = "[\"" + raw + "\",{\"" + raw + "\":\"" + raw + "\"},42]";
    const JsonValue root = *parseJson(text);
    QCOMPARE(root.first().rawString().toByteArray(), raw);
    int count = 0;
    JsonValue last;
    for (const JsonValue element : root.elements()) {
        last = element;
        ++count;
    }
    QCOMPARE(count, 3);
    QCOMPARE(last.text().toByteArray(), "42"_ba);
}

void JsonValueTest::undoesEscapes_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QByteArray>("plain");
    QTest::newRow("simple") << R"(\b\f\n\r\t\"\\\/)"_ba
                            << "\b\f\n\r\t\"\\/"_ba;
    QTest::newRow("one byte") << R"(\u0041)"_ba
                              << "A"_ba;
    QTest::newRow("two bytes") << R"(\u00E9)"_ba
                               << "\xc3\xa9"_ba;
    QTest::newRow("three bytes") << R"(\u20ac!)"_ba
                                 << "\xe2\x82\xac!"_ba;
    QTest::newRow("a pair") << R"(\ud83d\ude00)"_ba
                            << "\xf0\x9f\x98\x80"_ba;
    QTest::newRow("half a pair") << R"(\ud83dx)"_ba
                                 << "\xef\xbf\xbdx"_ba;
    QTest::newRow("half a pair at the end") << R"(x\ude00)"_ba
                                            << "x\xef\xbf\xbd"_ba;
    QTest::newRow("high, then something else") << R"(\ud83d\u0041)"_ba
                                               << "\xef\xbf\xbd"
                                                  "A"_ba;
    QTest::newRow("text around") << R"(a\nb)"_ba
                                 << "a\nb"_ba;
}

void JsonValueTest::undoesEscapes()
{
    QFETCH(QByteArray, raw);
    QFETCH(QByteArray, plain);
    QCOMPARE(unescapeJson(raw), plain);
}

void JsonValueTest::readsNumbers()
{
    const QByteArray text = R"([12,-3,1.0,1e2,9223372036854775807,9223372036854775808,0])";
    QList<bool> whole;
    QList<double> numbers;
    const common::Result<JsonValue> root = parseJson(text);
    for (const JsonValue value : root->elements()) {
        whole << value.integer().has_value();
        numbers << value.number().value_or(-99);
    }
    QCOMPARE(whole, QList<bool>({true, true, false, false, true, false, true}));
    QCOMPARE(numbers.mid(0, 4), QList<double>({12, -3, 1, 100}));
}

void JsonValueTest::seesEmptyContainers()
{
    const QByteArray text = R"([[ ],{},[0],{"a":1},"",0])";
    QList<bool> empty;
    const common::Result<JsonValue> root = parseJson(text);
    for (const JsonValue value : root->elements()) {
        empty << value.isEmptyContainer();
    }
    QCOMPARE(empty, QList<bool>({true, true, false, false, false, false}));
}

void JsonValueTest::staysInsideTheValue()
{
    // Never handed out by parseJson(): the walk must still end inside the text.
    for (const QByteArray &broken :
         {"{\"a"_ba, "{\"a\":"_ba, "[1,"_ba, "{\"a\":{"_ba, "[\"\\\""_ba, "{"_ba}) {
        int steps = 0;
        for (const JsonMember &member : JsonValue(broken).members()) {
            steps += member.value.isMissing() ? 1 : 2;
            QVERIFY(steps < 10);
        }
        for (const JsonValue element : JsonValue(broken).elements()) {
            steps += element.isMissing() ? 1 : 2;
            QVERIFY(steps < 10);
        }
    }
}

void JsonValueTest::endsContainersAtTheRightBracket()
{
    for (unsigned seed = 1; seed <= 2'000; ++seed) {
        std::mt19937 random(seed);
        QByteArrayList values;
        for (unsigned left = random() % 6; left > 0; --left) {
            values.append(anyValue(random, 4));
        }
        const QByteArray text = padded('[' + values.join(',') + ']');
        const auto root = parseJson(text);
        QVERIFY2(root.has_value(), text.constData());
        qsizetype index = 0;
        for (const JsonValue &value : root->elements()) {
            QCOMPARE(value.text(), QByteArrayView(values.at(index)));
            ++index;
        }
        QCOMPARE(index, values.size());
    }
}

void JsonValueTest::readsTheSameWithAnIndex()
{
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same values every time
    for (int i = 0; i < 300; ++i) {
        const QByteArray text = ' ' + anyValue(random, JsonIndex::deepest + 2) + '\n';
        QVERIFY2(parseJson(text), text.constData());
        const JsonIndex index(text);
        QCOMPARE(readOf(index.root()), readOf(JsonValue(QByteArrayView(text).trimmed())));
    }
}

void JsonValueTest::walksWhereATextHasTooManyValues()
{
    const JsonIndex few(R"({"numbers":[1,2,3]})");
    QVERIFY(few.root().node() != nullptr);
    const JsonIndex many('[' + QByteArray("1,").repeated(10'000) + "2]");
    QVERIFY(many.root().node() == nullptr);
    int sum = 0;
    for (const JsonValue &element : many.root().elements()) {
        sum += int(element.integer().value_or(0));
    }
    QCOMPARE(sum, 10'002);
    const JsonIndex long70k('[' + QByteArray(R"("quite a long word",)").repeated(70'000) + "2]");
    QVERIFY(long70k.root().node() == nullptr);
}

void JsonValueTest::fieldsAreThoseOfTheObject()
{
    const JsonValue repeated(R"({"a":1,"b":{"a":2},"a":3,"\u0063":4})");
    const JsonFields fields(repeated);
    QCOMPARE(fields["a"].text(), "3"_ba);
    QCOMPARE(fields["b"].text(), R"({"a":2})"_ba);
    QCOMPARE(fields["c"].text(), "4"_ba);
    QVERIFY(fields["d"].isMissing());
    QVERIFY(JsonFields(JsonValue("[1]"))["a"].isMissing());
    QByteArray many;
    for (int i = 0; i < 40; ++i) {
        many += ",\"m" + QByteArray::number(i) + "\":" + QByteArray::number(i);
    }
    const QByteArray text = '{' + many.sliced(1) + '}';
    const JsonFields more{JsonValue(text)};
    QCOMPARE(more["m0"].text(), "0"_ba);
    QCOMPARE(more["m39"].text(), "39"_ba);
    QVERIFY(more["m40"].isMissing());
}

QTEST_APPLESS_MAIN(JsonValueTest)
#include "tst_json_value.moc"
