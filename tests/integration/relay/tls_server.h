#pragma once

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QStandardPaths>
#include <QTemporaryDir>

namespace freerelay::tests {

/// A TLS server on 127.0.0.1 whose certificate nobody vouches for. It counts what it is told.
class TlsServer final
{
public:
    /// @return why it does not serve; "" = it does
    [[nodiscard]] QString start()
    {
        const QString openssl = QStandardPaths::findExecutable(QStringLiteral("openssl"));
        if (openssl.isEmpty() || !makeCertificate(openssl)) {
            return QStringLiteral("openssl made no certificate");
        }
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(
            QSslCertificate(read(QStringLiteral("cert.pem")), QSsl::Pem));
        configuration.setPrivateKey(QSslKey(read(QStringLiteral("key.pem")), QSsl::Ec, QSsl::Pem));
        m_server.setSslConfiguration(configuration);
        QObject::connect(&m_server, &QSslServer::startedEncryptionHandshake, &m_server, [this] {
            ++handshakes;
        });
        QObject::connect(&m_server, &QTcpServer::pendingConnectionAvailable, &m_server, [this] {
            ++encrypted; // the client has accepted the certificate
        });
        return m_server.listen(QHostAddress::LocalHost) ? QString() : m_server.errorString();
    }

    [[nodiscard]] QByteArray url(const QByteArray &path) const
    {
        return "https://127.0.0.1:" + QByteArray::number(m_server.serverPort()) + path;
    }

    int handshakes = 0; ///< begun
    int encrypted = 0; ///< that came to their end

private:
    [[nodiscard]] bool makeCertificate(const QString &openssl) const
    {
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.start(
            openssl,
            QStringLiteral("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                           "-days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 "
                           "-keyout key.pem -out cert.pem")
                .split(u' '));
        return process.waitForFinished() && process.exitCode() == 0;
    }
    [[nodiscard]] QByteArray read(const QString &name) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
    QSslServer m_server;
};

} // namespace freerelay::tests
