#pragma once

#include "tests/support/fake_upstream.h"

#include <QObject>
#include <QTcpSocket>

#include <deque>
#include <limits>

namespace freerelay::tests {

/// One connection of FakeUpstream: reads requests and plays their replies, one after the other.
/// Owned by the FakeUpstream; deletes itself when the connection is gone.
class FakeConnection final : public QObject
{
    Q_OBJECT

public:
    static constexpr int everything = std::numeric_limits<int>::max();

    FakeConnection(FakeUpstream &upstream, QTcpSocket *socket, int index, bool released);
    ~FakeConnection() override;
    Q_DISABLE_COPY_MOVE(FakeConnection)

    void start();
    /// Index of the request being answered, -1 when idle.
    [[nodiscard]] int currentRequest() const { return m_request; }
    void permit(int count);
    void closeIfIdle();
    void reset();

private:
    /// What is left to do for the current reply, in order.
    struct Step
    {
        enum class Kind { Write, Flood, Wait, Reset, Cut, Stall, Done };
        Kind kind;
        QByteArray bytes{};
        qint64 count = 0;
    };

    void onReadyRead();
    void onBytesWritten(qint64 count);
    void onDisconnected();
    [[nodiscard]] bool takeRequest(FakeRequest *request);
    void play(const FakeReply &reply);
    void planBody(const FakeReply &reply);
    void addFault(const FakeReply &reply, int place);
    void pump();
    [[nodiscard]] bool perform(Step &step);
    [[nodiscard]] bool write(Step &step);
    [[nodiscard]] bool flood(Step &step);
    void finishReply();

    FakeUpstream &m_upstream;
    QTcpSocket *m_socket;
    int m_index;
    int m_permits = 0;
    QByteArray m_received;
    int m_request = -1;
    std::deque<Step> m_steps;
    bool m_oneByteWrites = false;
    bool m_closeAfter = false;
    bool m_closing = false; ///< we close: the client did not leave early
    bool m_pumping = false;
};

} // namespace freerelay::tests
