#pragma once

#include "core/dialects/json_value.h"
#include "core/dialects/provider_dialect.h"

#include <QByteArray>

namespace freerelay::dialects {

/// Collects a reply that is no chat and has it written anew when it is complete: the base of the
/// translators of embeddings and moderations. One object per attempt; one thread.
class WholeReplyTranslator : public ReplyTranslator
{
public:
    /// A batch of 2,048 vectors with 3,072 numbers each is about 80 MB of text. (Ours.)
    static constexpr qsizetype maxReplyBytes = 96 * 1024 * 1024;

    explicit WholeReplyTranslator(ReplyContext context)
        : m_context(std::move(context))
    { }

    [[nodiscard]] std::optional<common::Error> feed(QByteArrayView in, QByteArray &out) final;
    [[nodiscard]] std::optional<common::Error> finish(QByteArray &out) final;
    [[nodiscard]] const ReplyProgress &progress() const final { return m_progress; }

protected:
    using MaybeError = std::optional<common::Error>;

    /// Writes the client's reply out of the provider's, which is an object and no error.
    [[nodiscard]] virtual MaybeError write(const JsonValue &reply, QByteArray &out) = 0;

    [[nodiscard]] const ReplyContext &context() const { return m_context; }
    /// The model as the provider named it, else as the candidate is called.
    [[nodiscard]] QByteArray modelOf(const JsonValue &reply);
    [[nodiscard]] static common::Error malformed(QString message);

    ReplyProgress m_progress;

private:
    ReplyContext m_context;
    QByteArray m_body;
};

} // namespace freerelay::dialects
