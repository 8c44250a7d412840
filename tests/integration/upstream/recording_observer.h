#pragma once

#include "core/upstream/http_client.h"

#include <functional>
#include <memory>
#include <optional>

namespace freerelay::tests {

/// Keeps what one call reported; hooks let a test act from inside the delivery.
class RecordingObserver final : public upstream::CallObserver
{
public:
    void onHead(int replyStatus, const common::HeaderList &replyHeaders) override
    {
        ++heads;
        status = replyStatus;
        headers = replyHeaders;
        if (headHook) {
            headHook();
        }
    }

    upstream::Flow onBody(QByteArrayView bytes) override
    {
        received += bytes.size();
        largest = std::max(largest, bytes.size());
        if (keepsBody) {
            body.append(bytes);
        }
        if (bodyHook) {
            bodyHook();
        }
        return flow;
    }

    void onEnd(const upstream::CallEnd &callEnd) override
    {
        end = callEnd;
        if (endHook) {
            endHook();
        }
    }

    [[nodiscard]] bool failedWith(common::ErrorKind kind) const
    {
        return end && end->error && end->error->kind == kind;
    }
    [[nodiscard]] bool succeeded() const { return end && !end->error; }

    std::unique_ptr<upstream::Call> call;
    int heads = 0;
    int status = 0;
    common::HeaderList headers;
    QByteArray body;
    qsizetype received = 0;
    qsizetype largest = 0;
    bool keepsBody = true;
    upstream::Flow flow = upstream::Flow::Continue;
    std::optional<upstream::CallEnd> end;
    std::function<void()> headHook;
    std::function<void()> bodyHook;
    std::function<void()> endHook;
};

/// A POST of `body` to `url`.
inline upstream::HttpCall post(const QByteArray &url, const QByteArray &body = "{}")
{
    upstream::HttpCall call;
    call.url = url;
    call.body = body;
    call.headers = {{"content-type", "application/json"}};
    return call;
}

} // namespace freerelay::tests
