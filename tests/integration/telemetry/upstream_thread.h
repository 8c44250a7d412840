#pragma once

#include "tests/support/fake_upstream.h"

#include <QThread>

#include <memory>

namespace freerelay::tests {

/// A FakeUpstream on a thread of its own, for tests whose own thread waits for sockets.
class UpstreamThread final
{
public:
    UpstreamThread()
    {
        m_context.moveToThread(&m_thread);
        m_thread.start();
        QMetaObject::invokeMethod(
            &m_context,
            [this] { m_upstream = std::make_unique<FakeUpstream>(); },
            Qt::BlockingQueuedConnection);
    }
    ~UpstreamThread()
    {
        QMetaObject::invokeMethod(
            &m_context, [this] { m_upstream.reset(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(UpstreamThread)

    FakeUpstream *operator->() const { return m_upstream.get(); }

private:
    QThread m_thread;
    QObject m_context;
    std::unique_ptr<FakeUpstream> m_upstream;
};

} // namespace freerelay::tests
