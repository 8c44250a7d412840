#include "ui/dialogs/dialog_prompter.h"

#include <QMessageBox>
#include <QPushButton>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

namespace {

Question question()
{
    return {u"consent"_s, u"Title"_s, u"Text"_s, u"Explanation"_s, {u"&Yes"_s, u"&No"_s}, 1};
}

} // namespace

class TestDialogPrompter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersWithTheIndexOfTheButton()
    {
        QWidget window;
        window.show();
        DialogPrompter prompter(&window);
        int answer = -1;
        prompter.ask(question(), [&answer](int chosen) { answer = chosen; });
        auto *box = window.findChild<QMessageBox *>(u"consent"_s);
        QVERIFY2(answer == -1, "asking must not block");
        for (QAbstractButton *button : box->buttons()) {
            if (button->text() == "&Yes"_L1) {
                button->click();
            }
        }
        QTRY_COMPARE(answer, 0);
    }

    void escapeCancels()
    {
        QWidget window;
        window.show();
        DialogPrompter prompter(&window);
        int answer = -1;
        prompter.ask(question(), [&answer](int chosen) { answer = chosen; });
        QTest::keyClick(window.findChild<QMessageBox *>(u"consent"_s), Qt::Key_Escape);
        QTRY_COMPARE(answer, 1);
    }
};

QTEST_MAIN(TestDialogPrompter)
#include "tst_dialog_prompter.moc"
