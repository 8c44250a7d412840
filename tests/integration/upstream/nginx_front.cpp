#include "nginx_front.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

namespace {

constexpr int programTimeoutMs = 10'000;

QString findProgram(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty()
        ? QStandardPaths::findExecutable(name, {u"/usr/sbin"_s, u"/usr/local/sbin"_s})
        : found;
}

quint16 freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost, 0) ? server.serverPort() : quint16(0);
}

} // namespace

NginxFront::~NginxFront()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.terminate();
        m_process.waitForFinished(programTimeoutMs);
    }
}

QString NginxFront::start(quint16 upstreamPort)
{
    const QString nginx = findProgram(u"nginx"_s);
    if (nginx.isEmpty() || findProgram(u"openssl"_s).isEmpty()) {
        return u"nginx or openssl is not installed"_s;
    }
    if (!makeCertificate()) {
        return u"openssl made no certificate"_s;
    }
    // Between the search for a free port and its use somebody else may take it.
    for (int attempt = 0; attempt < 3; ++attempt) {
        m_port = freePort();
        writeConfiguration(upstreamPort);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(
            nginx, {u"-e"_s, u"stderr"_s, u"-p"_s, m_folder.path(), u"-c"_s, u"nginx.conf"_s});
        if (m_process.waitForStarted(programTimeoutMs) && waitUntilListening()) {
            return {};
        }
        m_process.kill();
        m_process.waitForFinished(programTimeoutMs);
    }
    return QString::fromUtf8(m_process.readAll());
}

QByteArray NginxFront::url(const QByteArray &path) const
{
    return "https://127.0.0.1:" + QByteArray::number(m_port) + path;
}

QByteArray NginxFront::caFile() const
{
    return QFile::encodeName(m_folder.filePath(u"cert.pem"_s));
}

bool NginxFront::makeCertificate() const
{
    QProcess openssl;
    openssl.setWorkingDirectory(m_folder.path());
    openssl.start(
        findProgram(u"openssl"_s),
        {u"req"_s,
         u"-x509"_s,
         u"-newkey"_s,
         u"ec"_s,
         u"-pkeyopt"_s,
         u"ec_paramgen_curve:prime256v1"_s,
         u"-nodes"_s,
         u"-days"_s,
         u"2"_s,
         u"-subj"_s,
         u"/CN=127.0.0.1"_s,
         u"-addext"_s,
         u"subjectAltName=IP:127.0.0.1"_s,
         u"-keyout"_s,
         u"key.pem"_s,
         u"-out"_s,
         u"cert.pem"_s});
    return openssl.waitForFinished(programTimeoutMs) && openssl.exitCode() == 0;
}

void NginxFront::writeConfiguration(quint16 upstreamPort) const
{
    QByteArray text = R"(
daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 2048; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    http2_max_concurrent_streams 128;
    add_header x-connection $connection always;
    add_header x-protocol $server_protocol always;
    server {
        listen 127.0.0.1:@PORT@ ssl http2;
        ssl_certificate cert.pem;
        ssl_certificate_key key.pem;
        location / {
            proxy_pass http://127.0.0.1:@UPSTREAM@;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }
    }
}
)";
    text.replace("@PORT@", QByteArray::number(m_port));
    text.replace("@UPSTREAM@", QByteArray::number(upstreamPort));
    QFile file(m_folder.filePath(u"nginx.conf"_s));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) {
        qFatal("cannot write nginx.conf");
    }
}

bool NginxFront::waitUntilListening() const
{
    QDeadlineTimer deadline(programTimeoutMs);
    while (!deadline.hasExpired() && m_process.state() == QProcess::Running) {
        QTcpSocket probe;
        probe.connectToHost(QHostAddress::LocalHost, m_port);
        if (probe.waitForConnected(100)) {
            return true;
        }
    }
    return false;
}

} // namespace freerelay::tests
