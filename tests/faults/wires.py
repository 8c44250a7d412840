"""What a well provider says in each wire format, as pieces that a fault can be put between."""
import json

WORDS = ["one ", "two ", "three"]
TEXT = "".join(WORDS)


def sse(payload, event=None):
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {payload if isinstance(payload, str) else json.dumps(payload)}\n\n".encode()


class OpenAi:
    name = "openai-chat"

    def stream(self, words=None):
        """Events up to and with each word; the end is apart."""
        return [sse({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}]})
            for word in words or WORDS]

    def opening(self):
        return sse({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})

    def finish(self):
        return sse({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
                    "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})

    def end(self):
        return sse("[DONE]")

    def stream_error(self):
        return sse({"error": {"message": "the model fell over", "type": "server_error", "code": 502}})

    def whole(self, text=TEXT):
        return json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4}}).encode()

    def error(self, status, message="no", code=None, kind=None):
        return json.dumps({"error": {"message": message, "type": kind or "error", "param": None,
                                     "code": code}}).encode()


class Anthropic:
    name = "anthropic-messages"

    def opening(self):
        return sse({"type": "message_start", "message": {
            "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
            "stop_reason": None, "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1}}}, "message_start") + sse(
            {"type": "content_block_start", "index": 0,
             "content_block": {"type": "text", "text": ""}}, "content_block_start")

    def stream(self, words=None):
        events = [sse({"type": "content_block_delta", "index": 0,
                       "delta": {"type": "text_delta", "text": word}}, "content_block_delta")
                  for word in words or WORDS]
        return [self.opening() + events[0]] + events[1:]

    def finish(self):
        return sse({"type": "content_block_stop", "index": 0}, "content_block_stop") + sse(
            {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
             "usage": {"output_tokens": 3}}, "message_delta")

    def end(self):
        return sse({"type": "message_stop"}, "message_stop")

    def stream_error(self):
        return sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")

    def whole(self, text=TEXT):
        return json.dumps({"id": "m", "type": "message", "role": "assistant", "model": "m",
                           "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
                           "stop_sequence": None,
                           "usage": {"input_tokens": 1, "output_tokens": 3}}).encode()

    def error(self, status, message="no", code=None, kind=None):
        kinds = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error",
                 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
                 429: "rate_limit_error", 529: "overloaded_error"}
        return json.dumps({"type": "error", "request_id": "r",
                           "error": {"type": kinds.get(status, "api_error"), "message": message}}).encode()


class Gemini:
    name = "google"

    def opening(self):
        return sse({"candidates": [{"content": {"role": "model", "parts": [{"text": ""}]}, "index": 0}]})

    def stream(self, words=None):
        return [sse({"candidates": [{"content": {"role": "model", "parts": [{"text": word}]}, "index": 0}]})
                for word in words or WORDS]

    def finish(self):
        return sse({"candidates": [{"content": {"role": "model", "parts": [{"text": ""}]},
                                    "finishReason": "STOP", "index": 0}],
                    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 3, "totalTokenCount": 4}})

    def end(self):
        return b""  # the format has no mark of its end

    def stream_error(self):
        return sse({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}})

    def whole(self, text=TEXT):
        return json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]},
                                           "finishReason": "STOP", "index": 0}],
                           "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 3,
                                             "totalTokenCount": 4}}).encode()

    def error(self, status, message="no", code=None, kind=None):
        words = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED",
                 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
                 504: "DEADLINE_EXCEEDED"}
        return json.dumps({"error": {"code": status, "message": message,
                                     "status": words.get(status, "UNKNOWN")}}).encode()


WIRES = {wire.name: wire for wire in (OpenAi(), Anthropic(), Gemini())}
