#include "targets.h"

#include "checks.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace freerelay::fuzz {

std::span<const Target> targets()
{
    static constexpr std::array all{
        Target{"sse", readSseStream},
        Target{"http_request", readHttpRequest},
        Target{"reply_head", readReplyHead},
        Target{"json", readJson},
        Target{"client_request", readClientRequest},
        Target{"provider_reply", readProviderReply},
        Target{"refusal", readRefusal},
        Target{"rate_headers", readRateHeaders},
        Target{"settings", editSettings},
    };
    return all;
}

const Target *target(QByteArrayView name)
{
    const std::span<const Target> all = targets();
    const auto found = std::find_if(
        all.begin(), all.end(), [name](const Target &one) { return name == one.name; });
    return found != all.end() ? &*found : nullptr;
}

void require(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "DOES NOT HOLD: %s\n", what);
        std::abort();
    }
}

unsigned Choices::below(unsigned count)
{
    if (m_rest.isEmpty()) {
        return 0;
    }
    const auto byte = static_cast<unsigned char>(m_rest.front());
    m_rest = m_rest.sliced(1);
    return (byte >= '0' ? byte - unsigned('0') : byte) % count;
}

} // namespace freerelay::fuzz
