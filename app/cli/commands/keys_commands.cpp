#include "keys_commands.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

constexpr std::chrono::seconds keyTestTimeout{45};
/// The keychain may ask the user to unlock it first.
constexpr std::chrono::minutes keySaveTimeout{3};

QJsonObject keyArgs(const QString &provider, const common::Secret &key, const QString &storage)
{
    return {
        {u"provider"_s, provider},
        {u"key"_s, QString::fromUtf8(key.reveal())},
        {u"storage"_s, storage}};
}

std::optional<QJsonArray> providers(CommandContext &context, int &exitCode)
{
    const auto reply = context.call(u"providers"_s, {}, exitCode);
    return reply ? std::optional(reply->value("rows"_L1).toArray()) : std::nullopt;
}

std::optional<QJsonObject> findProvider(const QJsonArray &rows, const QString &id)
{
    for (const QJsonValue &row : rows) {
        if (row.toObject().value("id"_L1).toString() == id) {
            return row.toObject();
        }
    }
    return std::nullopt;
}

bool reportTest(
    CommandContext &context, const QString &what, const common::Result<QJsonObject> &result)
{
    if (!result) {
        context.console.error(u"%1: %2"_s.arg(what, result.error().message));
        return false;
    }
    context.console.out(u"%1: %2"_s.arg(what, result->value("message"_L1).toString()));
    return true;
}

} // namespace

int keysListCommand(CommandContext &context, bool json)
{
    int exitCode = exitOk;
    const auto rows = providers(context, exitCode);
    if (!rows) {
        return exitCode;
    }
    if (json) {
        context.console.out(QString::fromUtf8(QJsonDocument(*rows).toJson().trimmed()));
        return exitOk;
    }
    std::vector<QStringList> lines;
    for (const QJsonValue &value : *rows) {
        const QJsonObject provider = value.toObject();
        const QJsonArray entries = provider.value("keys"_L1).toArray();
        for (const QJsonValue &entry : entries) {
            const QJsonObject key = entry.toObject();
            lines.push_back(
                {provider.value("id"_L1).toString(),
                 key.value("masked"_L1).toString(),
                 key.value("source"_L1).toString(),
                 key.value("fingerprint"_L1).toString(),
                 provider.value("state_text"_L1).toString()});
        }
    }
    context.console.table(lines);
    for (const QJsonValue &value : *rows) {
        const QJsonObject provider = value.toObject();
        if (provider.value("state"_L1).toString() == "keychain_locked"_L1) {
            context.console.error(provider.value("state_text"_L1).toString());
            return exitOk;
        }
    }
    if (lines.empty()) {
        context.console.note(u"No key is stored. “freerelay setup” helps to get the first one."_s);
    }
    return exitOk;
}

bool testKey(CommandContext &context, const QString &provider, const common::Secret &key)
{
    context.console.note(u"Testing…"_s);
    return reportTest(
        context,
        provider,
        context.control.call(u"key-test"_s, keyArgs(provider, key, {}), keyTestTimeout));
}

int saveKey(CommandContext &context, const QString &provider, const common::Secret &key)
{
    auto saved = context.control.call(
        u"key-add"_s, keyArgs(provider, key, u"keychain"_s), keySaveTimeout);
    if (saved) {
        context.console.note(u"Saved in the keychain."_s);
        return exitOk;
    }
    context.console.error(saved.error());
    if (saved.error().kind != common::ErrorKind::KeychainUnavailable
        || !context.console.isInteractive()) {
        return exitFailure;
    }
    QString storage;
    if (context.console.confirm(u"Keep the key in memory until FreeRelay ends?"_s)) {
        storage = u"session"_s;
    } else if (context.console.confirm(
                   u"Write it unencrypted into a file that only you can read (%1)?"_s.arg(
                       context.paths.keysFile))) {
        storage = u"file"_s;
    } else {
        return exitRefused;
    }
    saved = context.control.call(u"key-add"_s, keyArgs(provider, key, storage));
    if (!saved) {
        context.console.error(saved.error());
        return exitFailure;
    }
    context.console.note(
        storage == "file"_L1 ? u"Saved in the file."_s : u"Kept until FreeRelay ends."_s);
    return exitOk;
}

int keysAddCommand(CommandContext &context, const QString &provider, KeyCheck check)
{
    int exitCode = exitOk;
    const auto rows = providers(context, exitCode);
    if (!rows) {
        return exitCode;
    }
    const auto row = findProvider(*rows, provider);
    if (!row) {
        context.console.error(
            u"There is no provider “%1”; “freerelay setup” lists them."_s.arg(provider));
        return exitUsage;
    }
    const auto key = context.console.askSecret(
        u"Key for %1 (not shown): "_s.arg(row->value("name"_L1).toString()));
    if (!key || key->isEmpty()) {
        context.console.error(u"No key was given."_s);
        return exitUsage;
    }
    if (check == KeyCheck::Test && !testKey(context, provider, *key)
        && !(
            context.console.isInteractive()
            && context.console.confirm(u"Save it all the same?"_s))) {
        context.console.note(u"Not saved."_s);
        return exitFailure;
    }
    return saveKey(context, provider, *key);
}

int keysRemoveCommand(CommandContext &context, const QString &provider, const QString &fingerprint)
{
    int exitCode = exitOk;
    const auto rows = providers(context, exitCode);
    if (!rows) {
        return exitCode;
    }
    const auto row = findProvider(*rows, provider);
    QStringList removable;
    const QJsonArray entries = row ? row->value("keys"_L1).toArray() : QJsonArray();
    for (const QJsonValue &entry : entries) {
        const QJsonObject key = entry.toObject();
        const QString print = key.value("fingerprint"_L1).toString();
        if (key.value("removable"_L1).toBool() && (fingerprint.isEmpty() || print == fingerprint)) {
            removable << print;
        }
    }
    if (removable.size() != 1) {
        context.console.error(
            removable.isEmpty()
                ? u"There is no such key that could be removed here (one from the environment is removed there)."_s
                : u"%1 has several keys: name the fingerprint that “freerelay keys list” shows."_s
                      .arg(provider));
        return exitUsage;
    }
    if (context.call(
            u"key-remove"_s,
            {{u"provider"_s, provider}, {u"fingerprint"_s, removable.first()}},
            exitCode)) {
        context.console.note(u"Removed."_s);
    }
    return exitCode;
}

int keysTestCommand(CommandContext &context, const QString &provider)
{
    int exitCode = exitOk;
    const auto rows = providers(context, exitCode);
    if (!rows) {
        return exitCode;
    }
    int tested = 0;
    bool allWell = true;
    for (const QJsonValue &value : *rows) {
        const QJsonObject row = value.toObject();
        const QString id = row.value("id"_L1).toString();
        if (!provider.isEmpty() && id != provider) {
            continue;
        }
        const QJsonArray entries = row.value("keys"_L1).toArray();
        for (const QJsonValue &entry : entries) {
            ++tested;
            const QJsonObject key = entry.toObject();
            const QJsonObject args{
                {u"provider"_s, id}, {u"fingerprint"_s, key.value("fingerprint"_L1)}};
            const QString what = u"%1 %2"_s.arg(id, key.value("masked"_L1).toString());
            allWell = reportTest(
                          context, what, context.control.call(u"key-test"_s, args, keyTestTimeout))
                && allWell;
        }
    }
    if (tested == 0) {
        context.console.error(u"There is no key to test."_s);
        return exitFailure;
    }
    return allWell ? exitOk : exitFailure;
}

} // namespace freerelay::app
