#include "call_ticket.h"

#include "core/health/health_table.h"

#include <utility>

namespace freerelay::health {

CallTicket::CallTicket(HealthTable &table, const CallPass &pass)
    : m_table(&table)
    , m_pass(pass)
{ }

CallTicket::CallTicket(CallTicket &&other) noexcept
    : m_table(std::exchange(other.m_table, nullptr))
    , m_pass(other.m_pass)
{ }

CallTicket &CallTicket::operator=(CallTicket &&other) noexcept
{
    if (this != &other) {
        ignored();
        m_table = std::exchange(other.m_table, nullptr);
        m_pass = other.m_pass;
    }
    return *this;
}

CallTicket::~CallTicket()
{
    ignored();
}

void CallTicket::succeeded(const CallTimes &times)
{
    if (HealthTable *table = std::exchange(m_table, nullptr)) {
        table->onSucceeded(m_pass, times);
    }
}

void CallTicket::failed(CallFailure failure)
{
    if (HealthTable *table = std::exchange(m_table, nullptr)) {
        table->onFailed(m_pass, failure);
    }
}

void CallTicket::ignored()
{
    if (HealthTable *table = std::exchange(m_table, nullptr)) {
        table->onIgnored(m_pass);
    }
}

} // namespace freerelay::health
