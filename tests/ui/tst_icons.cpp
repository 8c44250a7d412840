#include "ui/theme/icons.h"

#include <QApplication>
#include <QImage>
#include <QStyle>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::ui;

namespace {

const QStringList states{u"ok"_s, u"paused"_s, u"degraded"_s, u"down"_s, u"demo"_s};

QPalette highContrast()
{
    return QPalette(Qt::black, Qt::white, Qt::white, Qt::black, Qt::gray, Qt::black, Qt::white);
}

QImage silhouette(const QIcon &icon)
{
    return icon.pixmap(QSize(32, 32), 1.0).toImage().convertToFormat(QImage::Format_ARGB32);
}

int differingPixels(const QImage &a, const QImage &b)
{
    int count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            count += qAbs(qAlpha(a.pixel(x, y)) - qAlpha(b.pixel(x, y))) > 64 ? 1 : 0;
        }
    }
    return count;
}

} // namespace

class TestIcons final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trayStatesDifferInOutlineNotOnlyInColour()
    {
        const QPalette light = QApplication::style()->standardPalette();
        for (const QString &first : states) {
            for (const QString &second : states) {
                if (first < second) {
                    const int differing = differingPixels(
                        silhouette(trayIcon(first, light)), silhouette(trayIcon(second, light)));
                    QVERIFY2(differing >= 12, qPrintable(QString(first + u' ' + second)));
                }
            }
        }
    }

    void monochromeUsesNoColour()
    {
        const QPalette palette = highContrast();
        QCOMPARE(trayVariantFor(palette), TrayVariant::Monochrome);
        const QImage image = trayIcon(u"down"_s, palette).pixmap(QSize(32, 32), 1.0).toImage();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor pixel = image.pixelColor(x, y);
                QVERIFY(pixel.alpha() < 32 || pixel.saturation() < 8);
            }
        }
    }

    void variantFollowsThePalette()
    {
        QCOMPARE(trayVariantFor(QApplication::style()->standardPalette()), TrayVariant::Light);
        QCOMPARE(trayVariantFor(darkPalette()), TrayVariant::Dark);
    }

    void lineIconsTakeTheColourOfTheMoment()
    {
        const QIcon icon = lineIcon(u"close"_s);
        const auto middle = [&icon] {
            return icon.pixmap(QSize(24, 24), 1.0).toImage().pixelColor(12, 12);
        };
        QApplication::setPalette(darkPalette());
        QVERIFY(middle().lightness() > 200);
        QApplication::setPalette(QApplication::style()->standardPalette());
        QVERIFY(middle().lightness() < 60);
    }

    void trayIconsComeInEverySizeThatTraysAskFor()
    {
        const QIcon icon = trayIcon(u"ok"_s, darkPalette());
        for (const int side : {16, 22, 24, 32, 48}) {
            QVERIFY(icon.availableSizes().contains(QSize(side, side)));
        }
    }
};

QTEST_MAIN(TestIcons)
#include "tst_icons.moc"
