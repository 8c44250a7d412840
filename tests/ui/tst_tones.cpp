#include "ui/theme/tones.h"

#include <QApplication>
#include <QStyle>
#include <QTest>

using namespace freerelay::ui;

class TestTones final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyToneIsReadable_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::addColumn<QPalette::ColorRole>("ground");
        const QPalette light = QApplication::style()->standardPalette();
        for (const auto ground : {QPalette::Window, QPalette::Base, QPalette::AlternateBase}) {
            QTest::addRow("light, ground %d", int(ground)) << light << ground;
            QTest::addRow("dark, ground %d", int(ground)) << darkPalette() << ground;
        }
    }

    void everyToneIsReadable()
    {
        QFETCH(QPalette, palette);
        QFETCH(QPalette::ColorRole, ground);
        constexpr double wcagAa = 4.5;
        for (const Tone tone : {Tone::Neutral, Tone::Good, Tone::Info, Tone::Warning, Tone::Bad}) {
            QVERIFY2(
                contrastRatio(toneColor(tone, palette), palette.color(ground)) >= wcagAa,
                qPrintable(QString::number(int(tone))));
        }
        QVERIFY(contrastRatio(palette.color(QPalette::Text), palette.color(ground)) >= wcagAa);
    }

    void tellsDarkFromLight()
    {
        QVERIFY(isDark(darkPalette()));
        QVERIFY(!isDark(QApplication::style()->standardPalette()));
    }

    void blackOnWhiteHasTheHighestContrast()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::white, Qt::white), 1.0);
    }
};

QTEST_MAIN(TestTones)
#include "tst_tones.moc"
