#include "running_gateway.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

RunningGateway::~RunningGateway()
{
    if (m_process && m_process->state() != QProcess::NotRunning) {
        m_process->kill();
        m_process->waitForFinished();
    }
}

bool RunningGateway::start(const QStringList &options)
{
    constexpr int patienceMs = 20'000;
    m_process = m_fixture.start(
        QStringList{u"start"_s, u"--headless"_s, u"--port"_s, u"0"_s} + options);
    const bool isListening = QTest::qWaitFor(
        [this] { return said().contains("listens on"); }, patienceMs);
    if (!isListening) {
        qWarning("%s", m_said.constData());
        return false;
    }
    const CliResult status = m_fixture.run({u"status"_s, u"--json"_s});
    const QUrl endpoint(
        QJsonDocument::fromJson(status.out).object().value("endpoint"_L1).toString());
    m_port = static_cast<quint16>(endpoint.port());
    return status.exitCode == 0 && m_port != 0;
}

RawReply RunningGateway::get(const QByteArray &target, const QByteArray &head) const
{
    RawClient client(m_port);
    return client.ask("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + "\r\n");
}

RawReply
RunningGateway::post(const QByteArray &target, const QByteArray &body, const QByteArray &head) const
{
    RawClient client(m_port);
    return client.ask(
        "POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        + "Content-Length: " + QByteArray::number(body.size()) + "\r\n" + head + "\r\n" + body);
}

CliResult RunningGateway::stop()
{
    m_process->terminate();
    CliResult result = CliFixture::finish(*m_process);
    result.err = m_said + result.err;
    return result;
}

void RunningGateway::kill()
{
    m_process->kill();
    m_process->waitForFinished();
}

QByteArray RunningGateway::said()
{
    m_said += m_process->readAllStandardError();
    return m_said;
}

} // namespace freerelay::tests
