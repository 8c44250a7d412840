#include "coding_supervisor.h"

#include "core/common/secret.h"

#include <QJsonArray>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

constexpr qsizetype maxText = 4'000; // characters

Result<QString> textOf(const QJsonObject &order, const QString &name)
{
    const QString text = order.value(name).toString();
    if (text.isEmpty() || text.size() > maxText) {
        return failure(
            ErrorKind::InvalidArgument,
            u"“%1” must be a text of up to %2 characters."_s.arg(name).arg(maxText),
            name);
    }
    return text;
}

Result<QString> wordOf(const QJsonObject &order, const QString &name, const QStringList &words)
{
    const QString word = order.value(name).toString();
    if (!words.contains(word)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"“%1” must be one of %2."_s.arg(name, words.join(u", "_s)),
            name);
    }
    return word;
}

/// How many entries of a list have each word, and all of them together.
QJsonObject counts(const QJsonArray &entries, const QString &word)
{
    QJsonObject numbers{{u"total"_s, qint64(entries.size())}};
    for (const QJsonValue &entry : entries) {
        const QString name = entry[word].toString();
        numbers.insert(name, numbers.value(name).toInteger() + 1);
    }
    return numbers;
}

Result<QJsonObject> start(SkillState &state, const QJsonObject &order, const QDateTime &now)
{
    if (state.sessions.size() >= CodingSupervisor::maxSessions) {
        return failure(ErrorKind::RateLimited, u"Too many sessions run; end one first."_s);
    }
    auto task = textOf(order, u"task"_s);
    if (!task) {
        return failure(task.error());
    }
    constexpr int idBytes = 12;
    const QString id = u"ses_"_s % QString::fromLatin1(common::randomHex(idBytes));
    const QJsonObject session{
        {u"task"_s, *task},
        {u"started"_s, now.toUTC().toString(Qt::ISODateWithMs)},
        {u"changes"_s, QJsonArray()},
        {u"feedback"_s, QJsonArray()}};
    state.sessions.emplace(id, session);
    return QJsonObject{{u"session_id"_s, id}, {u"status"_s, u"running"_s}};
}

Result<QJsonObject> changeOf(const QJsonObject &order)
{
    auto file = textOf(order, u"file"_s);
    if (!file) {
        return failure(file.error());
    }
    auto type = wordOf(order, u"type"_s, {u"created"_s, u"modified"_s, u"deleted"_s});
    if (!type) {
        return failure(type.error());
    }
    return QJsonObject{
        {u"file"_s, *file},
        {u"type"_s, *type},
        {u"diff"_s, order["diff"_L1].toString().left(CodingSupervisor::maxDiff)}};
}

Result<QJsonObject> feedbackOf(const QJsonObject &order)
{
    auto message = textOf(order, u"message"_s);
    if (!message) {
        return failure(message.error());
    }
    auto severity = wordOf(order, u"severity"_s, {u"info"_s, u"warning"_s, u"error"_s});
    if (!severity) {
        return failure(severity.error());
    }
    return QJsonObject{{u"message"_s, *message}, {u"severity"_s, *severity}};
}

/// Adds an entry to one of the two lists of a session.
Result<QJsonObject> add(QJsonObject &session, const QString &list, const Result<QJsonObject> &entry)
{
    if (!entry) {
        return failure(entry.error());
    }
    QJsonArray entries = session.value(list).toArray();
    if (entries.size() >= CodingSupervisor::maxEntries) {
        return failure(ErrorKind::RateLimited, u"This session is too long; end it."_s);
    }
    entries.append(*entry);
    session.insert(list, entries);
    return QJsonObject{{u"status"_s, u"running"_s}, {u"logged"_s, qint64(entries.size())}};
}

SkillResult summary(const QString &id, const QJsonObject &session, const QDateTime &now)
{
    const QJsonArray changes = session["changes"_L1].toArray();
    const QJsonArray feedback = session["feedback"_L1].toArray();
    const QDateTime started = QDateTime::fromString(
        session["started"_L1].toString(), Qt::ISODateWithMs);
    QStringList lines{u"%1 (changes: %2, remarks: %3)"_s.arg(session["task"_L1].toString())
                          .arg(changes.size())
                          .arg(feedback.size())};
    for (const QJsonValue &change : changes) {
        lines << u"%1 %2"_s.arg(change["type"_L1].toString(), change["file"_L1].toString());
    }
    for (const QJsonValue &remark : feedback) {
        lines << u"%1: %2"_s.arg(remark["severity"_L1].toString(), remark["message"_L1].toString());
    }
    return {
        QString::fromLatin1(CodingSupervisor::id),
        u"completed"_s,
        lines.join(u'\n').left(maxText),
        {},
        std::chrono::milliseconds(std::max<qint64>(started.msecsTo(now), 0)),
        {{u"session_id"_s, id},
         {u"changes"_s, counts(changes, u"type"_s)},
         {u"feedback"_s, counts(feedback, u"severity"_s)}}};
}

} // namespace

Result<QJsonObject>
CodingSupervisor::carryOut(SkillState &state, const QJsonObject &order, const QDateTime &now)
{
    const auto action = wordOf(
        order, u"action"_s, {u"start"_s, u"change"_s, u"feedback"_s, u"end"_s});
    if (!action) {
        return failure(action.error());
    }
    if (*action == "start"_L1) {
        return start(state, order, now);
    }
    const auto session = state.sessions.find(order["session_id"_L1].toString());
    if (session == state.sessions.end()) {
        return failure(ErrorKind::NotFound, u"No such session runs."_s, u"session_id"_s);
    }
    if (*action == "change"_L1) {
        return add(session->second, u"changes"_s, changeOf(order));
    }
    if (*action == "feedback"_L1) {
        return add(session->second, u"feedback"_s, feedbackOf(order));
    }
    SkillResult result = summary(session->first, session->second, now);
    state.sessions.erase(session);
    QJsonObject answer = result.toJson();
    state.add(std::move(result));
    return answer;
}

} // namespace freerelay::services
