#include "ui/shell/message_list.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;
using namespace std::chrono_literals;

class TestMessageList final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalMessagesMergeAndAreCounted()
    {
        MessageList list;
        list.add({MessageKind::Error, u"No network."_s});
        list.add({MessageKind::Error, u"No network."_s});
        QCOMPARE(list.entries().size(), std::size_t(1));
        QCOMPARE(list.entries().front().count, 2);
    }

    void keepsAtMostThree()
    {
        MessageList list;
        for (const auto &text : {u"1"_s, u"2"_s, u"3"_s, u"4"_s}) {
            list.add({MessageKind::Error, text});
        }
        QCOMPARE(list.entries().size(), MessageList::capacity);
        QCOMPARE(list.entries().front().message.text, u"2"_s);
    }

    void aSuccessMakesRoomBeforeAnErrorDoes()
    {
        MessageList list;
        list.add({MessageKind::Error, u"1"_s});
        list.add({MessageKind::Success, u"2"_s});
        list.add({MessageKind::Error, u"3"_s});
        list.add({MessageKind::Error, u"4"_s});
        QCOMPARE(list.entries().at(0).message.text, u"1"_s);
        QCOMPARE(list.entries().at(1).message.text, u"3"_s);
    }

    void whatHasALifetimeLeavesByItselfAndErrorsStay()
    {
        MessageList list;
        list.add({MessageKind::Error, u"error"_s});
        Message brief{MessageKind::Success, u"saved"_s};
        brief.lifetime = 1ms;
        list.add(std::move(brief));
        QTRY_COMPARE(list.entries().size(), std::size_t(1));
        QCOMPARE(list.entries().front().message.text, u"error"_s);
    }

    void successesGetFourSecondsUnlessToldOtherwise()
    {
        MessageList list;
        list.add({MessageKind::Success, u"saved"_s});
        list.add({MessageKind::Error, u"error"_s});
        QCOMPARE(list.entries().at(0).message.lifetime.value(), 4000ms);
        QVERIFY(!list.entries().at(1).message.lifetime);
    }

    void triggerRunsTheActionOnceAndDismisses()
    {
        MessageList list;
        int runs = 0;
        Message message{MessageKind::Info, u"removed"_s, {}, u"Undo"_s};
        message.action = [&runs] { ++runs; };
        const int id = list.add(std::move(message));
        list.trigger(id);
        list.trigger(id);
        QCOMPARE(runs, 1);
        QVERIFY(list.entries().empty());
    }

    void dismissingSomethingUnknownChangesNothing()
    {
        MessageList list;
        const QSignalSpy changes(&list, &MessageList::changed);
        list.dismiss(7);
        QCOMPARE(changes.count(), 0);
    }
};

QTEST_GUILESS_MAIN(TestMessageList)
#include "tst_message_list.moc"
