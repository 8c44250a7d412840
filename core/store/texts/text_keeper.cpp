#include "text_keeper.h"

#include <QLoggingCategory>

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

Q_LOGGING_CATEGORY(lcTexts, "freerelay.texts", QtInfoMsg)

using common::Result;

std::size_t weightOf(const relay::RequestTexts &texts)
{
    constexpr qsizetype own = 512; // the object and the pieces' heads, roughly
    return std::size_t(own + texts.prompt.size() + texts.answer->size);
}

} // namespace

TextKeeper::TextKeeper(TextOptions options, const common::Clock &clock)
    : m_options(std::move(options))
    , m_clock(clock)
    , m_queue(m_options.queue)
{ }

void TextKeeper::keep(relay::RequestTexts texts)
{
    if (isKeeping()) {
        const std::size_t weight = weightOf(texts);
        (void)m_queue.push(std::move(texts), weight); // the queue counts what it drops
    }
}

TextStatus TextKeeper::status() const
{
    TextStatus status;
    {
        const std::lock_guard lock(m_mutex);
        status = m_status;
    }
    status.dropped = m_queue.dropped() + m_lost.load(std::memory_order_relaxed);
    return status;
}

void TextKeeper::work()
{
    const std::chrono::hours hours(m_hours.load(std::memory_order_relaxed));
    const auto waiting = m_queue.take(0ms, 0ms);
    const bool hasChanged = std::exchange(m_inForce, hours) != hours;
    if (hours == 0h) {
        if (!m_isGone && !m_options.path.isEmpty()) {
            takeAway();
        }
        return;
    }
    m_isGone = false;
    m_isSweepDue = m_isSweepDue || hasChanged
        || m_clock.now() - m_lastSweep >= m_options.sweepInterval;
    if (!waiting.empty() || m_isSweepDue) {
        write(waiting);
    }
}

void TextKeeper::end()
{
    work();
    m_file.reset();
}

void TextKeeper::takeAway()
{
    m_file.reset();
    count(0, std::nullopt);
    const auto removed = TextFile::remove(m_options.path, m_options.lockWait);
    m_isGone = removed.has_value();
    if (!removed) {
        qCDebug(lcTexts).noquote() << removed.error().detail;
    }
    setState(removed ? QString() : removed.error().message);
}

void TextKeeper::write(const std::vector<relay::RequestTexts> &waiting)
{
    std::vector<StoredTexts> texts;
    texts.reserve(waiting.size());
    for (const relay::RequestTexts &one : waiting) {
        texts.push_back(m_options.prepare(one));
    }
    auto done = open();
    if (done && !texts.empty()) {
        done = m_file->write(texts);
    }
    if (!done) {
        m_lost.fetch_add(texts.size(), std::memory_order_relaxed);
        onFailure(done.error());
        return;
    }
    noteWritten(texts);
    if (m_isSweepDue) {
        done = sweep();
    }
    done ? setState({}) : onFailure(done.error());
}

Result<void> TextKeeper::open()
{
    if (m_file && m_file->hasMoved()) {
        m_file.reset(); // somebody deleted or renamed it: go on in a new one
    }
    if (m_file) {
        return {};
    }
    auto file = TextFile::open(m_options.path, m_options.lockWait);
    if (!file) {
        return common::failure(file.error());
    }
    m_file.emplace(std::move(*file));
    m_isSweepDue = true;
    return {};
}

Result<void> TextKeeper::sweep()
{
    m_lastSweep = m_clock.now();
    m_isSweepDue = false;
    if (auto shrunk = m_file->shrink(m_clock.wallNow() - m_inForce, m_options.maxBytes); !shrunk) {
        return shrunk;
    }
    const auto kept = m_file->count();
    const auto oldest = kept ? m_file->oldest() : common::failure(kept.error());
    if (!oldest) {
        return common::failure(oldest.error());
    }
    count(std::uint64_t(*kept), *oldest);
    return {};
}

void TextKeeper::noteWritten(const std::vector<StoredTexts> &texts)
{
    const std::lock_guard lock(m_mutex);
    m_status.kept += texts.size();
    for (const StoredTexts &one : texts) {
        m_status.oldest = std::min(m_status.oldest.value_or(one.time), one.time);
    }
}

void TextKeeper::onFailure(const common::Error &error)
{
    qCDebug(lcTexts).noquote() << error.message << error.detail;
    m_file.reset();
    if (error.kind == common::ErrorKind::ProtocolError) {
        // Nothing in it is worth being set aside: texts are for debugging, and for some hours.
        if (const auto removed = TextFile::remove(m_options.path, m_options.lockWait); !removed) {
            setState(removed.error().message);
            return;
        }
    }
    setState(sentenceOfTexts(error));
}

void TextKeeper::setState(const QString &problem)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_status.keep == m_inForce && m_status.problem == problem) {
            return;
        }
        m_status.keep = m_inForce;
        m_status.problem = problem;
    }
    if (!problem.isEmpty()) {
        qCWarning(lcTexts).noquote() << problem << "The file:" << m_options.path;
    } else if (m_inForce > 0h) {
        qCWarning(lcTexts).noquote() << "prompts and answers are kept for" << m_inForce.count()
                                     << "hours in" << m_options.path;
    } else {
        qCInfo(lcTexts).noquote() << "prompts and answers are not kept any more";
    }
    if (m_options.changed) {
        m_options.changed();
    }
}

void TextKeeper::count(std::uint64_t kept, std::optional<common::WallTime> oldest)
{
    const std::lock_guard lock(m_mutex);
    m_status.kept = kept;
    m_status.oldest = oldest;
}

} // namespace freerelay::store
