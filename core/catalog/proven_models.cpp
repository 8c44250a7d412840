#include "proven_models.h"

#include "core/common/private_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr int formatVersion = 1;
constexpr qint64 mostBytes = 1024 * 1024;

StoredProof unusable(const QString &path, const QString &why)
{
    return {{}, u"The list of proven free models in %1 is ignored: %2."_s.arg(path, why)};
}

} // namespace

StoredProof loadProvenModels(const QString &path)
{
    const common::Result<QByteArray> bytes = common::readTrustedFile(
        path, mostBytes, common::FileTrust::OwnNotWritableByOthers);
    if (!bytes) {
        const bool isMissing = bytes.error().kind == common::ErrorKind::NotFound;
        return isMissing ? StoredProof{} : unusable(path, bytes.error().message);
    }
    const QJsonObject root = QJsonDocument::fromJson(*bytes).object();
    if (root.value("version"_L1).toInt() != formatVersion || !root.value("models"_L1).isArray()) {
        return unusable(path, u"the file is damaged or of another version"_s);
    }
    StoredProof stored;
    for (const QJsonValue &model : root.value("models"_L1).toArray()) {
        stored.models.insert(model.toString().toUtf8());
    }
    return stored;
}

common::Result<void> saveProvenModels(const QString &path, const ProvenModels &models)
{
    QList<QByteArray> ids(models.begin(), models.end());
    std::sort(ids.begin(), ids.end());
    QJsonArray list;
    for (const QByteArray &id : ids) {
        list.append(QString::fromUtf8(id));
    }
    const QJsonObject root{{u"version"_s, formatVersion}, {u"models"_s, list}};
    return common::writePrivateFile(path, QJsonDocument(root).toJson(QJsonDocument::Compact));
}

} // namespace freerelay::catalog
