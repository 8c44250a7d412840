#pragma once

#include "core/common/clock.h"
#include "core/telemetry/otlp_encoder.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

class QNetworkAccessManager;
class QNetworkReply;

namespace freerelay::telemetry {

class TraceQueue;

/// Sends the spans of a TraceQueue to an OpenTelemetry collector: POST <endpoint>/v1/traces, JSON.
///
/// One batch is under way at a time. One that cannot be delivered is tried again, after a pause
/// that doubles from a second to a minute or is what the collector asks for, and given up after
/// maxTries; one that the collector refuses is given up at once. Meanwhile the queue fills, and
/// drops. Lives on one thread with an event loop, and off until it has an endpoint.
class OtlpExporter final : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds interval{1'000}; ///< between two looks at the queue
    static constexpr std::size_t batch = 64; ///< requests, of some six spans each
    static constexpr int maxTries = 8;
    static constexpr std::chrono::milliseconds transferLimit{10'000};
    static constexpr std::chrono::seconds firstPause{1};
    static constexpr std::chrono::seconds longestPause{60};

    /// Queue and clock outlive the exporter.
    OtlpExporter(TraceQueue &queue, const common::Clock &clock, TraceResource resource);
    ~OtlpExporter() override;
    Q_DISABLE_COPY_MOVE(OtlpExporter)

    /// "http://127.0.0.1:4318", with or without "/v1/traces"; "" = off, and what waits is dropped.
    void setEndpoint(const QString &endpoint);

    /// Sends a batch if there is one and its time has come. A timer does it every interval; a test
    /// that moves its own clock calls it.
    void tick();

Q_SIGNALS:
    /// A batch was delivered, given up, or has to wait for its next try.
    void settled();

private:
    void send();
    void onFinished(QNetworkReply &reply);
    void onDelivered(const QByteArray &answer);
    void onFailed(const QString &what, bool mayTryAgain, std::chrono::seconds asked);
    void forgetBatch();

    TraceQueue &m_queue;
    const common::Clock &m_clock;
    TraceResource m_resource;
    QString m_endpoint;
    QTimer m_timer;
    std::unique_ptr<QNetworkAccessManager> m_network;
    QNetworkReply *m_reply = nullptr; ///< under way

    QByteArray m_body; ///< of the batch under way or waiting; "" = none
    std::size_t m_batchSize = 0;
    int m_tries = 0;
    common::SteadyTime m_notBefore;
    bool m_saidSo = false; ///< that it fails, since it last worked
};

} // namespace freerelay::telemetry
