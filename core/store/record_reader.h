#pragma once

#include "core/store/database.h"
#include "core/store/record_queries.h"
#include "core/store/totals_sums.h"

#include <QString>

#include <functional>
#include <memory>

namespace freerelay::store {

/// Reads what was recorded, on a connection of its own, beside the store that writes. One thread
/// at a time, not a worker and not the window's: it reads from disk. It follows the file when that
/// was replaced.
///
/// All functions return NotFound when there is no file yet, else the errors of Database.
class RecordReader
{
public:
    static constexpr int maxPage = 1'000;

    explicit RecordReader(QString path)
        : m_path(std::move(path))
    { }

    /// @param limit  1..maxPage
    /// @param after  `next` of the page before; nullopt = the first page
    [[nodiscard]] common::Result<RequestPage>
    requests(const RequestFilter &filter, int limit, const std::optional<PageKey> &after = {});

    /// With attempts, the whole decision and amendments. NotFound when it is not recorded (any
    /// more).
    [[nodiscard]] common::Result<StoredRequest> request(const QByteArray &requestId);

    /// Sums over the whole window, in the order of names.
    [[nodiscard]] common::Result<std::vector<TotalsRow>> totals(const TotalsQuery &query);
    /// The same by everything at once, whatever `query.by` says: for the price of one.
    [[nodiscard]] common::Result<TotalsBreakdown> breakdown(const TotalsQuery &query);
    /// Sums over each step of it, in the order of time; steps without requests are left out.
    [[nodiscard]] common::Result<std::vector<TotalsRow>> series(const TotalsQuery &query);

private:
    [[nodiscard]] common::Result<Statement> prepare(const QByteArray &sql);
    [[nodiscard]] common::Result<void>
    addUp(const TotalsQuery &query, const std::function<void(const TotalsSlice &slice)> &add);
    [[nodiscard]] common::Result<void> addAttempts(StoredRequest &request);
    [[nodiscard]] common::Result<void> addAmendments(StoredRequest &request);
    [[nodiscard]] common::Result<void> addCandidates(StoredRequest &request, std::int64_t set);

    QString m_path;
    std::unique_ptr<Database> m_database;
};

} // namespace freerelay::store
