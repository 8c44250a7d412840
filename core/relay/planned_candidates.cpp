#include "planned_candidates.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/enum_names.h"

#include <utility>

namespace freerelay::relay {

namespace {

/// A view on bytes that live as long as the program.
QByteArray shared(QByteArrayView text)
{
    return QByteArray::fromRawData(text.data(), text.size());
}

} // namespace

QByteArray tierWord(const catalog::Provider &provider, const catalog::Model &model)
{
    return shared(catalog::toName(catalog::tierOf(provider, model)));
}

bool isPaid(const RelayConfig &config, const catalog::Model &model)
{
    const auto position = config.ranked ? config.ranked->positionOf(model) : std::nullopt;
    return position && config.ranked->models()[*position].paid;
}

PlannedCandidates::PlannedCandidates(
    routing::RoutePlan plan, std::shared_ptr<const RelayConfig> config, Moment madeAt)
    : m_plan(std::move(plan))
    , m_config(std::move(config))
    , m_madeAt(madeAt)
{ }

CandidateRecord
PlannedCandidates::recordOf(const catalog::Provider &provider, const catalog::Model &model) const
{
    CandidateRecord record;
    record.provider = provider.id;
    record.model = model.id;
    record.tier = tierWord(provider, model);
    record.paid = isPaid(*m_config, model);
    return record;
}

std::vector<CandidateRecord> PlannedCandidates::spellOut() const
{
    std::vector<CandidateRecord> records;
    records.reserve(size());
    for (const routing::Candidate &candidate : m_plan.candidates) {
        CandidateRecord record = recordOf(*candidate.provider, *candidate.model);
        record.keyFingerprint = candidate.key;
        records.push_back(std::move(record));
    }
    for (const routing::Rejection &rejection : m_plan.rejections) {
        CandidateRecord record = recordOf(*rejection.provider, *rejection.model);
        record.disqualified = shared(routing::toString(rejection.reason));
        if (rejection.coolDown) {
            record.keyFingerprint = rejection.coolDown->scope.key;
            record.restsUntil = m_madeAt.wall
                + std::chrono::duration_cast<common::WallTime::duration>(
                                    rejection.coolDown->until - m_madeAt.steady);
        }
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace freerelay::relay
