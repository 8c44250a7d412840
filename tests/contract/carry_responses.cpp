#include "carry_responses.h"

#include "tests/contract/carry_features.h"

#include <QStringBuilder>

namespace freerelay::tests {

namespace {

const QByteArray png = "iVBORw0KGgo=";
const QByteArray schema = R"({"type":"object","properties":{"zebra":{"type":"string"}}})";

QByteArray responsesSay(const QByteArray &parts)
{
    return R"({"input":[{"role":"user","content":[)" + parts + "]}]}";
}

} // namespace

const std::map<QByteArray, QByteArray> &responsesRequests()
{
    static const std::map<QByteArray, QByteArray> said{
        {"system text", R"({"instructions":"zebra"})"},
        {"image",
         responsesSay(R"({"type":"input_image","image_url":"data:image/png;base64,%1"})")
             .replace("%1", png)},
        {"image by its address",
         responsesSay(R"({"type":"input_image","image_url":"https://x.example/a.png"})")},
        {"PDF",
         responsesSay(
             R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"})")},
        {"tools", carryTools(CarryClient::Responses)},
        {"tool choice: any", R"({"tool_choice":"required"})"},
        {"tool choice: none", R"({"tool_choice":"none"})"},
        {"tool choice: this one", R"({"tool_choice":{"type":"function","name":"get_zebra"}})"},
        {"one call at a time", R"({"parallel_tool_calls":false})"},
        {"calls and their results",
         R"({"input":[{"role":"user","content":"Hi"},{"type":"function_call","call_id":"c1","name":"get_zebra","arguments":"{}"},)"
         R"({"type":"function_call_output","call_id":"c1","output":"zebra"}]})"},
        {"JSON", R"({"text":{"format":{"type":"json_object"}}})"},
        {"JSON by a schema",
         R"({"text":{"format":{"type":"json_schema","name":"n","schema":)" + schema + "}}}"},
        {"reasoning: effort", R"({"reasoning":{"effort":"low"}})"},
        {"max_tokens", R"({"max_output_tokens":77})"},
        {"temperature", R"({"temperature":0.625})"},
        {"top_p", R"({"top_p":0.625})"},
        {"logprobs", R"({"top_logprobs":3,"include":["message.output_text.logprobs"]})"},
        {"the user's id", R"({"user":"zebra"})"},
        {"metadata", R"({"metadata":{"a":"zebra"}})"},
    };
    return said;
}

const std::map<QByteArray, QByteArray> &responsesReplies()
{
    static const std::map<QByteArray, QByteArray> told{
        {"tool calls", R"("type":"function_call")"},
        {"thoughts", R"("text":"zebra")"},
        {"signature of thoughts", R"("encrypted_content":"frt1.)"},
        {"signature of a call", R"("encrypted_content":"frt1.)"},
        {"thoughts inside `<think>`", R"("text":"zebra")"},
        {"end: out of tokens", R"("reason":"max_output_tokens")"},
        {"end: filtered", R"("reason":"content_filter")"},
        {"tokens read from a cache", R"("cached_tokens":11)"},
        {"tokens of thoughts", R"("reasoning_tokens":13)"},
    };
    return told;
}

} // namespace freerelay::tests
