#pragma once

#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::dialects {

/// The members that ask to fill the gap between two texts: `fill_in` for providers that have an
/// address for it (fill_in_address.h), and `messages` for chat models.
/// @param system  an instruction of the client's, as JSON; "" = none
void writeFillIn(
    JsonWriter &json, const QByteArray &prompt, const QByteArray &suffix, QByteArrayView system);

} // namespace freerelay::dialects
