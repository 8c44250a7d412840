#pragma once

#include "core/common/published.h"
#include "core/common/secret.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace freerelay::telemetry {

/// Masks secrets in text that leaves the program as a log line or trace. Any thread.
///
/// Masked are: the exact values it was told (also as they look percent-encoded in an address); what
/// begins like a key of a known provider; runs of 32 or more letters and digits that hold both
/// (keys without a prefix, hashes, account ids); tokens behind "Bearer" and "Basic"; values behind
/// names such as api_key=, token:, password=; user and password in an address.
class Redactor
{
public:
    Redactor();

    /// The secrets that are in use. What was told before stays masked: it may still be quoted.
    void setSecrets(const std::vector<common::Secret> &secrets);

    /// `text` with every secret replaced by "[redacted]".
    [[nodiscard]] QString redact(const QString &text) const;

private:
    struct Values
    {
        std::vector<common::Secret> list; ///< longest first
    };

    common::Published<Values> m_values;
};

} // namespace freerelay::telemetry
