#pragma once

#include "core/relay/text_sink.h"
#include "core/store/texts/text_file.h"
#include "core/telemetry/redactor.h"

namespace freerelay::services {

/// What of a request's texts is kept: the prompt as it was received, and what the answer said
/// (its contents, reasoning and tool calls one after the other; an answer of another form as it
/// was sent). Secrets are masked, in a stream also those that lie over several events; each text
/// has at most RequestTexts::maxBytes. Any thread; takes milliseconds for long texts.
[[nodiscard]] store::StoredTexts
preparedTexts(const relay::RequestTexts &texts, const telemetry::Redactor &redactor);

} // namespace freerelay::services
