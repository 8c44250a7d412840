#pragma once

#include "core/health/health_table.h"
#include "core/quota/cool_down_table.h"
#include "core/quota/quota_ledger.h"
#include "core/relay/failure_policy.h"

namespace freerelay::dialects {
class SignatureBook;
}

namespace freerelay::relay {

/// What all workers know of providers together. Its parts outlive the workers; any thread.
struct RelayState
{
    quota::CoolDownTable &coolDowns;
    quota::QuotaLedger &quota;
    FailurePolicy &failures;
    health::HealthTable &health;
    dialects::SignatureBook &signatures;
};

} // namespace freerelay::relay
