#include "audit_commands.h"

#include "core/store/audit/audit_checkpoint.h"
#include "core/store/audit/audit_export.h"
#include "core/store/audit/audit_verifier.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;

QString folderOf(const CommandContext &context, const AuditArguments &arguments)
{
    return arguments.folder.empty() ? context.paths.auditFolder
                                    : QString::fromStdString(arguments.folder);
}

int report(const CommandContext &context, const common::Error &error)
{
    context.console.error(error);
    return error.kind == ErrorKind::InvalidArgument ? exitUsage : exitFailure;
}

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(
            ErrorKind::InvalidArgument, u"“%1” cannot be read: %2"_s.arg(path, file.errorString()));
    }
    constexpr qint64 most = qint64(1) * 1024 * 1024;
    return file.read(most);
}

/// @param text  64 hex digits, or the name of a file with them or with PEM
Result<QByteArray> publicKeyOf(const std::string &text)
{
    if (const auto key = store::publicKeyFrom(QByteArray::fromStdString(text))) {
        return *key;
    }
    const QString path = QString::fromStdString(text);
    const auto content = contentOf(path);
    if (!content) {
        return content;
    }
    if (const auto key = store::publicKeyFrom(*content)) {
        return *key;
    }
    return failure(ErrorKind::InvalidArgument, u"“%1” holds no Ed25519 public key."_s.arg(path));
}

Result<store::VerifyOptions>
verifyOptions(const CommandContext &context, const AuditArguments &arguments)
{
    store::VerifyOptions options;
    options.folder = folderOf(context, arguments);
    options.mayBeginLater = arguments.partial;
    for (const std::string &text : arguments.publicKeys) {
        auto key = publicKeyOf(text);
        if (!key) {
            return failure(key.error());
        }
        options.publicKeys.append(*std::move(key));
    }
    if (!arguments.checkpoint.empty()) {
        const auto text = contentOf(QString::fromStdString(arguments.checkpoint));
        if (!text) {
            return failure(text.error());
        }
        auto checkpoints = store::checkpointsFrom(*text);
        if (!checkpoints) {
            return failure(checkpoints.error());
        }
        options.checkpoints = *std::move(checkpoints);
    }
    return options;
}

/// A line for each tenth, where it takes long enough to wonder.
std::function<void(qint64, qint64)> progressOn(const Console &console)
{
    return [&console, told = 0](qint64 done, qint64 total) mutable {
        constexpr qint64 longTrail = qint64(32) * 1024 * 1024;
        const int tenth = int(done * 10 / std::max<qint64>(total, 1));
        if (total >= longTrail && tenth > told) {
            told = tenth;
            console.note(u"%1 %"_s.arg(tenth * 10));
        }
    };
}

QJsonObject toJson(const store::AuditReport &report)
{
    QJsonArray keys;
    for (const QByteArray &key : report.publicKeys) {
        keys.append(QString::fromLatin1(key.toHex()));
    }
    QJsonObject object{
        {u"intact"_s, !report.finding},
        {u"first"_s, qint64(report.first)},
        {u"last"_s, qint64(report.head.n)},
        {u"last_hash"_s, QString::fromLatin1(report.head.hash.toHex())},
        {u"last_time"_s, QString::fromLatin1(report.headTime)},
        {u"requests"_s, qint64(report.requests)},
        {u"dropped"_s, qint64(report.dropped)},
        {u"signed_up_to"_s, qint64(report.signedUpTo)},
        {u"public_keys"_s, keys},
        {u"notes"_s, QJsonArray::fromStringList(report.notes)}};
    if (report.finding) {
        object.insert(
            u"finding"_s,
            QJsonObject{
                {u"kind"_s, store::wordFor(report.finding->kind)},
                {u"record"_s, qint64(report.finding->record)},
                {u"file"_s, report.finding->file},
                {u"line"_s, report.finding->line},
                {u"sentence"_s, report.finding->sentence}});
    }
    return object;
}

void print(const Console &console, const store::AuditReport &report)
{
    for (const QString &note : report.notes) {
        console.note(note);
    }
    if (report.finding) {
        console.error(report.finding->sentence);
        console.out(u"%1: record %2 (%3, line %4)"_s.arg(store::wordFor(report.finding->kind))
                        .arg(report.finding->record)
                        .arg(report.finding->file)
                        .arg(report.finding->line));
        return;
    }
    console.out(u"intact: records %1 to %2, %3 requests, until %4"_s.arg(report.first)
                    .arg(report.head.n)
                    .arg(report.requests)
                    .arg(QString::fromLatin1(report.headTime)));
    for (const QByteArray &key : report.publicKeys) {
        console.out(u"signed up to record %1 by %2"_s.arg(report.signedUpTo)
                        .arg(QString::fromLatin1(key.toHex())));
    }
    if (report.publicKeys.isEmpty()) {
        console.out(u"not signed: who can write the files can rewrite them as a whole"_s);
    }
}

/// @param isEnd  a day means its end
Result<std::optional<common::WallTime>> timeFrom(const std::string &text, bool isEnd)
{
    if (text.empty()) {
        return std::optional<common::WallTime>();
    }
    const QString words = QString::fromStdString(text);
    QDateTime time;
    if (const QDate day = QDate::fromString(words, Qt::ISODate); day.isValid()) {
        time = day.addDays(isEnd ? 1 : 0).startOfDay(Qt::UTC);
    } else {
        time = QDateTime::fromString(words, Qt::ISODate);
    }
    if (!time.isValid()) {
        return failure(
            ErrorKind::InvalidArgument,
            u"“%1” is no day (2026-11-24) and no time (2026-11-24T08:30:00Z)."_s.arg(words));
    }
    return std::optional(common::WallTime(std::chrono::milliseconds(time.toMSecsSinceEpoch())));
}

} // namespace

int auditVerifyCommand(CommandContext &context, const AuditArguments &arguments)
{
    auto options = verifyOptions(context, arguments);
    if (!options) {
        return report(context, options.error());
    }
    options->progress = progressOn(context.console);
    const auto verified = store::verifyAudit(*options);
    if (!verified) {
        return report(context, verified.error());
    }
    if (arguments.json) {
        context.console.out(QString::fromUtf8(QJsonDocument(toJson(*verified)).toJson().trimmed()));
    } else {
        print(context.console, *verified);
    }
    return verified->finding ? exitFailure : exitOk;
}

int auditHeadCommand(CommandContext &context, const AuditArguments &arguments)
{
    const auto checkpoint = store::auditCheckpoint(folderOf(context, arguments));
    if (!checkpoint) {
        return report(context, checkpoint.error());
    }
    context.console.out(QString::fromUtf8(*checkpoint));
    return exitOk;
}

int auditExportCommand(CommandContext &context, const AuditArguments &arguments)
{
    store::ExportOptions options;
    options.folder = folderOf(context, arguments);
    options.target = QString::fromStdString(arguments.target);
    const auto from = timeFrom(arguments.from, /*isEnd=*/false);
    const auto until = timeFrom(arguments.to, /*isEnd=*/true);
    if (!from || !until) {
        return report(context, from ? until.error() : from.error());
    }
    options.from = *from;
    options.until = *until;
    QFile script(u":/audit/audit_verify.py"_s);
    if (!script.open(QIODevice::ReadOnly)) {
        return exitFailure;
    }
    options.verifyScript = script.readAll();
    const auto done = store::exportAudit(options);
    if (!done) {
        return report(context, done.error());
    }
    context.console.note(u"Exported: %1 segments, %2 bytes. README.txt says how to verify them."_s
                             .arg(done->segments)
                             .arg(done->bytes));
    return exitOk;
}

} // namespace freerelay::app
