#pragma once

#include "core/interfaces/request_history.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <optional>
#include <vector>

namespace freerelay::tests {

/// A history that a test fills. Answers come from the event loop, as the contract has it.
class FakeRequestHistory final : public interfaces::RequestHistory
{
public:
    std::vector<interfaces::RequestRow> rows; ///< newest first
    std::map<QString, interfaces::RequestDetails> known;
    interfaces::RequestStats figures;
    std::optional<common::Error> error; ///< what every question is answered with

    interfaces::RequestFilter lastFilter;
    int pages = 0; ///< questions
    int detailQuestions = 0;
    int statsQuestions = 0;
    interfaces::StatsQuery lastStats;

    void page(
        const interfaces::RequestFilter &filter,
        int limit,
        const std::optional<interfaces::RequestCursor> &after,
        QObject &receiver,
        Callback<interfaces::RequestPage> done) override
    {
        ++pages;
        lastFilter = filter;
        interfaces::RequestPage found;
        // The cursor's id is an index into `rows`.
        auto index = static_cast<std::size_t>(after ? after->id : 0);
        for (; index < rows.size() && found.rows.size() < std::size_t(limit); ++index) {
            if (interfaces::matches(filter, rows[index])) {
                found.rows.push_back(rows[index]);
                found.rows.back().sequence = 0;
            }
        }
        if (index < rows.size()) {
            found.next = interfaces::RequestCursor{0, qint64(index)};
        }
        answer<interfaces::RequestPage>(receiver, std::move(done), std::move(found));
    }

    void details(
        const QString &requestId,
        QObject &receiver,
        Callback<interfaces::RequestDetails> done) override
    {
        ++detailQuestions;
        const auto found = known.find(requestId);
        if (found == known.end()) {
            answer<interfaces::RequestDetails>(
                receiver,
                std::move(done),
                common::failure(
                    common::ErrorKind::NotFound,
                    QStringLiteral("There is no record of this request.")));
            return;
        }
        answer<interfaces::RequestDetails>(receiver, std::move(done), found->second);
    }

    void stats(
        const interfaces::StatsQuery &query,
        QObject &receiver,
        Callback<interfaces::RequestStats> done) override
    {
        ++statsQuestions;
        lastStats = query;
        answer<interfaces::RequestStats>(receiver, std::move(done), figures);
    }

private:
    template <typename T> void answer(QObject &receiver, Callback<T> done, common::Result<T> result)
    {
        if (error) {
            result = common::failure(*error);
        }
        QTimer::singleShot(
            0, &receiver, [done = std::move(done), result = std::move(result)] { done(result); });
    }
};

} // namespace freerelay::tests
