#include "core/upstream/chaos/break_point.h"

#include <QTest>

using namespace freerelay;
using upstream::BreakPoint;

namespace {

const common::HeaderList stream{{"content-type", "text/event-stream; charset=utf-8"}};

/// Where it lies when the body comes in pieces of this size; -1 = behind the body.
qsizetype placeIn(const QByteArray &body, BreakPoint point, qsizetype pieceSize)
{
    qsizetype before = 0;
    for (qsizetype at = 0; at < body.size(); at += pieceSize) {
        before += point.take(body.mid(at, pieceSize));
        if (point.isReached()) {
            return before;
        }
    }
    return -1;
}

} // namespace

class TestBreakPoint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void liesWithinAnEventHoweverTheBodyComes_data()
    {
        QTest::addColumn<QByteArray>("end");
        QTest::newRow("LF") << QByteArray("\n\n");
        QTest::newRow("CR LF") << QByteArray("\r\n\r\n");
    }

    void liesWithinAnEventHoweverTheBodyComes()
    {
        QFETCH(QByteArray, end);
        QByteArray body;
        QList<qsizetype> begins;
        for (int i = 0; i < 8; ++i) {
            begins.append(body.size());
            body += "event: x" + end.first(end.size() / 2) + "data: {\"n\":" + QByteArray::number(i)
                + "}" + end;
        }
        for (std::uint64_t draw = 0; draw < 6; ++draw) {
            const qsizetype expected = begins.at(qsizetype(draw) + 1) + 9;
            for (const qsizetype size : {qsizetype(1), qsizetype(7), body.size()}) {
                QCOMPARE(placeIn(body, BreakPoint(stream, draw), size), expected);
            }
        }
    }

    void liesInTheMiddleOfAnythingElse()
    {
        const QByteArray body(100, 'x');
        QCOMPARE(placeIn(body, BreakPoint({{"content-length", "100"}}, 5), 7), 50);
        QCOMPARE(placeIn(body, BreakPoint({}, 5), 7), 24);
    }

    void liesBehindWhatIsTooShort()
    {
        QCOMPARE(placeIn("data: 1\n\n", BreakPoint(stream, 3), 4), -1);
        QCOMPARE(placeIn("{}", BreakPoint({}, 0), 2), -1);
    }
};

QTEST_GUILESS_MAIN(TestBreakPoint)
#include "tst_break_point.moc"
