#pragma once

#include "core/dialects/json_object_edit.h"
#include "core/dialects/json_splicer.h"
#include "core/dialects/json_value.h"

#include <QByteArray>

#include <vector>

namespace freerelay::dialects {

/// Makes the streamed tool calls of one choice what accumulating clients expect: consecutive
/// indices from 0, `id`, `type` and `name` in the first fragment only, arguments as strings.
///
/// Repairs what providers send (facts: one index for parallel calls, no id, whole objects as
/// arguments, id and name repeated in each fragment).
class OpenAiToolCalls
{
public:
    /// @param idStem  basis of the ids that the provider does not give
    explicit OpenAiToolCalls(QByteArray idStem)
        : m_idStem(std::move(idStem))
    { }

    /// Rewrites one `tool_calls` array of a delta; what is in order stays untouched.
    /// @return false when there are more calls than any reply has
    [[nodiscard]] bool rewrite(JsonValue calls, Splicer &splicer);

    [[nodiscard]] bool isEmpty() const { return m_calls.empty(); }

private:
    struct Call
    {
        std::int64_t index = -1; ///< as the provider counts; -1 = it does not
        QByteArray id; ///< "" = the provider gave none
        QByteArray name;
    };

    struct Fragment;

    [[nodiscard]] static bool startsAnother(const Fragment &fragment, const Call &call);
    [[nodiscard]] int callOf(const Fragment &fragment) const;
    void rewriteFirst(const Fragment &fragment, JsonObjectEdit &edit, JsonObjectEdit &function);
    void rewriteLater(
        const Fragment &fragment, int number, JsonObjectEdit &edit, JsonObjectEdit &function);

    QByteArray m_idStem;
    std::vector<Call> m_calls; ///< by our index
};

} // namespace freerelay::dialects
