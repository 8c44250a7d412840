#pragma once

#include "core/dialects/canonical/canonical_request.h"

#include <QByteArray>
#include <QHash>

#include <deque>
#include <mutex>

namespace freerelay::dialects {

/// The thought signatures that Gemini gave with its tool calls, for clients that do not send them
/// back: most know no place for them. Gemini refuses calls of its own that have none
/// (ai.google.dev, "Thought signatures", November 2026).
///
/// Found again by the call's id and tool, and for clients that write ids of their own by tool and
/// arguments. In memory, the oldest go first. Any thread.
class SignatureBook
{
public:
    /// Of keys and signatures together; a signature has some KB. (Ours.)
    static constexpr qsizetype mostBytes = 8 * 1024 * 1024;

    /// @param call  with its signature; without one nothing is noted
    void note(const ToolUseBlock &call);
    /// "" = none is known.
    [[nodiscard]] QByteArray find(const ToolUseBlock &call) const;
    /// Gives the calls of a conversation that have no signature those that are known.
    void complete(CanonicalRequest &request) const;

private:
    void keep(const QByteArray &key, const QByteArray &signature);

    mutable std::mutex m_mutex;
    QHash<QByteArray, QByteArray> m_signatures;
    std::deque<QByteArray> m_order; ///< keys, the oldest first
    qsizetype m_bytes = 0;
};

} // namespace freerelay::dialects
