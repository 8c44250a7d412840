#include "deferred.h"

#include <QAbstractEventDispatcher>
#include <QPointer>

#include <algorithm>
#include <utility>
#include <vector>

namespace freerelay::common {

/// What one thread has put off. Qt tells when its loop is about to wait and when it begins a turn
/// without waiting; between the two nothing is forgotten.
class TurnEnd
{
public:
    static TurnEnd &ofThisThread()
    {
        static thread_local TurnEnd turnEnd;
        return turnEnd;
    }

    void add(Deferred *deferred)
    {
        watch();
        m_waiting.push_back(deferred);
    }

    void remove(Deferred *deferred)
    {
        std::erase(m_waiting, deferred);
        std::replace(
            m_running.begin(), m_running.end(), deferred, static_cast<Deferred *>(nullptr));
    }

private:
    // Work may beget work, which is done before the loop waits; but sockets want their turn too.
    static constexpr int maxPasses = 4;

    void watch()
    {
        QAbstractEventDispatcher *const dispatcher = QAbstractEventDispatcher::instance();
        if (dispatcher == m_dispatcher) {
            return;
        }
        m_dispatcher = dispatcher;
        Q_ASSERT(dispatcher != nullptr);
        const auto run = [this] { runAll(); };
        QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, dispatcher, run);
        QObject::connect(dispatcher, &QAbstractEventDispatcher::awake, dispatcher, run);
    }

    void runAll()
    {
        if (m_waiting.empty() || !m_running.empty()) {
            return;
        }
        for (int pass = 0; pass < maxPasses && !m_waiting.empty(); ++pass) {
            runOnce();
        }
        if (!m_waiting.empty()) {
            m_dispatcher->wakeUp();
        }
    }

    void runOnce()
    {
        m_running.swap(m_waiting);
        // By index: work may remove entries while it runs.
        for (std::size_t i = 0; i < m_running.size(); ++i) { // NOLINT(modernize-loop-convert)
            if (Deferred *const deferred = m_running[i]) {
                m_running[i] = nullptr;
                deferred->m_scheduled = false;
                deferred->m_work();
            }
        }
        m_running.clear();
    }

    QPointer<QAbstractEventDispatcher> m_dispatcher;
    std::vector<Deferred *> m_waiting;
    std::vector<Deferred *> m_running; ///< entries become null when done or gone
};

Deferred::Deferred(std::function<void()> work)
    : m_work(std::move(work))
{ }

Deferred::~Deferred()
{
    if (m_scheduled) {
        TurnEnd::ofThisThread().remove(this);
    }
}

void Deferred::schedule()
{
    if (!std::exchange(m_scheduled, true)) {
        TurnEnd::ofThisThread().add(this);
    }
}

} // namespace freerelay::common
