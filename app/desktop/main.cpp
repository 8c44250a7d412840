#include "app/desktop/desktop_program.h"
#include "ui/shell/desktop_application.h"

#include <QApplication>

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    freerelay::ui::DesktopApplication::prepare();
    return freerelay::app::runDesktop(application.arguments());
}
