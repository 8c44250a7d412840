#include "audit_trail.h"

#include "core/store/outcome_weight.h"

#include <QLoggingCategory>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

Q_LOGGING_CATEGORY(lcAudit, "freerelay.audit", QtInfoMsg)

using common::Result;

} // namespace

/// What the thread does; lives on it.
class AuditTrail::Loop
{
public:
    explicit Loop(AuditTrail &trail)
        : m_trail(trail)
        , m_lastHead(trail.m_clock.now())
    { }

    void run();

private:
    /// Somebody who waits for an entry that is pending.
    struct Waiter
    {
        std::size_t entry;
        Written written;
    };

    void follow();
    void take();
    void keep(Waiting waiting);
    [[nodiscard]] bool isDue() const;
    [[nodiscard]] bool open();
    void writePending();
    void onFailure(const common::Error &error);
    void writeHeadWhenDue();
    void end(QByteArrayView why);
    void giveUp();

    AuditTrail &m_trail;
    std::unique_ptr<AuditWriter> m_writer; ///< null = not opened
    AuditTerms m_terms; ///< those in force, or that were when it was turned off
    bool m_isOn = false;
    std::uint64_t m_termsVersion = 0;
    common::SteadyTime m_lastHead;
    std::vector<AuditItem> m_pending;
    std::vector<Waiter> m_waiters;
    std::optional<std::chrono::steady_clock::time_point> m_failedAt;
};

void AuditTrail::Loop::run()
{
    for (;;) {
        // Asked first: what came before it was closed is then taken below.
        const bool closing = m_trail.m_queue.isClosed();
        if (closing && !m_pending.empty()) {
            m_trail.m_queue.pause(10ms); // it failed before; a closed queue does not wait by itself
        }
        take();
        follow();
        if (closing || isDue()) {
            writePending();
            if (m_isOn && !closing) {
                (void)open(); // whether that works is known before the first request
            }
        }
        m_trail.m_status.setPending(m_pending.size());
        if (closing
            && (m_pending.empty() || std::chrono::steady_clock::now() >= m_trail.m_stopBy)) {
            break;
        }
        if (!m_isOn && m_writer && m_pending.empty()) {
            end("off");
            m_writer.reset();
            m_trail.m_status.setState(false, {});
        }
        writeHeadWhenDue();
    }
    end("exit");
    giveUp();
}

/// Takes over new terms.
void AuditTrail::Loop::follow()
{
    AuditTerms terms;
    {
        const std::lock_guard lock(m_trail.m_mutex);
        if (m_termsVersion == m_trail.m_termsVersion) {
            return;
        }
        m_termsVersion = m_trail.m_termsVersion;
        terms = m_trail.m_terms;
    }
    m_isOn = terms.isOn();
    if (!m_isOn) {
        return; // what is still on its way, and the last head, belong to the old ones
    }
    m_terms = std::move(terms);
    if (m_writer) {
        m_writer->setTerms(m_terms);
    }
}

void AuditTrail::Loop::take()
{
    const AuditOptions &options = m_trail.m_options;
    const bool atOnce = m_trail.m_atOnce.load(std::memory_order_relaxed);
    auto taken = m_trail.m_queue.take(
        m_pending.empty() ? options.idle : std::min(options.idle, options.retry),
        atOnce ? 0ms : options.gather);
    for (Waiting &waiting : taken) {
        keep(std::move(waiting));
    }
}

void AuditTrail::Loop::keep(Waiting waiting)
{
    if (m_failedAt && m_pending.size() >= m_trail.m_options.queue.items) {
        m_trail.m_status.addLost(1);
        if (waiting.written) {
            waiting.written(false);
        }
        return;
    }
    if (waiting.written) {
        m_waiters.push_back({m_pending.size(), std::move(waiting.written)});
    }
    m_pending.push_back(std::move(waiting.item));
}

/// Somebody waits, nothing has failed, or it is time to try again.
bool AuditTrail::Loop::isDue() const
{
    return !m_waiters.empty() || !m_failedAt
        || std::chrono::steady_clock::now() - *m_failedAt >= m_trail.m_options.retry;
}

bool AuditTrail::Loop::open()
{
    if (m_writer) {
        return true;
    }
    auto writer = AuditWriter::open(m_trail.m_options.place, m_trail.m_clock);
    if (!writer) {
        onFailure(writer.error());
        return false;
    }
    m_writer = std::move(*writer);
    m_writer->setTerms(m_terms);
    if (!m_writer->notice().isEmpty()) {
        m_trail.m_status.setNotice(m_writer->notice());
    }
    m_failedAt.reset();
    m_trail.m_status.setState(true, {});
    return true;
}

void AuditTrail::Loop::writePending()
{
    if (m_pending.empty() || !open()) {
        return;
    }
    const std::uint64_t lost = m_trail.m_status.lost() + m_trail.m_queue.dropped();
    if (const auto written = m_writer->write(m_pending, lost); !written) {
        onFailure(written.error());
        return;
    }
    m_trail.m_status.addWritten(m_pending.size());
    m_pending.clear();
    m_failedAt.reset();
    m_trail.m_status.setState(true, {});
    for (const Waiter &waiter : std::exchange(m_waiters, {})) {
        waiter.written(true);
    }
}

void AuditTrail::Loop::onFailure(const common::Error &error)
{
    qCDebug(lcAudit).noquote() << error.message << error.detail;
    m_failedAt = std::chrono::steady_clock::now();
    m_trail.m_status.setState(false, error.message);
    for (const Waiter &waiter : std::exchange(m_waiters, {})) {
        m_pending[waiter.entry].withheld = true;
        waiter.written(false);
    }
}

void AuditTrail::Loop::writeHeadWhenDue()
{
    if (!m_writer || !m_pending.empty()) {
        return;
    }
    const common::SteadyTime now = m_trail.m_clock.now();
    if (!m_writer->owesHead()) {
        m_writer->rest();
        m_lastHead = now;
    } else if (now - m_lastHead >= m_trail.m_options.headInterval) {
        m_lastHead = now;
        if (const auto written = m_writer->writeHead(); !written) {
            onFailure(written.error());
        }
    }
}

void AuditTrail::Loop::end(QByteArrayView why)
{
    if (!m_writer || !m_pending.empty()) {
        return;
    }
    if (const auto written = m_writer->writeEnd(why); !written) {
        onFailure(written.error());
    }
}

void AuditTrail::Loop::giveUp()
{
    for (Waiting &waiting : m_trail.m_queue.take(0ms, 0ms)) {
        keep(std::move(waiting));
    }
    for (const Waiter &waiter : std::exchange(m_waiters, {})) {
        waiter.written(false);
    }
    m_trail.m_status.setPending(0);
    if (!m_pending.empty()) {
        m_trail.m_status.addLost(m_pending.size());
        qCWarning(lcAudit).noquote()
            << m_pending.size() << "requests were not audited before the end.";
    }
}

AuditTrail::AuditTrail(AuditOptions options, const common::Clock &clock)
    : m_options(std::move(options))
    , m_clock(clock)
    , m_queue(m_options.queue)
    , m_status(lcAudit(), {u"audited"_s, m_options.place.folder}, m_options.statusChanged)
    , m_thread(QThread::create([this] { Loop(*this).run(); }))
{
    m_thread->setObjectName(u"audit"_s);
    m_thread->start();
}

AuditTrail::~AuditTrail()
{
    stop(2s);
}

void AuditTrail::audit(relay::AuditEntry entry, Written written)
{
    const std::size_t weight = weightOf(*entry.outcome);
    // The queue counts what it drops; a waiter must be told all the same.
    Written kept = written;
    if (!m_queue.push({{std::move(entry), false}, std::move(written)}, weight) && kept) {
        kept(false);
    }
}

void AuditTrail::setTerms(AuditTerms terms)
{
    m_atOnce = terms.strict;
    const std::lock_guard lock(m_mutex);
    m_terms = std::move(terms);
    ++m_termsVersion;
}

void AuditTrail::stop(std::chrono::milliseconds deadline)
{
    if (m_thread->isFinished()) {
        return;
    }
    m_stopBy = std::chrono::steady_clock::now() + deadline;
    m_queue.close();
    m_thread->wait();
    m_status.end();
}

} // namespace freerelay::store
