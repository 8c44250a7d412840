#include "recording.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

store::StoreOptions optionsFor(const QString &path, std::function<void()> changed)
{
    store::StoreOptions options;
    options.path = path;
    options.statusChanged = std::move(changed);
    return options;
}

} // namespace

Recording::Recording(const QString &path, const common::Clock &clock, std::function<void()> changed)
    : m_records(optionsFor(path, std::move(changed)), clock)
    , m_history(path, clock)
    , m_sinks({&m_log, &m_records})
{ }

void Recording::follow(const settings::Settings &settings)
{
    store::RetentionRules rules;
    rules.requests = std::chrono::days(settings.keepDays);
    rules.maxBytes = settings.maxRecordBytes;
    m_records.setRetention(rules);
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
        status.queued};
}

QString Recording::problem() const
{
    const QString problem = m_records.status().problem;
    return problem.isEmpty() ? QString()
                             : u"Requests are answered but not recorded: %1"_s.arg(problem);
}

} // namespace freerelay::services
