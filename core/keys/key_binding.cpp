#include "key_binding.h"

#include <QHostAddress>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

using common::ErrorKind;
using common::failure;
using common::Result;

namespace {

QUrl urlOf(QByteArrayView baseUrl)
{
    return QUrl::fromEncoded(baseUrl.toByteArray(), QUrl::StrictMode);
}

bool isHttps(const QUrl &url)
{
    return url.scheme() == "https"_L1;
}

bool isSaved(KeySource source)
{
    switch (source) {
    case KeySource::Environment:
    case KeySource::DotEnv:
        return false;
    case KeySource::Session:
    case KeySource::Keychain:
    case KeySource::File:
        return true;
    }
    return true;
}

} // namespace

QByteArray hostOf(QByteArrayView baseUrl)
{
    constexpr int httpPort = 80;
    constexpr int httpsPort = 443;
    const QUrl url = urlOf(baseUrl);
    if (!url.isValid() || (!isHttps(url) && url.scheme() != "http"_L1)) {
        return {};
    }
    QByteArray host = url.host(QUrl::FullyEncoded).toLower().toLatin1();
    if (host.contains(':')) {
        host = '[' + host + ']';
    }
    const int port = url.port(-1);
    if (!host.isEmpty() && port != -1 && port != (isHttps(url) ? httpsPort : httpPort)) {
        host += ':' + QByteArray::number(port);
    }
    return host;
}

bool isLoopback(QByteArrayView baseUrl)
{
    const QString host = urlOf(baseUrl).host();
    if (host == "localhost"_L1) {
        return true;
    }
    QHostAddress address;
    return address.setAddress(host) && address.isLoopback();
}

Result<void> mayCarryKeys(QByteArrayView baseUrl)
{
    const QByteArray host = hostOf(baseUrl);
    if (host.isEmpty()) {
        return failure(
            ErrorKind::PermissionDenied, u"The address is not an http or https address."_s);
    }
    if (!isHttps(urlOf(baseUrl)) && !isLoopback(baseUrl)) {
        return failure(
            ErrorKind::PermissionDenied,
            u"Keys travel over plain http to this machine only, not to %1; use https."_s.arg(
                QString::fromLatin1(host)));
    }
    return {};
}

Result<void> mayUse(const Key &key, const catalog::Provider &provider, QByteArrayView baseUrl)
{
    if (key.provider != provider.id) {
        return failure(
            ErrorKind::PermissionDenied,
            u"The key belongs to %1, not to %2."_s.arg(
                QString::fromLatin1(key.provider), QString::fromLatin1(provider.id)));
    }
    if (auto carried = mayCarryKeys(baseUrl); !carried) {
        return carried;
    }
    if (isSaved(key.source) && key.boundHost != hostOf(baseUrl)) {
        return failure(
            ErrorKind::PermissionDenied,
            u"The key was saved for %1 and is not sent to %2; add it again to use it there."_s.arg(
                QString::fromLatin1(key.boundHost), QString::fromLatin1(hostOf(baseUrl))));
    }
    return {};
}

} // namespace freerelay::keys
