#include "tests/contract/carry_table.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

namespace {

const QString page = QStringLiteral(FREERELAY_TEST_DATA "/../../docs/dialects.md");
const QByteArray begin = "<!-- made by tst_carry_table: see testing.md -->\n\n";
const QByteArray end = "<!-- end of what tst_carry_table made -->\n";

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The page with other tables.
QByteArray withTables(const QByteArray &text, const QByteArray &tables)
{
    const qsizetype from = text.indexOf(begin);
    const qsizetype to = text.indexOf(end);
    return from < 0 || to < from ? QByteArray()
                                 : text.first(from + begin.size()) + tables + text.sliced(to);
}

} // namespace

/// The tables in docs/dialects.md say what the code does. With FREERELAY_WRITE_TABLES they are
/// written anew.
class CarryTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isWhatTheCodeDoes()
    {
        const QByteArray now = contentOf(page);
        const QByteArray expected = withTables(now, carryTables());
        QVERIFY2(!expected.isEmpty(), "docs/dialects.md has no place for the tables");
        if (qEnvironmentVariableIsSet("FREERELAY_WRITE_TABLES")) {
            QFile file(page);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(expected), expected.size());
            return;
        }
        const QByteArrayList lines = now.split('\n');
        const QByteArrayList expectedLines = expected.split('\n');
        for (qsizetype i = 0; i < std::min(lines.size(), expectedLines.size()); ++i) {
            QCOMPARE(lines[i], expectedLines[i]);
        }
        QCOMPARE(lines.size(), expectedLines.size());
    }
};

} // namespace freerelay::tests

QTEST_APPLESS_MAIN(freerelay::tests::CarryTable)
#include "tst_carry_table.moc"
