"""The official OpenAI SDK for Python against the built program, with a simulated provider."""
import http.server
import json
import socket
import struct
import threading
import unittest

import openai

from gateway import gateway

TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]
USAGE = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}


class Provider(http.server.BaseHTTPRequestHandler):
    """What it does is written in the last user message: see provider.mjs."""

    protocol_version = "HTTP/1.1"
    seen = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.reply(200, {"object": "list", "data": []})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Provider.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        prompt = str(body["messages"][-1]["content"])
        if "status " in prompt:
            status = int(prompt.split("status ")[1][:3])
            self.reply(status, {"error": {"message": f"simulated {status}", "type": "simulated_error",
                                          "param": None, "code": None}})
        elif body.get("stream"):
            told = [str(m.get("content")) for m in body["messages"] if m["role"] == "assistant"]
            self.stream(prompt, going_on=told == ["Hello "])
        else:
            message = {"role": "assistant", "content": "Hello from Python."}
            self.reply(200, {"id": "x", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
                             "usage": USAGE,
                             "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    def reply(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, prompt, going_on):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        if not going_on:
            self.frame({"role": "assistant", "content": "Hello "})
        if "cut the stream" in prompt:
            reset = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            return
        self.frame({"content": "from Python."})
        self.frame({}, "stop")
        self.event({"choices": [], "usage": USAGE})
        self.wfile.write(b"data: [DONE]\n\n")

    def frame(self, delta, reason=None):
        self.event({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def event(self, value):
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", **value}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()


def ask(prompt, **more):
    return {"model": "freerelay-auto", "messages": [{"role": "user", "content": prompt}], **more}


class OpenAiSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        url = cls.enterClassContext(gateway(
            FREERELAY_MODE="paid", OPENAI_API_KEY="sk-e2e",
            OPENAI_BASE_URL=f"http://127.0.0.1:{server.server_address[1]}/v1"))
        cls.client = openai.OpenAI(base_url=f"{url}/v1", api_key="local", max_retries=0)
        cls.addClassCleanup(cls.client.close)

    def test_answers_and_says_who_answered(self):
        reply = self.client.chat.completions.with_raw_response.create(**ask("hello"))
        self.assertEqual(reply.headers["x-freerelay-provider"], "openai")
        self.assertEqual(reply.parse().choices[0].message.content, "Hello from Python.")
        self.assertEqual(Provider.seen[-1][0]["authorization"], "Bearer sk-e2e")

    def test_streams_with_usage_for_those_who_ask(self):
        chunks = list(self.client.chat.completions.create(
            **ask("hello", stream=True, stream_options={"include_usage": True})))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        self.assertEqual(text, "Hello from Python.")
        self.assertEqual(chunks[-1].usage.total_tokens, 8)

    def test_a_refused_request_keeps_its_class(self):
        with self.assertRaises(openai.BadRequestError):
            self.client.chat.completions.create(**ask("status 400"))

    def test_a_wrong_parameter_is_named(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            self.client.chat.completions.create(**ask("hello", temperature=9))
        self.assertEqual(raised.exception.param, "temperature")

    def test_a_text_that_breaks_off_goes_on(self):
        chunks = list(self.client.chat.completions.create(**ask("cut the stream", stream=True)))
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        self.assertEqual(text, "Hello from Python.")

    def test_a_broken_stream_raises_and_never_ends_silently(self):
        with self.assertRaises(openai.APIError):
            list(self.client.chat.completions.create(
                **ask("cut the stream", stream=True, tools=TOOLS)))

    def test_lists_models(self):
        self.assertIn("freerelay-auto", [model.id for model in self.client.models.list()])


if __name__ == "__main__":
    unittest.main()
