#include "request_lines.h"

#include "core/telemetry/log_output.h"

#include <QStringList>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

using relay::AttemptRecord;
using relay::Outcome;

double milliseconds(std::chrono::microseconds time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

LogLevel levelOf(const Outcome &outcome)
{
    constexpr int firstServerError = 500;
    constexpr int tooMany = 429;
    if (relay::isFailure(outcome)) {
        const bool ours = outcome.brokenStream || outcome.status >= firstServerError
            || outcome.status == tooMany;
        return ours ? LogLevel::Warning : LogLevel::Info;
    }
    return outcome.attempts.size() > 1 ? LogLevel::Info : LogLevel::Debug;
}

QString sentenceFor(const Outcome &outcome)
{
    if (outcome.status == Outcome::clientLeft) {
        return u"the client left"_s;
    }
    if (outcome.brokenStream) {
        return u"the stream broke off: %1"_s.arg(QString::fromUtf8(outcome.error));
    }
    if (relay::isFailure(outcome)) {
        return u"not answered: %1"_s.arg(QString::fromUtf8(outcome.error));
    }
    return outcome.attempts.size() > 1 ? u"answered at another attempt"_s : u"answered"_s;
}

/// "groq rate_limited, mistral timeout"
QString failedAttempts(const Outcome &outcome)
{
    QStringList parts;
    for (const AttemptRecord &attempt : outcome.attempts) {
        if (!attempt.failure.isEmpty()) {
            parts << QString::fromUtf8(attempt.provider) % u' '
                    % QString::fromLatin1(attempt.failure);
        }
    }
    return parts.join(", "_L1);
}

class Fields
{
public:
    explicit Fields(LogRecord &record)
        : m_fields(record.fields)
    { }
    void text(const char *name, const QByteArray &value)
    {
        if (!value.isEmpty()) {
            m_fields.emplace_back(name, QString::fromUtf8(value));
        }
    }
    template <typename Value> void value(const char *name, Value one)
    {
        m_fields.emplace_back(name, one);
    }
    void count(const char *name, const std::optional<std::int64_t> &one)
    {
        if (one) {
            value(name, *one);
        }
    }

private:
    std::vector<std::pair<QByteArray, LogValue>> &m_fields;
};

LogRecord recordOf(const Outcome &outcome, LogLevel level, QString message)
{
    LogRecord record;
    record.time = std::chrono::system_clock::now();
    record.level = level;
    record.category = "freerelay.request"_ba;
    record.message = std::move(message);
    record.requestId = outcome.requestId;
    return record;
}

} // namespace

void RequestLines::record(const std::shared_ptr<const Outcome> &outcome)
{
    if (m_output.isEnabled(LogLevel::Debug)) {
        writeAttempts(*outcome);
    }
    if (m_output.isEnabled(levelOf(*outcome))) {
        writeEnd(*outcome);
    }
}

void RequestLines::writeAttempts(const Outcome &outcome)
{
    std::int64_t number = 0;
    for (const AttemptRecord &attempt : outcome.attempts) {
        ++number;
        if (attempt.failure.isEmpty()) {
            continue;
        }
        LogRecord record = recordOf(outcome, LogLevel::Debug, u"attempt failed"_s);
        Fields fields(record);
        fields.value("attempt", number);
        fields.text("provider", attempt.provider);
        fields.text("model", attempt.model);
        fields.text("cause", attempt.failure);
        fields.value("upstream_status", std::int64_t(attempt.status));
        fields.value("latency_ms", milliseconds(attempt.duration));
        m_output.write(std::move(record));
    }
}

void RequestLines::writeEnd(const Outcome &outcome)
{
    LogRecord record = recordOf(outcome, levelOf(outcome), sentenceFor(outcome));
    Fields fields(record);
    fields.text("app", relay::appOf(outcome));
    fields.text("asked_model", outcome.askedModel);
    fields.text("provider", outcome.provider);
    fields.text("model", outcome.model);
    fields.value("status", std::int64_t(outcome.status));
    fields.text("error_class", outcome.errorClass);
    fields.value("streaming", outcome.stream);
    fields.value("attempts", static_cast<std::int64_t>(outcome.attempts.size()));
    fields.text("failed_attempts", failedAttempts(outcome).toUtf8());
    if (outcome.ttft) {
        fields.value("ttft_ms", milliseconds(*outcome.ttft));
    }
    fields.value("latency_ms", milliseconds(outcome.duration));
    fields.count("tokens_prompt", outcome.promptTokens);
    fields.count("tokens_completion", outcome.completionTokens);
    fields.text("finish_reason", outcome.finishReason);
    m_output.write(std::move(record));
}

} // namespace freerelay::telemetry
