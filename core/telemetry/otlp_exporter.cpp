#include "otlp_exporter.h"

#include "core/telemetry/trace_queue.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace freerelay::telemetry {

namespace {

Q_LOGGING_CATEGORY(lcTelemetry, "freerelay.telemetry", QtInfoMsg)

QUrl tracesUrl(const QString &endpoint)
{
    QUrl url(endpoint);
    if (!url.path().endsWith("/v1/traces"_L1)) {
        url.setPath(
            (url.path().endsWith(u'/') ? url.path().chopped(1) : url.path()) % "/v1/traces"_L1);
    }
    return url;
}

/// Which statuses of OTLP/HTTP mean that it is worth trying again.
bool isRetryable(int status)
{
    constexpr int noReply = 0;
    return status == noReply || status == 429 || status == 502 || status == 503 || status == 504;
}

} // namespace

OtlpExporter::OtlpExporter(TraceQueue &queue, const common::Clock &clock, TraceResource resource)
    : m_queue(queue)
    , m_clock(clock)
    , m_resource(std::move(resource))
    , m_timer(this)
{
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &OtlpExporter::tick);
}

OtlpExporter::~OtlpExporter()
{
    if (m_reply != nullptr) {
        m_reply->disconnect(this);
    }
}

void OtlpExporter::setEndpoint(const QString &endpoint)
{
    if (endpoint == m_endpoint) {
        return;
    }
    m_endpoint = endpoint;
    if (m_reply != nullptr) {
        m_reply->disconnect(this);
        m_reply->deleteLater();
        m_reply = nullptr;
    }
    m_saidSo = false;
    m_tries = 0;
    m_notBefore = {};
    if (endpoint.isEmpty()) {
        m_timer.stop();
        forgetBatch();
        m_queue.clear();
        m_network.reset();
        return;
    }
    if (!m_network) {
        m_network = std::make_unique<QNetworkAccessManager>();
        m_network->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
        m_network->setTransferTimeout(static_cast<int>(transferLimit.count()));
    }
    m_timer.start();
}

void OtlpExporter::tick()
{
    if (m_endpoint.isEmpty() || m_reply != nullptr || m_clock.now() < m_notBefore) {
        return;
    }
    if (m_body.isEmpty()) {
        const auto outcomes = m_queue.take(batch);
        if (outcomes.empty()) {
            return;
        }
        m_batchSize = outcomes.size();
        m_body = toOtlpJson(outcomes, m_resource);
    }
    send();
}

void OtlpExporter::send()
{
    QNetworkRequest request(tracesUrl(m_endpoint));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setHeader(
        QNetworkRequest::UserAgentHeader,
        QString(u"FreeRelay/"_s % QString::fromUtf8(m_resource.version)));
    m_reply = m_network->post(request, m_body);
    connect(m_reply, &QNetworkReply::finished, this, [this, reply = m_reply] {
        m_reply = nullptr;
        reply->deleteLater();
        onFinished(*reply);
        Q_EMIT settled();
    });
}

void OtlpExporter::onFinished(QNetworkReply &reply)
{
    constexpr int firstBad = 300;
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status >= 200 && status < firstBad) {
        onDelivered(reply.readAll());
        return;
    }
    const std::chrono::seconds asked(reply.rawHeader("retry-after"_ba).toInt());
    const QString what = status == 0 ? reply.errorString()
                                     : u"it answered with status %1"_s.arg(status);
    onFailed(what, isRetryable(status), asked);
}

void OtlpExporter::onDelivered(const QByteArray &answer)
{
    const QJsonObject partial
        = QJsonDocument::fromJson(answer).object().value("partialSuccess"_L1).toObject();
    // A 64-bit integer: a string by the rules of protobuf's JSON, a number in practice.
    const qint64 rejected = partial.value("rejectedSpans"_L1).toVariant().toLongLong();
    if (rejected > 0) {
        m_queue.addDropped(std::uint64_t(rejected));
        qCWarning(lcTelemetry).noquote() << "the trace collector rejected" << rejected
                                         << "spans:" << partial.value("errorMessage"_L1).toString();
    }
    forgetBatch();
    m_saidSo = false;
    if (m_queue.waiting() > 0) {
        QMetaObject::invokeMethod(this, &OtlpExporter::tick, Qt::QueuedConnection);
    }
}

void OtlpExporter::onFailed(const QString &what, bool mayTryAgain, std::chrono::seconds asked)
{
    if (!std::exchange(m_saidSo, true)) {
        qCWarning(lcTelemetry).noquote() << "traces cannot be sent to" << m_endpoint << "-" << what;
    }
    ++m_tries;
    if (!mayTryAgain || m_tries >= maxTries) {
        m_queue.addDropped(m_batchSize);
        const bool isDown = mayTryAgain;
        forgetBatch();
        m_notBefore = m_clock.now() + (isDown ? longestPause : 0s);
        return;
    }
    const std::chrono::seconds pause = firstPause * (1 << (m_tries - 1));
    m_notBefore = m_clock.now() + std::min(std::max(pause, asked), longestPause);
}

void OtlpExporter::forgetBatch()
{
    m_body.clear();
    m_batchSize = 0;
    m_tries = 0;
}

} // namespace freerelay::telemetry
