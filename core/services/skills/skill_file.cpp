#include "skill_file.h"

#include "core/common/private_file.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr int version = 1;
constexpr qint64 maxBytes = 64 * 1024 * 1024;

} // namespace

QJsonObject SkillResult::toJson() const
{
    return {
        {u"skill_id"_s, skill},
        {u"status"_s, status},
        {u"output"_s, output},
        {u"error"_s, error},
        {u"duration_ms"_s, qint64(duration.count())},
        {u"metadata"_s, metadata}};
}

SkillResult SkillResult::fromJson(const QJsonObject &object)
{
    return {
        object["skill_id"_L1].toString(),
        object["status"_L1].toString(),
        object["output"_L1].toString(),
        object["error"_L1].toString(),
        std::chrono::milliseconds(object["duration_ms"_L1].toInteger()),
        object["metadata"_L1].toObject()};
}

void SkillState::add(SkillResult result)
{
    results.push_back(std::move(result));
    if (results.size() > maxResults) {
        results.pop_front();
    }
}

const SkillResult *SkillState::last(const QString &skill) const
{
    const auto found = std::find_if(
        results.rbegin(), results.rend(), [&skill](const auto &one) { return one.skill == skill; });
    return found == results.rend() ? nullptr : &*found;
}

Result<SkillState> readSkills(const QString &path)
{
    const auto bytes = common::readTrustedFile(path, maxBytes, common::FileTrust::OwnerOnly);
    if (!bytes) {
        return bytes.error().kind == ErrorKind::NotFound ? Result<SkillState>()
                                                         : failure(bytes.error());
    }
    const QJsonObject root = QJsonDocument::fromJson(*bytes).object();
    if (root["version"_L1].toInt() != version) {
        return failure(
            ErrorKind::ProtocolError, path % u": this does not hold what skills have done."_s);
    }
    SkillState state;
    const QJsonArray results = root["results"_L1].toArray();
    for (const QJsonValue &result : results) {
        state.add(SkillResult::fromJson(result.toObject()));
    }
    const QJsonObject sessions = root["sessions"_L1].toObject();
    for (auto session = sessions.begin(); session != sessions.end(); ++session) {
        state.sessions.emplace(session.key(), session.value().toObject());
    }
    return state;
}

Result<void> writeSkills(const QString &path, const SkillState &state)
{
    QJsonArray results;
    for (const SkillResult &result : state.results) {
        results.append(result.toJson());
    }
    QJsonObject sessions;
    for (const auto &[id, session] : state.sessions) {
        sessions.insert(id, session);
    }
    const QJsonObject root{
        {u"version"_s, version}, {u"results"_s, results}, {u"sessions"_s, sessions}};
    return common::writePrivateFile(path, QJsonDocument(root).toJson(QJsonDocument::Compact));
}

} // namespace freerelay::services
