#pragma once

#include "core/interfaces/gateway_control.h"

#include <functional>
#include <list>
#include <memory>

namespace freerelay::services {

/// Who wants to be told that something changed. One thread; a subscription may outlive the list.
class Subscribers final
{
public:
    using Callback = std::function<void()>;

    /// @param changed  called by announce() until the subscription is destroyed
    [[nodiscard]] std::unique_ptr<interfaces::Subscription> subscribe(Callback changed)
    {
        return std::make_unique<Entry>(
            m_callbacks, m_callbacks->insert(m_callbacks->end(), std::move(changed)));
    }

    /// Tells all. None of them may subscribe or unsubscribe meanwhile.
    void announce() const
    {
        for (const Callback &callback : *m_callbacks) {
            callback();
        }
    }

private:
    using Callbacks = std::list<Callback>;

    /// Ends one subscription.
    class Entry final : public interfaces::Subscription
    {
    public:
        Entry(const std::shared_ptr<Callbacks> &callbacks, Callbacks::iterator position)
            : m_callbacks(callbacks)
            , m_position(position)
        { }
        ~Entry() override
        {
            if (const std::shared_ptr<Callbacks> callbacks = m_callbacks.lock()) {
                callbacks->erase(m_position);
            }
        }
        Q_DISABLE_COPY_MOVE(Entry)

    private:
        std::weak_ptr<Callbacks> m_callbacks;
        Callbacks::iterator m_position;
    };

    std::shared_ptr<Callbacks> m_callbacks = std::make_shared<Callbacks>();
};

} // namespace freerelay::services
