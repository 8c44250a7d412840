#include "connect_presenter.h"

#include "ui/models/gateway_feed.h"

namespace freerelay::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// The forms of the tools' own documentation, November 2026. Every key is accepted on loopback
// unless client keys are switched on, so the texts name none.
const char *const shellText = R"(export OPENAI_BASE_URL="{endpoint}/v1"
export OPENAI_API_BASE="{endpoint}/v1"
export OPENAI_API_KEY="freerelay"
)";

const char *const curlText = R"(curl {endpoint}/v1/chat/completions \
  -H "Content-Type: application/json" \
  -d '{
    "model": "freerelay-auto",
    "messages": [{"role": "user", "content": "Hello!"}]
  }'
)";

const char *const pythonText = R"(from openai import OpenAI

client = OpenAI(base_url="{endpoint}/v1", api_key="freerelay")
reply = client.chat.completions.create(
    model="freerelay-auto",
    messages=[{"role": "user", "content": "Hello!"}],
)
print(reply.choices[0].message.content)
)";

const char *const nodeText = R"(import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "{endpoint}/v1",
  apiKey: "freerelay",
});
const reply = await client.chat.completions.create({
  model: "freerelay-auto",
  messages: [{ role: "user", content: "Hello!" }],
});
console.log(reply.choices[0].message.content);
)";

const char *const continueText = R"(name: FreeRelay
version: 1.0.0
schema: v1
models:
  - name: FreeRelay
    provider: openai
    model: freerelay-auto
    apiBase: {endpoint}/v1
    apiKey: freerelay
    roles: [chat, edit, apply]
    capabilities: [tool_use]
    defaultCompletionOptions:
      contextLength: 128000
)";

const char *const openCodeText = R"({
  "$schema": "https://opencode.ai/config.json",
  "provider": {
    "freerelay": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "FreeRelay",
      "options": {
        "baseURL": "{endpoint}/v1",
        "apiKey": "freerelay"
      },
      "models": {
        "auto": {
          "name": "FreeRelay Auto",
          "limit": { "context": 128000, "output": 8192 }
        }
      }
    }
  },
  "model": "freerelay/auto"
}
)";

} // namespace

ConnectPresenter::ConnectPresenter(GatewayFeed &feed, QObject *parent)
    : QObject(parent)
    , m_feed(feed)
    , m_endpoint(feed.status().endpoint)
{
    connect(&m_feed, &GatewayFeed::changed, this, &ConnectPresenter::onFeedChanged);
}

std::vector<ConnectPresenter::Snippet> ConnectPresenter::snippets() const
{
    if (m_endpoint.isEmpty()) {
        return {};
    }
    const auto filled = [this](const char *text) {
        return QString::fromUtf8(text).replace(u"{endpoint}"_s, m_endpoint);
    };
    return {
        {u"shell"_s,
         tr("Shell environment"),
         tr("Paste into a terminal, or into ~/.profile to keep it. Most OpenAI tools read it."),
         filled(shellText)},
        {u"curl"_s,
         tr("curl"),
         tr("Paste into a terminal to see an answer right away."),
         filled(curlText)},
        {u"python"_s,
         tr("Python"),
         tr("Needs the package “openai” (pip install openai)."),
         filled(pythonText)},
        {u"node"_s,
         tr("Node"),
         tr("Needs the package “openai” (npm install openai)."),
         filled(nodeText)},
        {u"continue"_s,
         tr("Continue"),
         tr("Save as ~/.continue/config.yaml."),
         filled(continueText)},
        {u"opencode"_s,
         tr("OpenCode"),
         tr("Save as ~/.config/opencode/opencode.json."),
         filled(openCodeText)},
    };
}

QString ConnectPresenter::warning() const
{
    if (!m_feed.status().listening) {
        return tr("FreeRelay is not listening at the moment; these will not work until it does.");
    }
    return m_feed.status().paused ? tr("Relaying is paused; requests are refused until you resume.")
                                  : QString();
}

void ConnectPresenter::onFeedChanged()
{
    if (!m_feed.status().endpoint.isEmpty()) {
        m_endpoint = m_feed.status().endpoint;
    }
    Q_EMIT changed();
}

} // namespace freerelay::ui
