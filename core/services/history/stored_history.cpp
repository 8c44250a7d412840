#include "stored_history.h"

#include "core/interfaces/request_query.h"
#include "core/services/history/answer_slot.h"
#include "core/services/history/recorded_rows.h"

#include <QHash>

#include <algorithm>
#include <iterator>

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

std::vector<StatsFigures> mostRequestsFirst(const std::vector<store::TotalsRow> &rows)
{
    std::vector<StatsFigures> figures;
    figures.reserve(rows.size());
    for (const store::TotalsRow &row : rows) {
        figures.push_back(toFigures(row));
    }
    std::stable_sort(
        figures.begin(), figures.end(), [](const StatsFigures &a, const StatsFigures &b) {
            return a.requests > b.requests;
        });
    return figures;
}

Result<std::vector<store::TotalsRow>>
readSeries(store::RecordReader &reader, store::TotalsQuery query, store::TotalsBy by)
{
    query.by = by;
    auto found = reader.series(query);
    if (!found && found.error().kind == ErrorKind::NotFound) {
        return std::vector<store::TotalsRow>();
    }
    return found;
}

interfaces::StatsPoint toPoint(const store::TotalsRow &row)
{
    return {QDateTime::fromSecsSinceEpoch(row.bucketStart, Qt::UTC), toFigures(row.totals)};
}

/// The lines of the first of `names`, as many as all of their points may be.
std::vector<interfaces::StatsLine> linesOf(
    const std::vector<store::TotalsRow> &rows,
    const std::vector<StatsFigures> &names,
    std::int64_t steps)
{
    const auto fit = std::max<std::int64_t>(
        1, RequestStats::maxPoints / std::max<std::int64_t>(1, steps));
    std::vector<interfaces::StatsLine> lines;
    QHash<QString, std::size_t> indexes;
    for (const StatsFigures &figures : names) {
        if (std::int64_t(lines.size()) >= fit) {
            break;
        }
        indexes.insert(figures.name, lines.size());
        lines.push_back({figures.name, {}});
    }
    for (const store::TotalsRow &row : rows) {
        if (const auto found = indexes.constFind(QString::fromUtf8(row.name));
            found != indexes.constEnd()) {
            lines[*found].points.push_back(toPoint(row));
        }
    }
    return lines;
}

Result<void> addSeries(
    store::RecordReader &reader,
    const store::TotalsQuery &query,
    interfaces::StatsSeries wanted,
    RequestStats &stats)
{
    const auto totals = readSeries(reader, query, store::TotalsBy::Nothing);
    if (!totals) {
        return failure(totals.error());
    }
    std::transform(totals->begin(), totals->end(), std::back_inserter(stats.series), toPoint);
    const auto add = [&](store::TotalsBy by, const std::vector<StatsFigures> &names) {
        const auto steps = (stats.from.secsTo(stats.until) + query.step - 1) / query.step;
        return readSeries(reader, query, by).map([&](const auto &rows) {
            stats.lines = linesOf(rows, names, steps);
        });
    };
    switch (wanted) {
    case interfaces::StatsSeries::None:
    case interfaces::StatsSeries::Totals:
        break;
    case interfaces::StatsSeries::Providers:
        return add(store::TotalsBy::Provider, stats.providers);
    case interfaces::StatsSeries::Models:
        return add(store::TotalsBy::Model, stats.models);
    case interfaces::StatsSeries::Apps:
        return add(store::TotalsBy::App, stats.apps);
    }
    return {};
}

Result<RequestStats> readStats(
    store::RecordReader &reader, const store::TotalsQuery &query, interfaces::StatsSeries series)
{
    RequestStats stats;
    stats.from = toDateTime(query.from);
    stats.until = toDateTime(query.until);
    stats.step = std::chrono::seconds(query.step);
    const auto sums = reader.breakdown(query);
    if (!sums) {
        // No file yet: nothing has happened, which is no error.
        return sums.error().kind == ErrorKind::NotFound ? Result<RequestStats>(stats)
                                                        : failure(sums.error());
    }
    stats.totals = toFigures(sums->all);
    stats.providers = mostRequestsFirst(sums->providers);
    stats.models = mostRequestsFirst(sums->models);
    stats.apps = mostRequestsFirst(sums->apps);
    if (series != interfaces::StatsSeries::None) {
        if (const auto added = addSeries(reader, query, series, stats); !added) {
            return failure(added.error());
        }
    }
    return stats;
}

Result<interfaces::RequestDetails>
readDetails(store::RecordReader &reader, const QByteArray &id, const QString &textsFile)
{
    const auto request = reader.request(id);
    if (!request) {
        return failure(request.error());
    }
    interfaces::RequestDetails details = toDetails(*request);
    if (textsFile.isEmpty()) {
        return details;
    }
    if (const auto texts = store::readTexts(textsFile, id)) {
        details.texts = toTexts(*texts);
    } else if (texts.error().kind != ErrorKind::NotFound) {
        details.textsProblem = store::sentenceOfTexts(texts.error());
    }
    return details;
}

common::WallTime stepDown(common::WallTime time, std::chrono::seconds step)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    return common::WallTime(seconds - seconds % step);
}

/// The buckets that answer a question: whole steps, the last one as far as it has come.
store::TotalsQuery totalsQueryFor(const interfaces::StatsQuery &query, common::WallTime now)
{
    const common::WallTime from = query.from ? toWallTime(*query.from)
                                             : now - interfaces::lengthOf(query.window);
    const common::WallTime asked = query.from && query.until ? toWallTime(*query.until) : now;
    const common::WallTime until = std::max(asked, from);
    const store::SeriesPlan plan = store::seriesPlanFor(from, until, now);
    const std::chrono::seconds step(plan.step);
    common::WallTime last = stepDown(until, step);
    if (last < until) {
        last += step;
    }
    store::TotalsQuery found;
    found.span = plan.span;
    found.step = plan.step;
    found.from = stepDown(from, step);
    found.ttfts = true;
    found.until = std::max(from, std::min(last, std::max(now, until)));
    return found;
}

} // namespace

StoredHistory::StoredHistory(QString recordsFile, const common::Clock &clock, QString textsFile)
    : m_clock(clock)
    , m_textsFile(std::move(textsFile))
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
        [id = requestId.toUtf8(), file = m_textsFile](store::RecordReader &reader) {
            return readDetails(reader, id, file);
        },
        receiver,
        std::move(done));
}

void StoredHistory::stats(
    const interfaces::StatsQuery &query, QObject &receiver, Callback<RequestStats> done)
{
    ask<RequestStats>(
        [totals = totalsQueryFor(query, m_clock.wallNow()), series = query.series](
            store::RecordReader &reader) { return readStats(reader, totals, series); },
        receiver,
        std::move(done));
}

} // namespace freerelay::services
