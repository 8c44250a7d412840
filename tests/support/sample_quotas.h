#pragma once

#include "core/interfaces/quota_figures.h"

namespace freerelay::tests {

/// The picture was taken at 2026-11-24 17:20 UTC.
inline QDateTime quotasTakenAt()
{
    return {QDate(2026, 11, 24), QTime(17, 20), Qt::UTC};
}

inline interfaces::QuotaWindowFigures aWindow(const char *name, qint64 used, qint64 limit)
{
    interfaces::QuotaWindowFigures window;
    const QString text = QString::fromLatin1(name);
    window.window = text;
    window.unit = text.startsWith(u'r') ? QStringLiteral("requests") : QStringLiteral("tokens");
    window.period = text.endsWith(u'd') ? QStringLiteral("day") : QStringLiteral("minute");
    window.used = used;
    window.limit = limit;
    window.remaining = limit - used;
    window.source = QStringLiteral("header");
    window.age = std::chrono::seconds(75);
    window.confidence = 0.97;
    return window;
}

/// Groq in use with some of its quota gone, Google used up for today.
inline interfaces::QuotaFigures someQuotas()
{
    const QDateTime now = quotasTakenAt();
    const QDateTime midnight(now.date().addDays(1), QTime(0, 0), Qt::UTC);
    interfaces::QuotaFigures figures;
    figures.takenAt = now;

    interfaces::ProviderQuota google{"google", QStringLiteral("Google AI Studio"), {}, {}};
    auto spent = aWindow("rpd", 250, 250);
    spent.key = QStringLiteral("f3");
    spent.subject = QStringLiteral("google/gemini-2.5-flash");
    spent.blocked = true;
    spent.source = QStringLiteral("learned_from_error");
    spent.resetsAt = midnight;
    google.windows = {spent};

    interfaces::ProviderQuota groq{"groq", QStringLiteral("Groq"), {}, {}};
    auto minute = aWindow("rpm", 12, 30);
    minute.key = QStringLiteral("f1");
    minute.subject = QStringLiteral("groq/openai/gpt-oss-120b");
    minute.resetsAt = now.addSecs(42);
    auto day = aWindow("tpd", 150'000, 200'000);
    day.key = minute.key;
    day.subject = minute.subject;
    day.soft = true;
    day.source = QStringLiteral("catalogue");
    day.confidence = 0.5;
    day.resetsAt = midnight;
    day.emptyAt = QDateTime(now.date(), QTime(15, 40), Qt::UTC);
    day.forecast = QStringLiteral("empty at 15:40, back at 00:00");
    auto unknown = aWindow("rpd", 17, 0);
    unknown.key = minute.key;
    unknown.shared = true;
    unknown.limit.reset();
    unknown.remaining.reset();
    unknown.source.clear();
    unknown.age.reset();
    unknown.resetsAt = midnight;
    groq.windows = {minute, day, unknown};
    groq.coolDowns = {
        {QStringLiteral("f1"),
         QStringLiteral("groq/qwen/qwen3-32b"),
         QStringLiteral("rate_limited"),
         QStringLiteral("Rate limit reached for model qwen3-32b."),
         now.addSecs(90),
         false}};

    figures.providers = {google, groq};
    figures.outlook.usedUp = {{"google", google.name, midnight}};
    figures.outlook.next = {
        {"groq", groq.name, minute.subject},
        {"ovh", QStringLiteral("OVHcloud AI Endpoints"), QStringLiteral("ovh/gpt-oss-120b")}};
    return figures;
}

} // namespace freerelay::tests
