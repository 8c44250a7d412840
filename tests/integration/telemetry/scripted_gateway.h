#pragma once

#include "tests/integration/relay/provider_replies.h"
#include "tests/integration/telemetry/running_gateway.h"
#include "tests/integration/telemetry/upstream_thread.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QMutex>
#include <QMutexLocker>

#include <optional>

namespace freerelay::tests {

/// The built program in front of one provider that speaks OpenAI chat and says "Hello you", unless
/// the test has other words for it.
class ScriptedGateway final
{
public:
    ScriptedGateway()
    {
        m_upstream->setHandler([this](const FakeRequest &request) {
            return request.method == "GET" ? FakeReply::json(QByteArrayLiteral("{}"), 500)
                                           : answer(request);
        });
    }
    ~ScriptedGateway() = default;
    Q_DISABLE_COPY_MOVE(ScriptedGateway)

    static const ProviderReplies &replies()
    {
        static const ProviderReplies openAi(catalog::Wire::OpenAiChat);
        return openAi;
    }

    /// Before the start: the provider is this one.
    /// @param name  of its variables: "GROQ"
    void addProvider(const QString &name, const QByteArray &path = QByteArrayLiteral("/v1"))
    {
        m_fixture.setVariable(name + QStringLiteral("_API_KEY"), QStringLiteral("gsk_of-the-test"));
        m_fixture.setVariable(
            name + QStringLiteral("_BASE_URL"), QString::fromLatin1(m_upstream->url(path)));
    }
    [[nodiscard]] bool start() { return m_gateway.start(); }

    /// From here on, until answerAsUsual().
    void answerWith(const FakeReply &reply)
    {
        const QMutexLocker lock(&m_mutex);
        m_reply = reply;
    }
    void answerAsUsual()
    {
        const QMutexLocker lock(&m_mutex);
        m_reply.reset();
    }
    /// What the provider was asked last.
    [[nodiscard]] FakeRequest lastAsked()
    {
        const QMutexLocker lock(&m_mutex);
        return m_lastAsked;
    }

    UpstreamThread &upstream() { return m_upstream; }
    CliFixture &fixture() { return m_fixture; }
    RunningGateway *operator->() { return &m_gateway; }

private:
    FakeReply answer(const FakeRequest &request)
    {
        const QMutexLocker lock(&m_mutex);
        m_lastAsked = request;
        return m_reply
            ? *m_reply
            : replies().answer(request.body.contains("\"stream\":true"), {"Hello ", "you"});
    }

    QMutex m_mutex;
    std::optional<FakeReply> m_reply;
    FakeRequest m_lastAsked;
    UpstreamThread m_upstream;
    CliFixture m_fixture;
    RunningGateway m_gateway{m_fixture};
};

inline QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace freerelay::tests
