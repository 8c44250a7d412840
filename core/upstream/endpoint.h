#pragma once

#include "core/common/result.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace freerelay::upstream {

/// Scheme, host and port of an address, as libcurl reads them: the numbers of "http://0x7f.1" are
/// an IPv4 address here as well, so that a check and the later connection never disagree.
struct HostPort
{
    QByteArray host; ///< lower case, IPv6 without brackets
    quint16 port = 0; ///< the scheme's own (80, 443) when the address names none
    bool https = false;

    bool operator==(const HostPort &) const = default;
};

enum class CarriesKey { No, Yes };

/// Host and port of an absolute http or https address.
/// @return InvalidArgument for anything else
[[nodiscard]] common::Result<HostPort> hostPortOf(const QByteArray &url);

/// Whether `host` (with or without brackets, any case) can only be this machine: localhost, names
/// below it (RFC 6761), 127.0.0.0/8, ::1 and its IPv4-mapped forms. No name is resolved.
[[nodiscard]] bool isLoopback(QByteArrayView host);

/// Checks an address that a user gave for a provider: http or https, a host, no user or password,
/// no query, no fragment, no control characters; plain http only to loopback when a key travels.
/// @return InvalidArgument; its message does not repeat the address' user part
[[nodiscard]] common::Result<void> checkBaseUrl(const QByteArray &url, CarriesKey carriesKey);

/// Refuses an address that is our own listener: `ownPort` on loopback, on a wildcard address, or
/// on one of `ownHosts` (what we are bound to beside loopback).
/// @return InvalidArgument that names the listener
[[nodiscard]] common::Result<void> checkNotOwnListener(
    const QByteArray &url, quint16 ownPort, const std::vector<QByteArray> &ownHosts = {});

/// Whether a key bound to `boundHost` ("host" or "host:port", IPv6 in brackets) may go to `url`.
/// Without a port in `boundHost` any port fits.
[[nodiscard]] bool isBoundTo(const QByteArray &boundHost, const QByteArray &url);

/// `base` and `path` with exactly one slash between them; `base` alone when `path` is empty.
[[nodiscard]] QByteArray joinUrl(const QByteArray &base, const QByteArray &path);

} // namespace freerelay::upstream
