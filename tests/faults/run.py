#!/usr/bin/env python3
"""Plays every fault at the socket to a real FreeRelay, and judges what its client got.

    tests/faults/run.py FREERELAY [--wire WIRE] [--only TEXT] [--write docs/faults.md]

Each case has a provider of its own that has the fault, and shares a second one that is well. The
simulated providers and the gateway listen on 127.0.0.1 only. Exit code 1 when a case ended
otherwise than it must, or the gateway was harmed.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from faults import ALL, ANSWERED, BROKEN, CONTINUED, FAILOVER, REFUSED, Connection, Fault, well
from report import write_report
from wires import TEXT, WIRES, WORDS

GOOD_TEXT = "well"
PARALLEL = 12
# Of the gateway in this run; a case may take two of them and some.
TIMEOUTS = {"first_content_timeout": "1500 ms", "whole_reply_timeout": "1500 ms", "gap_timeout": "1500 ms"}
LONGEST_CASE = 12.0


@dataclass(frozen=True)
class Case:
    number: int
    fault: Fault
    wire: str
    stream: bool

    @property
    def title(self):
        how = "streamed" if self.stream else "whole"
        return f"{self.fault.phase}: {self.fault.name} ({self.wire}, {how})"


@dataclass
class Result:
    case: Case
    got: str
    detail: str
    seconds: float

    @property
    def passed(self):
        return self.got == self.case.fault.expected


class Provider(socketserver.StreamRequestHandler):
    """One connection to a simulated provider: a request, its fault, the end."""

    def handle(self):
        line = self.rfile.readline(65536).decode("latin-1")
        length = 0
        while (header := self.rfile.readline(65536).strip()):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = self.rfile.read(length)
        case = self.server.cases.get(re.match(r"\w+ /([^/ ]+)/", line).group(1)) if line else None
        connection = Connection(self.connection)
        try:
            if case is None:
                play_well(connection, json.loads(body))
            else:
                case.fault.act(connection, WIRES[case.wire])
        except OSError:
            pass  # the gateway has left: it may


def play_well(connection, request):
    """Goes on with what it is told to have said, else says a text of its own."""
    wire = WIRES["openai-chat"]
    said = [m["content"] for m in request["messages"] if m["role"] == "assistant"]
    text = TEXT.removeprefix(said[-1]) if said else GOOD_TEXT
    if not request.get("stream"):
        connection.whole(wire.whole(text))
        return
    connection.begin()
    connection.chunk(wire.stream([text])[0] + wire.finish() + wire.end())
    connection.end()


def tools(case):
    return {"tools": [{"type": "function", "function": {"name": "f"}}]} if case.fault.tools else {}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, cases):
        super().__init__(("127.0.0.1", 0), Provider)
        self.cases = {f"case-{case.number}": case for case in cases}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Gateway:
    """A FreeRelay with an empty home and one provider for each case."""

    def __init__(self, program, cases, port):
        self.home = tempfile.TemporaryDirectory(prefix="faults-")
        home = Path(self.home.name)
        for folder in ("config/freerelay", "data", "state", "cache", "run"):
            (home / folder).mkdir(parents=True, mode=0o700)
        (home / "config/freerelay/providers.yaml").write_text(providers_file(cases, port))
        (home / "config/freerelay/settings.yaml").write_text(
            "".join(f"{name}: {value}\n" for name, value in TIMEOUTS.items()))
        environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"), "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(home / "run"), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        self.log = open(home / "log", "w+b")
        self.process = subprocess.Popen(
            [program, "start", "--headless", "--port", "0"], env=environment, cwd=home,
            stdout=self.log, stderr=subprocess.STDOUT)
        self.port = self.wait_for_port()

    def wait_for_port(self):
        for _ in range(200):
            self.log.flush()
            text = Path(self.log.name).read_text(errors="replace")
            if match := re.search(r"http://127\.0\.0\.1:(\d+)", text):
                return int(match.group(1))
            if self.process.poll() is not None:
                raise SystemExit(f"the gateway did not start:\n{text}")
            time.sleep(0.05)
        raise SystemExit(f"the gateway does not listen:\n{text}")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory_mib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def health(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", "/health")
        return json.loads(connection.getresponse().read())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        self.log.close()
        self.home.cleanup()
        return code


def providers_file(cases, port):
    providers = []
    for case in cases:
        providers.append({
            "id": f"case-{case.number}", "tier": "free", "wire": case.wire, "auth": "none",
            "models_path": "none", "base_url": f"http://127.0.0.1:{port}/case-{case.number}",
            "models": [{"name": f"model-{case.number}"}]})
    providers.append({
        "id": "well", "tier": "paid", "auth": "none", "models_path": "none",
        "base_url": f"http://127.0.0.1:{port}/well",
        "models": [{"name": f"model-{case.number}"} for case in cases]})
    return json.dumps({"schema_version": 1, "providers": providers})  # JSON is YAML


def ask(gateway, case):
    """Status, provider, text, whether an error was told, whether the stream ended properly."""
    body = json.dumps({"model": f"model-{case.number}", "stream": case.stream,
                       "messages": [{"role": "user", "content": "say it"}], **tools(case)})
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=LONGEST_CASE)
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    provider = response.getheader("x-freerelay-provider") or ""
    if response.status != 200 or not case.stream:
        reply = json.loads(data)
        text = reply["choices"][0]["message"]["content"] if response.status == 200 else ""
        return response.status, provider, text, "error" in reply, True
    text, failed, ended = "", False, False
    for event in data.decode().split("\n\n"):
        payload = "".join(l[5:].lstrip() for l in event.splitlines() if l.startswith("data:"))
        if payload == "[DONE]":
            ended = True
        elif payload:
            chunk = json.loads(payload)
            failed = failed or "error" in chunk
            for choice in chunk.get("choices", []):
                text += choice["delta"].get("content") or ""
    return response.status, provider, text, failed, ended


def judge(case, answer):
    """The outcome in one word, or what is wrong with it."""
    status, provider, text, failed, ended = answer
    own = provider == f"case-{case.number}"
    if status != 200:
        return (REFUSED if status == 400 and failed and own else f"status {status}"), ""
    if not failed and ended and provider == "well" and text == GOOD_TEXT:
        return FAILOVER, ""
    if not failed and ended and own and text in (TEXT, "\u00e9"):
        return (CONTINUED if case.fault.expected == CONTINUED else ANSWERED), ""
    if failed and not ended and own and text and TEXT.startswith(text) and text != TEXT:
        return BROKEN, ""
    return "wrong", f"{provider}: text {text!r}, error {failed}, end {ended}"


def run_case(gateway, case):
    begin = time.monotonic()
    try:
        got, detail = judge(case, ask(gateway, case))
    except (OSError, http.client.HTTPException, ValueError) as error:
        got, detail = "silent", f"{type(error).__name__}: {error}"
    return Result(case, got, detail, time.monotonic() - begin)


def run_wire(program, wire, only):
    cases = [Case(number, fault, wire, stream) for number, (fault, stream) in enumerate(
        (fault, stream) for fault in ALL if wire in fault.wires
        for stream in fault.streams if only in f"{fault.phase}: {fault.name}")]
    server = Server(cases)
    gateway = Gateway(program, cases, server.server_address[1])
    harm = []
    try:
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            results = list(pool.map(lambda case: run_case(gateway, case), cases))
        for _ in range(200):  # connections to stalled providers end within the limits
            if gateway.process.poll() is None and gateway.descriptors() <= 64:
                break
            time.sleep(0.05)
        if gateway.process.poll() is not None:
            harm.append(f"the gateway died with {gateway.process.returncode}")
        else:
            if gateway.descriptors() > 64:
                harm.append(f"{gateway.descriptors()} descriptors are still open")
            if gateway.memory_mib() > 300:
                harm.append(f"{gateway.memory_mib():.0f} MiB of memory")
            gateway.health()
    finally:
        code = gateway.stop()
        server.shutdown()
    if code != 0:
        harm.append(f"the gateway ended with {code}")
    return results, harm


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--wire", choices=sorted(WIRES), action="append")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--write", type=Path)
    options = arguments.parse_args()
    results, harm = [], []
    for wire in options.wire or WIRES:
        some, harmed = run_wire(os.path.abspath(options.program), wire, options.only)
        results += some
        harm += [f"{wire}: {text}" for text in harmed]
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(f"FAIL {result.case.title}: must be {result.case.fault.expected}, was {result.got} "
              f"{result.detail} after {result.seconds:.1f} s")
    for text in harm:
        print(f"HARM {text}")
    print(f"{len(results)} cases, {len(failed)} failed, slowest {max(r.seconds for r in results):.1f} s")
    if options.write:
        write_report(options.write, results, harm)
    sys.exit(1 if failed or harm else 0)


if __name__ == "__main__":
    main()
