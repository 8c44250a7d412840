#pragma once

#include "core/common/result.h"

#include <QObject>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace freerelay::services {

/// Brings one answer from another thread back to the one that asked. The callback, and whatever
/// it holds, never leaves its thread; it goes with the receiver when that goes first.
template <typename T> class AnswerSlot final : public QObject
{
public:
    using Answer = common::Result<T>;
    using Done = std::function<void(Answer)>;

    /// What the other thread may hold on to.
    class Mailbox
    {
    public:
        /// Any thread, once. Does nothing when the receiver has gone.
        void post(Answer answer)
        {
            const std::lock_guard lock(m_mutex);
            if (AnswerSlot *slot = m_slot; slot != nullptr) {
                QMetaObject::invokeMethod(
                    slot,
                    [slot, answer = std::move(answer)]() mutable {
                        slot->deliver(std::move(answer));
                    },
                    Qt::QueuedConnection);
            }
        }

    private:
        friend class AnswerSlot;
        std::mutex m_mutex;
        AnswerSlot *m_slot = nullptr;
    };

    /// On the receiver's thread.
    [[nodiscard]] static std::shared_ptr<Mailbox> open(QObject &receiver, Done done)
    {
        auto mailbox = std::make_shared<Mailbox>();
        mailbox->m_slot = new AnswerSlot(receiver, mailbox, std::move(done));
        return mailbox;
    }

    ~AnswerSlot() override
    {
        const std::lock_guard lock(m_mailbox->m_mutex);
        m_mailbox->m_slot = nullptr;
    }
    Q_DISABLE_COPY_MOVE(AnswerSlot)

private:
    AnswerSlot(QObject &receiver, std::shared_ptr<Mailbox> mailbox, Done done)
        : QObject(&receiver)
        , m_mailbox(std::move(mailbox))
        , m_done(std::move(done))
    { }

    void deliver(Answer answer)
    {
        deleteLater();
        const Done done = std::move(m_done);
        done(std::move(answer)); // may destroy the receiver, and this with it
    }

    std::shared_ptr<Mailbox> m_mailbox;
    Done m_done;
};

} // namespace freerelay::services
