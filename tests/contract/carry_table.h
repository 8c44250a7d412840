#pragma once

#include <QByteArray>

namespace freerelay::tests {

/// The tables of what each pair of a client's dialect and a provider's wire format carries, in
/// Markdown: every feature of carry_features.h is really translated from the one into the other.
[[nodiscard]] QByteArray carryTables();

} // namespace freerelay::tests
