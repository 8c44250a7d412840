#include "app_rights.h"

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::relay {

namespace {

constexpr int forbidden = 403;
constexpr double microUsdPerDollar = common::microUsdPerUsd;

QByteArray quoted(const apps::App &app)
{
    return "“" + app.name.toUtf8() + "”";
}

/// "$0.50", "$0.0004": two digits at least, all that are needed.
QByteArray dollars(common::MicroUsd money)
{
    constexpr int digits = 6;
    constexpr qsizetype fewestDigits = 2;
    QByteArray text = QByteArray::number(double(money.count) / microUsdPerDollar, 'f', digits);
    while (text.endsWith('0') && text.size() - text.indexOf('.') - 1 > fewestDigits) {
        text.chop(1);
    }
    return '$' + text;
}

ClientError unauthenticated(QByteArray message, QByteArray code)
{
    constexpr int status = 401;
    return {status, std::move(message), "authentication_error"_ba, {}, std::move(code), {}};
}

bool isSpent(const apps::App &app, common::WallTime now)
{
    return app.rights.dailyBudget && app.use->today(now).spent >= *app.rights.dailyBudget;
}

bool isFreeOnly(const RelayRequest &request)
{
    return request.caller
        && (request.budgetReturns || request.caller->rights.mode == common::Mode::Free);
}

/// Tokens at a price per million of them are micro-dollars; nullopt when either is not known.
std::optional<double>
part(std::optional<std::int64_t> tokens, const std::optional<double> &pricePerMillion)
{
    if (tokens == 0) {
        return 0;
    }
    return tokens && pricePerMillion ? std::optional(double(*tokens) * *pricePerMillion)
                                     : std::nullopt;
}

} // namespace

std::optional<ClientError> refusalOf(const apps::Caller &caller, std::optional<apps::Scope> scope)
{
    switch (caller.kind) {
    case apps::Caller::Kind::Nobody:
        return std::nullopt;
    case apps::Caller::Kind::Unknown:
        return unauthenticated(
            "This key of an app is not known here. Connect the tool again (freerelay connect), or make a key with “freerelay apps add”."_ba,
            "invalid_api_key"_ba);
    case apps::Caller::Kind::Revoked:
        return unauthenticated(
            "The key of " + quoted(*caller.app)
                + " has been revoked. Connect the tool again, or give it back in the window under "
                  "Apps or with “freerelay apps restore”.",
            "app_key_revoked"_ba);
    case apps::Caller::Kind::App:
        break;
    }
    if (!scope || caller.app->rights.scopes.testFlag(*scope)) {
        return std::nullopt;
    }
    return ClientError{
        forbidden,
        "The key of " + quoted(*caller.app) + " does not open this: it lacks the scope “"
            + apps::toString(*scope)
            + "”. Add it in the window under Apps or with “freerelay apps set”.",
        "permission_error"_ba,
        {},
        "scope_missing"_ba,
        {}};
}

void enterApp(RelayRequest &request, const apps::AppPtr &app, common::WallTime now)
{
    if (!app) {
        return;
    }
    request.caller = app;
    request.app.name = app->name.toUtf8();
    if (isSpent(*app, now)) {
        request.budgetReturns = apps::untilMidnight(now);
    }
}

void attribute(Outcome &outcome, const RelayRequest &request)
{
    outcome.hasAppKey = request.caller != nullptr;
    outcome.peer = request.caller ? nullptr : request.process;
}

common::Mode modeFor(const RelayRequest &request, const RelayConfig &config)
{
    if (request.caller && request.budgetReturns) {
        return common::Mode::Free;
    }
    if (request.caller && request.caller->rights.mode) {
        return *request.caller->rights.mode;
    }
    return request.mode.value_or(config.mode);
}

void restrict(routing::RoutingSnapshot &snapshot, const RelayRequest &request)
{
    if (request.caller) {
        snapshot.allowed = {
            request.caller->rights.models.data(),
            std::size_t(request.caller->rights.models.size())};
        snapshot.freeOnly = isFreeOnly(request);
    }
}

ClientError toldToApp(ClientError error, const RelayRequest &request)
{
    const bool isOfMode = error.status == forbidden && error.code != "model_not_allowed";
    if (!isOfMode || !isFreeOnly(request)) {
        return error;
    }
    const apps::App &app = *request.caller;
    if (!request.budgetReturns) {
        error.message = quoted(app)
            + " may use free models only, and none of them can answer this. Change that in the "
              "window under Apps or with “freerelay apps set”.";
        return error;
    }
    error = toClientError(common::Error{common::ErrorKind::BudgetExhausted, {}});
    error.message = quoted(app) + " has spent its budget of " + dollars(*app.rights.dailyBudget)
        + " for today, and nothing free can answer this. It begins anew at midnight; raise it in "
          "the window under Apps or with “freerelay apps set”.";
    error.retryAfter = request.budgetReturns;
    return error;
}

std::optional<common::MicroUsd>
costOf(const catalog::Price &price, bool paid, const Outcome &tokens)
{
    if (!paid) {
        return common::MicroUsd();
    }
    const std::int64_t cached = tokens.cachedTokens.value_or(0);
    const auto fresh = tokens.promptTokens ? std::optional(*tokens.promptTokens - cached)
                                           : std::nullopt;
    const auto prompt = part(fresh, price.input);
    const auto again = part(cached, price.cacheRead ? price.cacheRead : price.input);
    // What has no price for its output has none: embeddings.
    const auto answer = price.output ? part(tokens.completionTokens, price.output)
                                     : part(tokens.completionTokens.value_or(0), price.output);
    if (!prompt || !again || !answer) {
        return std::nullopt;
    }
    return common::MicroUsd{std::llround(*prompt + *again + *answer)};
}

void charge(const RelayRequest &request, const Outcome &outcome, common::WallTime now)
{
    constexpr int unauthorized = 401;
    if (!request.caller) {
        return;
    }
    const bool refused = outcome.status == unauthorized || outcome.status == forbidden
        || outcome.errorClass == "budget_exhausted";
    const bool isAnswered = !outcome.provider.isEmpty();
    request.caller->use->add(
        {refused,
         outcome.promptTokens.value_or(0) + outcome.completionTokens.value_or(0),
         isAnswered ? outcome.cost : common::MicroUsd()},
        now);
}

} // namespace freerelay::relay
