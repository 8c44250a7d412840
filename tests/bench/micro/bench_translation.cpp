#include "core/common/hashing.h"
#include "core/dialects/generate_content/generate_content_dialect.h"
#include "core/dialects/json.h"
#include "core/dialects/messages/messages_dialect.h"
#include "core/dialects/ollama/ollama_dialect.h"
#include "core/dialects/openai_chat.h"
#include "core/dialects/provider_dialect.h"
#include "core/dialects/responses/responses_dialect.h"
#include "tests/support/sample_catalog.h"

#include <benchmark/benchmark.h>

using namespace freerelay;
using namespace freerelay::dialects;
using catalog::Wire;

// What a request pays for another dialect on either side: 10 KB of a request, and each event of a
// stream. Bars: 60 and 15 microseconds. The reference of the same run is the SHA-256 of 10 KB.

namespace {

constexpr int turns = 12;
constexpr int events = 1'000;

const MessagesDialect messages;
const GenerateContentDialect generate;
const OllamaDialect ollama(OllamaForm::Chat);
const ResponsesDialect responses;

QByteArray text(int bytes)
{
    return QByteArray("Read the file and tell what it does.\\n ")
        .repeated(bytes / 40 + 1)
        .left(bytes);
}

/// An agent's conversation with calls, answers and two tools, about 10 KB, for each dialect.
QByteArray messagesBody()
{
    QByteArray body = R"({"model":"auto","max_tokens":1024,"stream":true,"system":")" + text(1'000)
        + R"(","tools":[{"name":"read","description":"Reads","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}],"messages":[)";
    for (int turn = 0; turn < turns; ++turn) {
        const QByteArray id = "toolu_" + QByteArray::number(turn);
        body += turn == 0 ? "" : ",";
        body += R"({"role":"user","content":[{"type":"text","text":")" + text(250) + "\"}]},"
            + R"({"role":"assistant","content":[{"type":"text","text":"I read it."},{"type":"tool_use","id":")"
            + id + R"(","name":"read","input":{"path":"/tmp/a"}}]},)"
            + R"({"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id
            + R"(","content":")" + text(150) + "\"}]}";
    }
    return body + "]}";
}

QByteArray generateBody()
{
    QByteArray body = R"({"systemInstruction":{"parts":[{"text":")" + text(1'000)
        + R"("}]},"tools":[{"functionDeclarations":[{"name":"read","parameters":{"type":"OBJECT","properties":{"path":{"type":"STRING"}}}}]}],"contents":[)";
    for (int turn = 0; turn < turns; ++turn) {
        body += turn == 0 ? "" : ",";
        body += R"({"role":"user","parts":[{"text":")" + text(300) + "\"}]},"
            + R"({"role":"model","parts":[{"functionCall":{"name":"read","args":{"path":"/tmp/a"}}}]},)"
            + R"({"role":"user","parts":[{"functionResponse":{"name":"read","response":{"result":")"
            + text(250) + R"("}}}]})";
    }
    return body + "]}";
}

QByteArray ollamaBody()
{
    QByteArray body = R"({"model":"auto","messages":[)";
    for (int turn = 0; turn < turns; ++turn) {
        body += turn == 0 ? "" : ",";
        body += R"({"role":"user","content":")" + text(400)
            + R"("},{"role":"assistant","content":")" + text(350) + "\"}";
    }
    return body + "]}";
}

QByteArray responsesBody()
{
    QByteArray body = R"({"model":"auto","stream":true,"instructions":")" + text(1'000)
        + R"(","tools":[{"type":"function","name":"read","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}],"input":[)";
    for (int turn = 0; turn < turns; ++turn) {
        const QByteArray id = "call_" + QByteArray::number(turn);
        body += turn == 0 ? "" : ",";
        body += R"({"type":"message","role":"user","content":[{"type":"input_text","text":")"
            + text(250) + "\"}]}," + R"({"type":"function_call","call_id":")" + id
            + R"(","name":"read","arguments":"{\"path\":\"/tmp/a\"}"},)"
            + R"({"type":"function_call_output","call_id":")" + id + R"(","output":")" + text(250)
            + "\"}";
    }
    return body + "]}";
}

struct Client
{
    const ClientDialect *dialect;
    QByteArray path;
    QByteArray body;
};

const std::vector<Client> &clients()
{
    static const std::vector<Client> all{
        {&messages, "/v1/messages", padded(messagesBody())},
        {&generate, "/v1beta/models/auto:streamGenerateContent", padded(generateBody())},
        {&ollama, "/api/chat", padded(ollamaBody())},
        {&responses, "/v1/responses", padded(responsesBody())},
    };
    return all;
}

QByteArray event(Wire wire, int number)
{
    const QByteArray word = " word" + QByteArray::number(number);
    if (wire == Wire::AnthropicMessages) {
        return "event: content_block_delta\ndata: "
               "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
               "{\"type\":\"text_delta\",\"text\":\""
            + word + "\"}}\n\n";
    }
    if (wire == Wire::GoogleGenerateContent) {
        return R"(data: {"candidates":[{"content":{"parts":[{"text":")" + word
            + R"("}],"role":"model"},"index":0}],"modelVersion":"m"})"
              "\n\n";
    }
    return R"(data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":")"
        + word
        + R"("},"finish_reason":null}]})"
          "\n\n";
}

QByteArray opening(Wire wire)
{
    return wire == Wire::AnthropicMessages
        ? "event: message_start\ndata: "
          "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\","
          "\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":1,"
          "\"output_tokens\":1}}}\n\n"
          "event: content_block_start\ndata: "
          "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
          "{\"type\":\"text\",\"text\":\"\"}}\n\n"
        : "";
}

const char *nameOf(Wire wire)
{
    return wire == Wire::AnthropicMessages    ? "anthropic"
        : wire == Wire::GoogleGenerateContent ? "google"
                                              : "openai";
}

const char *nameOf(const ClientDialect *dialect)
{
    return dialect == &messages ? "messages"
        : dialect == &generate  ? "generateContent"
        : dialect == &ollama    ? "ollama"
                                : "responses";
}

} // namespace

/// One request of a client, read, checked, and written for a provider.
static void translateRequest(benchmark::State &state)
{
    const Client &client = clients().at(std::size_t(state.range(0)));
    const Wire wire = Wire(state.range(1));
    catalog::Provider provider = tests::aProvider("p");
    provider.generatePath = "/models/{model}:generateContent";
    provider.streamPath = "/models/{model}:streamGenerateContent?alt=sse";
    provider.messagesPath = "/messages";
    const catalog::Model model = tests::aModel("p/m");
    for (auto _ : state) {
        auto read = client.dialect->read({client.body, client.path, "alt=sse"});
        auto request = parseOpenAiChat(std::move(read->chat));
        request->foreign = true;
        const auto encoded = dialectFor(wire)->encode(*request, provider, model);
        if (!encoded) {
            state.SkipWithError("not encoded");
            break;
        }
        benchmark::DoNotOptimize(encoded->body.size());
    }
    state.SetLabel(std::string(nameOf(client.dialect)) + " to " + nameOf(wire));
    state.counters["bytes"] = double(client.body.size());
}
BENCHMARK(translateRequest)->ArgsProduct({{0, 1, 2, 3}, {0, 1, 2}})->Unit(benchmark::kMicrosecond);

/// The same conversation by a client and for a provider that both speak OpenAI's dialect: what is
/// above it is what translation adds.
static void carryChat(benchmark::State &state)
{
    const Client &client = clients().at(std::size_t(state.range(0)));
    const catalog::Provider provider = tests::aProvider("p");
    const catalog::Model model = tests::aModel("p/m");
    const QByteArray chat = padded(
        client.dialect->read({client.body, client.path, "alt=sse"})->chat);
    for (auto _ : state) {
        const auto encoded
            = dialectFor(Wire::OpenAiChat)->encode(*parseOpenAiChat(chat), provider, model);
        benchmark::DoNotOptimize(encoded->body.size());
    }
    state.SetLabel(std::string("what ") + nameOf(client.dialect) + " asks, as OpenAI has it");
    state.counters["bytes"] = double(chat.size());
}
BENCHMARK(carryChat)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

/// One event of a provider's stream, told to a client; the time is that of one event.
static void translateEvent(benchmark::State &state)
{
    const Client &client = clients().at(std::size_t(state.range(0)));
    const Wire wire = Wire(state.range(1));
    QByteArrayList stream;
    for (int number = 0; number < events; ++number) {
        stream << event(wire, number);
    }
    qsizetype told = 0;
    for (auto _ : state) {
        const auto upstream = dialectFor(wire)->translator(
            {.requestId = "r", .model = "p/m", .stream = true});
        const auto downstream = client.dialect->translator({.requestId = "r", .stream = true});
        QByteArray chunks;
        QByteArray out;
        static_cast<void>(upstream->feed(opening(wire), chunks));
        for (const QByteArray &one : stream) {
            static_cast<void>(upstream->feed(one, chunks));
            static_cast<void>(downstream->feed(chunks, out));
            chunks.resize(0);
            told += out.size();
            out.resize(0);
        }
    }
    if (told == 0) {
        state.SkipWithError("nothing was told");
    }
    state.SetLabel(std::string(nameOf(wire)) + " to " + nameOf(client.dialect));
    state.counters["us_per_event"] = benchmark::Counter(
        double(state.iterations()) * events / 1e6,
        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(translateEvent)->ArgsProduct({{0, 1, 2, 3}, {0, 1, 2}})->Unit(benchmark::kMillisecond);

/// The reference.
static void sha256Of10Kb(benchmark::State &state)
{
    const QByteArray bytes(10'000, 'x');
    for (auto _ : state) {
        benchmark::DoNotOptimize(common::Sha256::of(bytes));
    }
}
BENCHMARK(sha256Of10Kb)->Unit(benchmark::kMicrosecond);
