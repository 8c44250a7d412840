#include "played_reply.h"

#include "core/upstream/chaos/played_refusal.h"
#include "core/upstream/curl_error.h"

using namespace Qt::Literals::StringLiterals;

namespace freerelay::upstream {

namespace {

constexpr auto page = "<!DOCTYPE html><html><head><title>Sign in to the network (chaos)</title>"
                      "</head><body>This page is no answer.</body></html>";

PlayedReply failing(CURLcode code)
{
    return {0, {}, {}, playedError(curlError(code, {})), false};
}

} // namespace

common::Error playedError(common::Error error)
{
    error.message += " (chaos)"_L1;
    return error;
}

std::optional<PlayedReply> playedReply(Fault fault, const Callee &callee, common::WallTime wallNow)
{
    switch (fault) {
    case Fault::Dns:
        return failing(CURLE_COULDNT_RESOLVE_HOST);
    case Fault::Refused:
        return failing(CURLE_COULDNT_CONNECT);
    case Fault::Reset:
        return failing(CURLE_RECV_ERROR);
    case Fault::Silent:
        return PlayedReply{0, {}, {}, std::nullopt, /*isSilent=*/true};
    case Fault::Garbage:
        return PlayedReply{200, {{"content-type"_ba, "text/html"_ba}}, page, std::nullopt, false};
    case Fault::MinuteLimit:
    case Fault::TokenLimit:
    case Fault::DayLimit:
    case Fault::NoCredit:
    case Fault::ServerError:
    case Fault::Overloaded:
    case Fault::GatewayTimeout: {
        Refusal refusal = refusalOf(fault, callee, wallNow);
        return PlayedReply{
            refusal.status, std::move(refusal.headers), refusal.body, std::nullopt, false};
    }
    case Fault::Latency:
    case Fault::Cut:
    case Fault::Stall:
    case Fault::Slow:
    case Fault::Garble:
        break;
    }
    return std::nullopt;
}

} // namespace freerelay::upstream
