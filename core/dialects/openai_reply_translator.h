#pragma once

#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"
#include "core/dialects/provider_dialect.h"

#include <QByteArray>

namespace freerelay::dialects {

/// A whole OpenAI chat reply of any provider → one that validates against OpenAI's schema.
///
/// The body is collected (at most 32 MiB), validated, and spliced: members that the schema requires
/// are added, content stays byte for byte.
class OpenAiReplyTranslator final : public ReplyTranslator
{
public:
    static constexpr qsizetype maxReplyBytes = 32 * 1024 * 1024;

    explicit OpenAiReplyTranslator(ReplyContext context);

    [[nodiscard]] std::optional<common::Error> feed(QByteArrayView in, QByteArray &out) override;
    [[nodiscard]] std::optional<common::Error> finish(QByteArray &out) override;
    [[nodiscard]] const ReplyProgress &progress() const override { return m_progress; }

private:
    using MaybeError = std::optional<common::Error>;

    void completeTopLevel(JsonObjectEdit &reply);
    void completeUsageOf(JsonObjectEdit &reply);
    [[nodiscard]] MaybeError completeChoices(JsonValue choices, Splicer &splicer);
    [[nodiscard]] MaybeError completeChoice(JsonValue value, qsizetype position, Splicer &splicer);
    [[nodiscard]] bool completeMessage(JsonValue message, Splicer &splicer, qsizetype position);
    [[nodiscard]] bool completeToolCalls(JsonValue calls, Splicer &splicer, qsizetype position);
    [[nodiscard]] bool completeFinish(JsonObjectEdit &choice, bool hasCalls);

    ReplyContext m_context;
    ReplyProgress m_progress;
    QByteArray m_body;
};

} // namespace freerelay::dialects
