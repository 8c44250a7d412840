#include "tool_config_route.h"

#include "core/relay/error_reply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::ErrorKind;
using common::failure;
using common::Result;
using Models = std::vector<relay::ListedModel>;

// What is said of a model that the catalogue knows nothing of; the tools want a number.
constexpr qint64 usualContext = 128'000;
constexpr qint64 usualOutput = 8'192;
const auto anyKey = u"not-needed"_s;

void replyJson(relay::Downstream &downstream, const QJsonObject &object)
{
    constexpr int ok = 200;
    downstream.reply(
        ok,
        {{"content-type"_ba, "application/json"_ba}},
        QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void replyError(relay::Downstream &downstream, const common::Error &error)
{
    const auto told = relay::toClientError(error);
    downstream.reply(told.status, told.headers(), told.body());
}

/// "http://host:port/v1", for a shell command too: only bytes that need no quoting there.
Result<QString> baseUrl(const HttpRequest &request)
{
    constexpr qsizetype longest = 200;
    const QString asked = QUrlQuery(QString::fromLatin1(request.query))
                              .queryItemValue(u"base_url"_s, QUrl::FullyDecoded);
    QString text = asked.isEmpty()
        ? QString(u"http://"_s % QString::fromLatin1(request.headers.value("host")))
        : asked;
    const QUrl url(text, QUrl::StrictMode);
    const bool plain = std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.unicode() < 0x80 && (c.isLetterOrNumber() || u":/.-_[]%~"_s.contains(c));
    });
    if (!plain || text.size() > longest || !url.isValid() || url.host().isEmpty()
        || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1)) {
        return failure(
            ErrorKind::InvalidArgument,
            u"base_url must be an address such as http://127.0.0.1:8000/v1."_s,
            u"base_url"_s);
    }
    while (text.endsWith(u'/')) {
        text.chop(1);
    }
    return text.endsWith("/v1"_L1) ? text : QString(text % "/v1"_L1);
}

/// Names of our own: the best model of all, of a mode, of a provider. "auto" is how tools write
/// freerelay-auto after the name of the provider.
Models ownNames(const Models &models)
{
    Models own;
    std::copy_if(models.begin(), models.end(), std::back_inserter(own), [](const auto &model) {
        return model.ownedBy == "freerelay" && model.id.startsWith("freerelay-");
    });
    return own;
}

QString titleOf(const relay::ListedModel &model)
{
    const QString name = QString::fromUtf8(model.id).mid(u"freerelay-"_s.size());
    return u"FreeRelay "_s % (name == "auto"_L1 ? u"Auto"_s : name);
}

/// The id that a tool sends: it names the provider itself.
QString toolId(const relay::ListedModel &model)
{
    return model.id == "freerelay-auto" ? u"auto"_s : QString::fromUtf8(model.id);
}

QJsonObject openClawModel(const relay::ListedModel &model)
{
    return {
        {u"id"_s, toolId(model)},
        {u"name"_s, titleOf(model)},
        {u"reasoning"_s, false},
        {u"input"_s, QJsonArray{u"text"_s}},
        {u"cost"_s,
         QJsonObject{{u"input"_s, 0}, {u"output"_s, 0}, {u"cacheRead"_s, 0}, {u"cacheWrite"_s, 0}}},
        {u"contextWindow"_s, qint64(model.contextWindow.value_or(usualContext))},
        {u"maxTokens"_s, usualOutput}};
}

QJsonArray openClawList(const Models &models)
{
    QJsonArray list;
    for (const relay::ListedModel &model : ownNames(models)) {
        list.append(openClawModel(model));
    }
    return list;
}

/// docs.openclaw.ai, November 2026.
QJsonObject openClawSetup(const QString &url)
{
    return {
        {u"file"_s, u"~/.openclaw/openclaw.json"_s},
        {u"connect"_s, u"freerelay connect openclaw"_s},
        {u"onboard"_s,
         QString(
             u"openclaw onboard --non-interactive --accept-risk --mode local"
             " --auth-choice custom-api-key --custom-base-url \""_s
             % url % u"\" --custom-model-id \"auto\" --custom-api-key \""_s % anyKey
             % u"\" --custom-provider-id \"freerelay\" --custom-compatibility openai"
               " --secret-input-mode plaintext --gateway-port 18789 --gateway-bind loopback"
               " --install-daemon --skip-channels --skip-skills"_s)},
        {u"verify"_s,
         QJsonArray{
             u"openclaw health"_s,
             u"openclaw models status"_s,
             u"openclaw models set freerelay/auto"_s}}};
}

QJsonObject openCodeModel(const relay::ListedModel &model)
{
    return {
        {u"name"_s, titleOf(model)},
        {u"limit"_s,
         QJsonObject{
             {u"context"_s, qint64(model.contextWindow.value_or(usualContext))},
             {u"output"_s, usualOutput}}}};
}

QJsonObject openCodeConfig(const Models &models, const QString &url)
{
    QJsonObject entries;
    for (const relay::ListedModel &model : ownNames(models)) {
        entries.insert(toolId(model), openCodeModel(model));
    }
    const QJsonObject provider{
        {u"npm"_s, u"@ai-sdk/openai-compatible"_s},
        {u"name"_s, u"FreeRelay"_s},
        {u"options"_s, QJsonObject{{u"baseURL"_s, url}, {u"apiKey"_s, anyKey}}},
        {u"models"_s, entries}};
    return {
        {u"$schema"_s, u"https://opencode.ai/config.json"_s},
        {u"provider"_s, QJsonObject{{u"freerelay"_s, provider}}},
        {u"model"_s, u"freerelay/auto"_s}};
}

} // namespace

void ToolConfigRoute::openClawConfig(
    const HttpRequest &request, relay::Downstream &downstream) const
{
    const auto url = baseUrl(request);
    if (!url) {
        replyError(downstream, url.error());
        return;
    }
    const QJsonObject provider{
        {u"baseUrl"_s, *url},
        {u"apiKey"_s, anyKey},
        {u"api"_s, u"openai-completions"_s},
        {u"models"_s, openClawList(m_models())}};
    const QJsonObject defaults{
        {u"model"_s, QJsonObject{{u"primary"_s, u"freerelay/auto"_s}}},
        {u"models"_s, QJsonObject{{u"freerelay/auto"_s, QJsonObject()}}}};
    replyJson(
        downstream,
        {{u"models"_s,
          QJsonObject{
              {u"mode"_s, u"merge"_s}, {u"providers"_s, QJsonObject{{u"freerelay"_s, provider}}}}},
         {u"agents"_s, QJsonObject{{u"defaults"_s, defaults}}},
         {u"setup"_s, openClawSetup(*url)}});
}

void ToolConfigRoute::openClawModels(relay::Downstream &downstream) const
{
    replyJson(downstream, {{u"models"_s, openClawList(m_models())}});
}

void ToolConfigRoute::openCodeModels(
    const HttpRequest &request, relay::Downstream &downstream) const
{
    const auto url = baseUrl(request);
    if (!url) {
        replyError(downstream, url.error());
        return;
    }
    const Models models = m_models();
    QJsonArray data;
    for (const relay::ListedModel &model : models) {
        data.append(QJsonObject{
            {u"id"_s, QString::fromUtf8(model.id)},
            {u"owned_by"_s, QString::fromUtf8(model.ownedBy)},
            {u"tier"_s, QString::fromUtf8(model.tier)},
            {u"usable"_s, model.usable}});
    }
    replyJson(downstream, {{u"data"_s, data}, {u"config"_s, openCodeConfig(models, *url)}});
}

} // namespace freerelay::gateway
