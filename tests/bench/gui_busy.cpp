// The desktop program, with a GUI thread that can be kept busy: shows that the gateway's workers do
// not wait for it. Takes the arguments of freerelay-desktop.
//   FREERELAY_BENCH_GUI_BUSY_MS   how long each turn of the GUI thread takes; unset or 0: idle
#include "app/common/program.h"
#include "app/desktop/desktop_program.h"
#include "ui/shell/desktop_application.h"

#include <QApplication>
#include <QTimer>

#include <chrono>

namespace {

void burn(std::chrono::milliseconds span)
{
    const auto end = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < end) { }
}

} // namespace

int main(int argc, char **argv)
{
    freerelay::app::tuneProcess();
    const QApplication application(argc, argv);
    freerelay::ui::DesktopApplication::prepare();
    const std::chrono::milliseconds busy(
        qEnvironmentVariableIntValue("FREERELAY_BENCH_GUI_BUSY_MS"));
    QTimer timer;
    if (busy.count() > 0) {
        QObject::connect(&timer, &QTimer::timeout, &timer, [busy] { burn(busy); });
        timer.start(0);
    }
    return freerelay::app::runDesktop(application.arguments());
}
