#pragma once

#include <QByteArray>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace freerelay::relay {

class PeerProcess;

/// Looks for the programs behind connections, in its own time. Any thread; returns at once.
class ProcessSource
{
public:
    virtual ~ProcessSource() = default;
    virtual void find(std::shared_ptr<PeerProcess> process) = 0;
};

/// The program at the other end of a connection: its name comes later, or never. Shared by the
/// connection, its requests and whoever looks for it. Any thread.
class PeerProcess : public std::enable_shared_from_this<PeerProcess>
{
public:
    /// @param inode   of the socket at the other end
    /// @param source  outlives it
    PeerProcess(std::uint32_t inode, ProcessSource &source)
        : m_inode(inode)
        , m_source(source)
    { }

    [[nodiscard]] std::uint32_t inode() const { return m_inode; }
    /// "" = it is not known, or not yet.
    [[nodiscard]] QByteArray name() const
    {
        return m_known.load(std::memory_order_acquire) ? m_name : QByteArray();
    }
    /// Has it looked for, once.
    void ask()
    {
        if (!m_asked.exchange(true, std::memory_order_relaxed)) {
            m_source.find(shared_from_this());
        }
    }
    /// By the source, at most once.
    void setName(QByteArray name)
    {
        m_name = std::move(name);
        m_known.store(true, std::memory_order_release);
    }

private:
    std::uint32_t m_inode;
    ProcessSource &m_source;
    std::atomic<bool> m_asked{false};
    std::atomic<bool> m_known{false};
    QByteArray m_name; ///< written before m_known
};

} // namespace freerelay::relay
