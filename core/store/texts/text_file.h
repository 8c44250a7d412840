#pragma once

#include "core/common/clock.h"
#include "core/store/database.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace freerelay::store {

/// What is kept of the texts of one request: UTF-8, secrets masked.
struct StoredTexts
{
    QByteArray requestId;
    common::WallTime time; ///< when the request came
    QByteArray prompt; ///< the body as it was received
    bool promptCut = false;
    QByteArray answer; ///< what it said
    bool answerCut = false;
};

/// The file of texts, open for writing: the owner's only, and without a copy of a text anywhere
/// else on the disk: it has no log, and what is deleted is overwritten (docs/records.md). In return
/// a power failure in the middle of a write may damage it. Store thread.
class TextFile
{
public:
    /// Makes the file when it is missing; one of another version is begun anew.
    /// @return errors of Database; ProtocolError = damaged, see remove()
    [[nodiscard]] static common::Result<TextFile>
    open(const QString &path, std::chrono::milliseconds lockWait);
    /// What is in it is overwritten before it goes, as far as it can be opened. A file that is not
    /// there is removed already.
    [[nodiscard]] static common::Result<void>
    remove(const QString &path, std::chrono::milliseconds lockWait);

    /// All or none. A request that is there already is replaced.
    [[nodiscard]] common::Result<void> write(const std::vector<StoredTexts> &texts);
    /// Deletes what came before `time`, and the oldest as long as the file is larger than
    /// `maxBytes`.
    [[nodiscard]] common::Result<void> shrink(common::WallTime time, std::int64_t maxBytes);

    [[nodiscard]] common::Result<std::int64_t> count();
    /// When the oldest request came; nullopt = there is none.
    [[nodiscard]] common::Result<std::optional<common::WallTime>> oldest();
    /// Whether the file was renamed or deleted since it was opened.
    [[nodiscard]] bool hasMoved() const { return m_database->hasMoved(); }

private:
    explicit TextFile(std::unique_ptr<Database> database)
        : m_database(std::move(database))
    { }

    std::unique_ptr<Database> m_database;
    Statement m_insert; ///< after the database: goes first
};

/// What to tell people of an error of this file, where Database speaks of records.
[[nodiscard]] QString sentenceOfTexts(const common::Error &error);

/// Reads one request's texts on a connection of its own. Any thread that may wait for the disk.
/// @return NotFound when nothing is kept of it; errors of Database
[[nodiscard]] common::Result<StoredTexts>
readTexts(const QString &path, const QByteArray &requestId);

} // namespace freerelay::store
