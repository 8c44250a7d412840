#include "retry_budget.h"

#include <algorithm>

namespace freerelay::relay {

void RetryBudget::deposit()
{
    m_tokens = std::min(capacity, m_tokens + perRequest);
}

bool RetryBudget::withdraw(common::SteadyTime now)
{
    const double elapsed = std::chrono::duration<double>(now - m_refilledAt).count();
    m_refilledAt = now;
    m_tokens = std::min(capacity, m_tokens + elapsed * perSecond);
    if (m_tokens < 1) {
        return false;
    }
    m_tokens -= 1;
    return true;
}

} // namespace freerelay::relay
