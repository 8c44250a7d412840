#include "connections.h"

#include "core/common/private_file.h"
#include "core/common/secret.h"
#include "core/connect/line_diff.h"

#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::connect {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using Text = std::optional<QByteArray>;

constexpr qint64 maxBackupBytes = 8 * 1024 * 1024;

QString backupName(const QString &id, const QString &path)
{
    constexpr qsizetype digits = 12;
    return id % u'-' % QString::fromLatin1(hashOf(path.toUtf8()).left(digits)) % u".backup"_s;
}

/// Are the files still what the plan was made for?
Result<void> checkUnchanged(const ConnectionPlan &plan)
{
    for (const FileChange &change : plan.changes) {
        const auto now = readSettingsFile(change.path);
        if (!now || *now != change.before) {
            return failure(
                ErrorKind::AlreadyExists,
                change.path % u": it has been changed in the meantime; try again."_s);
        }
    }
    return {};
}

Result<void> writeFiles(const ConnectionPlan &plan)
{
    for (const FileChange &change : plan.changes) {
        if (auto written = writeSettingsFile(change.path, change.after); !written) {
            return written;
        }
    }
    return {};
}

/// A key as apps::newAppKey() makes it.
const QRegularExpression &toolKeyPattern()
{
    static const QRegularExpression pattern(u"fr-app-[0-9a-f]{16,}"_s);
    return pattern;
}

QByteArray withoutToolKeys(const QByteArray &text)
{
    QString shown = QString::fromUtf8(text);
    auto matches = toolKeyPattern().globalMatch(QString(shown));
    while (matches.hasNext()) {
        const QString key = matches.next().captured();
        shown.replace(key, common::Secret(key.toLatin1()).masked());
    }
    return shown.toUtf8();
}

void addChange(ConnectionPlan &plan, FileChange change)
{
    if (!change.isEmpty()) {
        plan.changes.push_back(std::move(change));
    }
}

/// What a connection of before wrote into a file; null when it did not.
const WrittenFile *fileIn(const ConnectionRecord *record, const QString &path)
{
    if (record == nullptr) {
        return nullptr;
    }
    const auto found = std::find_if(
        record->files.begin(), record->files.end(), [&path](const WrittenFile &file) {
            return file.path == path;
        });
    return found == record->files.end() ? nullptr : &*found;
}

} // namespace

Connections::Connections(Machine machine, QString folder)
    : m_machine(std::move(machine))
    , m_folder(std::move(folder))
{ }

QString Connections::recordsFile() const
{
    return m_folder % u"/connections.json"_s;
}

QString Connections::backupFile(const QString &name) const
{
    return m_folder % u'/' % name;
}

std::vector<ToolStatus> Connections::list(const Endpoint &endpoint) const
{
    std::vector<ToolStatus> all;
    for (const Connector &connector : connectors()) {
        all.push_back(status(connector, endpoint));
    }
    return all;
}

ToolStatus Connections::status(const Connector &connector, const Endpoint &endpoint) const
{
    ToolStatus status;
    status.connector = &connector;
    for (const QString &program : connector.programs) {
        status.program = status.program.isEmpty() ? m_machine.findProgram(program) : status.program;
    }
    if (!connector.recipe) {
        status.state = connector.reachesLocalhost ? ToolState::ByHand : ToolState::Unreachable;
        return status;
    }
    for (const FileRecipe &file : connector.recipe(m_machine, endpoint)) {
        status.files << file.path;
    }
    const auto records = readRecords(recordsFile());
    if (!records) {
        status.problem = records.error().message;
        return status;
    }
    const auto record = records->find(connector.id);
    status.canUndo = record != records->end();
    if (status.canUndo) {
        status.state = stateOf(record->second, endpoint);
        return status;
    }
    const bool used = !connector.folder.isEmpty()
        && QFileInfo(m_machine.inHome(connector.folder)).isDir();
    const bool hasFile = std::any_of(
        status.files.begin(), status.files.end(), [](const auto &file) {
            return QFileInfo::exists(file);
        });
    const bool found = !status.program.isEmpty() || used || hasFile;
    status.state = isSetUp(connector, endpoint) ? ToolState::Connected
        : found                                 ? ToolState::Found
                                                : ToolState::NotFound;
    return status;
}

ToolState Connections::stateOf(const ConnectionRecord &record, const Endpoint &endpoint) const
{
    for (const WrittenFile &file : record.files) {
        const auto now = readSettingsFile(file.path);
        if (!now || !isInPlace(file, *now)) {
            return ToolState::Overwritten;
        }
    }
    return record.endpoint == endpoint.root ? ToolState::Connected : ToolState::OtherAddress;
}

/// By somebody else, with the same settings.
bool Connections::isSetUp(const Connector &connector, const Endpoint &endpoint) const
{
    const std::vector<FileRecipe> files = connector.recipe(m_machine, endpoint);
    return std::all_of(files.begin(), files.end(), [](const FileRecipe &file) {
        const auto now = readSettingsFile(file.path);
        const auto edited = now ? applyRecipe(file, *now) : notEditable();
        return now && *now && edited && edited->text == **now;
    });
}

QByteArray Connections::recordedKey(const Connector &connector) const
{
    const auto records = readRecords(recordsFile());
    const auto record = records ? records->find(connector.id) : ConnectionRecords::const_iterator();
    if (!records || record == records->end()) {
        return {};
    }
    for (const WrittenFile &file : record->second.files) {
        for (const WrittenEdit &edit : file.edits) {
            const auto key = toolKeyPattern().match(QString::fromUtf8(edit.written));
            if (key.hasMatch()) {
                return key.captured().toLatin1();
            }
        }
    }
    return {};
}

Result<Text> Connections::original(const WrittenFile &file) const
{
    if (file.backup.isEmpty()) {
        return Text();
    }
    auto bytes = common::readTrustedFile(
        backupFile(file.backup), maxBackupBytes, common::FileTrust::OwnerOnly);
    if (!bytes) {
        return failure(std::move(bytes.error()));
    }
    return Text(*std::move(bytes));
}

Result<UndoneFile> Connections::undone(const WrittenFile &file, const Text &now) const
{
    const auto before = original(file);
    if (!before) {
        return failure(before.error());
    }
    return undoneFile(file, now, *before);
}

Result<ConnectionPlan>
Connections::planConnect(const Connector &connector, const Endpoint &endpoint) const
{
    if (!connector.recipe) {
        return failure(ErrorKind::InvalidArgument, adviceOf(connector, endpoint));
    }
    const auto records = readRecords(recordsFile());
    if (!records) {
        return failure(records.error());
    }
    const auto earlier = records->find(connector.id);
    const ConnectionRecord *before = earlier == records->end() ? nullptr : &earlier->second;
    ConnectionPlan plan{connector.id, {}, 0, ConnectionRecord{endpoint.root, {}}, {}};
    for (const FileRecipe &recipe : connector.recipe(m_machine, endpoint)) {
        if (auto added = addFile(plan, recipe, fileIn(before, recipe.path)); !added) {
            return failure(std::move(added.error()));
        }
    }
    return plan;
}

Result<void> Connections::addFile(
    ConnectionPlan &plan, const FileRecipe &recipe, const WrittenFile *earlier) const
{
    auto now = readSettingsFile(recipe.path);
    if (!now) {
        return failure(std::move(now.error()));
    }
    // Connected before: an undo goes back to what was there before that.
    auto base = earlier == nullptr ? Result<UndoneFile>(UndoneFile{*now, 0})
                                   : undone(*earlier, *now);
    if (!base) {
        return failure(std::move(base.error()));
    }
    auto edited = applyRecipe(recipe, base->text);
    if (!edited) {
        return failure(std::move(edited.error()));
    }
    if (base->text) {
        edited->written.backup = backupName(plan.id, recipe.path);
    }
    plan.originals.push_back(std::move(base->text));
    plan.record->files.push_back(std::move(edited->written));
    addChange(plan, {recipe.path, *std::move(now), std::move(edited->text)});
    return {};
}

Result<ConnectionPlan> Connections::planUndo(const Connector &connector) const
{
    const auto records = readRecords(recordsFile());
    if (!records) {
        return failure(records.error());
    }
    const auto record = records->find(connector.id);
    if (record == records->end()) {
        return failure(
            ErrorKind::NotFound, u"FreeRelay has not connected %1."_s.arg(connector.name));
    }
    ConnectionPlan plan{connector.id, {}, 0, std::nullopt, {}};
    for (const WrittenFile &file : record->second.files) {
        const auto now = readSettingsFile(file.path);
        if (!now) {
            return failure(now.error());
        }
        auto rest = undone(file, *now);
        if (!rest) {
            return failure(std::move(rest.error()));
        }
        plan.left += rest->left;
        addChange(plan, {file.path, *now, std::move(rest->text)});
    }
    return plan;
}

Result<void> Connections::carryOut(const ConnectionPlan &plan)
{
    if (auto made = common::ensurePrivateFolder(m_folder); !made) {
        return made;
    }
    QLockFile lock(m_folder % u"/lock"_s);
    if (!lock.tryLock()) {
        return failure(
            ErrorKind::AlreadyExists, u"Another FreeRelay is changing connections; try again."_s);
    }
    auto records = readRecords(recordsFile());
    if (!records) {
        return failure(std::move(records.error()));
    }
    if (auto unchanged = checkUnchanged(plan); !unchanged) {
        return unchanged;
    }
    if (!plan.record) {
        const auto written = writeFiles(plan);
        return written ? forget(plan.id, *records) : written;
    }
    // Before the files: whatever ends this program in between, it can be undone.
    const auto remembered = remember(plan, *records);
    return remembered ? writeFiles(plan) : remembered;
}

Result<void> Connections::remember(const ConnectionPlan &plan, ConnectionRecords &records) const
{
    for (std::size_t i = 0; i < plan.record->files.size(); ++i) {
        if (!plan.originals[i]) {
            continue;
        }
        auto kept = common::writePrivateFile(
            backupFile(plan.record->files[i].backup), *plan.originals[i]);
        if (!kept) {
            return kept;
        }
    }
    records[plan.id] = *plan.record;
    return writeRecords(recordsFile(), records);
}

Result<void> Connections::forget(const QString &id, ConnectionRecords &records) const
{
    const ConnectionRecord forgotten = records[id];
    records.erase(id);
    auto written = writeRecords(recordsFile(), records);
    for (const WrittenFile &file : forgotten.files) {
        if (written && !file.backup.isEmpty()) {
            QFile::remove(backupFile(file.backup)); // one that stays does no harm
        }
    }
    return written;
}

QByteArray diffOf(const ConnectionPlan &plan, const Endpoint &endpoint)
{
    QByteArray text;
    for (const FileChange &change : plan.changes) {
        const QByteArray path = change.path.toUtf8();
        text += "--- " + (change.before ? path : "/dev/null"_ba) + '\n';
        text += "+++ " + (change.after ? path : "/dev/null"_ba) + '\n';
        text += lineDiff(change.before.value_or(QByteArray()), change.after.value_or(QByteArray()));
    }
    if (!endpoint.key.isEmpty()) {
        text.replace(endpoint.key, common::Secret(endpoint.key).masked().toUtf8());
    }
    return withoutToolKeys(text);
}

} // namespace freerelay::connect
