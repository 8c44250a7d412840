-- wrk: POST a 1 KB chat request with the headers that the official Node SDK sends.
local text = string.rep("Tell me more. ", 62)
wrk.method = "POST"
wrk.body = '{"model":"' .. (os.getenv("MODEL") or "freerelay-auto")
    .. '","messages":[{"role":"system","content":"You are a helpful assistant."},'
    .. '{"role":"user","content":"' .. text .. '"}],"temperature":0.7,"max_tokens":256}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Authorization"] = "Bearer local"
wrk.headers["User-Agent"] = "OpenAI/JS 6.9.1"
wrk.headers["X-Stainless-Lang"] = "js"
wrk.headers["X-Stainless-Package-Version"] = "6.9.1"
wrk.headers["X-Stainless-OS"] = "Linux"
wrk.headers["X-Stainless-Arch"] = "x64"
wrk.headers["X-Stainless-Runtime"] = "node"
wrk.headers["X-Stainless-Runtime-Version"] = "v24.0.0"
wrk.headers["X-Stainless-Retry-Count"] = "0"
wrk.headers["X-Stainless-Timeout"] = "600"
wrk.headers["Accept-Language"] = "*"
wrk.headers["Accept-Encoding"] = "gzip, deflate"

-- One line for compare.sh: requests, seconds, p50 and p99 in µs, errors.
done = function(summary, latency)
    local e = summary.errors
    io.write(string.format("RESULT %d %.3f %.0f %.0f %d\n", summary.requests,
        summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.timeout + e.status))
end
