#include "carry_features.h"

#include "tests/contract/carry_responses.h"

#include <QStringBuilder>

namespace freerelay::tests {

namespace {

const QByteArray none; // a braced {} would not do as the first element of an array

/// Content of one user turn, in each dialect's form.
QByteArray chatSays(const QByteArray &parts)
{
    return R"({"messages":[{"role":"user","content":[)" + parts + "]}]}";
}

QByteArray googleSays(const QByteArray &parts)
{
    return R"({"contents":[{"role":"user","parts":[)" + parts + "]}]}";
}

QByteArray googleConfig(const QByteArray &members)
{
    return R"({"generationConfig":{)" + members + "}}";
}

QByteArray ollamaOptions(const QByteArray &members)
{
    return R"({"options":{)" + members + "}}";
}

/// A parameter that has the same name in OpenAI chat and Ollama's options.
RequestFeature number(
    const char *name,
    const QByteArray &anthropic,
    const QByteArray &google,
    const QByteArray &value)
{
    const QByteArray pair = '"' + QByteArray(name) + "\":" + value;
    const QByteArray googlePair = '"' + google + "\":" + value;
    return {
        name,
        {'{' + pair + '}',
         anthropic.isEmpty() ? QByteArray() : '{' + pair + '}',
         googleConfig(googlePair),
         ollamaOptions(pair)},
        {pair, anthropic.isEmpty() ? QByteArray() : pair, googlePair}};
}

// One call and its result, as history.
const QByteArray chatCall
    = R"({"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",)"
      R"("function":{"name":"get_zebra","arguments":"{}"}%1}]},{"role":"tool","tool_call_id":"c1","content":"zebra"})";
const QByteArray messagesCall
    = R"({"role":"user","content":"Hi"},{"role":"assistant","content":[%1{"type":"tool_use","id":"c1","name":"get_zebra","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"zebra"%2}]})";
const QByteArray googleCall
    = R"({"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"functionCall":{"id":"c1","name":"get_zebra","args":{}}%1}]},)"
      R"({"role":"user","parts":[{"functionResponse":{"id":"c1","name":"get_zebra","response":{"%2":"zebra"}}}]})";
const QByteArray ollamaCall
    = R"({"role":"user","content":"Hi"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_zebra","arguments":{}}}]},)"
      R"({"role":"tool","tool_name":"get_zebra","content":"zebra"})";

// A conversation in the form of OpenAI chat and Anthropic Messages, without thoughts.
const QByteArray chatAnswered
    = R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"a"},{"role":"user","content":"b"}]})";

QByteArray
history(const char *list, QByteArray turns, const char *first = "", const char *second = "")
{
    return '{' + QByteArray("\"") + list + "\":[" + turns.replace("%1", first).replace("%2", second)
        + "]}";
}

const QByteArray schema = R"({"type":"object","properties":{"zebra":{"type":"string"}}})";
const QByteArray png = "iVBORw0KGgo=";

void addContent(std::vector<RequestFeature> &all)
{
    all.push_back(
        {"system text",
         {R"({"messages":[{"role":"system","content":"zebra"},{"role":"user","content":"Hi"}]})",
          R"({"system":"zebra"})",
          R"({"systemInstruction":{"parts":[{"text":"zebra"}]}})",
          R"({"messages":[{"role":"system","content":"zebra"},{"role":"user","content":"Hi"}]})"},
         {R"("zebra")",
          R"("system":[{"type":"text","text":"zebra")",
          R"("systemInstruction":{"parts":[{"text":"zebra")"}});
    all.push_back(
        {"image",
         {chatSays(
              R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" + png + R"("}})"),
          chatSays(
              R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":")" + png
              + R"("}})"),
          googleSays(R"({"inlineData":{"mimeType":"image/png","data":")" + png + R"("}})"),
          R"({"messages":[{"role":"user","content":"Hi","images":[")" + png + R"("]}]})"},
         {"data:image/png;base64," + png,
          R"("media_type":"image/png","data":")" + png,
          R"("mimeType":"image/png","data":")" + png}});
    all.push_back(
        {"image by its address",
         {chatSays(R"({"type":"image_url","image_url":{"url":"https://x.example/a.png"}})"),
          chatSays(R"({"type":"image","source":{"type":"url","url":"https://x.example/a.png"}})"),
          googleSays(
              R"({"fileData":{"mimeType":"image/png","fileUri":"https://x.example/a.png"}})"),
          {}},
         {"https://x.example/a.png", R"("type":"url","url":"https://x.example/a.png")", {}}});
    all.push_back(
        {"PDF",
         {chatSays(
              R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}})"),
          chatSays(
              R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}})"),
          googleSays(R"({"inlineData":{"mimeType":"application/pdf","data":"QUJD"}})"),
          {}},
         {"data:application/pdf;base64,QUJD",
          R"("media_type":"application/pdf","data":"QUJD")",
          R"("mimeType":"application/pdf","data":"QUJD")"}});
    all.push_back(
        {"sound",
         {chatSays(R"({"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}})"),
          {},
          googleSays(R"({"inlineData":{"mimeType":"audio/wav","data":"QUJD"}})"),
          {}},
         {R"("data":"QUJD","format":"wav")", {}, R"("mimeType":"audio/wav","data":"QUJD")"}});
}

void addTools(std::vector<RequestFeature> &all)
{
    all.push_back(
        {"tools",
         {carryTools(CarryClient::Chat),
          carryTools(CarryClient::Messages),
          carryTools(CarryClient::Google),
          carryTools(CarryClient::Ollama)},
         {R"("name":"get_zebra")",
          R"("tools":[{"name":"get_zebra")",
          R"("functionDeclarations":[{"name":"get_zebra")"}});
    all.push_back(
        {"tool choice: any",
         {R"({"tool_choice":"required"})",
          R"({"tool_choice":{"type":"any"}})",
          R"({"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}})",
          {}},
         {R"("tool_choice":"required")", R"("tool_choice":{"type":"any")", R"("mode":"ANY")"},
         true});
    all.push_back(
        {"tool choice: none",
         {R"({"tool_choice":"none"})",
          R"({"tool_choice":{"type":"none"}})",
          R"({"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}})",
          {}},
         {R"("tool_choice":"none")", R"("tool_choice":{"type":"none")", R"("mode":"NONE")"},
         true});
    all.push_back(
        {"tool choice: this one",
         {R"({"tool_choice":{"type":"function","function":{"name":"get_zebra"}}})",
          R"({"tool_choice":{"type":"tool","name":"get_zebra"}})",
          R"({"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["get_zebra"]}}})",
          {}},
         {R"("function":{"name":"get_zebra"})",
          R"("tool_choice":{"type":"tool","name":"get_zebra")",
          R"("allowedFunctionNames":["get_zebra"])"},
         true});
    all.push_back(
        {"one call at a time",
         {R"({"parallel_tool_calls":false})",
          R"({"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})",
          {},
          {}},
         {R"("parallel_tool_calls":false)", R"("disable_parallel_tool_use":true)", {}},
         true,
         {none, R"({"tool_choice":{"type":"auto"}})", {}, {}}});
    all.push_back(
        {"calls and their results",
         {history("messages", chatCall),
          history("messages", messagesCall),
          history("contents", googleCall, "", "output"),
          history("messages", ollamaCall)},
         {R"("role":"tool")", R"("type":"tool_result")", R"("functionResponse")"},
         true});
    all.push_back(
        {"a failed result",
         {none,
          history("messages", messagesCall, "", R"(,"is_error":true)"),
          history("contents", googleCall, "", "error"),
          {}},
         {R"("content":"Error: zebra")", R"("is_error":true)", R"("response":{"error")"},
         true});
    all.push_back(
        {"signature of a call",
         {history(
              "messages", chatCall, R"(,"extra_content":{"google":{"thought_signature":"sigz"}})"),
          {},
          history("contents", googleCall, R"(,"thoughtSignature":"sigz")", "output"),
          {}},
         {R"("thought_signature":"sigz")", {}, R"("thoughtSignature":"sigz")"},
         true,
         {history("messages", chatCall), {}, history("contents", googleCall, "", "output"), {}}});
    all.push_back(
        {"signed thoughts",
         {R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"a","reasoning_details":[)"
          R"({"type":"reasoning.text","text":"hm","signature":"sigz","format":"anthropic-claude-v1"}]},{"role":"user","content":"b"}]})",
          R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[)"
          R"({"type":"thinking","thinking":"hm","signature":"sigz"},{"type":"text","text":"a"}]},{"role":"user","content":"b"}]})",
          R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[)"
          R"({"text":"a","thoughtSignature":"sigz"}]},{"role":"user","parts":[{"text":"b"}]}]})",
          {}},
         {R"("sigz")", R"("signature":"sigz")", R"("thoughtSignature":"sigz")"},
         false,
         {chatAnswered,
          chatAnswered,
          R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}]}]})",
          {}}});
}

void addParameters(std::vector<RequestFeature> &all)
{
    all.push_back(
        {"JSON",
         {R"({"response_format":{"type":"json_object"}})",
          {},
          googleConfig(R"("responseMimeType":"application/json")"),
          R"({"format":"json"})"},
         {R"("type":"json_object")", {}, R"("responseMimeType":"application/json")"}});
    all.push_back(
        {"JSON by a schema",
         {R"({"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":)" + schema
              + "}}}",
          R"({"output_config":{"format":{"type":"json_schema","schema":)" + schema + "}}}",
          googleConfig(R"("responseMimeType":"application/json","responseJsonSchema":)" + schema),
          R"({"format":)" + schema + "}"},
         {R"("json_schema":{"name":)", R"("output_config":{"format":)", R"("responseSchema":)"}});
    all.push_back(
        {"reasoning: effort",
         {R"({"reasoning_effort":"low"})",
          R"({"output_config":{"effort":"low"}})",
          googleConfig(R"("thinkingConfig":{"thinkingLevel":"LOW"})"),
          R"({"think":"low"})"},
         {R"("reasoning_effort":"low")", R"("thinking":{)", R"("thinkingLevel":"low")"}});
    all.push_back(
        {"reasoning: tokens",
         {R"({"thinking":{"type":"enabled","budget_tokens":2048}})",
          R"({"thinking":{"type":"enabled","budget_tokens":2048}})",
          googleConfig(R"("thinkingConfig":{"thinkingBudget":2048})"),
          {}},
         {R"("budget_tokens":2048)", R"("budget_tokens":2048)", R"("thinkingBudget":2048)"}});
    all.push_back(
        {"max_tokens",
         {R"({"max_tokens":77})",
          R"({"max_tokens":77})",
          googleConfig(R"("maxOutputTokens":77)"),
          ollamaOptions(R"("num_predict":77)")},
         {R"(_tokens":77)", R"("max_tokens":77)", R"("maxOutputTokens":77)"}});
    all.push_back(
        {"stop",
         {R"({"stop":["ZZ"]})",
          R"({"stop_sequences":["ZZ"]})",
          googleConfig(R"("stopSequences":["ZZ"])"),
          ollamaOptions(R"("stop":["ZZ"])")},
         {R"("stop":["ZZ"])", R"("stop_sequences":["ZZ"])", R"("stopSequences":["ZZ"])"}});
    all.push_back(number("temperature", "temperature", "temperature", "0.625"));
    all.push_back(number("top_p", "top_p", "topP", "0.625"));
    all.push_back(number("top_k", "top_k", "topK", "17"));
    all.push_back(number("seed", {}, "seed", "4711"));
    all.push_back(number("presence_penalty", {}, "presencePenalty", "0.625"));
    all.push_back(number("frequency_penalty", {}, "frequencyPenalty", "0.625"));
    all.push_back(
        {"several choices",
         {R"({"n":2})", {}, googleConfig(R"("candidateCount":2)"), {}},
         {R"("n":2)", {}, R"("candidateCount":2)"}});
    all.push_back(
        {"logprobs",
         {R"({"logprobs":true,"top_logprobs":3})",
          {},
          googleConfig(R"("responseLogprobs":true,"logprobs":3)"),
          R"({"logprobs":true,"top_logprobs":3})"},
         {R"("top_logprobs":3)", {}, R"("responseLogprobs":true)"}});
    all.push_back(
        {"logit_bias",
         {R"({"logit_bias":{"5":1}})", {}, {}, {}},
         {R"("logit_bias":{"5":1})", {}, {}}});
    all.push_back(
        {"hints for prompt caches",
         {chatSays(R"({"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}})"),
          chatSays(R"({"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}})"),
          {},
          {}},
         {R"("cache_control")", R"("cache_control")", {}},
         false,
         {chatSays(R"({"type":"text","text":"Hi"})"),
          chatSays(R"({"type":"text","text":"Hi"})"),
          {},
          {}}});
    all.push_back(
        {"the user's id",
         {R"({"user":"zebra"})", R"({"metadata":{"user_id":"zebra"}})", {}, {}},
         {R"("user":"zebra")", R"("metadata":{"user_id":"zebra"})", {}}});
    all.push_back(
        {"metadata", {R"({"metadata":{"a":"zebra"}})", {}, {}, {}}, {R"("a":"zebra")", {}, {}}});
}

// Whole replies: the members of the first choice or its message, and of the reply.
QByteArray
chatReply(const QByteArray &message, const QByteArray &choice, const QByteArray &more = {})
{
    return R"({"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",)"
        + message + "}," + choice + "}]" + more + '}';
}

QByteArray anthropicReply(const QByteArray &blocks, const QByteArray &more)
{
    return R"({"id":"a","type":"message","role":"assistant","model":"m","content":[)" + blocks
        + "]," + more + '}';
}

QByteArray
geminiReply(const QByteArray &parts, const QByteArray &reason, const QByteArray &more = {})
{
    return R"({"candidates":[{"content":{"role":"model","parts":[)" + parts
        + R"(]},"finishReason":")" + reason + R"(","index":0}],"modelVersion":"m")" + more + '}';
}

const QByteArray chatText = R"("content":"Hi")";
const QByteArray chatStop = R"("finish_reason":"stop")";
const QByteArray anthropicText = R"({"type":"text","text":"Hi"})";
const QByteArray anthropicEnd
    = R"("stop_reason":"end_turn","usage":{"input_tokens":20,"output_tokens":5})";
const QByteArray geminiText = R"({"text":"Hi"})";

void addReplyContent(std::vector<ReplyFeature> &all)
{
    all.push_back(
        {"tool calls",
         {chatReply(
              R"("content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"get_zebra","arguments":"{}"}}])",
              R"("finish_reason":"tool_calls")"),
          anthropicReply(
              R"({"type":"tool_use","id":"c1","name":"get_zebra","input":{}})",
              R"("stop_reason":"tool_use","usage":{"input_tokens":20,"output_tokens":5})"),
          geminiReply(R"({"functionCall":{"name":"get_zebra","args":{}}})", "STOP")},
         {R"("finish_reason":"tool_calls")",
          R"("stop_reason":"tool_use")",
          R"("functionCall":{)",
          R"("tool_calls":[)"}});
    all.push_back(
        {"thoughts",
         {chatReply(chatText + R"(,"reasoning_content":"zebra")", chatStop),
          anthropicReply(
              R"({"type":"thinking","thinking":"zebra","signature":"s"},)" + anthropicText,
              anthropicEnd),
          geminiReply(R"({"text":"zebra","thought":true},)" + geminiText, "STOP")},
         {R"("reasoning_content":"zebra")",
          R"("thinking":"zebra")",
          R"("text":"zebra","thought":true)",
          R"("thinking":"zebra")"}});
    all.push_back(
        {"thoughts inside `<think>`",
         {chatReply(R"("content":"<think>zebra</think>Hi")", chatStop), {}, {}},
         {R"("reasoning_content":"zebra")",
          R"("thinking":"zebra")",
          R"("text":"zebra","thought":true)",
          R"("thinking":"zebra")"}});
    all.push_back(
        {"signature of thoughts",
         {none,
          anthropicReply(
              R"({"type":"thinking","thinking":"hm","signature":"sigz"},)" + anthropicText,
              anthropicEnd),
          geminiReply(R"({"text":"Hi","thoughtSignature":"sigz"})", "STOP")},
         {R"("sigz")", R"("signature":"sigz")", R"("thoughtSignature":"sigz")", {}}});
    all.push_back(
        {"signature of a call",
         {none,
          {},
          geminiReply(
              R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"sigz"})", "STOP")},
         {R"("thought_signature":"sigz")", {}, R"("thoughtSignature":"sigz")", {}}});
    all.push_back(
        {"several choices",
         {R"({"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"},)"
          R"({"index":1,"message":{"role":"assistant","content":"zebra"},"finish_reason":"stop"}]})",
          {},
          R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP","index":0},{"content":{"parts":[{"text":"zebra"}]},"finishReason":"STOP","index":1}]})"},
         {R"("content":"zebra")", {}, R"("text":"zebra")", {}}});
    all.push_back(
        {"logprobs",
         {chatReply(
              chatText,
              chatStop
                  + R"(,"logprobs":{"content":[{"token":"zebra","logprob":-1,"bytes":null,"top_logprobs":[]}],"refusal":null})"),
          {},
          {}},
         {R"("token":"zebra")", {}, {}, {}}});
}

void addReplyEnds(std::vector<ReplyFeature> &all)
{
    all.push_back(
        {"end: out of tokens",
         {chatReply(chatText, R"("finish_reason":"length")"),
          anthropicReply(
              anthropicText,
              R"("stop_reason":"max_tokens","usage":{"input_tokens":20,"output_tokens":5})"),
          geminiReply(geminiText, "MAX_TOKENS")},
         {R"("finish_reason":"length")",
          R"("stop_reason":"max_tokens")",
          R"("finishReason":"MAX_TOKENS")",
          R"("done_reason":"length")"}});
    all.push_back(
        {"end: filtered",
         {chatReply(chatText, R"("finish_reason":"content_filter")"),
          anthropicReply(
              anthropicText,
              R"("stop_reason":"refusal","usage":{"input_tokens":20,"output_tokens":5})"),
          geminiReply(geminiText, "SAFETY")},
         {R"("finish_reason":"content_filter")",
          R"("stop_reason":"refusal")",
          R"("finishReason":"SAFETY")",
          {}}});
    all.push_back(
        {"end: which stop sequence",
         {none,
          anthropicReply(
              anthropicText,
              R"("stop_reason":"stop_sequence","stop_sequence":"ZZ","usage":{"input_tokens":20,"output_tokens":5})"),
          {}},
         {R"("stop_reason":"ZZ")", R"("stop_sequence":"ZZ")", {}, {}}});
    all.push_back(
        {"tokens read from a cache",
         {chatReply(
              chatText,
              chatStop,
              R"(,"usage":{"prompt_tokens":31,"completion_tokens":5,"total_tokens":36,"prompt_tokens_details":{"cached_tokens":11}})"),
          anthropicReply(
              anthropicText,
              R"("stop_reason":"end_turn","usage":{"input_tokens":20,"cache_read_input_tokens":11,"output_tokens":5})"),
          geminiReply(
              geminiText,
              "STOP",
              R"(,"usageMetadata":{"promptTokenCount":31,"cachedContentTokenCount":11,"candidatesTokenCount":5})")},
         {R"("cached_tokens":11)",
          R"("cache_read_input_tokens":11)",
          R"("cachedContentTokenCount":11)",
          {}}});
    all.push_back(
        {"tokens of thoughts",
         {chatReply(
              chatText,
              chatStop,
              R"(,"usage":{"prompt_tokens":31,"completion_tokens":18,"total_tokens":49,"completion_tokens_details":{"reasoning_tokens":13}})"),
          {},
          geminiReply(
              geminiText,
              "STOP",
              R"(,"usageMetadata":{"promptTokenCount":31,"candidatesTokenCount":5,"thoughtsTokenCount":13})")},
         {R"("reasoning_tokens":13)", {}, R"("thoughtsTokenCount":13)", {}}});
}

} // namespace

QByteArray carryBase(CarryClient client)
{
    switch (client) {
    case CarryClient::Messages:
        return R"({"model":"m","max_tokens":4096,"messages":[{"role":"user","content":"Hi"}]})";
    case CarryClient::Google:
        return R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})";
    case CarryClient::Responses:
        return R"({"model":"m","input":"Hi","include":["reasoning.encrypted_content"]})";
    case CarryClient::Chat:
    case CarryClient::Ollama:
        break;
    }
    return R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";
}

QByteArray carryTools(CarryClient client)
{
    switch (client) {
    case CarryClient::Messages:
        return R"({"tools":[{"name":"get_zebra","description":"d","input_schema":)" + schema
            + "}]}";
    case CarryClient::Google:
        return R"({"tools":[{"functionDeclarations":[{"name":"get_zebra","description":"d","parametersJsonSchema":)"
            + schema + "}]}]}";
    case CarryClient::Responses:
        return R"({"tools":[{"type":"function","name":"get_zebra","description":"d","parameters":)"
            + schema + "}]}";
    case CarryClient::Chat:
    case CarryClient::Ollama:
        break;
    }
    return R"({"tools":[{"type":"function","function":{"name":"get_zebra","description":"d","parameters":)"
        + schema + "}}]}";
}

const std::vector<RequestFeature> &requestFeatures()
{
    static const std::vector<RequestFeature> features = [] {
        std::vector<RequestFeature> all;
        addContent(all);
        addTools(all);
        addParameters(all);
        for (RequestFeature &feature : all) {
            const auto said = responsesRequests().find(feature.name);
            if (said != responsesRequests().end()) {
                feature.said[std::size_t(CarryClient::Responses)] = said->second;
            }
        }
        return all;
    }();
    return features;
}

const std::vector<ReplyFeature> &replyFeatures()
{
    static const std::vector<ReplyFeature> features = [] {
        std::vector<ReplyFeature> all;
        addReplyContent(all);
        addReplyEnds(all);
        for (ReplyFeature &feature : all) {
            const auto told = responsesReplies().find(feature.name);
            if (told != responsesReplies().end()) {
                feature.told[std::size_t(CarryClient::Responses)] = told->second;
            }
        }
        return all;
    }();
    return features;
}

} // namespace freerelay::tests
