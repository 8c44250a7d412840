#include "core/relay/error_reply.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;
using common::ErrorKind;
using dialects::FailureClass;
using dialects::ProviderFailure;
using relay::ClientError;
using relay::toClientError;

class TestErrorReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapsEveryKindToAStatus_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        const auto row = [](ErrorKind kind, int status, const QByteArray &type) {
            QTest::newRow(common::toString(kind)) << int(kind) << status << type;
        };
        row(ErrorKind::InvalidArgument, 400, "invalid_request_error");
        row(ErrorKind::NotFound, 404, "invalid_request_error");
        row(ErrorKind::AlreadyExists, 409, "invalid_request_error");
        row(ErrorKind::Unauthenticated, 401, "authentication_error");
        row(ErrorKind::PermissionDenied, 403, "permission_error");
        row(ErrorKind::QuotaExhausted, 429, "rate_limit_error");
        row(ErrorKind::RateLimited, 429, "rate_limit_error");
        row(ErrorKind::BudgetExhausted, 429, "rate_limit_error");
        row(ErrorKind::Unavailable, 503, "server_error");
        row(ErrorKind::Timeout, 504, "server_error");
        row(ErrorKind::Cancelled, 499, "server_error");
        row(ErrorKind::ProtocolError, 502, "server_error");
        row(ErrorKind::StorageFailed, 500, "server_error");
        row(ErrorKind::KeychainUnavailable, 503, "server_error");
        row(ErrorKind::TooLarge, 413, "invalid_request_error");
        row(ErrorKind::Internal, 500, "server_error");
    }

    void mapsEveryKindToAStatus()
    {
        QFETCH(int, kind);
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        const ClientError error = toClientError(
            common::Error{ErrorKind(kind), u"words"_s, {}, u"model"_s, {}});
        QCOMPARE(error.status, status);
        QCOMPARE(error.type, type);
        QCOMPARE(error.message, "words"_ba);
        QCOMPARE(error.param, "model"_ba);
    }

    void mapsEveryFailureToAStatus_data()
    {
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("upstream");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<bool>("namesProvider");
        const auto row = [](const char *name,
                            FailureClass failure,
                            int upstream,
                            int status,
                            const QByteArray &code,
                            bool namesProvider) {
            QTest::newRow(name) << int(failure) << upstream << status << code << namesProvider;
        };
        row("bad request", FailureClass::BadRequest, 400, 400, "its_code", false);
        row("unprocessable", FailureClass::BadRequest, 422, 422, "its_code", false);
        row("not sayable", FailureClass::BadRequest, 0, 400, "its_code", false);
        row("too long", FailureClass::ContextTooLong, 413, 400, "context_length_exceeded", false);
        row("key", FailureClass::KeyRejected, 401, 503, "no_provider_available", true);
        row("forbidden", FailureClass::Forbidden, 403, 503, "no_provider_available", true);
        row("credit", FailureClass::NoCredit, 402, 429, "quota_exhausted", true);
        row("gone", FailureClass::ModelGone, 404, 404, "model_not_found", true);
        row("rate limit", FailureClass::RateLimited, 429, 429, "rate_limit_exceeded", true);
        row("overloaded", FailureClass::Overloaded, 500, 503, "no_provider_available", true);
        row("timeout", FailureClass::Timeout, 504, 504, "timeout", true);
        row("network", FailureClass::Network, 0, 503, "no_provider_available", true);
        row("malformed", FailureClass::Malformed, 200, 502, "bad_upstream_reply", true);
    }

    void mapsEveryFailureToAStatus()
    {
        QFETCH(int, failure);
        QFETCH(int, upstream);
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        QFETCH(bool, namesProvider);
        ProviderFailure provider;
        provider.kind = FailureClass(failure);
        provider.status = upstream;
        provider.message = "its words";
        provider.code = "its_code";
        const ClientError error = toClientError(provider, "Groq");
        QCOMPARE(error.status, status);
        QCOMPARE(error.code, code);
        QVERIFY(error.message.contains("its words"));
        QCOMPARE(error.message.contains("Groq"), namesProvider);
    }

    void findsWordsForASilentFailure_data()
    {
        QTest::addColumn<int>("failure");
        for (const FailureClass failure :
             {FailureClass::BadRequest,
              FailureClass::ContextTooLong,
              FailureClass::Overloaded,
              FailureClass::ModelGone,
              FailureClass::Network}) {
            QTest::addRow("%d", int(failure)) << int(failure);
        }
    }

    void findsWordsForASilentFailure()
    {
        QFETCH(int, failure);
        ProviderFailure provider;
        provider.kind = FailureClass(failure);
        QVERIFY(toClientError(provider, "Groq").message.contains("Groq"));
    }

    void writesAllFourFields()
    {
        const ClientError error{400, "words", "invalid_request_error", {}, {}, {}};
        const QJsonObject body = QJsonDocument::fromJson(error.body())["error"_L1].toObject();
        QCOMPARE(body.size(), 4);
        QCOMPARE(body["message"_L1].toString(), u"words"_s);
        QCOMPARE(body["type"_L1].toString(), u"invalid_request_error"_s);
        QVERIFY(body["param"_L1].isNull());
        QVERIFY(body["code"_L1].isNull());
    }

    void namesEachFailureWithOneOfFewWords_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("word");
        QTest::newRow("mistake") << 400 << "invalid_value"_ba
                                 << "bad_request"_ba;
        QTest::newRow("too long") << 400 << "context_length_exceeded"_ba
                                  << "context_too_long"_ba;
        QTest::newRow("window") << 429 << "rate_limit_exceeded"_ba
                                << "rate_limited"_ba;
        QTest::newRow("quota") << 429 << "quota_exhausted"_ba
                               << "quota_exhausted"_ba;
        QTest::newRow("paused") << 503 << "paused"_ba
                                << "paused"_ba;
        QTest::newRow("nobody") << 503 << "no_provider_available"_ba
                                << "unavailable"_ba;
        QTest::newRow("loop") << 508 << "loop_detected"_ba
                              << "loop_detected"_ba;
        QTest::newRow("anything") << 500 << "what a provider says"_ba
                                  << "internal"_ba;
    }

    void namesEachFailureWithOneOfFewWords()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        QTEST(ClientError({status, {}, {}, {}, code, {}}).errorClass(), "word");
    }

    void roundsRetryAfterUpToWholeSeconds_data()
    {
        QTest::addColumn<int>("milliseconds");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("nothing left") << 0 << "1"_ba;
        QTest::newRow("a moment") << 1 << "1"_ba;
        QTest::newRow("a second") << 1'000 << "1"_ba;
        QTest::newRow("a little more") << 1'001 << "2"_ba;
        QTest::newRow("a day") << 86'400'000 << "86400"_ba;
    }

    void roundsRetryAfterUpToWholeSeconds()
    {
        QFETCH(int, milliseconds);
        QFETCH(QByteArray, header);
        ClientError error;
        error.retryAfter = std::chrono::milliseconds(milliseconds);
        QCOMPARE(error.headers().value("retry-after"), header);
    }

    void saysNothingOfRetryingWhenNothingIsKnown()
    {
        QVERIFY(!ClientError().headers().contains("retry-after"));
    }
};

QTEST_GUILESS_MAIN(TestErrorReply)
#include "tst_error_reply.moc"
