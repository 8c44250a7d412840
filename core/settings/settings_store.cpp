#include "settings_store.h"

#include "core/common/private_file.h"
#include "core/settings/schema.h"

#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::settings {

using common::Error;
using common::ErrorKind;
using common::failure;
using common::Result;

namespace {

/// Editors truncate, write and rename; reading between two of these steps would see half a file.
constexpr std::chrono::milliseconds settleTime{80};

} // namespace

Result<std::unique_ptr<SettingsStore>>
SettingsStore::open(const QString &settingsFile, Layers layers)
{
    std::unique_ptr<SettingsStore> store(new SettingsStore(settingsFile, std::move(layers)));
    auto text = store->readText();
    if (!text) {
        return failure(std::move(text.error()));
    }
    if (auto loaded = store->load(*text); !loaded) {
        return failure(std::move(loaded.error()));
    }
    store->watch();
    return store;
}

SettingsStore::SettingsStore(QString settingsFile, Layers layers)
    : m_fileName(std::move(settingsFile))
    , m_layers(std::move(layers))
    , m_published(std::make_shared<const Settings>())
    , m_watcher(this)
    , m_settle(this)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleTime);
    connect(&m_settle, &QTimer::timeout, this, &SettingsStore::onFileTouched);
    const auto touched = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, touched);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, touched);
}

Result<QByteArray> SettingsStore::readText() const
{
    auto text = common::readTrustedFile(m_fileName, maxSettingsBytes, common::FileTrust::Settings);
    if (!text && text.error().kind == ErrorKind::NotFound) {
        return QByteArray();
    }
    return text;
}

Result<void> SettingsStore::load(const QByteArray &text)
{
    m_text = text;
    const auto file = parseSettings(text, m_fileName);
    if (!file) {
        return failure(file.error());
    }
    if (auto applied = apply(*file, m_layers, m_runtime); !applied) {
        return applied;
    }
    m_file = *file;
    m_problem.reset();
    return {};
}

Result<void> SettingsStore::apply(
    const ParsedSettings &file, const Layers &layers, const std::vector<Override> &runtime)
{
    auto effective = layer(file, layers, runtime);
    if (!effective) {
        return failure(std::move(effective.error()));
    }
    const bool different = effective->value != m_effective.value;
    m_effective = *std::move(effective);
    if (different) {
        m_published.publish(std::make_shared<const Settings>(m_effective.value));
        Q_EMIT changed();
    }
    return {};
}

Result<void> SettingsStore::set(const QString &path, const QString &value)
{
    Settings wanted = m_effective.value;
    if (auto acceptable = applyField(wanted, path, FieldValue::scalar(value)); !acceptable) {
        return acceptable;
    }
    if (auto together = checkTogether(wanted); !together) {
        return together;
    }
    auto written = writeEdited(path, value);
    if (fieldText(m_effective.value, path) != fieldText(wanted, path)) {
        overrideAtRuntime(path, value);
    }
    return written;
}

Result<void> SettingsStore::writeEdited(const QString &path, const QString &value)
{
    const auto text = readText();
    if (!text) {
        return failure(text.error());
    }
    auto edited = editSettings(*text, m_fileName, path, value);
    if (!edited) {
        // The value itself was acceptable, so it is the file that stands in the way.
        edited.error().kind = ErrorKind::StorageFailed;
        return failure(std::move(edited.error()));
    }
    if (auto written = common::writePrivateFile(m_fileName, *edited); !written) {
        return written;
    }
    watch();
    std::erase_if(m_runtime, [&path](const Override &one) { return one.path == path; });
    return load(*edited);
}

void SettingsStore::overrideAtRuntime(const QString &path, const QString &value)
{
    std::vector<Override> runtime = m_runtime;
    std::erase_if(runtime, [&path](const Override &one) { return one.path == path; });
    runtime.push_back({path, value, u"changed while running"_s});
    // Cannot fail: the value was tried by the caller.
    if (apply(m_file, m_layers, runtime)) {
        m_runtime = std::move(runtime);
    }
}

Result<void> SettingsStore::setLayers(Layers layers)
{
    auto applied = apply(m_file, layers, m_runtime);
    if (applied) {
        m_layers = std::move(layers);
    }
    return applied;
}

Result<void> SettingsStore::reload()
{
    const auto text = readText();
    auto loaded = text ? load(*text) : Result<void>(failure(text.error()));
    if (!loaded) {
        m_problem = loaded.error();
        Q_EMIT reloadFailed(loaded.error());
    }
    return loaded;
}

void SettingsStore::watch()
{
    const QString folder = QFileInfo(m_fileName).absolutePath();
    if (!m_watcher.directories().contains(folder) && QFileInfo(folder).isDir()) {
        m_watcher.addPath(folder);
    }
    // A file that was replaced is a new one, and has to be watched anew.
    if (!m_watcher.files().contains(m_fileName) && QFileInfo::exists(m_fileName)) {
        m_watcher.addPath(m_fileName);
    }
}

void SettingsStore::onFileTouched()
{
    watch();
    const auto text = readText();
    if (text && *text == m_text) {
        return; // a neighbour in the folder, or what we wrote ourselves
    }
    // The outcome is told by changed() or reloadFailed().
    static_cast<void>(reload());
}

} // namespace freerelay::settings
