#pragma once

#include "core/relay/downstream.h"
#include "core/relay/error_reply.h"
#include "core/relay/outcome_builder.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace freerelay::relay {

/// What one request's client is told, once, and recorded with it: a whole reply, a stream, or why
/// there is none. One thread.
class ClientReply
{
public:
    ClientReply(std::shared_ptr<Downstream> client, OutcomeBuilder &record)
        : m_client(std::move(client))
        , m_record(record)
        , m_isOver(m_client->isGone())
    { }

    /// Puts `wrap(client)` in the client's place; before anything else.
    void wrap(const std::function<std::shared_ptr<Downstream>(std::shared_ptr<Downstream>)> &wrap)
    {
        m_client = wrap(std::move(m_client));
    }
    [[nodiscard]] const std::shared_ptr<Downstream> &client() const { return m_client; }

    /// The client has its answer, or has left.
    [[nodiscard]] bool isOver() const { return m_isOver; }
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }

    /// The client left.
    void setLeft() { m_isOver = true; }
    /// Closes the connection of a client that does not read.
    void abort();
    /// @param ignored  what the provider was not told
    void whole(QByteArray body, const QByteArrayList &ignored);
    /// The head of a stream; what follows is written to client().
    void beginStream(const QByteArrayList &ignored);
    void finishStream();
    /// The stream breaks off: said in it, never in silence. @param error  in full
    void breakOff(const ClientError &error);
    /// There is no answer. @param error  in full
    void refuse(const ClientError &error);
    /// The client's part is over; it is let go of.
    void letGo();

private:
    [[nodiscard]] common::HeaderList headers(const QByteArrayList &ignored = {}) const;

    std::shared_ptr<Downstream> m_client;
    OutcomeBuilder &m_record;
    bool m_isOver;
    bool m_hasBegun = false;
};

} // namespace freerelay::relay
