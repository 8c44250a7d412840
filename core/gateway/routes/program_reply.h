#pragma once

#include "core/common/clock.h"
#include "core/common/http_headers.h"
#include "core/dialects/reply_translator.h"
#include "core/relay/relay_request.h"

namespace freerelay::gateway {

/// What a program says for a model, told in OpenAI's form. All pure; any thread.
/// @param time  when the request came

/// @param ignored  what of the request no program is told
[[nodiscard]] common::HeaderList programHeaders(
    const relay::RelayRequest &asked, const QByteArray &contentType, const QByteArrayList &ignored);

/// One more piece of a stream.
[[nodiscard]] QByteArray
programPiece(const relay::RelayRequest &asked, common::WallTime time, const QByteArray &text);

/// The end of a stream.
/// @param usage  told when the request asks for it and the program said it
[[nodiscard]] QByteArray
programEnd(const relay::RelayRequest &asked, common::WallTime time, const dialects::Usage &usage);

/// An answer that is not streamed.
[[nodiscard]] QByteArray programAnswer(
    const relay::RelayRequest &asked,
    common::WallTime time,
    const QByteArray &text,
    const dialects::Usage &usage);

} // namespace freerelay::gateway
