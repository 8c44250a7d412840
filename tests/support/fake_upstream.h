#pragma once

#include "core/common/http_headers.h"
#include "tests/support/fake_reply.h"

#include <QByteArray>
#include <QMutex>
#include <QObject>
#include <QTcpServer>

#include <deque>
#include <functional>
#include <vector>

namespace freerelay::tests {

/// A request as FakeUpstream saw it.
struct FakeRequest
{
    QByteArray method;
    QByteArray target;
    common::HeaderList headers;
    QByteArray body;
    int connection = 0; ///< 0, 1, … in the order of accept
    bool finished = false; ///< the whole reply, or its fault, was carried out
    bool clientClosedEarly = false; ///< the client left before that
    qint64 bytesTaken = 0; ///< bytes of the reply that the kernel accepted
};

/// A scripted HTTP/1.1 server on 127.0.0.1 and a port of its own.
///
/// It works from the event loop of the thread it lives in; the public functions may be called
/// from any thread. Answers come from enqueue()d replies first, then from the handler; a request
/// that finds neither gets status 599.
class FakeUpstream final : public QObject
{
    Q_OBJECT

public:
    using Handler = std::function<FakeReply(const FakeRequest &)>;

    explicit FakeUpstream(QObject *parent = nullptr);
    ~FakeUpstream() override;
    Q_DISABLE_COPY_MOVE(FakeUpstream)

    [[nodiscard]] quint16 port() const { return m_port; }
    /// "http://127.0.0.1:port" + path.
    [[nodiscard]] QByteArray url(const QByteArray &path = {}) const;

    void enqueue(FakeReply reply);
    /// Runs in the server's thread, outside of any lock.
    void setHandler(Handler handler);

    /// Lets every exchange pass one more held place (now or when it gets there).
    void release();
    /// The same for one request only.
    void release(int request);
    /// Nothing is held any more, now and later.
    void releaseAll();

    /// Closes the connections on which no request is being answered.
    void closeIdleConnections();
    /// Resets all connections, whatever they do.
    void resetAll();
    /// Stops listening; new connections are refused.
    void stopListening();
    /// Listens on its port again.
    void listenAgain();

    [[nodiscard]] std::vector<FakeRequest> requests() const;
    [[nodiscard]] FakeRequest request(int index) const;
    [[nodiscard]] int requestCount() const;
    /// Connections ever accepted, and those open now.
    [[nodiscard]] int connectionCount() const;
    [[nodiscard]] int openConnections() const;

Q_SIGNALS:
    void requestReceived(int index);
    /// The client closed its connection while `index` was being answered.
    void clientLeft(int index);

private:
    friend class FakeConnection;

    void onNewConnection();
    void releaseWhere(int request);
    /// Records the request and finds its answer.
    [[nodiscard]] FakeReply accept(const FakeRequest &request, int *index);
    void update(int index, const std::function<void(FakeRequest &)> &change);
    void onClientLeft(int index);
    void forget(class FakeConnection *connection);

    QTcpServer m_server{this};
    quint16 m_port = 0;
    std::vector<class FakeConnection *> m_connections;
    bool m_released = false;

    mutable QMutex m_mutex; ///< guards what follows
    std::deque<FakeReply> m_script;
    Handler m_handler;
    std::vector<FakeRequest> m_requests;
    int m_connectionCount = 0;
    int m_openConnections = 0;
};

} // namespace freerelay::tests
