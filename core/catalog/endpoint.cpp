#include "endpoint.h"

#include "core/catalog/name_rules.h"

#include <QString>
#include <QUrl>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr qsizetype longestAddress = 2'048;

bool matchesAny(const std::vector<QByteArray> &patterns, QByteArrayView name)
{
    return std::any_of(patterns.begin(), patterns.end(), [name](const QByteArray &pattern) {
        return matchesPattern(pattern, name);
    });
}

tl::unexpected<common::Error> badAddress(const QString &why)
{
    return common::failure(
        common::ErrorKind::InvalidArgument, u"The address %1."_s.arg(why), u"base_url"_s);
}

/// "v1", "v1beta", "v4": what may be doubled between a base URL and a path.
bool isVersion(QByteArrayView segment)
{
    return segment.size() >= 2 && segment[0] == 'v' && segment[1] >= '0' && segment[1] <= '9';
}

common::Result<QByteArray>
filled(const Provider &provider, QByteArray url, const QHash<QByteArray, QByteArray> &extra)
{
    for (const auto &[name, variable] : provider.placeholders) {
        const QByteArray mark = '{' + name + '}';
        if (!url.contains(mark)) {
            continue;
        }
        const QByteArray value = extra.value(name).trimmed();
        if (value.isEmpty()) {
            return common::failure(
                common::ErrorKind::Unavailable,
                u"%1 needs a value for %2: set %3."_s.arg(
                    QString::fromUtf8(provider.name),
                    QString::fromUtf8(name),
                    QString::fromUtf8(variable)));
        }
        url.replace(mark, QUrl::toPercentEncoding(QString::fromUtf8(value)));
    }
    if (url.contains('{')) {
        return common::failure(
            common::ErrorKind::Unavailable,
            u"The address of %1 is not known: set %2."_s.arg(
                QString::fromUtf8(provider.name), QString::fromUtf8(provider.addressVariable)));
    }
    return url;
}

bool isAbsolute(QByteArrayView path)
{
    return path.startsWith("https://") || path.startsWith("http://");
}

} // namespace

Tier tierOf(const Provider &provider, const Model &model)
{
    const bool isSubscribed = provider.tier == Tier::Subscription && model.tier == Tier::Paid;
    return isSubscribed ? Tier::Subscription : model.tier;
}

Wire wireOf(const Provider &provider, const Model &model)
{
    if (model.wire) {
        return *model.wire;
    }
    for (const auto &[pattern, wire] : provider.wireByModel) {
        if (matchesPattern(pattern, model.name)) {
            return wire;
        }
    }
    return provider.wire;
}

WireAuth authOf(const Provider &provider, Wire wire)
{
    for (const WireAuth &auth : provider.authByWire) {
        if (auth.wire == wire) {
            return auth;
        }
    }
    return {wire, provider.authHeader, provider.authScheme};
}

bool needsKey(const Provider &provider)
{
    return !provider.keyless && provider.tier != Tier::Local && !provider.authHeader.isEmpty();
}

bool refuses(const Provider &provider, const Model &model, QByteArrayView parameter)
{
    const auto isNamed = [parameter](const QByteArray &name) { return name == parameter; };
    return std::any_of(provider.rules.drop.begin(), provider.rules.drop.end(), isNamed)
        || std::any_of(model.drop.begin(), model.drop.end(), isNamed);
}

Tier tierOfDiscovered(const Provider &provider, QByteArrayView modelName)
{
    if (matchesAny(provider.paidModels, modelName)) {
        return Tier::Paid;
    }
    if (!provider.freeModels.empty()) {
        return matchesAny(provider.freeModels, modelName) ? Tier::UnverifiedFree : Tier::Paid;
    }
    if (provider.discoveredTier) {
        return *provider.discoveredTier;
    }
    if (provider.tier == Tier::Free || provider.keyless) {
        return Tier::UnverifiedFree;
    }
    return provider.tier;
}

common::Result<QByteArray> normaliseAddress(QByteArrayView text)
{
    QByteArray address = text.toByteArray().trimmed();
    if (address.size() > longestAddress) {
        return badAddress(u"is longer than %1 bytes"_s.arg(longestAddress));
    }
    if (!address.contains("://")) {
        address.prepend("http://");
    }
    while (address.endsWith('/')) {
        address.chop(1);
    }
    const QUrl url(QString::fromUtf8(address), QUrl::StrictMode);
    const QString scheme = url.scheme();
    if (!url.isValid() || url.host().isEmpty() || address.contains('{')) {
        return badAddress(u"is not a URL such as https://host/v1"_s);
    }
    if (scheme != "http"_L1 && scheme != "https"_L1) {
        return badAddress(u"must begin with http:// or https://"_s);
    }
    if (!url.userInfo().isEmpty()) {
        return badAddress(u"must not hold a user or password"_s);
    }
    if (url.hasQuery() || url.hasFragment()) {
        return badAddress(u"must not have a query or fragment"_s);
    }
    for (const QByteArrayView wildcard :
         {QByteArrayView("://0.0.0.0"), QByteArrayView("://[::]")}) {
        const qsizetype at = address.indexOf(wildcard);
        if (at == scheme.size()) {
            address.replace(at, wildcard.size(), "://127.0.0.1");
        }
    }
    return address;
}

common::Result<QByteArray> baseUrlOf(
    const Provider &provider, QByteArrayView configured, const QHash<QByteArray, QByteArray> &extra)
{
    if (configured.trimmed().isEmpty()) {
        return filled(provider, provider.baseUrl, extra);
    }
    common::Result<QByteArray> address = normaliseAddress(configured);
    if (address && provider.wire == Wire::GoogleGenerateContent && address->endsWith("/openai")) {
        address->chop(7);
    }
    return address;
}

bool hasUsableAddress(
    const Provider &provider, QByteArrayView configured, const QHash<QByteArray, QByteArray> &extra)
{
    const common::Result<QByteArray> url = baseUrlOf(provider, configured, extra);
    return url.has_value() && !url->isEmpty();
}

QByteArray effectiveUrl(QByteArrayView baseUrl, QByteArrayView path)
{
    if (isAbsolute(path)) {
        return path.toByteArray();
    }
    QByteArrayView base = baseUrl;
    while (base.endsWith('/')) {
        base.chop(1);
    }
    while (path.startsWith("//")) {
        path = path.sliced(1);
    }
    const QByteArrayView last = base.sliced(base.lastIndexOf('/') + 1);
    if (isVersion(last) && path.startsWith('/')) {
        const QByteArrayView rest = path.sliced(1);
        if (rest == last || (rest.startsWith(last) && rest.sliced(last.size()).startsWith('/'))) {
            base.chop(last.size() + 1);
        }
    }
    QByteArray url;
    url.reserve(base.size() + path.size() + 1);
    url.append(base);
    if (!path.isEmpty() && !path.startsWith('/')) {
        url.append('/');
    }
    url.append(path);
    return url;
}

common::Result<QByteArray> modelsUrlOf(
    const Provider &provider, QByteArrayView configured, const QHash<QByteArray, QByteArray> &extra)
{
    if (provider.modelsPath.isEmpty()) {
        return QByteArray();
    }
    const bool isElsewhere = isAbsolute(provider.modelsPath);
    if (isElsewhere && configured.trimmed().isEmpty()) {
        return filled(provider, provider.modelsPath, extra);
    }
    const common::Result<QByteArray> base = baseUrlOf(provider, configured, extra);
    if (!base) {
        return common::failure(base.error());
    }
    return effectiveUrl(
        *base, isElsewhere ? QByteArrayView("/models") : QByteArrayView(provider.modelsPath));
}

QByteArray accountUrlOf(const Provider &provider, QByteArrayView baseUrl)
{
    const QByteArray &path = provider.quota.account.path;
    return path.isEmpty() ? QByteArray() : effectiveUrl(baseUrl, path);
}

} // namespace freerelay::catalog
