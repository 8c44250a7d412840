#pragma once

#include "core/dialects/canonical/canonical_reply.h"

namespace freerelay::dialects {

/// Adds events up to a whole reply.
class ReplyCollector
{
public:
    void add(const CanonicalEvent &event);
    [[nodiscard]] const CanonicalReply &reply() const { return m_reply; }

private:
    void addBlock(const CanonicalEvent &event, ReplyChoice &choice);

    CanonicalReply m_reply;
};

} // namespace freerelay::dialects
