#include "control_thread.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

ControlThread::ControlThread()
{
    m_thread.setObjectName(u"control"_s);
    m_context.moveToThread(&m_thread);
    m_thread.start();
}

ControlThread::~ControlThread()
{
    m_thread.quit();
    m_thread.wait();
}

} // namespace freerelay::services
