#!/usr/bin/env python3
"""Turns the raw figures of compare.sh into the first part of docs/benchmarks.md, keeps what is written
by hand below it, and puts the figures beside it."""
import collections
import datetime
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

TARGETS = ("direct", "nginx", "freerelay")


def read(path):
    figures = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text().splitlines():
        kind, target, connections, _, name, value = line.split("\t")
        figures[kind, target, int(connections), name].append(float(value or "nan"))
    return figures


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]


class Report:
    def __init__(self, figures):
        self.figures = figures

    def median(self, kind, target, connections, name):
        values = self.figures.get((kind, target, connections, name))
        return statistics.median(values) if values else None

    def total(self, kind, target, connections, name):
        return sum(self.figures.get((kind, target, connections, name), []))

    def cell(self, kind, target, connections, name, form="{:.0f}"):
        value = self.median(kind, target, connections, name)
        return "–" if value is None else form.format(value)

    def json_table(self):
        yield "| Connections | | requests/s | p50 µs | p99 µs | CPU µs a request | errors |"
        yield "|---|---|---|---|---|---|---|"
        for connections in (1, 16, 128):
            for target in TARGETS:
                values = [self.cell("json", target, connections, n) for n in ("rps", "p50_us", "p99_us")]
                cpu = "–" if target == "direct" else self.cell(
                    "json", target, connections, "cpu_us", "{:.1f}")
                errors = self.total("json", target, connections, "errors")
                yield f"| {connections} | {target} | {' | '.join(values)} | {cpu} | {errors:.0f} |"

    def stream_table(self, kind):
        names = ("streams", "frames_per_s", "ttft_p50", "ttft_p99", "lag_p50", "lag_p99")
        yield "| | streams | frames/s | ttft p50 µs | ttft p99 µs | lag p50 µs | lag p99 µs | errors |"
        yield "|---|---|---|---|---|---|---|---|"
        for target in TARGETS:
            values = [self.cell(kind, target, 200, n) for n in names]
            errors = self.total(kind, target, 200, "errors")
            yield f"| {target} | {' | '.join(values)} | {errors:.0f} |"

    def memory_table(self):
        yield "| | idle RSS MiB | peak RSS MiB | held for a reader that never reads: process + kernel MiB |"
        yield "|---|---|---|---|"
        for target in ("nginx", "freerelay"):
            mib = [
                self.median(kind, target, 1, name)
                for kind, name in (
                    ("memory", "idle_kib"), ("memory", "peak_kib"),
                    ("never-read", "process_kib"), ("never-read", "kernel_kib"))]
            shown = [f"{value / 1024:.1f}" if value is not None else "–" for value in mib]
            yield f"| {target} | {shown[0]} | {shown[1]} | {shown[2]} + {shown[3]} |"

    def desktop_table(self):
        yield "| The window's thread | p50 µs | p99 µs | errors |"
        yield "|---|---|---|---|"
        for state, words in (
                ("idle", "idle"), ("busy", "never free: turns of 200 ms"),
                ("control", "idle, another process takes a core")):
            p50, p99 = (self.cell("desktop", state, 1, name) for name in ("p50_us", "p99_us"))
            yield f"| {words} | {p50} | {p99} | {self.total('desktop', state, 1, 'errors'):.0f} |"

    def bars(self):
        """(what, measured, the bar, met) for each bar that this run can judge."""
        def ratio(connections, name):
            ours = self.median("json", "freerelay", connections, name)
            return ours / self.median("json", "nginx", connections, name)

        added = self.median("json", "freerelay", 1, "p50_us") - self.median("json", "direct", 1, "p50_us")
        ttft = (self.median("streams", "freerelay", 200, "ttft_p50")
                - self.median("streams", "direct", 200, "ttft_p50")) / 1000
        lag = (self.median("streams", "freerelay", 200, "lag_p99")
               / self.median("streams", "nginx", 200, "lag_p99"))
        held = (self.median("never-read", "freerelay", 1, "process_kib")
                + self.median("never-read", "freerelay", 1, "kernel_kib")) / 1024
        idle = self.median("memory", "freerelay", 1, "idle_kib") / 1024
        listening = self.median("start", "freerelay", 1, "listening_ms")
        errors = sum(self.total("json", "freerelay", c, "errors") for c in (1, 16, 128)) \
            + sum(self.total(kind, "freerelay", 200, "errors") for kind in ("streams", "burst"))
        cpu, rps = ratio(16, "cpu_us"), ratio(16, "rps")
        yield "CPU per request, 16 connections", f"{cpu:.2f}× nginx", "≤ 2.5×", cpu <= 2.5
        yield "Requests a second, 16 connections", f"{rps:.2f}× nginx", "≥ 0.5×", rps >= 0.5
        yield "Added p50, one connection", f"{added:.0f} µs", "≤ 110 µs", added <= 110
        yield "Added time to first token p50, 200 streams", f"{ttft:.2f} ms", "≤ 1 ms", ttft <= 1
        yield "Frame lag p99, 200 streams", f"{lag:.2f}× nginx", "≤ 1.5×", lag <= 1.5
        yield "Held for a reader that never reads", f"{held:.1f} MiB", "≤ 16 MiB", held <= 16
        yield "Idle RSS, headless", f"{idle:.1f} MiB", "≤ 30 MiB", idle <= 30
        yield "Start to listening, headless", f"{listening:.0f} ms", "≤ 300 ms", listening <= 300
        yield "Errors", f"{errors:.0f}", "0", errors == 0

    def bar_table(self):
        yield "| What | Measured | Bar | |"
        yield "|---|---|---|---|"
        for what, measured, bar, met in self.bars():
            yield f"| {what} | {measured} | {bar} | {'met' if met else '**missed**'} |"


BEGIN, END = "<!-- compare.sh -->", "<!-- end of compare.sh -->"
EMPTY = f"# Benchmarks\n\n{BEGIN}\n{END}\n"


def put_into(page, lines):
    """The page with `lines` between its marks; all else, written by hand, stays."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"docs/benchmarks.md lacks the marks {BEGIN} and {END}")
    return "\n".join([before + begin, *lines, end + after])


def main():
    raw, output, commit, rounds, seconds = sys.argv[1:6]
    report = Report(read(raw))
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "## Beside nginx and beside no proxy", "",
        "Written by `tests/bench/compare.sh`; the raw figures are in [benchmarks.tsv](benchmarks.tsv).", "",
        f"- Commit {commit}, {now}",
        f"- {processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}",
        f"- {version('nginx', '-v')}; {version('wrk', '-v').split(' Copyright')[0]}",
        f"- {rounds} interleaved rounds of {seconds} s each; the tables show medians, errors are sums.",
        "- Load generator, simulated provider and the program under test share the cores, so requests a",
        "  second compare only within this table; CPU a request (from /proc/PID/stat) is the steadiest.",
        "- nginx: one worker, keep-alive to the provider, `proxy_buffering off`. FreeRelay: its defaults, one",
        "  provider. A request is a 1 KB chat body with the headers of the official Node SDK, the answer 1 KB.",
        "", "### The bars", "", *report.bar_table(),
        "", "### JSON requests", "", *report.json_table(),
        "", "### 200 streams at once, 40 frames each, 25 ms apart", "",
        "`ttft`: request sent to first token read. `lag`: frame sent by the provider to frame read by the",
        "client. Begun evenly over one second, so that about 200 begin and 200 end each second:", "",
        *report.stream_table("streams"),
        "", "All 200 begun in the same instant (and again in the same instant when they end):", "",
        *report.stream_table("burst"),
        "", "### While the window is busy", "",
        "One connection to `freerelay-desktop`, whose workers have threads of their own: a request that",
        "waited for the window's thread would take up to 200 ms.", "",
        *report.desktop_table(),
        "", "### Memory", "", *report.memory_table()]
    target = pathlib.Path(output)
    page = target / "benchmarks.md"
    page.write_text(put_into(page.read_text() if page.exists() else EMPTY, lines))
    shutil.copyfile(raw, target / "benchmarks.tsv")


if __name__ == "__main__":
    main()
