#pragma once

#include "core/dialects/provider_dialect.h"

#include <QObject>

#include <optional>

namespace freerelay::tests {

/// What both contract tests ask of a provider dialect; the cases are files of
/// tests/data/contract/<folder>/:
/// <case>.request.openai.json → <case>.request.provider.json (with <case>.model.json),
/// <case>.stream.provider.sse → <case>.stream.openai.sse,
/// <case>.reply.provider.json → <case>.reply.openai.json.
class ProviderContract : public QObject
{
    Q_OBJECT

protected:
    ProviderContract(catalog::Wire wire, QString folder);

    /// What came out of one attempt.
    struct Outcome
    {
        QByteArray out;
        std::optional<common::Error> error;
        dialects::ReplyProgress progress;
    };

    /// @param piece  bytes a feed(); 0 = all at once
    [[nodiscard]] Outcome translate(
        const QByteArray &in, const dialects::ReplyContext &context, qsizetype piece = 0) const;
    [[nodiscard]] common::Result<dialects::EncodedRequest>
    encode(const QByteArray &request, const QByteArray &model = "{}") const;
    [[nodiscard]] QByteArray read(const QString &name) const;
    [[nodiscard]] static dialects::ReplyContext context(bool stream, bool includeUsage = true);

    void addCases(const QString &suffix) const;

private Q_SLOTS:
    void writesRequests_data() const { addCases(QStringLiteral(".request.openai.json")); }
    void writesRequests() const;
    void writesTheSameBytesForTheSameRequest_data() const { writesRequests_data(); }
    void writesTheSameBytesForTheSameRequest() const;
    void readsStreams_data() const { addCases(QStringLiteral(".stream.provider.sse")); }
    void readsStreams() const;
    void readsStreamsInPiecesOfAnySize_data() const { readsStreams_data(); }
    void readsStreamsInPiecesOfAnySize() const;
    void hidesUsageFromClientsThatDidNotAsk_data() const { readsStreams_data(); }
    void hidesUsageFromClientsThatDidNotAsk() const;
    void refusesStreamsThatWereCut_data() const { readsStreams_data(); }
    void refusesStreamsThatWereCut() const;
    void readsWholeReplies_data() const { addCases(QStringLiteral(".reply.provider.json")); }
    void readsWholeReplies() const;
    void refusesWholeRepliesThatWereCut_data() const { readsWholeReplies_data(); }
    void refusesWholeRepliesThatWereCut() const;
    void refusesPagesThatAreNoReply();
    void refusesEventsThatAreNotJson();

private:
    catalog::Wire m_wire;
    QString m_folder;
};

} // namespace freerelay::tests
