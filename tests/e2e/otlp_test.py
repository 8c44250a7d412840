"""Exported traces, read by a real collector and by OpenTelemetry's own definition of the protocol."""
import base64
import http.server
import importlib.util
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from gateway import free_port, gateway, wait_for

PATIENCE = 30  # seconds
ROTEL = importlib.util.find_spec("rotel")
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    bodies = []

    def log_message(self, *_):
        pass

    def do_POST(self):
        Receiver.bodies.append((self.path, self.headers["content-type"],
                                self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def ask(url, path="/v1/chat/completions", **more):
    """The answer's request id, of failures too."""
    body = {"model": "freerelay-auto", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}], **more}
    headers = {"content-type": "application/json", "traceparent": f"00-{TRACE}-{CALLER}-01"}
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as reply:
            reply.read()
            return reply.headers["x-freerelay-request-id"]
    except urllib.error.HTTPError as error:
        error.read()
        return error.headers["x-freerelay-request-id"]


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come about in time")
        time.sleep(0.05)


def by_definition(body):
    """The message that the JSON stands for; unknown fields and wrong types raise.

    OTLP's JSON is protobuf's but for the ids, which are hexadecimal instead of base64.
    https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
    """
    document = json.loads(body)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in {"traceId", "spanId", "parentSpanId"} & span.keys():
                    span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    return json_format.ParseDict(document, ExportTraceServiceRequest())


def attributes(owner):
    return {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in owner.attributes}


class ByDefinition(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        url = cls.enterClassContext(
            gateway(FREERELAY_OTLP_ENDPOINT=f"http://127.0.0.1:{server.server_address[1]}"))
        cls.asked = [ask(url), ask(url, stream=True), ask(url, "/v1/messages"), ask(url, model="no-such-model")]
        until(lambda: all(id.encode() in b"".join(body for *_, body in Receiver.bodies) for id in cls.asked))
        requests = [by_definition(body) for *_, body in list(Receiver.bodies)]
        cls.resources = [resource.resource for request in requests for resource in request.resource_spans]
        cls.traces = {}
        for span in (span for request in requests for resource in request.resource_spans
                     for scope in resource.scope_spans for span in scope.spans):
            # The spans of one request stand together, its own one first.
            if span.name == "ingress":
                current = cls.traces.setdefault(attributes(span)["freerelay.request_id"], [])
            current.append(span)

    def test_goes_where_the_protocol_says(self):
        for path, kind, _ in Receiver.bodies:
            self.assertEqual((path, kind), ("/v1/traces", "application/json"))
        for resource in self.resources:
            self.assertEqual(attributes(resource)["service.name"], "freerelay")

    def test_ids_and_times_are_what_they_must_be(self):
        spans = [span for trace in self.traces.values() for span in trace]
        for span in spans:
            self.assertEqual(span.trace_id.hex(), TRACE)
            self.assertEqual(len(span.span_id), 8)
            self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)
            self.assertLess(abs(span.end_time_unix_nano / 1e9 - time.time()), 600)
            self.assertNotEqual(span.kind, Span.SPAN_KIND_UNSPECIFIED)
        self.assertEqual(len({span.span_id for span in spans}), len(spans))
        for ingress, *below in self.traces.values():
            self.assertEqual(ingress.parent_span_id.hex(), CALLER)
            self.assertEqual({span.parent_span_id for span in below}, {ingress.span_id})

    def test_every_request_is_one_tree(self):
        whole, streamed, messages, refused = (self.traces[id] for id in self.asked)
        steps = ["ingress", "route", "attempt[1]", "outcome"]
        self.assertEqual([span.name for span in whole], steps)
        self.assertEqual([span.name for span in streamed], [*steps[:3], "stream", "outcome"])
        self.assertEqual([span.name for span in refused], ["ingress", "outcome"])
        self.assertEqual(attributes(whole[0])["http.route"], "/v1/chat/completions")
        self.assertEqual(attributes(messages[0])["http.route"], "/v1/messages")
        self.assertEqual(attributes(refused[0])["http.response.status_code"], 404)
        self.assertEqual(attributes(whole[2])["gen_ai.operation.name"], "chat")


@unittest.skipUnless(ROTEL, "there is no collector for this Python and processor")
class RealCollector(unittest.TestCase):
    def test_takes_what_it_is_sent(self):
        program = str(pathlib.Path(ROTEL.origin).parent / "rotel-agent")
        port = free_port()
        with tempfile.TemporaryFile("w+") as log, subprocess.Popen(
                [program, "start", "--otlp-http-endpoint", f"127.0.0.1:{port}",
                 "--otlp-grpc-endpoint", f"127.0.0.1:{free_port()}", "--exporter", "blackhole",
                 "--debug-log", "traces", "--debug-log-verbosity", "detailed"],
                stdout=log, stderr=subprocess.STDOUT) as collector:
            self.addCleanup(collector.wait)
            self.addCleanup(collector.terminate)
            wait_for(f"http://127.0.0.1:{port}/", collector)

            def said():
                log.seek(0)
                return log.read()

            with gateway(FREERELAY_OTLP_ENDPOINT=f"http://127.0.0.1:{port}") as url:
                asked = ask(url, stream=True)
                until(lambda: f"freerelay.request_id: Str({asked})" in said() and "outcome" in said())
                metrics = urllib.request.urlopen(f"{url}/metrics").read().decode()
            collector.terminate()
            collector.wait()
            names = re.findall(r"Name +: (\S+)", said())
            self.assertEqual(names, ["ingress", "route", "attempt[1]", "stream", "outcome"])
            self.assertEqual(set(re.findall(r"Trace ID +: (\w+)", said())), {TRACE})
            self.assertIn('freerelay_dropped_records_total{queue="trace"} 0\n', metrics)


if __name__ == "__main__":
    unittest.main()
