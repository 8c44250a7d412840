#include "stored_history.h"

#include "core/interfaces/request_query.h"
#include "core/services/history/answer_slot.h"
#include "core/services/history/recorded_rows.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

using common::ErrorKind;
using common::failure;
using common::Result;
using interfaces::RequestPage;
using interfaces::RequestStats;
using interfaces::StatsFigures;

namespace {

Result<RequestPage> readPage(
    store::RecordReader &reader,
    const store::RequestFilter &filter,
    int limit,
    const std::optional<store::PageKey> &after)
{
    const auto found = reader.requests(filter, limit, after);
    if (!found) {
        // No file yet: nothing has happened, which is no error.
        return found.error().kind == ErrorKind::NotFound ? Result<RequestPage>(RequestPage())
                                                         : failure(found.error());
    }
    RequestPage page;
    page.rows.reserve(found->requests.size());
    for (const store::StoredRequest &request : found->requests) {
        page.rows.push_back(toRow(request));
    }
    if (found->next) {
        page.next = interfaces::RequestCursor{found->next->timeUs, found->next->id};
    }
    return page;
}

Result<std::vector<StatsFigures>>
readFigures(store::RecordReader &reader, store::TotalsQuery query, store::TotalsBy by)
{
    query.by = by;
    const auto found = reader.totals(query);
    if (!found) {
        return found.error().kind == ErrorKind::NotFound
            ? Result<std::vector<StatsFigures>>(std::vector<StatsFigures>())
            : failure(found.error());
    }
    std::vector<StatsFigures> figures;
    for (const store::TotalsRow &row : *found) {
        figures.push_back(toFigures(row));
    }
    std::stable_sort(
        figures.begin(), figures.end(), [](const StatsFigures &a, const StatsFigures &b) {
            return a.requests > b.requests;
        });
    return figures;
}

Result<RequestStats> readStats(store::RecordReader &reader, const store::TotalsQuery &query)
{
    RequestStats stats;
    stats.from = toDateTime(query.from);
    stats.until = toDateTime(query.until);
    const auto totals = readFigures(reader, query, store::TotalsBy::Nothing);
    const auto providers = readFigures(reader, query, store::TotalsBy::Provider);
    const auto models = readFigures(reader, query, store::TotalsBy::Model);
    const auto apps = readFigures(reader, query, store::TotalsBy::App);
    for (const auto *part : {&totals, &providers, &models, &apps}) {
        if (!*part) {
            return failure(part->error());
        }
    }
    if (!totals->empty()) {
        stats.totals = totals->front();
    }
    stats.providers = *providers;
    stats.models = *models;
    stats.apps = *apps;
    return stats;
}

} // namespace

StoredHistory::StoredHistory(QString recordsFile, const common::Clock &clock)
    : m_clock(clock)
    , m_reader(std::move(recordsFile))
{
    m_thread.setObjectName(u"history"_s);
    m_context.moveToThread(&m_thread);
}

StoredHistory::~StoredHistory()
{
    m_thread.quit();
    m_thread.wait();
}

template <typename T>
void StoredHistory::ask(Question<T> question, QObject &receiver, Callback<T> done)
{
    const auto mailbox = AnswerSlot<T>::open(receiver, std::move(done));
    if (m_waiting.fetch_add(1) >= maxWaiting) {
        m_waiting.fetch_sub(1);
        mailbox->post(failure(
            ErrorKind::Unavailable,
            u"Too many questions about earlier requests at once. Ask again in a moment."_s));
        return;
    }
    std::call_once(m_started, [this] { m_thread.start(QThread::LowPriority); });
    QMetaObject::invokeMethod(&m_context, [this, mailbox, question = std::move(question)] {
        Result<T> answer = question(m_reader);
        m_waiting.fetch_sub(1);
        mailbox->post(std::move(answer));
    });
}

void StoredHistory::page(
    const interfaces::RequestFilter &filter,
    int limit,
    const std::optional<interfaces::RequestCursor> &after,
    QObject &receiver,
    Callback<RequestPage> done)
{
    const int wanted = std::clamp(limit, 1, maxPage);
    const auto key = after ? std::optional(store::PageKey{after->timeUs, after->id}) : std::nullopt;
    ask<RequestPage>(
        [filter = toStoreFilter(filter), wanted, key](store::RecordReader &reader) {
            return readPage(reader, filter, wanted, key);
        },
        receiver,
        std::move(done));
}

void StoredHistory::details(
    const QString &requestId, QObject &receiver, Callback<interfaces::RequestDetails> done)
{
    ask<interfaces::RequestDetails>(
        [id = requestId.toUtf8()](store::RecordReader &reader)
            -> Result<interfaces::RequestDetails> { return reader.request(id).map(toDetails); },
        receiver,
        std::move(done));
}

void StoredHistory::stats(
    interfaces::StatsWindow window, QObject &receiver, Callback<RequestStats> done)
{
    const common::WallTime now = m_clock.wallNow();
    const common::WallTime from = now - interfaces::lengthOf(window);
    store::TotalsQuery query;
    query.span = store::spanFor(from, now, now);
    // The buckets are whole, so the window begins with the first of them.
    const std::chrono::seconds span(query.span);
    const auto since = std::chrono::floor<std::chrono::seconds>(from.time_since_epoch());
    query.from = common::WallTime(since - since % span);
    query.until = now;
    ask<RequestStats>(
        [query](store::RecordReader &reader) { return readStats(reader, query); },
        receiver,
        std::move(done));
}

} // namespace freerelay::services
