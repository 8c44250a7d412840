"""The faults, each as what a provider does on its socket, with what must become of the request.

A fault is a function of (connection, wire); it writes bytes and returns, after which the
connection is closed. What must become of the request:

FAILOVER  the other provider answers, and the client sees nothing of the fault
ANSWERED  the provider's own answer arrives whole: what it did is odd, but no fault
CONTINUED the other provider goes on where the first one broke off, in the same stream
BROKEN    what had arrived is kept, an explicit error follows, no mark of a proper end
REFUSED   the client is told its own mistake, nobody else is asked
"""
import gzip
import socket
import struct
import time
from dataclasses import dataclass
from typing import Callable

FAILOVER, ANSWERED, CONTINUED, BROKEN, REFUSED = "failover", "answered", "continued", "broken", "refused"
LONG = 20  # seconds that are longer than every limit of the run
SSE = {"content-type": "text/event-stream"}
JSON = {"content-type": "application/json"}


class Connection:
    """A provider's end of one connection, after the request was read."""

    def __init__(self, sock):
        self.sock = sock

    def raw(self, data):
        self.sock.sendall(data)

    def head(self, status=200, headers=None, reason="X"):
        lines = [f"HTTP/1.1 {status} {reason}"] + [f"{n}: {v}" for n, v in (headers or {}).items()]
        self.raw(("\r\n".join(lines) + "\r\nconnection: close\r\n\r\n").encode())

    def whole(self, body, status=200, headers=None, **more):
        self.head(status, {**JSON, "content-length": str(len(body)), **(headers or {}), **more})
        self.raw(body)

    def begin(self):
        self.head(200, {**SSE, "transfer-encoding": "chunked"})

    def chunk(self, data):
        if data:
            self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end(self):
        self.raw(b"0\r\n\r\n")

    def stall(self):
        """Says nothing until the other side leaves (or the run is over)."""
        self.sock.settimeout(LONG)
        try:
            self.sock.recv(1)
        except OSError:
            pass

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def well(c, w, stream):
    if not stream:
        c.whole(w.whole())
        return
    c.begin()
    for event in w.stream():
        c.chunk(event)
    c.chunk(w.finish() + w.end())
    c.end()


@dataclass(frozen=True)
class Fault:
    phase: str
    name: str
    act: Callable
    expected: str
    streams: tuple = (False, True)
    wires: tuple = ("openai-chat", "anthropic-messages", "google")
    tools: bool = False  # whether the request offers some


ALL = []


def fault(phase, name, expected, streams=(False, True), wires=Fault.wires, tools=False):
    def add(act):
        ALL.append(Fault(phase, name, act, expected, streams, wires, tools))
        return act
    return add


def stream_only(phase, name, expected, wires=Fault.wires, tools=False):
    return fault(phase, name, expected, (True,), wires, tools)


def whole_only(phase, name, expected, wires=Fault.wires):
    return fault(phase, name, expected, (False,), wires)


# -- before the head ---------------------------------------------------------------------------

@fault("connect", "closed at once", FAILOVER)
def _(c, w): pass


@fault("connect", "reset at once", FAILOVER)
def _(c, w): c.reset()


@fault("connect", "nothing is ever said", FAILOVER)
def _(c, w): c.stall()


@fault("head", "no HTTP at all", FAILOVER)
def _(c, w): c.raw(bytes(range(256)) * 8)


@fault("head", "cut within the head", FAILOVER)
def _(c, w): c.raw(b"HTTP/1.1 200 OK\r\ncontent-ty")


@fault("head", "stall within the head", FAILOVER)
def _(c, w): c.raw(b"HTTP/1.1 200 OK\r\ncontent-ty"); c.stall()


@fault("head", "4 MiB of header fields", FAILOVER)
def _(c, w):
    c.raw(b"HTTP/1.1 200 OK\r\n")
    for i in range(1024):
        c.raw(b"x-%d: " % i + b"a" * 4096 + b"\r\n")
    c.raw(b"\r\n")


@fault("head", "a redirect to another host", FAILOVER)
def _(c, w): c.whole(b"", 302, location="http://127.0.0.1:1/elsewhere")


@fault("head", "204 without content", FAILOVER)
def _(c, w): c.head(204)


@fault("head", "two content lengths", FAILOVER)
def _(c, w):
    c.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n"
          b"content-length: 7\r\nconnection: close\r\n\r\n{}")


@fault("head", "an HTML page under 200", FAILOVER)
def _(c, w): c.whole(b"<!doctype html><title>Just a moment</title>", 200, {"content-type": "text/html"})


@fault("head", "an HTML page under 502", FAILOVER)
def _(c, w): c.whole(b"<html>Bad gateway</html>", 502, {"content-type": "text/html"})


# -- refusals ----------------------------------------------------------------------------------

def refusal(status, name, expected=FAILOVER, headers=None, message="no", code=None, kind=None, wires=Fault.wires):
    @fault("refusal", f"{status} {name}", expected, wires=wires)
    def _(c, w): c.whole(w.error(status, message, code, kind), status, headers)


refusal(401, "the key is rejected", message="Incorrect API key provided")
refusal(402, "no credit", message="Insufficient balance")
refusal(403, "region not supported", message="Country, region, or territory not supported")
refusal(404, "the model is gone", message="The model does not exist", code="model_not_found")
refusal(408, "request timeout")
refusal(413, "too large for this model", message="Request too large for model")
refusal(429, "per minute, with Retry-After", headers={"retry-after": "30"}, message="Rate limit reached")
refusal(429, "per day", message="You have used up your daily free allocation of 10,000 neurons")
refusal(429, "no credit left", message="You exceeded your current quota", code="insufficient_quota", wires=("openai-chat",))
refusal(500, "internal error")
refusal(502, "bad gateway")
refusal(503, "no capacity", headers={"retry-after": "5"})
refusal(504, "gateway timeout")
refusal(529, "overloaded", message="Overloaded")
refusal(400, "the client's mistake", REFUSED, message="'temperature' must be at most 2", kind="invalid_request_error",
        wires=("openai-chat",))
refusal(400, "a bad key in Gemini's words", message="API key not valid. Please pass a valid API key.", wires=("google",))
refusal(400, "a sick deployment in NVIDIA's words", message="DEGRADED function cannot be invoked", wires=("openai-chat",))


@fault("refusal", "an empty 500", FAILOVER)
def _(c, w): c.whole(b"", 500)


@fault("refusal", "a 503 whose body never ends", FAILOVER)
def _(c, w): c.head(503, {**JSON, "content-length": "1000"}); c.raw(b'{"error'); c.stall()


@whole_only("refusal", "an error under 200", FAILOVER, ("openai-chat", "google"))
def _(c, w): c.whole(w.error(502, "Provider returned error"))


# -- whole replies -----------------------------------------------------------------------------

def half(data): return data[: len(data) // 2]


@whole_only("body", "cut within the body", FAILOVER)
def _(c, w): c.head(200, {**JSON, "content-length": "5000"}); c.raw(half(w.whole()))


@whole_only("body", "reset within the body", FAILOVER)
def _(c, w): c.head(200, {**JSON, "content-length": "5000"}); c.raw(half(w.whole())); time.sleep(0.05); c.reset()


@whole_only("body", "stall within the body", FAILOVER)
def _(c, w): c.head(200, {**JSON, "content-length": "5000"}); c.raw(half(w.whole())); c.stall()


@whole_only("body", "half a JSON text, properly framed", FAILOVER)
def _(c, w): c.whole(half(w.whole()))


@whole_only("body", "an empty body", FAILOVER)
def _(c, w): c.whole(b"")


@whole_only("body", "null", FAILOVER)
def _(c, w): c.whole(b"null")


@whole_only("body", "an array", FAILOVER)
def _(c, w): c.whole(b"[]")


@whole_only("body", "bytes that are no UTF-8", FAILOVER)
def _(c, w): c.whole(w.whole("\u00e9").replace(b"\\u00e9", b"\xe9\xff"))


@whole_only("body", "50,000 levels deep", FAILOVER)
def _(c, w): c.whole(b"[" * 50_000 + b"]" * 50_000)


@whole_only("body", "says gzip, which was not asked for, and is not", ANSWERED)
def _(c, w): c.whole(w.whole(), 200, {"content-encoding": "gzip"})


@whole_only("body", "gzip, which was not asked for", FAILOVER)
def _(c, w): c.whole(gzip.compress(w.whole()), 200, {"content-encoding": "gzip"})


@whole_only("body", "a broken chunk size", FAILOVER)
def _(c, w): c.head(200, {**JSON, "transfer-encoding": "chunked"}); c.raw(b"zz\r\n" + w.whole() + b"\r\n0\r\n\r\n")


@whole_only("body", "one byte at a time", ANSWERED)
def _(c, w):
    body = w.whole()
    c.head(200, {**JSON, "content-length": str(len(body))})
    for i in range(len(body)):
        c.raw(body[i:i + 1])
        time.sleep(0.002)


@whole_only("body", "without a length, ended by closing", ANSWERED)
def _(c, w): c.head(200, JSON); c.raw(w.whole())


@whole_only("body", "with a byte order mark (RFC 8259: must not be sent)", FAILOVER)
def _(c, w): c.whole(b"\xef\xbb\xbf" + w.whole())


# -- streams, before the first content -----------------------------------------------------------

@stream_only("first content", "cut after the head", FAILOVER)
def _(c, w): c.begin()


@stream_only("first content", "reset after the head", FAILOVER)
def _(c, w): c.begin(); time.sleep(0.05); c.reset()


@stream_only("first content", "stall after the head", FAILOVER)
def _(c, w): c.begin(); c.stall()


@stream_only("first content", "only comments, for ever", FAILOVER)
def _(c, w):
    c.begin()
    for _ in range(LONG * 10):
        c.chunk(b": PROCESSING\n\n")
        time.sleep(0.1)


@stream_only("first content", "only empty pieces, then a cut", FAILOVER)
def _(c, w):
    c.begin()
    for _ in range(50):
        c.chunk(w.opening())


@stream_only("first content", "an error event", FAILOVER)
def _(c, w): c.begin(); c.chunk(w.stream_error()); c.end()


@stream_only("first content", "an event that is no JSON", FAILOVER)
def _(c, w): c.begin(); c.chunk(b"data: {\"choices\": [\n\n"); c.chunk(w.finish() + w.end()); c.end()


@stream_only("first content", "an HTML page as a stream", FAILOVER)
def _(c, w): c.begin(); c.chunk(b"<html>\n<body>Sorry</body>\n</html>\n\n"); c.end()


@stream_only("first content", "a proper end without any content", FAILOVER)
def _(c, w): c.begin(); c.end()


@stream_only("first content", "8 MiB in one line", FAILOVER)
def _(c, w):
    c.begin()
    c.chunk(b"data: ")
    for _ in range(128):
        c.chunk(b"x" * 65536)


# -- streams, after the first content ------------------------------------------------------------

def broken_after_first(name):
    """Plain text is gone on with; an answer that may call tools is not."""
    def add(act):
        def play(c, w):
            c.begin()
            c.chunk(w.stream()[0])
            time.sleep(0.05)
            act(c, w)
        stream_only("mid-stream", name, CONTINUED)(play)
        stream_only("mid-stream, with tools", name, BROKEN, tools=True)(play)
        return act
    return add


@broken_after_first("cut")
def _(c, w): pass


@broken_after_first("reset")
def _(c, w): c.reset()


@broken_after_first("stall")
def _(c, w): c.stall()


@broken_after_first("an error event")
def _(c, w): c.chunk(w.stream_error()); c.end()


@broken_after_first("an event that is no JSON")
def _(c, w): c.chunk(b"data: {\"choices\": [{]\n\n"); c.chunk(w.finish() + w.end()); c.end()


@broken_after_first("an event with bytes that are no UTF-8")
def _(c, w): c.chunk(w.stream(["\u00e9"])[-1].replace(b"\\u00e9", b"\xe9\xff")); c.chunk(w.finish() + w.end()); c.end()


@broken_after_first("a broken chunk size")
def _(c, w): c.raw(b"zz\r\n" + w.finish() + b"\r\n0\r\n\r\n")


@broken_after_first("a proper end of the transfer without a finish")
def _(c, w): c.end()


@broken_after_first("cut within an event")
def _(c, w): c.chunk(half(w.stream()[1]))


# -- streams that are odd and whole --------------------------------------------------------------

@stream_only("oddity", "one byte at a time", ANSWERED)
def _(c, w):
    c.begin()
    for byte in b"".join(w.stream()) + w.finish() + w.end():
        c.chunk(bytes([byte]))
    c.end()


@stream_only("oddity", "lines end in CR LF", ANSWERED)
def _(c, w):
    c.begin()
    for event in w.stream() + [w.finish(), w.end()]:
        c.chunk(event.replace(b"\n", b"\r\n"))
    c.end()


@stream_only("oddity", "comments between the events", ANSWERED)
def _(c, w):
    c.begin()
    for event in w.stream() + [w.finish(), w.end()]:
        c.chunk(b": keep-alive\n\n" + event)
    c.end()


@stream_only("oddity", "no mark of the end after the finish, closed", ANSWERED)
def _(c, w):
    c.begin()
    for event in w.stream() + [w.finish()]:
        c.chunk(event)
    c.end()


@stream_only("oddity", "never closed after its end", ANSWERED, ("openai-chat", "anthropic-messages"))
def _(c, w):
    c.begin()
    for event in w.stream() + [w.finish(), w.end()]:
        c.chunk(event)
    c.stall()


@stream_only("oddity", "garbage after its end", ANSWERED, ("openai-chat", "anthropic-messages"))
def _(c, w):
    c.begin()
    for event in w.stream() + [w.finish(), w.end(), b"\x00garbage\n\n"]:
        c.chunk(event)
    c.end()


def whole_instead_of_stream(c, w): c.whole(w.whole())


NAME = "a whole reply instead of a stream"
stream_only("oddity", NAME, ANSWERED, ("openai-chat",))(whole_instead_of_stream)
stream_only("first content", NAME, FAILOVER, ("anthropic-messages", "google"))(whole_instead_of_stream)
