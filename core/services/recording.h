#pragma once

#include "core/interfaces/gateway_control.h"
#include "core/services/history/stored_history.h"
#include "core/services/outcome_fan_out.h"
#include "core/services/request_log.h"
#include "core/settings/settings.h"
#include "core/store/record_store.h"
#include "core/telemetry/redactor.h"

#include <functional>

namespace freerelay::services {

/// Where outcomes go in this program: to the list of the last requests and into the records file.
class Recording final
{
public:
    struct Places
    {
        QString recordsFile;
        QString textsFile;
    };

    /// @param clock     outlives it
    /// @param redactor  masks kept texts, outlives it; null = known shapes of secrets only
    /// @param changed   called on the store's thread after the status changed
    Recording(
        const Places &places,
        const common::Clock &clock,
        const telemetry::Redactor *redactor,
        const std::function<void()> &changed);

    [[nodiscard]] relay::OutcomeSink &sink() { return m_sinks; }
    [[nodiscard]] const RequestLog &log() const { return m_log; }
    [[nodiscard]] const store::RecordStore &records() const { return m_records; }
    /// Where prompts and answers go while the settings want them to be kept.
    [[nodiscard]] relay::TextSink &texts() { return m_records.texts(); }
    /// What is in the file.
    [[nodiscard]] interfaces::RequestHistory &history() { return m_history; }
    /// Keeps to the limits of the settings from now on.
    void follow(const settings::Settings &settings);
    /// Any thread.
    [[nodiscard]] interfaces::RecordingStatus status() const;
    /// The sentence for a status line; "" = all is well.
    [[nodiscard]] QString problem() const;
    void stop(std::chrono::milliseconds deadline) { m_records.stop(deadline); }

private:
    telemetry::Redactor m_shapes; ///< knows no values
    RequestLog m_log;
    store::RecordStore m_records;
    StoredHistory m_history;
    OutcomeFanOut m_sinks;
};

} // namespace freerelay::services
