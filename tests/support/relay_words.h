#pragma once

#include "core/dialects/canonical/canonical_reply.h"
#include "core/dialects/client_dialect.h"
#include "core/dialects/openai_chat.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>

namespace freerelay::tests {

// What the tests of client dialects share: what the relay says to a dialect, and what a dialect
// makes of a request for it.

inline QJsonObject parsed(QByteArrayView json)
{
    return QJsonDocument::fromJson(json.toByteArray()).object();
}

/// One event of the relay's stream. @param choice  JSON; "" = none
inline QByteArray chunkOf(const QByteArray &choice, const QByteArray &more = {})
{
    return R"(data: {"id":"c","model":"groq/m","choices":[)" + choice + ']' + more + "}\n\n";
}

/// @param delta, reason  JSON
inline QByteArray deltaOf(const QByteArray &delta, const QByteArray &reason = "null")
{
    return chunkOf(R"({"index":0,"delta":)" + delta + R"(,"finish_reason":)" + reason + '}');
}

/// Canonical events in an order that no rule has chosen, and what they say.
struct AnyReply
{
    dialects::EventList events;
    QString text;
    QString thinking;
    QString thinkingBeforeCalls;
    int calls = 0;
};

inline dialects::CanonicalEvent anyEvent(std::mt19937 &random, const QByteArray &piece, int &calls)
{
    using namespace dialects;
    switch (random() % 8) {
    case 0:
        return {MessageStart{"c", "m"}};
    case 1:
    case 2:
        return {TextDelta{piece}};
    case 3:
        return {ThinkingDelta{piece}};
    case 4:
        return {ThinkingSignature{"s", anthropicSignatureFormat}};
    case 5:
        return {RedactedThinking{"d", anthropicSignatureFormat}};
    case 6:
        return {ToolStart{
            calls++,
            "t",
            random() % 2 == 0 ? "f" : "patch",
            random() % 3 == 0 ? "g" : QByteArray()}};
    default:
        break;
    }
    return calls == 0 ? CanonicalEvent{TextDelta{piece}}
                      : CanonicalEvent{ToolArgumentsDelta{int(random() % unsigned(calls)), piece}};
}

inline AnyReply anyReply(unsigned seed)
{
    std::mt19937 random(seed);
    AnyReply reply;
    const int steps = int(random() % 30);
    for (int step = 0; step < steps; ++step) {
        reply.events.push_back(anyEvent(random, QByteArray::number(step) + ' ', reply.calls));
        const auto &what = reply.events.back().what;
        if (const auto *said = std::get_if<dialects::TextDelta>(&what)) {
            reply.text += QString::fromUtf8(said->text);
        } else if (const auto *thought = std::get_if<dialects::ThinkingDelta>(&what)) {
            reply.thinking += QString::fromUtf8(thought->text);
            reply.thinkingBeforeCalls += reply.calls == 0 ? QString::fromUtf8(thought->text)
                                                          : QString();
        }
    }
    reply.events.push_back({dialects::Finish{}});
    return reply;
}

/// Rows of a request in a client's dialect and in OpenAI chat's form.
inline auto saidRows()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("chat");
    return [](const char *name, const QByteArray &request, const QByteArray &chat) {
        QTest::newRow(name) << request << chat;
    };
}

/// Of what is said nothing may be left out.
inline common::Result<dialects::ClientRequest>
withNothingIgnored(common::Result<dialects::ClientRequest> request)
{
    if (request && !request->ignored.isEmpty()) {
        return common::failure(
            common::ErrorKind::Internal, QString::fromUtf8(request->ignored.join(", ")));
    }
    return request;
}

/// Of one of these rows.
template <typename Read> void compareSaid(Read read)
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, chat);
    const common::Result<dialects::ClientRequest> said = read(request);
    QVERIFY2(said.has_value(), said ? "" : qPrintable(said.error().message));
    QCOMPARE(parsed(said->chat), parsed(chat));
    QVERIFY(dialects::parseOpenAiChat(said->chat).has_value());
    QCOMPARE(read(request)->chat, said->chat); // prompt caches
}

} // namespace freerelay::tests
