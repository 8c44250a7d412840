#include "control_thread.h"

#include "core/common/thread_priority.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

ControlThread::ControlThread()
{
    m_thread.setObjectName(u"control"_s);
    m_context.moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(&m_context, &common::stepBehind);
}

ControlThread::~ControlThread()
{
    m_thread.quit();
    m_thread.wait();
}

} // namespace freerelay::services
