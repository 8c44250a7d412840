#include "app/common/program.h"
#include "app/desktop/desktop_program.h"
#include "ui/shell/desktop_application.h"

#include <QApplication>

int main(int argc, char **argv)
{
    freerelay::app::tuneProcess();
    const QApplication application(argc, argv);
    freerelay::ui::DesktopApplication::prepare();
    return freerelay::app::runDesktop(application.arguments());
}
