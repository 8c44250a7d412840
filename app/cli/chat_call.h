#pragma once

#include "core/dialects/sse_decoder.h"
#include "core/upstream/http_client.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace freerelay::app {

/// What the command line asks of the gateway's chat route.
struct ChatQuestion
{
    QByteArray endpoint; ///< "http://127.0.0.1:8000"
    QString model;
    QString text;
    bool stream = true;
    common::Secret clientKey; ///< empty: none
};

/// One chat request to the gateway, as any client would send it. One thread with an event loop.
class ChatCall final : public upstream::CallObserver
{
public:
    /// @param onText  called with each piece of the answer
    /// @param over    called once at the end; may destroy the call
    ChatCall(
        upstream::HttpClient &client,
        const ChatQuestion &question,
        std::function<void(const QString &)> onText,
        std::function<void()> over);
    ~ChatCall() override = default;
    Q_DISABLE_COPY_MOVE(ChatCall)

    [[nodiscard]] int status() const { return m_status; }
    /// What went wrong; empty when the answer is whole.
    [[nodiscard]] const QString &error() const { return m_error; }
    [[nodiscard]] QString provider() const;
    [[nodiscard]] QString model() const;
    [[nodiscard]] std::optional<qint64> firstTextNs() const { return m_firstTextNs; }
    [[nodiscard]] qint64 durationNs() const { return m_durationNs; }

    void onHead(int status, const common::HeaderList &headers) override;
    [[nodiscard]] upstream::Flow onBody(QByteArrayView bytes) override;
    void onEnd(const upstream::CallEnd &end) override;

private:
    void readEvents();
    void readWhole();
    void addText(const QString &text);

    bool m_stream;
    std::function<void(const QString &)> m_onText;
    std::function<void()> m_over;
    QElapsedTimer m_timer;
    std::optional<qint64> m_firstTextNs;
    qint64 m_durationNs = 0;
    int m_status = 0;
    bool m_done = false; ///< [DONE] was seen
    common::HeaderList m_headers;
    QByteArray m_body;
    dialects::SseDecoder m_events;
    QString m_error;
    std::unique_ptr<upstream::Call> m_call;
};

} // namespace freerelay::app
