#pragma once

#include "core/common/clock.h"
#include "core/common/secret.h"
#include "core/interfaces/request_history.h"

#include <QObject>
#include <QThread>

namespace freerelay::services {

/// Sends kept prompts again, as a client of the own gateway: what comes of it is a request as any
/// other. Main thread; the exchange itself is in the background.
class Resender final : public QObject
{
    Q_OBJECT

public:
    using Callback = interfaces::RequestHistory::Callback<QString>;

    /// Where to send it.
    struct Target
    {
        QString endpoint; ///< "http://127.0.0.1:8000"; "" = nobody listens
        common::Secret clientKey; ///< empty: none is needed
    };

    /// All outlive it; the thread's event loop runs.
    Resender(interfaces::RequestHistory &history, QThread &background, const common::Clock &clock);
    ~Resender() override = default;
    Q_DISABLE_COPY_MOVE(Resender)

    /// @param done  called once the answer begins, with the id of the new request; NotFound when
    ///              the prompt is not kept, InvalidArgument when only its beginning is,
    ///              Unavailable when nobody listens or answers
    void resend(const QString &requestId, Target target, Callback done);

private:
    class Engine;

    interfaces::RequestHistory &m_history;
    Engine *m_engine; ///< lives in the background, deleted when its thread ends
};

} // namespace freerelay::services
