#include "planned_candidates.h"

#include "core/catalog/endpoint.h"
#include "core/catalog/enum_names.h"

#include <algorithm>
#include <utility>

namespace freerelay::relay {

namespace {

/// A view on bytes that live as long as the program.
QByteArray shared(QByteArrayView text)
{
    return QByteArray::fromRawData(text.data(), text.size());
}

bool isSame(const routing::Candidate &a, const routing::Candidate &b)
{
    return a.model == b.model && a.key == b.key && a.unwellUntil == b.unwellUntil;
}

bool isSame(const routing::Rejection &a, const routing::Rejection &b)
{
    if (a.model != b.model || a.reason != b.reason || !a.coolDown != !b.coolDown) {
        return false;
    }
    return !a.coolDown
        || (a.coolDown->until == b.coolDown->until
            && a.coolDown->scope.key == b.coolDown->scope.key);
}

template <typename T> bool areSame(const std::vector<T> &a, const std::vector<T> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const T &one, const T &other) {
        return isSame(one, other);
    });
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

bool PlannedCandidates::isPaid(const routing::Candidate &candidate) const
{
    return relay::isPaid(*m_config, *candidate.model);
}

CandidateRecord
PlannedCandidates::recordOf(const catalog::Provider &provider, const catalog::Model &model) const
{
    CandidateRecord record;
    record.provider = provider.id;
    record.model = model.id;
    record.tier = tierWord(provider, model);
    record.paid = relay::isPaid(*m_config, model);
    return record;
}

common::WallTime PlannedCandidates::wallTimeOf(common::SteadyTime time) const
{
    return m_madeAt.wall
        + std::chrono::duration_cast<common::WallTime::duration>(time - m_madeAt.steady);
}

bool PlannedCandidates::isSameAs(const CandidateList &other) const
{
    const auto *planned = dynamic_cast<const PlannedCandidates *>(&other);
    // Of one configuration, so that the same model is the same pointer.
    return planned != nullptr && planned->m_config == m_config
        && areSame(m_plan.candidates, planned->m_plan.candidates)
        && areSame(m_plan.rejections, planned->m_plan.rejections);
}

std::vector<CandidateRecord> PlannedCandidates::spellOut() const
{
    std::vector<CandidateRecord> records;
    records.reserve(size());
    for (const routing::Candidate &candidate : m_plan.candidates) {
        CandidateRecord record = recordOf(*candidate.provider, *candidate.model);
        record.keyFingerprint = candidate.key;
        if (candidate.unwellUntil) {
            record.restsUntil = wallTimeOf(*candidate.unwellUntil);
        }
        records.push_back(std::move(record));
    }
    for (const routing::Rejection &rejection : m_plan.rejections) {
        CandidateRecord record = recordOf(*rejection.provider, *rejection.model);
        record.disqualified = shared(routing::toString(rejection.reason));
        if (rejection.coolDown) {
            record.keyFingerprint = rejection.coolDown->scope.key;
            record.restsUntil = wallTimeOf(rejection.coolDown->until);
        }
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace freerelay::relay
