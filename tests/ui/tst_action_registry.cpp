#include "ui/shell/action_registry.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

class TestActionRegistry final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsWhatItWasTold()
    {
        ActionRegistry registry;
        int runs = 0;
        registry.add({u"a"_s, u"&A"_s, Qt::CTRL | Qt::Key_A}, [&runs] { ++runs; });
        registry.find(u"a"_s)->trigger();
        QCOMPARE(runs, 1);
        QVERIFY(registry.find(u"b"_s) == nullptr);
    }

    void findsTwoActionsWithOneShortcut()
    {
        ActionRegistry registry;
        registry.add({u"a"_s, u"A"_s, Qt::CTRL | Qt::Key_A}, [] {});
        QVERIFY(registry.conflicts().isEmpty());
        registry.add({u"b"_s, u"B"_s, Qt::CTRL | Qt::Key_A}, [] {});
        QCOMPARE(registry.conflicts(), QStringList{u"b"_s});
    }

    void aDisabledActionSaysWhy()
    {
        ActionRegistry registry;
        QAction *action = registry.add({u"a"_s, u"A"_s, Qt::CTRL | Qt::Key_A}, [] {});
        registry.setDisabledReason(u"a"_s, u"Nothing to copy"_s);
        QVERIFY(!action->isEnabled());
        QCOMPARE(action->toolTip(), u"Nothing to copy"_s);
        registry.setDisabledReason(u"a"_s, {});
        QVERIFY(action->isEnabled());
    }
};

QTEST_MAIN(TestActionRegistry)
#include "tst_action_registry.moc"
