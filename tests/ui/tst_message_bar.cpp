#include "ui/shell/message_bar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

class TestMessageBar final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesNoRoomWithoutMessages()
    {
        MessageList list;
        const MessageBar bar(list);
        QVERIFY(bar.isHidden());
    }

    void foldsDetailsAwayAndLetsThemBeCopied()
    {
        MessageList list;
        MessageBar bar(list);
        list.add({MessageKind::Error, u"The keychain is locked."_s, u"D-Bus error 7"_s});
        bar.show();
        auto *details = bar.findChild<QPlainTextEdit *>(u"messageDetails"_s);
        QVERIFY(!details->isVisible());
        bar.findChild<QPushButton *>(u"messageDetailsButton"_s)->click();
        QVERIFY(details->isVisible());
        QCOMPARE(details->toPlainText(), u"D-Bus error 7"_s);
    }

    void actionButtonRunsTheAction()
    {
        MessageList list;
        MessageBar bar(list);
        bool ran = false;
        Message message{MessageKind::Info, u"Key removed."_s, {}, u"Undo"_s};
        message.action = [&ran] { ran = true; };
        list.add(std::move(message));
        bar.findChild<QPushButton *>(u"messageActionButton"_s)->click();
        QVERIFY(ran);
        QVERIFY(bar.isHidden());
    }

    void closeButtonDismissesAndSaysWhat()
    {
        MessageList list;
        MessageBar bar(list);
        list.add({MessageKind::Error, u"No network."_s});
        auto *close = bar.findChild<QToolButton *>(u"messageCloseButton"_s);
        QVERIFY(close->accessibleName().contains(u"No network."_s));
        close->click();
        QVERIFY(list.entries().empty());
    }

    void repeatedMessageShowsHowOften()
    {
        MessageList list;
        MessageBar bar(list);
        list.add({MessageKind::Error, u"No network."_s});
        list.add({MessageKind::Error, u"No network."_s});
        QVERIFY(bar.findChild<QLabel *>(u"messageText"_s)->text().contains(u'2'));
    }
};

QTEST_MAIN(TestMessageBar)
#include "tst_message_bar.moc"
