#include "recording.h"

#include "core/services/history/prepared_texts.h"
#include "core/services/history/recorded_rows.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

store::StoreOptions optionsFor(
    const Recording::Places &places,
    const telemetry::Redactor &redactor,
    const std::function<void()> &changed)
{
    store::StoreOptions options;
    options.path = places.recordsFile;
    options.statusChanged = changed;
    options.texts.path = places.textsFile;
    options.texts.changed = changed;
    options.texts.prepare = [&redactor](const relay::RequestTexts &texts) {
        return preparedTexts(texts, redactor);
    };
    return options;
}

} // namespace

Recording::Recording(
    const Places &places,
    const common::Clock &clock,
    const telemetry::Redactor *redactor,
    const std::function<void()> &changed)
    : m_records(optionsFor(places, redactor != nullptr ? *redactor : m_shapes, changed), clock)
    , m_history(places.recordsFile, clock, places.textsFile)
    , m_sinks({&m_log, &m_records})
{ }

void Recording::follow(const settings::Settings &settings)
{
    store::RetentionRules rules;
    rules.requests = std::chrono::days(settings.keepDays);
    rules.maxBytes = settings.maxRecordBytes;
    m_records.setRetention(rules);
    m_records.keepTexts(std::chrono::hours(settings.keepTextsHours));
}

interfaces::RecordingStatus Recording::status() const
{
    const store::StoreStatus status = m_records.status();
    return {
        status.recording,
        status.problem,
        status.notice,
        status.written,
        status.dropped,
        status.queued,
        toStatus(m_records.textStatus())};
}

QString Recording::problem() const
{
    const QString problem = m_records.status().problem;
    if (!problem.isEmpty()) {
        return u"Requests are answered but not recorded: %1"_s.arg(problem);
    }
    const store::TextStatus texts = m_records.textStatus();
    if (texts.problem.isEmpty()) {
        return {};
    }
    return texts.keep.count() > 0 ? u"Prompts and answers are not kept: %1"_s.arg(texts.problem)
                                  : texts.problem;
}

} // namespace freerelay::services
