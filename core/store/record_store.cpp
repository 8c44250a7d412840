#include "record_store.h"

#include "core/common/thread_priority.h"
#include "core/store/outcome_weight.h"
#include "core/store/record_file.h"
#include "core/store/record_writer.h"

#include <QLoggingCategory>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::store {

namespace {

Q_LOGGING_CATEGORY(lcStore, "freerelay.store", QtInfoMsg)

using common::ErrorKind;
using common::Result;
using Batch = std::vector<std::shared_ptr<const relay::Outcome>>;

} // namespace

/// What the thread does; lives on it.
class RecordStore::Loop
{
public:
    explicit Loop(RecordStore &store)
        : m_store(store)
        , m_retention(store.m_options.retention)
    { }

    void run();

private:
    [[nodiscard]] bool isOpen() const { return m_writer != nullptr; }
    [[nodiscard]] bool open();
    void interruptAtDeadline();
    void close();
    [[nodiscard]] bool openFresh();
    [[nodiscard]] bool writePending();
    [[nodiscard]] bool onFailure(const common::Error &error);
    void dropPending(const common::Error &error);
    void waitForAnotherTry();
    void giveUp();
    void useIdleTime();
    void keepHouse();
    [[nodiscard]] bool isRetentionDue() const;
    void onHousekeepingFailure(const common::Error &error);
    void checkFile();

    RecordStore &m_store;
    std::unique_ptr<Database> m_database;
    std::unique_ptr<RecordWriter> m_writer; ///< after the database: goes first
    Retention m_retention;
    common::SteadyTime m_lastRetention{};
    bool m_retaining = false;
    bool m_checked = false;
    Batch m_pending;
};

void RecordStore::Loop::run()
{
    const StoreOptions &options = m_store.m_options;
    (void)open(); // the status says what went wrong, and it is tried again
    m_lastRetention = m_store.m_clock.now();
    for (;;) {
        // Asked first: what was recorded before it was closed is then taken below.
        const bool closing = m_store.m_queue.isClosed();
        if (m_pending.empty()) {
            m_pending = m_store.m_queue.take(
                isOpen() ? options.idle : options.retry, options.gather);
        } else {
            waitForAnotherTry();
        }
        if (!m_pending.empty()) {
            m_store.m_status.setPending(m_pending.size());
            if (writePending()) {
                m_pending.clear();
                m_store.m_status.setPending(0);
            } else if (closing && std::chrono::steady_clock::now() >= m_store.m_stopBy) {
                break;
            }
        } else if (closing) {
            break;
        } else {
            useIdleTime();
        }
        keepHouse();
        m_store.m_texts.work();
    }
    giveUp();
    m_store.m_texts.end();
    close();
}

bool RecordStore::Loop::open()
{
    auto database = openRecordFile(m_store.m_options.path, m_store.m_options.lockWait);
    if (!database) {
        return onFailure(database.error());
    }
    m_database = std::make_unique<Database>(std::move(*database));
    interruptAtDeadline();
    auto writer = RecordWriter::create(*m_database, m_store.m_clock.wallNow());
    if (!writer) {
        return onFailure(writer.error());
    }
    m_writer = std::move(*writer);
    m_store.m_status.setState(true, {});
    return true;
}

/// Nothing that SQLite does may outlast the deadline of stop() by much.
void RecordStore::Loop::interruptAtDeadline()
{
    m_database->interruptWhen([this] {
        return m_store.m_queue.isClosed() && std::chrono::steady_clock::now() >= m_store.m_stopBy;
    });
}

void RecordStore::Loop::close()
{
    m_writer.reset();
    m_database.reset();
}

/// After a failure. @return true when a fresh file stands in for a damaged one
bool RecordStore::Loop::onFailure(const common::Error &error)
{
    const bool locked = error.kind == ErrorKind::Unavailable;
    const bool wasOpen = isOpen();
    if (!locked || !wasOpen) {
        close();
    }
    qCDebug(lcStore).noquote() << error.message << error.detail;
    if (error.kind == ErrorKind::ProtocolError) {
        return openFresh();
    }
    m_store.m_status.setState(false, error.message);
    return false;
}

bool RecordStore::Loop::openFresh()
{
    const auto aside = setAside(m_store.m_options.path, m_store.m_clock.wallNow());
    if (!aside) {
        m_store.m_status.setState(false, aside.error().message);
        return false;
    }
    m_store.m_status.setNotice(
        u"The records file was damaged. It is kept as “%1”, and a new one was begun."_s.arg(
            *aside));
    auto database = openRecordFile(m_store.m_options.path, m_store.m_options.lockWait);
    auto writer = std::unique_ptr<RecordWriter>();
    if (database) {
        m_database = std::make_unique<Database>(std::move(*database));
        auto created = RecordWriter::create(*m_database, m_store.m_clock.wallNow());
        if (created) {
            m_writer = std::move(*created);
            m_store.m_status.setState(true, {});
            return true;
        }
        database = common::failure(created.error());
    }
    close();
    m_store.m_status.setState(false, database.error().message);
    return false;
}

bool RecordStore::Loop::writePending()
{
    if (isOpen() && m_database->hasMoved()) {
        close(); // somebody deleted or renamed the file: go on in a new one
    }
    // Twice: a damaged file shows at writing, and its successor takes the batch.
    for (int round = 0; round < 2; ++round) {
        if (!isOpen() && !open()) {
            return false;
        }
        const Result<void> written = m_writer->write(m_pending);
        if (written) {
            m_store.m_status.addWritten(m_pending.size());
            m_store.m_status.setState(true, {});
            return true;
        }
        if (written.error().kind == ErrorKind::Internal) {
            dropPending(written.error());
            return true;
        }
        if (!onFailure(written.error())) {
            return false;
        }
    }
    return false;
}

/// Its content is at fault: it would fail for ever and keep all others waiting.
void RecordStore::Loop::dropPending(const common::Error &error)
{
    m_store.m_status.addLost(m_pending.size());
    qCWarning(lcStore).noquote() << m_pending.size()
                                 << "requests could not be recorded:" << error.detail;
}

void RecordStore::Loop::waitForAnotherTry()
{
    auto wait = m_store.m_options.retry;
    if (m_store.m_queue.isClosed()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            m_store.m_stopBy - std::chrono::steady_clock::now());
        wait = std::clamp(left, 1ms, std::max(wait, 1ms));
    }
    m_store.m_queue.pause(wait);
}

void RecordStore::Loop::giveUp()
{
    const Batch rest = m_store.m_queue.take(0ms, 0ms);
    const std::size_t lost = m_pending.size() + rest.size();
    m_store.m_status.setPending(0);
    if (lost > 0) {
        m_store.m_status.addLost(lost);
        qCWarning(lcStore).noquote() << lost << "requests were not recorded before the end.";
    }
}

void RecordStore::Loop::useIdleTime()
{
    if (!isOpen()) {
        (void)open();
        return;
    }
    if (m_database->hasMoved()) {
        close();
        (void)open();
        return;
    }
    m_writer->forgetRecentLists();
    if (!m_checked) {
        checkFile();
    }
}

bool RecordStore::Loop::isRetentionDue() const
{
    return m_store.m_clock.now() - m_lastRetention >= m_store.m_options.retentionInterval;
}

/// A step of retention between two batches, and as many as there is time for when nothing waits.
void RecordStore::Loop::keepHouse()
{
    if (!isOpen()) {
        return;
    }
    const RetentionRules rules = m_store.retention();
    if (!m_retaining && (isRetentionDue() || m_retention.rules() != rules)) {
        m_retention.setRules(rules);
        m_retaining = true;
        m_lastRetention = m_store.m_clock.now();
        m_retention.begin();
    }
    while (m_retaining) {
        const auto progress = m_retention.step(*m_database, m_store.m_clock.wallNow());
        if (m_retention.takeDeletedSets()) {
            m_writer->forgetDecisionSets();
        }
        if (!progress) {
            m_retaining = false;
            onHousekeepingFailure(progress.error());
            return;
        }
        if (*progress == Retention::Progress::Done) {
            m_retaining = false;
        }
        if (m_store.m_queue.depth() > 0 || m_store.m_queue.isClosed()) {
            return;
        }
    }
}

/// Somebody else's lock only puts it off: nothing that must be kept was waiting.
void RecordStore::Loop::onHousekeepingFailure(const common::Error &error)
{
    if (error.kind != ErrorKind::Unavailable && error.kind != ErrorKind::Cancelled) {
        (void)onFailure(error);
    }
}

/// Once in a run: finds damage that writing alone would not touch.
void RecordStore::Loop::checkFile()
{
    const auto stop = [this] { return m_store.m_queue.depth() > 0 || m_store.m_queue.isClosed(); };
    m_database->interruptWhen(stop);
    auto check = m_database->prepare("PRAGMA quick_check(1)");
    const Result<bool> row = check ? check->step() : common::failure(check.error());
    const bool damaged = row ? check->text(0) != "ok"
                             : row.error().kind == ErrorKind::ProtocolError;
    check = Statement();
    interruptAtDeadline();
    // Interrupted by work: another time.
    m_checked = row.has_value() || damaged;
    if (damaged) {
        (void)onFailure({ErrorKind::ProtocolError, u"The records file is damaged."_s});
    }
}

RecordStore::RecordStore(StoreOptions options, const common::Clock &clock)
    : m_options(std::move(options))
    , m_clock(clock)
    , m_queue(m_options.queue)
    , m_status(lcStore(), {u"recorded"_s, m_options.path}, m_options.statusChanged)
    , m_texts(m_options.texts, clock)
    , m_retention(m_options.retention)
    , m_thread(QThread::create([this] {
        common::stepBehind();
        Loop(*this).run();
    }))
{
    m_thread->setObjectName(u"store"_s);
    m_thread->start();
}

RecordStore::~RecordStore()
{
    stop(2s);
}

void RecordStore::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    (void)m_queue.push(outcome, weightOf(*outcome)); // the queue counts what it drops
}

void RecordStore::setRetention(const RetentionRules &rules)
{
    const std::lock_guard lock(m_mutex);
    m_retention = rules;
}

void RecordStore::keepTexts(std::chrono::hours hours)
{
    m_texts.setHours(hours);
    m_queue.wake();
}

RetentionRules RecordStore::retention() const
{
    const std::lock_guard lock(m_mutex);
    return m_retention;
}

void RecordStore::stop(std::chrono::milliseconds deadline)
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
