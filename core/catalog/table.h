#pragma once

#include "core/catalog/parts.h"
#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayView>

namespace freerelay::catalog {

/// The binary form of a catalogue, written at build time and compiled into the program.
///
/// "FRCT", one version byte, the string pool (count, then length, bytes and a NUL each), then the
/// fields of table_fields.h. Counts and lengths are unsigned LEB128; integers are zigzag LEB128;
/// doubles are eight bytes, least significant first; a string is its index in the pool.
[[nodiscard]] QByteArray encodeTable(const CatalogParts &parts);

/// Reads what encodeTable() wrote. The strings of the result are not copied: `table` must outlive
/// them (the shipped one is static). Pure; any thread.
/// @return ProtocolError for a table of another version, a cut or a damaged one
[[nodiscard]] common::Result<CatalogParts> decodeTable(QByteArrayView table);

/// The table that the build compiled from resources/catalog/*.yaml.
[[nodiscard]] QByteArrayView shippedTable();

} // namespace freerelay::catalog
