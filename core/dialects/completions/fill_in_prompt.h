#pragma once

#include "core/dialects/json_writer.h"

#include <QByteArrayView>

namespace freerelay::dialects {

/// What has to be said to a chat model to have it fill in the middle of a text:
/// elements of `messages`.
/// @param prefix, suffix  the text around the gap
void writeFillInMessages(JsonWriter &json, QByteArrayView prefix, QByteArrayView suffix);

} // namespace freerelay::dialects
