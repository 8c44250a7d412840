#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>

namespace freerelay::tests {

/// nginx with TLS and HTTP/2 in front of an HTTP/1.1 server, with a certificate of its own that
/// is valid for 127.0.0.1. Each reply tells x-connection and x-protocol.
class NginxFront
{
public:
    NginxFront() = default;
    ~NginxFront();
    Q_DISABLE_COPY_MOVE(NginxFront)

    /// Empty when it runs; else why it cannot (a program is missing, or what nginx said).
    [[nodiscard]] QString start(quint16 upstreamPort);

    [[nodiscard]] QByteArray url(const QByteArray &path = "/") const;
    [[nodiscard]] QByteArray caFile() const;

private:
    [[nodiscard]] bool makeCertificate() const;
    void writeConfiguration(quint16 upstreamPort) const;
    [[nodiscard]] bool waitUntilListening() const;

    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace freerelay::tests
