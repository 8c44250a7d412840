#include "request_history.h"

namespace freerelay::interfaces {

namespace {

bool statusMatches(const RequestFilter &filter, const RequestRow &row)
{
    if (filter.status) {
        return row.status == *filter.status;
    }
    switch (filter.statusClass) {
    case StatusClass::Any:
        return true;
    case StatusClass::Success:
        return row.status >= 200 && row.status < 300 && !row.brokenStream;
    case StatusClass::Failed:
        return isFailure(row);
    case StatusClass::ClientError:
        return row.status >= 400 && row.status < 500 && row.status != RequestRow::clientLeft;
    case StatusClass::ServerError:
        return row.status >= 500 && row.status < 600;
    case StatusClass::ClientLeft:
        return row.status == RequestRow::clientLeft;
    }
    return true;
}

bool nameMatches(const QString &wanted, const QString &name)
{
    return wanted.isEmpty() || wanted == name;
}

} // namespace

bool matches(const RequestFilter &filter, const RequestRow &row)
{
    const bool errorMatches = filter.errorText.isEmpty()
        || (isFailure(row) && row.error.contains(filter.errorText, Qt::CaseInsensitive));
    return nameMatches(filter.provider, row.provider) && nameMatches(filter.model, row.model)
        && nameMatches(filter.app, row.app) && errorMatches && statusMatches(filter, row)
        && (!filter.from || row.time >= *filter.from)
        && (!filter.until || row.time < *filter.until);
}

} // namespace freerelay::interfaces
