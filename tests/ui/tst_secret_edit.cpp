#include "ui/widgets/secret_edit.h"

#include <QAction>
#include <QApplication>
#include <QFocusEvent>
#include <QTest>
#include <QTimer>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

class TestSecretEdit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hidesWhatIsTypedUntilAskedAndForFifteenSeconds()
    {
        SecretEdit edit;
        QCOMPARE(edit.echoMode(), QLineEdit::Password);
        edit.findChild<QAction *>(u"revealAction"_s)->trigger();
        QCOMPARE(edit.echoMode(), QLineEdit::Normal);
        const auto *timer = edit.findChild<QTimer *>({}, Qt::FindDirectChildrenOnly);
        QVERIFY(timer->isActive());
        QCOMPARE(timer->interval(), 15'000);
    }

    void hidesAgainWhenTheFocusLeaves()
    {
        SecretEdit edit;
        edit.findChild<QAction *>(u"revealAction"_s)->trigger();
        QFocusEvent leaving(QEvent::FocusOut, Qt::TabFocusReason);
        QApplication::sendEvent(&edit, &leaving);
        QCOMPARE(edit.echoMode(), QLineEdit::Password);
    }

    void trimsAndForgets()
    {
        SecretEdit edit;
        edit.setText(u"  gsk_0123456789 \n"_s);
        QCOMPARE(edit.secret().reveal(), "gsk_0123456789"_ba);
        edit.forget();
        QVERIFY(edit.text().isEmpty());
        QVERIFY(!edit.isUndoAvailable());
    }

    void keyboardCanReveal()
    {
        const SecretEdit edit;
        QVERIFY(!edit.findChild<QAction *>(u"revealAction"_s)->shortcut().isEmpty());
    }
};

QTEST_MAIN(TestSecretEdit)
#include "tst_secret_edit.moc"
