#include "status_keeper.h"

#include <QLoggingCategory>

#include <utility>

namespace freerelay::store {

StatusKeeper::StatusKeeper(
    const QLoggingCategory &category, Words words, std::function<void()> changed)
    : m_category(category)
    , m_words(std::move(words))
    , m_changed(std::move(changed))
{ }

void StatusKeeper::setState(bool recording, const QString &problem)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_state.recording == recording && m_state.problem == problem) {
            return;
        }
        m_state.recording = recording;
        m_state.problem = problem;
    }
    if (recording) {
        qCInfo(m_category).noquote() << "requests are" << m_words.done << "in" << m_words.place;
    } else if (!problem.isEmpty()) {
        qCWarning(m_category).noquote() << "requests are not" << m_words.done << "in"
                                        << m_words.place << "at the moment:" << problem;
    }
    if (m_changed) {
        m_changed();
    }
}

void StatusKeeper::setNotice(const QString &notice)
{
    {
        const std::lock_guard lock(m_mutex);
        m_state.notice = notice;
    }
    qCWarning(m_category).noquote() << notice;
    if (m_changed) {
        m_changed();
    }
}

void StatusKeeper::end()
{
    const std::lock_guard lock(m_mutex);
    m_state.recording = false;
}

StoreStatus StatusKeeper::state() const
{
    const std::lock_guard lock(m_mutex);
    return m_state;
}

} // namespace freerelay::store
