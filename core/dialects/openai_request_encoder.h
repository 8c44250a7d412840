#pragma once

#include "core/catalog/types.h"
#include "core/dialects/chat_request.h"
#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/openai_parameters.h"

#include <QByteArray>
#include <QVarLengthArray>

namespace freerelay::dialects {

/// Rewrites an OpenAI chat request for one provider by splicing its text: what no rule names stays
/// byte for byte as the client wrote it. One use; any thread.
class OpenAiRequestEncoder
{
public:
    OpenAiRequestEncoder(
        const ChatRequest &request, const catalog::Provider &provider, const catalog::Model &model);

    /// @param root  the root object of request.body
    [[nodiscard]] QByteArray encode();
    /// What encode() has left out, see EncodedRequest.
    [[nodiscard]] QByteArrayList takeIgnored() { return std::move(m_ignored); }

private:
    void identify();
    void encodeMember(qsizetype index);
    void encodeKnown(qsizetype index);
    void encodeStreamOptions();
    void encodeResponseFormat(qsizetype index);
    void encodeTools();
    void capMaxTokens();
    void encodeMaxTokens();
    void renameAndClamp(qsizetype index, QByteArrayView name);
    void clampValue(qsizetype index, const catalog::Clamp &clamp);
    [[nodiscard]] bool isDropped(QByteArrayView name, Parameter id, JsonValue value) const;
    [[nodiscard]] qsizetype indexOf(Parameter id) const;
    [[nodiscard]] JsonValue valueOf(Parameter id) const;
    [[nodiscard]] bool hasTools() const;

    struct Known
    {
        const ParameterSpec *spec = nullptr;
        bool superseded = false; ///< the same name follows
    };

    const ChatRequest &m_request;
    const catalog::Provider &m_provider;
    const catalog::WireRules &m_rules;
    const catalog::Model &m_model;
    Splicer m_splicer;
    JsonObjectEdit m_edit;
    QVarLengthArray<Known, 32> m_known; ///< by index of the member
    QByteArrayList m_ignored;
    bool m_fussy; ///< refuses what others ignore
};

} // namespace freerelay::dialects
