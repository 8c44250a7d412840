#include "file_checks.h"

#include "core/catalog/catalog.h"
#include "core/catalog/user_providers.h"
#include "core/common/private_file.h"
#include "core/services/quota/quota_file.h"
#include "core/settings/layers.h"
#include "core/settings/schema.h"
#include "core/settings/settings_file.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::FileTrust;
using common::Result;

constexpr QFile::Permissions ofOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup
    | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
constexpr qint64 maxSecretFile = 1'024 * 1'024;

Result<settings::EffectiveSettings> readSettings(const Patient &patient)
{
    const QString &path = patient.paths.settingsFile;
    auto text = common::readTrustedFile(path, settings::maxSettingsBytes, FileTrust::Settings);
    if (!text && text.error().kind != ErrorKind::NotFound) {
        return common::failure(text.error());
    }
    const auto parsed = settings::parseSettings(text.value_or(QByteArray()), path);
    if (!parsed) {
        return common::failure(parsed.error());
    }
    settings::Layers layers;
    layers.environment = settings::environmentOverrides(patient.environment, {});
    return settings::layer(*parsed, layers, {});
}

CheckResult checkFolder(const QString &name, const QString &path)
{
    const QFileInfo info(path);
    if (!info.exists()) {
        return {name, Verdict::Ok, path % u" is made at the first start."_s, {}};
    }
    if (!info.isDir()) {
        return {
            name,
            Verdict::Failure,
            path % u" is not a folder."_s,
            u"Move that file away; the folder is made at the next start."_s};
    }
    if (!info.isWritable()) {
        return {
            name,
            Verdict::Failure,
            path % u" cannot be written."_s,
            u"Make it yours again: sudo chown -R \"$USER\" '%1' && chmod u+rwx '%1'"_s.arg(path)};
    }
    if ((info.permissions() & ofOthers) != 0) {
        return {
            name,
            Verdict::Warning,
            u"Others may look into %1."_s.arg(path),
            u"chmod 700 '%1' (the next start does it as well)"_s.arg(path)};
    }
    return {name, Verdict::Ok, path, {}};
}

CheckResult checkProviders(const Patient &patient, const settings::Settings &settings)
{
    const QString name = u"providers file"_s;
    const QString path = settings.providersFile.isEmpty() ? patient.paths.providersFile
                                                          : settings.providersFile;
    const auto catalog = catalog::Catalog::shipped();
    const auto own = catalog::loadUserProviders(path, *catalog);
    const bool isThere = own || own.error().kind != ErrorKind::NotFound;
    if (!isThere && !settings.providersFile.isEmpty()) {
        return {
            name,
            Verdict::Failure,
            u"There is none; the shipped catalogue is used."_s,
            u"Correct providers_file in the settings."_s};
    }
    if (isThere && !own) {
        return {
            name,
            Verdict::Failure,
            own.error().message,
            u"Correct the file; until then it is left out. Its format: docs/providers-file.md"_s};
    }
    std::vector<QByteArray> known;
    for (const catalog::Provider &provider : catalog->providers()) {
        known.push_back(provider.id);
    }
    if (own) {
        for (const catalog::Provider &provider : own->providers) {
            known.push_back(provider.id);
        }
    }
    const QStringList unknown = settings::unknownProviders(settings, known);
    if (!unknown.isEmpty()) {
        return {name, Verdict::Warning, unknown.first(), u"Correct the name in the settings."_s};
    }
    return {
        name, Verdict::Ok, isThere ? path : u"There is none; the shipped catalogue is used."_s, {}};
}

/// A file that only its owner may read.
CheckResult checkSecretFile(const QString &name, const QString &path, const QString &advice)
{
    const auto content = common::readTrustedFile(path, maxSecretFile, FileTrust::OwnerOnly);
    if (content) {
        return {name, Verdict::Ok, path, {}};
    }
    if (content.error().kind == ErrorKind::NotFound) {
        return {name, Verdict::Ok, u"There is none yet."_s, {}};
    }
    return {name, Verdict::Failure, content.error().message, advice};
}

/// Only counts are lost with it, and they are found out again.
CheckResult checkQuotaFile(const QString &path)
{
    const QString name = u"quota file"_s;
    const auto book = QuotaFile(path).load();
    if (!book) {
        const bool isOpen = book.error().kind == ErrorKind::PermissionDenied;
        return {
            name,
            Verdict::Warning,
            book.error().message,
            isOpen
                ? u"chmod 600 '%1'; otherwise the next start sets it aside and counts anew."_s.arg(
                    path)
                : u"The next start sets it aside and counts anew."_s};
    }
    const QFileInfo info(path);
    const QStringList aside = info.dir().entryList(
        {info.fileName() % ".corrupt-*"_L1}, QDir::Files, QDir::Name);
    if (!aside.isEmpty()) {
        return {
            name,
            Verdict::Warning,
            u"Set aside: "_s % aside.join(", "_L1),
            u"What was used was counted anew then; delete what you do not want to look into."_s};
    }
    if (!info.exists()) {
        return {name, Verdict::Ok, u"There is none yet."_s, {}};
    }
    return {name, Verdict::Ok, u"Whole: %1 windows."_s.arg(book->windows.size()), {}};
}

} // namespace

settings::Settings checkSettings(const Patient &patient, std::vector<CheckResult> &results)
{
    const QString name = u"settings file"_s;
    const auto settings = readSettings(patient);
    if (!settings) {
        results.push_back(
            {name,
             Verdict::Failure,
             settings.error().message,
             u"Correct it; all settings are in docs/settings.md. At a start it stops the program."_s});
        return {};
    }
    const bool exists = QFileInfo::exists(patient.paths.settingsFile);
    results.push_back(
        {name,
         Verdict::Ok,
         exists ? patient.paths.settingsFile : u"There is none; the defaults are used."_s,
         {}});
    return settings->value;
}

void checkFiles(
    const Patient &patient, const settings::Settings &settings, std::vector<CheckResult> &results)
{
    const settings::Paths &paths = patient.paths;
    results.push_back(checkProviders(patient, settings));
    results.push_back(checkFolder(u"settings folder"_s, paths.configFolder));
    results.push_back(checkFolder(u"data folder"_s, paths.dataFolder));
    results.push_back(checkFolder(u"state folder"_s, paths.stateFolder));
    results.push_back(checkFolder(u"runtime folder"_s, paths.runtimeFolder));
    results.push_back(checkFolder(u"log folder"_s, paths.logFolder));
    results.push_back(checkSecretFile(
        u"admin token"_s,
        paths.adminTokenFile,
        u"Others may know it: remove the file; the next start makes another one."_s));
    results.push_back(checkSecretFile(
        u"key file"_s,
        paths.keysFile,
        u"Others may know these keys: chmod 600 '%1', and replace the keys."_s.arg(
            paths.keysFile)));
    results.push_back(checkSecretFile(
        u"fingerprint key"_s,
        paths.fingerprintKeyFile,
        u"Remove the file; the next start makes another one."_s));
    results.push_back(checkQuotaFile(paths.quotaFile));
}

} // namespace freerelay::services
