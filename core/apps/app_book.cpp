#include "app_book.h"

#include "core/apps/app_file.h"
#include "core/common/private_file.h"
#include "core/common/secret_text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::apps {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using common::Secret;

constexpr int idBytes = 6;

Result<QString> checkedName(const QString &name)
{
    const QString text = name.trimmed();
    const bool printable = std::all_of(
        text.begin(), text.end(), [](QChar c) { return c.isPrint(); });
    if (text.isEmpty() || !printable || text.toUtf8().size() > AppBook::maxNameBytes
        || text.startsWith(QLatin1StringView(appKeyPrefix))) {
        return failure(
            ErrorKind::InvalidArgument,
            u"The name of an app has 1 to %1 bytes of text."_s.arg(AppBook::maxNameBytes),
            u"name"_s);
    }
    return text;
}

Result<QByteArrayList> checkedModels(const QByteArrayList &models)
{
    constexpr qsizetype maxPattern = 200;
    const bool good = models.size() <= AppBook::maxModels
        && std::all_of(models.begin(), models.end(), [](const QByteArray &model) {
                          return !model.trimmed().isEmpty() && model.size() <= maxPattern;
                      });
    if (!good) {
        return failure(
            ErrorKind::InvalidArgument,
            u"At most %1 names of models, none of them empty."_s.arg(AppBook::maxModels),
            u"models"_s);
    }
    return models;
}

AppPtr found(const std::vector<AppPtr> &apps, const std::function<bool(const App &)> &wanted)
{
    const auto app = std::find_if(
        apps.begin(), apps.end(), [&wanted](const AppPtr &one) { return wanted(*one); });
    return app == apps.end() ? nullptr : *app;
}

/// Null = none of this name is revoked.
AppPtr lastRevoked(const std::vector<AppPtr> &apps, const QString &name)
{
    AppPtr last;
    for (const AppPtr &one : apps) {
        const bool isMeant = one->revokedAt && one->name == name;
        if (isMeant && (!last || *last->revokedAt <= *one->revokedAt)) {
            last = one;
        }
    }
    return last;
}

tl::unexpected<common::Error> notFound(const QString &id)
{
    return failure(ErrorKind::NotFound, u"There is no app “%1”."_s.arg(id));
}

} // namespace

AppBook::AppBook(QString path, Secret hashKey, const common::Clock &clock)
    : m_path(std::move(path))
    , m_hashKey(std::move(hashKey))
    , m_clock(clock)
{ }

Result<void> AppBook::load()
{
    auto apps = readApps(m_path, m_hashKey);
    if (!apps) {
        return failure(std::move(apps.error()));
    }
    const common::WallTime now = m_clock.wallNow();
    std::erase_if(*apps, [now](const AppPtr &app) {
        return app->revokedAt && now - *app->revokedAt > keepsRevoked;
    });
    m_apps = *std::move(apps);
    return {};
}

AppPtr AppBook::find(const QString &idOrName) const
{
    if (AppPtr app = found(
            m_apps, [id = idOrName.toUtf8()](const App &one) { return one.id == id; })) {
        return app;
    }
    return found(
        m_apps, [&idOrName](const App &one) { return !one.revokedAt && one.name == idOrName; });
}

AppPtr AppBook::ofTool(const QString &tool) const
{
    return found(m_apps, [&tool](const App &one) { return one.tool == tool; });
}

std::shared_ptr<const AppTable> AppBook::table() const
{
    return std::make_shared<const AppTable>(m_hashKey, m_apps);
}

QByteArray AppBook::text() const
{
    return appsText(m_apps, m_hashKey, m_clock.wallNow());
}

Result<void> AppBook::replace(Apps next)
{
    const QByteArray text = appsText(next, m_hashKey, m_clock.wallNow());
    if (auto written = common::writePrivateFile(m_path, text); !written) {
        return written;
    }
    m_apps = std::move(next);
    return {};
}

Result<void> AppBook::replaceOne(const App &changed)
{
    Apps next = m_apps;
    const auto place = std::find_if(
        next.begin(), next.end(), [&changed](const AppPtr &app) { return app->id == changed.id; });
    *place = std::make_shared<const App>(changed);
    return replace(std::move(next));
}

Result<void> AppBook::append(App app)
{
    if (m_apps.size() >= maxApps) {
        return failure(ErrorKind::TooLarge, u"There are %1 apps already."_s.arg(maxApps));
    }
    Apps next = m_apps;
    next.push_back(std::make_shared<const App>(std::move(app)));
    return replace(std::move(next));
}

bool AppBook::isNameTaken(const QString &name, const QByteArray &exceptId) const
{
    return found(
               m_apps,
               [&](const App &one) {
                   return !one.revokedAt && one.id != exceptId && one.name == name;
               })
        != nullptr;
}

QString AppBook::freeName(const QString &name) const
{
    QString free = name;
    for (int number = 2; isNameTaken(free, {}); ++number) {
        free = u"%1 %2"_s.arg(name).arg(number);
    }
    return free;
}

App AppBook::fresh(const Secret &key) const
{
    App app;
    app.id = "app_" + common::randomHex(idBytes);
    app.keyHash = keyHashOf(m_hashKey, key.reveal());
    app.createdAt = m_clock.wallNow();
    app.use = std::make_shared<AppUse>();
    return app;
}

Result<App> AppBook::changed(App app, const AppChange &wanted) const
{
    const auto name = checkedName(wanted.name.value_or(app.name));
    if (!name) {
        return failure(name.error());
    }
    if (isNameTaken(*name, app.id)) {
        return failure(
            ErrorKind::AlreadyExists, u"There is an app “%1” already."_s.arg(*name), u"name"_s);
    }
    const auto models = checkedModels(wanted.models.value_or(app.rights.models));
    if (!models) {
        return failure(models.error());
    }
    app.name = *name;
    app.rights.models = *models;
    app.rights.scopes = wanted.scopes.value_or(app.rights.scopes);
    app.rights.mode = wanted.mode.value_or(app.rights.mode);
    app.rights.dailyBudget = wanted.dailyBudget.value_or(app.rights.dailyBudget);
    return app;
}

Result<AppBook::Added> AppBook::add(const AppChange &wanted)
{
    Secret key = newAppKey();
    auto app = changed(fresh(key), wanted);
    if (!app) {
        return failure(std::move(app.error()));
    }
    if (auto appended = append(*std::move(app)); !appended) {
        return failure(std::move(appended.error()));
    }
    return Added{m_apps.back(), std::move(key)};
}

Result<AppPtr> AppBook::change(const QString &id, const AppChange &wanted)
{
    const AppPtr app = find(id);
    if (!app) {
        return notFound(id);
    }
    const auto next = changed(*app, wanted);
    if (!next) {
        return failure(next.error());
    }
    if (auto replaced = replaceOne(*next); !replaced) {
        return failure(std::move(replaced.error()));
    }
    return find(QString::fromLatin1(app->id));
}

Result<void> AppBook::revoke(const QString &id)
{
    const AppPtr app = find(id);
    if (!app) {
        return notFound(id);
    }
    if (app->revokedAt) {
        return {};
    }
    App revoked = *app;
    revoked.revokedAt = m_clock.wallNow();
    return replaceOne(revoked);
}

Result<void> AppBook::restore(const QString &idOrName)
{
    AppPtr app = find(idOrName);
    if (!app) {
        app = lastRevoked(m_apps, idOrName);
    }
    if (!app) {
        return notFound(idOrName);
    }
    if (isNameTaken(app->name, app->id)) {
        return failure(
            ErrorKind::AlreadyExists, u"There is an app “%1” already."_s.arg(app->name), u"name"_s);
    }
    App restored = *app;
    restored.revokedAt.reset();
    return replaceOne(restored);
}

Secret AppBook::proposedKey(const QString &tool, QByteArrayView recorded) const
{
    const AppPtr app = ofTool(tool);
    const bool still = app && !app->revokedAt && recorded.startsWith(appKeyPrefix)
        && app->keyHash == keyHashOf(m_hashKey, recorded);
    return still ? Secret(recorded.toByteArray()) : newAppKey();
}

Result<AppPtr> AppBook::issue(const QString &tool, const QString &name, const Secret &key)
{
    if (!key.reveal().startsWith(appKeyPrefix)) {
        return failure(ErrorKind::InvalidArgument, u"That is no key of an app."_s, u"key"_s);
    }
    const AppPtr before = ofTool(tool);
    App app = before ? *before : fresh(key);
    app.tool = tool;
    app.keyHash = keyHashOf(m_hashKey, key.reveal());
    if (!before || before->revokedAt) {
        app.name = freeName(before ? before->name : name);
        app.revokedAt.reset();
    }
    if (auto done = before ? replaceOne(app) : append(app); !done) {
        return failure(std::move(done.error()));
    }
    return ofTool(tool);
}

Result<void> AppBook::revokeTool(const QString &tool)
{
    const AppPtr app = ofTool(tool);
    return app ? revoke(QString::fromLatin1(app->id)) : Result<void>();
}

} // namespace freerelay::apps
