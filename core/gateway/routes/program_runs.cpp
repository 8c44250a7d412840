#include "program_runs.h"

#include <QPointer>

namespace freerelay::gateway {

void ProgramRuns::start(Number number, const interfaces::CliOrder &order)
{
    m_runs.emplace(number, std::nullopt);
    const QPointer<ProgramRuns> self(this);
    // From the main thread back to this one, as long as there is one.
    const auto back = [self, number](auto method, const auto &value) {
        if (self) {
            QMetaObject::invokeMethod(
                self, [self, method, number, value] { (self->*method)(number, value); });
        }
    };
    QMetaObject::invokeMethod(&m_mainContext, [back, &control = m_control, order] {
        back(
            &ProgramRuns::onStarted,
            control.cliRuns().start(
                order,
                [back](const QJsonObject &event) { back(&ProgramRuns::onEvent, event); },
                [back](const interfaces::CliOutcome &outcome) {
                    back(&ProgramRuns::onEnd, outcome);
                }));
    });
}

void ProgramRuns::onStarted(Number number, const common::Result<RunId> &started)
{
    const auto found = m_runs.find(number);
    if (found == m_runs.end()) {
        if (started) {
            cancel(*started); // the client has left meanwhile
        }
        return;
    }
    if (started) {
        found->second = *started;
        m_listener.onStarted(number);
        return;
    }
    m_runs.erase(found);
    m_listener.onRefused(number, started.error());
}

void ProgramRuns::onEvent(Number number, const QJsonObject &event)
{
    if (m_runs.contains(number)) {
        m_listener.onEvent(number, event);
    }
}

void ProgramRuns::onEnd(Number number, const interfaces::CliOutcome &outcome)
{
    if (m_runs.erase(number) != 0) {
        m_listener.onEnd(number, outcome);
    }
}

void ProgramRuns::leave(Number number)
{
    const auto found = m_runs.find(number);
    if (found == m_runs.end()) {
        return;
    }
    const std::optional<RunId> id = found->second;
    m_runs.erase(found);
    if (id) {
        cancel(*id);
    }
}

void ProgramRuns::cancel(RunId id)
{
    QMetaObject::invokeMethod(
        &m_mainContext, [id, &control = m_control] { control.cliRuns().cancel(id); });
}

} // namespace freerelay::gateway
