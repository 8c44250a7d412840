#include "discovery_cache.h"

#include "core/common/private_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr int formatVersion = 1;
constexpr qint64 mostBytes = 16 * 1024 * 1024;
constexpr qsizetype mostModels = 5'000;
constexpr qsizetype longestName = 256;

std::int64_t millisecondsOf(common::WallTime time)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::optional<DiscoveredModels> entryOf(const QByteArray &provider, const QJsonObject &object)
{
    const QJsonArray names = object.value("models"_L1).toArray();
    const QJsonValue time = object.value("time_ms"_L1);
    if (!time.isDouble() || names.size() > mostModels) {
        return std::nullopt;
    }
    DiscoveredModels entry;
    entry.provider = provider;
    entry.baseUrl = object.value("base_url"_L1).toString().toUtf8();
    entry.time = common::WallTime(std::chrono::milliseconds(time.toInteger()));
    for (const QJsonValue &name : names) {
        const QByteArray text = name.toString().toUtf8();
        if (text.isEmpty() || text.size() > longestName) {
            return std::nullopt;
        }
        entry.models.push_back(text);
    }
    return entry;
}

CachedDiscovery unusable(const QString &path, const QString &why)
{
    return {{}, u"The cached model lists in %1 are ignored: %2."_s.arg(path, why)};
}

} // namespace

CachedDiscovery loadDiscoveryCache(const QString &path)
{
    const common::Result<QByteArray> bytes = common::readTrustedFile(
        path, mostBytes, common::FileTrust::OwnNotWritableByOthers);
    if (!bytes) {
        const bool isMissing = bytes.error().kind == common::ErrorKind::NotFound;
        return isMissing ? CachedDiscovery{} : unusable(path, bytes.error().message);
    }
    const QJsonObject root = QJsonDocument::fromJson(*bytes).object();
    if (root.value("version"_L1).toInt() != formatVersion
        || !root.value("providers"_L1).isObject()) {
        return unusable(path, u"the file is damaged or of another version"_s);
    }
    CachedDiscovery cached;
    const QJsonObject providers = root.value("providers"_L1).toObject();
    for (auto provider = providers.begin(); provider != providers.end(); ++provider) {
        std::optional<DiscoveredModels> entry = entryOf(
            provider.key().toUtf8(), provider->toObject());
        if (!entry) {
            return unusable(path, u"the entry of %1 is damaged"_s.arg(provider.key()));
        }
        cached.entries.push_back(*std::move(entry));
    }
    return cached;
}

common::Result<void>
saveDiscoveryCache(const QString &path, const std::vector<DiscoveredModels> &entries)
{
    QJsonObject providers;
    for (const DiscoveredModels &entry : entries) {
        QJsonArray models;
        for (const QByteArray &name : entry.models) {
            models.append(QString::fromUtf8(name));
        }
        providers.insert(
            QString::fromUtf8(entry.provider),
            QJsonObject{
                {u"base_url"_s, QString::fromUtf8(entry.baseUrl)},
                {u"time_ms"_s, static_cast<qint64>(millisecondsOf(entry.time))},
                {u"models"_s, models}});
    }
    const QJsonObject root{{u"version"_s, formatVersion}, {u"providers"_s, providers}};
    return common::writePrivateFile(path, QJsonDocument(root).toJson(QJsonDocument::Compact));
}

} // namespace freerelay::catalog
