#pragma once

#include "core/common/clock.h"

#include <QByteArray>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace freerelay::relay {

/// One try at one candidate.
struct AttemptRecord
{
    QByteArray provider;
    QByteArray model; ///< full id
    QByteArray keyFingerprint; ///< "" = none was needed
    int status = 0; ///< upstream HTTP status; 0 = none was received
    QByteArray failure; ///< "" = it answered; else the failure class in words
    std::chrono::microseconds duration{0};
};

/// What became of one request: a value, made once at its end, without content and secrets.
struct Outcome
{
    QByteArray requestId;
    common::WallTime time;
    QByteArray askedModel; ///< as the client wrote it, "" = none, at most 200 bytes
    QByteArray provider; ///< that answered; "" = none did
    QByteArray model;
    int status = 0; ///< sent to the client; 499 = the client left before
    bool stream = false;
    bool brokenStream = false; ///< failed after its head was sent
    std::optional<std::chrono::microseconds> ttft;
    std::chrono::microseconds duration{0};
    std::optional<std::int64_t> promptTokens;
    std::optional<std::int64_t> completionTokens;
    QByteArray finishReason;
    QByteArray error; ///< the sentence the client got; "" = none
    std::vector<AttemptRecord> attempts;
};

/// Where outcomes go. Called from worker threads; must return at once.
class OutcomeSink
{
public:
    virtual ~OutcomeSink() = default;
    virtual void record(Outcome outcome) = 0;
};

} // namespace freerelay::relay
