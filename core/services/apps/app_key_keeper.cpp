#include "app_key_keeper.h"

#include "core/common/hashing.h"
#include "core/common/private_file.h"
#include "core/keys/fingerprint_key.h"

#include <QLoggingCategory>

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

Q_LOGGING_CATEGORY(lcApps, "freerelay.apps", QtInfoMsg)

using apps::App;
using common::ErrorKind;
using common::failure;
using common::Result;
using common::Secret;
using interfaces::AppKeyChange;
using interfaces::AppKeyRow;
using interfaces::NewAppKey;

QDateTime dateTime(common::WallTime time)
{
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(ms.count());
}

std::optional<QDateTime> dateTime(const std::optional<common::WallTime> &time)
{
    return time ? std::optional(dateTime(*time)) : std::nullopt;
}

Result<apps::AppChange> changeOf(const AppKeyChange &wanted)
{
    apps::AppChange change;
    change.name = wanted.name;
    change.mode = wanted.mode;
    change.dailyBudget = wanted.dailyBudget;
    if (wanted.scopes) {
        const auto scopes = apps::scopesFromWords(*wanted.scopes);
        if (!scopes) {
            return failure(scopes.error());
        }
        change.scopes = *scopes;
    }
    if (wanted.models) {
        QByteArrayList models;
        for (const QString &model : *wanted.models) {
            models << model.trimmed().toUtf8();
        }
        change.models = std::move(models);
    }
    return change;
}

/// FreeRelay itself: tests of connections, requests that are sent again, tools that it runs.
apps::AppPtr ownApp(const Secret &hashKey, const Secret &key)
{
    auto app = std::make_shared<App>();
    app->id = "app_freerelay";
    app->name = u"FreeRelay"_s;
    app->keyHash = apps::keyHashOf(hashKey, key.reveal());
    app->use = std::make_shared<apps::AppUse>();
    return app;
}

} // namespace

/// Saves one text after the other, never an older one over a newer. Any thread.
struct AppKeyKeeper::Writer
{
    void save(const QString &path, const QByteArray &text, std::uint64_t number)
    {
        const std::lock_guard lock(mutex); // the main thread waits for it in orders and stop() only
        if (number < newest) {
            return;
        }
        newest = number;
        if (const auto saved = common::writePrivateFile(path, text); !saved) {
            qCWarning(lcApps).noquote()
                << "what apps have used is not saved:" << saved.error().message;
        }
    }

    std::mutex mutex;
    std::uint64_t newest = 0;
    std::uint64_t queued = 0; ///< the last number that was given; main thread
};

AppKeyKeeper::AppKeyKeeper(Parts parts)
    : m_parts(std::move(parts))
    , m_book(m_parts.path, m_parts.hashKey, m_parts.clock)
    , m_ownKey(apps::newAppKey())
    , m_ownApp(ownApp(m_parts.hashKey, m_ownKey))
    , m_writer(std::make_shared<Writer>())
{
    if (const auto loaded = m_book.load(); !loaded) {
        m_problem = loaded.error().message;
        qCWarning(lcApps).noquote() << "the keys of apps are not known:" << m_problem;
    }
    m_saved = m_book.text();
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { tick(); });
    m_timer.start(interval);
}

AppKeyKeeper::~AppKeyKeeper() = default;

std::shared_ptr<const apps::AppTable> AppKeyKeeper::table() const
{
    std::vector<apps::AppPtr> all = m_book.apps();
    all.push_back(m_ownApp);
    return std::make_shared<const apps::AppTable>(m_parts.hashKey, all);
}

void AppKeyKeeper::tick()
{
    QByteArray text = m_book.text();
    if (text == m_saved || !m_problem.isEmpty()) {
        return;
    }
    m_saved = text;
    QMetaObject::invokeMethod(
        &m_parts.background,
        [writer = m_writer, path = m_parts.path, text, number = ++m_writer->queued] {
            writer->save(path, text, number);
        },
        Qt::QueuedConnection);
}

void AppKeyKeeper::stop()
{
    m_timer.stop();
    const QByteArray text = m_book.text();
    if (text != m_saved && m_problem.isEmpty()) {
        m_writer->save(m_parts.path, text, ++m_writer->queued);
    }
}

/// A file that cannot be used is not written over: somebody may want to mend it.
Result<void> AppKeyKeeper::writable() const
{
    return m_problem.isEmpty()
        ? Result<void>()
        : failure(
            ErrorKind::StorageFailed,
            m_problem % u" Mend or remove that file, and start FreeRelay again."_s);
}

template <typename T> Result<T> AppKeyKeeper::told(Result<T> done)
{
    if (done) {
        m_saved = m_book.text();
        m_parts.changed();
    }
    return done;
}

AppKeyRow AppKeyKeeper::rowOf(const App &app) const
{
    const apps::DayUse today = app.use->today(m_parts.clock.wallNow());
    QStringList models;
    for (const QByteArray &model : app.rights.models) {
        models << QString::fromUtf8(model);
    }
    return {
        QString::fromLatin1(app.id),
        app.name,
        app.tool,
        {apps::toWords(app.rights.scopes), app.rights.mode, models, app.rights.dailyBudget},
        {today.requests, today.refused, today.tokens, today.spent, today.unpriced},
        dateTime(app.createdAt),
        dateTime(app.use->lastUsed()),
        dateTime(app.revokedAt)};
}

std::vector<AppKeyRow> AppKeyKeeper::list() const
{
    std::vector<AppKeyRow> rows;
    for (const apps::AppPtr &app : m_book.apps()) {
        rows.push_back(rowOf(*app));
    }
    return rows;
}

Result<NewAppKey> AppKeyKeeper::add(const AppKeyChange &wanted)
{
    return told(writable()
                    .and_then([&] { return changeOf(wanted); })
                    .and_then([this](const apps::AppChange &change) { return m_book.add(change); })
                    .map([this](const apps::AppBook::Added &added) {
                        return NewAppKey{rowOf(*added.app), added.key};
                    }));
}

Result<AppKeyRow> AppKeyKeeper::change(const QString &id, const AppKeyChange &wanted)
{
    return told(
        writable()
            .and_then([&] { return changeOf(wanted); })
            .and_then([&](const apps::AppChange &change) { return m_book.change(id, change); })
            .map([this](const apps::AppPtr &app) { return rowOf(*app); }));
}

Result<void> AppKeyKeeper::revoke(const QString &id)
{
    return told(writable().and_then([&] { return m_book.revoke(id); }));
}

Result<void> AppKeyKeeper::restore(const QString &id)
{
    return told(writable().and_then([&] { return m_book.restore(id); }));
}

Secret AppKeyKeeper::proposedKey(const QString &tool, const Secret &recorded) const
{
    return m_book.proposedKey(tool, recorded.reveal());
}

Result<void> AppKeyKeeper::issue(const QString &tool, const QString &name, const Secret &key)
{
    return told(writable().and_then(
        [&] { return m_book.issue(tool, name, key).map([](const apps::AppPtr &) {}); }));
}

Result<void> AppKeyKeeper::revokeTool(const QString &tool)
{
    return told(writable().and_then([&] { return m_book.revokeTool(tool); }));
}

Secret useFingerprintKey(const QString &path)
{
    const auto key = keys::loadOrCreateFingerprintKey(path);
    if (key) {
        common::setFingerprintKey(*key);
        return *key;
    }
    qCWarning(lcApps).noquote() << "keys have other fingerprints in the next run:"
                                << key.error().message;
    return common::randomKey(common::fingerprintKeyBytes);
}

} // namespace freerelay::services
