#include "skills_route.h"

#include "core/relay/error_reply.h"

#include <QJsonDocument>
#include <QPointer>

namespace freerelay::gateway {

using namespace Qt::Literals::StringLiterals;
using interfaces::Skills;

namespace {

void reply(relay::Downstream &downstream, const common::Result<QJsonObject> &answer)
{
    if (!answer) {
        const relay::ClientError error = relay::toClientError(answer.error());
        downstream.reply(error.status, error.headers(), error.body());
        return;
    }
    constexpr int ok = 200;
    downstream.reply(
        ok,
        {{"content-type"_ba, "application/json"_ba}, {"cache-control"_ba, "no-store"_ba}},
        QJsonDocument(*answer).toJson(QJsonDocument::Compact));
}

} // namespace

void SkillsRoute::ask(Question question, std::shared_ptr<relay::Downstream> downstream)
{
    // The downstream only travels through the main thread: it is used and dropped here.
    auto parcel = std::make_shared<std::shared_ptr<relay::Downstream>>(std::move(downstream));
    const QPointer<SkillsRoute> self(this);
    QMetaObject::invokeMethod(
        &m_mainContext, [self, parcel, &control = m_control, question = std::move(question)] {
            const auto answer = question(control.skills());
            if (self) {
                QMetaObject::invokeMethod(self, [parcel, answer] { reply(**parcel, answer); });
            }
        });
}

void SkillsRoute::overview(std::shared_ptr<relay::Downstream> downstream)
{
    ask([](const Skills &skills) { return skills.overview(); }, std::move(downstream));
}

void SkillsRoute::results(std::shared_ptr<relay::Downstream> downstream)
{
    ask([](const Skills &skills) { return skills.results(); }, std::move(downstream));
}

void SkillsRoute::config(std::shared_ptr<relay::Downstream> downstream)
{
    ask([](const Skills &skills) { return skills.config(); }, std::move(downstream));
}

void SkillsRoute::supervise(
    const HttpRequest &request, std::shared_ptr<relay::Downstream> downstream)
{
    const QJsonObject order = QJsonDocument::fromJson(request.body).object();
    ask([order](Skills &skills) { return skills.supervise(order); }, std::move(downstream));
}

} // namespace freerelay::gateway
