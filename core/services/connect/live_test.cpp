#include "live_test.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using connect::Dialect;

constexpr qsizetype maxBodyBytes = 64 * 1024;

/// The smallest request of a dialect.
struct Question
{
    Dialect dialect;
    const char *path;
    const char *body;
};
constexpr std::array questions{
    Question{
        Dialect::Chat,
        "/v1/chat/completions",
        R"({"model":"freerelay-auto","max_tokens":16,)"
        R"("messages":[{"role":"user","content":"Say OK."}]})"},
    Question{
        Dialect::Messages,
        "/v1/messages",
        R"({"model":"freerelay-auto","max_tokens":16,)"
        R"("messages":[{"role":"user","content":"Say OK."}]})"},
    Question{
        Dialect::Responses,
        "/v1/responses",
        R"({"model":"freerelay-auto","max_output_tokens":16,"input":"Say OK."})"},
    Question{
        Dialect::Gemini,
        "/v1beta/models/freerelay-auto:generateContent",
        R"({"contents":[{"role":"user","parts":[{"text":"Say OK."}]}]})"},
};

const Question &questionIn(Dialect dialect)
{
    return *std::find_if(questions.begin(), questions.end(), [dialect](const Question &one) {
        return one.dialect == dialect;
    });
}

} // namespace

LiveTest::LiveTest(
    upstream::HttpClient &client,
    connect::Dialect dialect,
    const connect::Endpoint &endpoint,
    Done done)
    : m_done(std::move(done))
{
    const Question &question = questionIn(dialect);
    upstream::HttpCall call;
    call.url = endpoint.root + question.path;
    call.headers.add("content-type"_ba, "application/json"_ba);
    if (dialect == Dialect::Messages) {
        call.headers.add("anthropic-version"_ba, "2023-06-01"_ba);
    }
    call.body = question.body;
    if (!endpoint.key.isEmpty()) {
        const bool asGoogle = dialect == Dialect::Gemini;
        call.credentialHeader = asGoogle ? "x-goog-api-key"_ba : "authorization"_ba;
        call.credential = common::Secret(asGoogle ? endpoint.key : "Bearer " + endpoint.key);
    }
    m_timer.start();
    m_call = client.start(std::move(call), *this);
}

void LiveTest::onHead(int status, const common::HeaderList &headers)
{
    m_status = status;
    m_headers = headers;
}

upstream::Flow LiveTest::onBody(QByteArrayView bytes)
{
    m_body.append(bytes.first(std::min(bytes.size(), maxBodyBytes - m_body.size())));
    return upstream::Flow::Continue;
}

void LiveTest::onEnd(const upstream::CallEnd &end)
{
    const auto done = std::move(m_done);
    done(answer(end)); // may destroy this test
}

Result<LiveAnswer> LiveTest::answer(const upstream::CallEnd &end) const
{
    constexpr int ok = 200;
    constexpr int notFound = 404;
    if (end.error) {
        return failure(*end.error);
    }
    const QJsonObject error = QJsonDocument::fromJson(m_body).object().value("error"_L1).toObject();
    if (m_status == ok && error.isEmpty()) {
        return LiveAnswer{
            QString::fromUtf8(m_headers.value("x-freerelay-provider")),
            QString::fromUtf8(m_headers.value("x-freerelay-model")),
            std::chrono::milliseconds(m_timer.elapsed())};
    }
    const QString words = error.value("message"_L1).toString();
    return failure(
        m_status == notFound ? ErrorKind::NotFound : ErrorKind::ProtocolError,
        words.isEmpty() ? u"The gateway answered with status %1."_s.arg(m_status) : words);
}

} // namespace freerelay::services
