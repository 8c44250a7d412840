#include "free_model_watch.h"

namespace freerelay::services {

FreeModelWatch::FreeModelWatch(Found found)
    : m_found(std::move(found))
{ }

void FreeModelWatch::record(const std::shared_ptr<const relay::Outcome> &outcome)
{
    for (const relay::AttemptRecord &attempt : outcome->attempts) {
        if (attempt.failure == "no_credit" && attempt.tier == "free") {
            tell(attempt.model, false);
        }
    }
    const bool answered = outcome->status == 200 && !relay::isFailure(*outcome)
        && !outcome->brokenStream;
    if (answered && outcome->tier == "unverified_free") {
        tell(outcome->model, true);
    }
}

void FreeModelWatch::tell(const QByteArray &model, bool isFree)
{
    QMetaObject::invokeMethod(
        this, [this, model, isFree] { m_found(model, isFree); }, Qt::QueuedConnection);
}

} // namespace freerelay::services
