#pragma once

#include "core/common/clock.h"

#include <QTimer>

#include <vector>

namespace freerelay::upstream {

/// Lets calls do something at a time of their own: looks after them every few milliseconds while
/// there are any. From the event loop; one thread.
class Ticker final
{
public:
    static constexpr std::chrono::milliseconds interval{10};

    class Listener
    {
    public:
        virtual ~Listener() = default;
        /// May destroy any listener, itself too.
        virtual void onTick(common::SteadyTime now) = 0;
    };

    explicit Ticker(const common::Clock &clock);
    ~Ticker() = default;
    Q_DISABLE_COPY_MOVE(Ticker)

    void add(Listener &listener);
    /// Also one that is not there.
    void remove(Listener &listener);
    /// Nobody is called any more.
    void stop();
    [[nodiscard]] common::SteadyTime now() const { return m_clock.now(); }

    /// The timer does it in time; a test that moves its own clock calls it.
    void tick();

private:
    const common::Clock &m_clock;
    std::vector<Listener *> m_listeners; ///< null = it is gone
    bool m_isStopped = false;
    QTimer m_timer;
};

} // namespace freerelay::upstream
