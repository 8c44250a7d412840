#pragma once

#include <QByteArrayView>

#include <span>

namespace freerelay::fuzz {

/// One parser of bytes from outside, and what must hold whatever they are.
struct Target
{
    const char *name; ///< also the folder of its seeds below corpus/
    void (*run)(QByteArrayView input); ///< ends the process when something does not hold
};

/// All of them. Each is pure: the same input takes the same way.
[[nodiscard]] std::span<const Target> targets();

/// nullptr when there is none of that name.
[[nodiscard]] const Target *target(QByteArrayView name);

// streams.cpp
void readSseStream(QByteArrayView input);
void readHttpRequest(QByteArrayView input);
void readReplyHead(QByteArrayView input);
// requests.cpp
void readJson(QByteArrayView input);
void readClientRequest(QByteArrayView input);
// replies.cpp
void readProviderReply(QByteArrayView input);
// refusals.cpp
void readRefusal(QByteArrayView input);
void readRateHeaders(QByteArrayView input);
// settings.cpp
void editSettings(QByteArrayView input);

} // namespace freerelay::fuzz
