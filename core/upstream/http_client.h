#pragma once

#include "core/catalog/types.h"
#include "core/common/error.h"
#include "core/common/http_headers.h"
#include "core/common/secret.h"

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <memory>
#include <optional>

namespace freerelay::upstream {

/// Limits (ours) for one call; zero means none.
struct CallLimits
{
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds firstByte{60'000}; ///< from start to the first body byte
    std::chrono::milliseconds gap{60'000}; ///< between two body reads; paused time excluded
    std::chrono::milliseconds total{600'000};
};

/// Whom a call goes to, as far as the caller knows. The HTTP itself does not depend on it; faults
/// that are played on purpose do (chaos/chaos_client.h). Looked at in HttpClient::start() only.
struct Callee
{
    const catalog::Provider *provider = nullptr; ///< null = nobody in particular
    catalog::Wire wire = catalog::Wire::OpenAiChat;
};

/// One HTTP call. `credential` is a whole header value kept apart so that it is never logged.
struct HttpCall
{
    QByteArray method = "POST";
    QByteArray url; ///< absolute http:// or https://
    common::HeaderList headers;
    QByteArray credentialHeader; ///< "authorization"; "" = none
    common::Secret credential; ///< "Bearer gsk_…"
    QByteArray body;
    CallLimits limits;
    Callee callee;
};

enum class Flow { Continue, Pause };

/// How a call ended. `error` is nullopt when a whole HTTP reply was received (any status).
struct CallEnd
{
    std::optional<common::Error>
        error; ///< Timeout, Unavailable (connect, reset, cut, TLS), ProtocolError
    bool timedOutBeforeConnect = false;
    std::chrono::microseconds connectTime{0};
    bool reusedConnection = false;
};

/// Receives one call's events, on the client's thread, always from the event loop and never from
/// inside the HTTP library: it may start, pause or destroy calls (its own included) at will.
/// Order: onHead once, onBody any number of times, onEnd once; nothing after the call is destroyed.
class CallObserver
{
public:
    virtual ~CallObserver() = default;
    virtual void onHead(int status, const common::HeaderList &headers) = 0;
    /// Pause: no further onBody until resume(); what was already received is kept (≤ 128 KiB).
    [[nodiscard]] virtual Flow onBody(QByteArrayView bytes) = 0;
    virtual void onEnd(const CallEnd &end) = 0;
};

/// A call in flight. Destroying it cancels it: its connection (HTTP/1) or stream (HTTP/2) is
/// closed before the destructor returns.
class Call
{
public:
    virtual ~Call() = default;
    virtual void pause() = 0;
    /// Takes effect from the event loop.
    virtual void resume() = 0;
};

/// Speaks HTTP to providers. One per worker thread; not shared.
class HttpClient
{
public:
    virtual ~HttpClient() = default;
    /// Starts a call; `observer` must outlive the returned object. Never calls back before return.
    [[nodiscard]] virtual std::unique_ptr<Call> start(HttpCall call, CallObserver &observer) = 0;
    [[nodiscard]] virtual int callsInFlight() const = 0;
};

} // namespace freerelay::upstream
