"""Writes docs/faults.md out of the results of a run."""

HEAD = """# Faults

Written by `tests/faults/run.py FREERELAY --write docs/faults.md`; do not edit. A real FreeRelay, one simulated provider for
each case that has the fault at its socket, and one that is well. Streamed and not, in each wire format that a provider may speak.

| Must become | Means |
|---|---|
| failover | the provider that is well answers; the client sees nothing of the fault |
| answered | odd, but no fault: the provider's own answer arrives whole |
| continued | the provider that is well goes on where the first one broke off, in the same stream, nothing told twice |
| broken | what had arrived is kept, an explicit error event follows, and no `[DONE]` |
| refused | the client is told its own mistake; nobody else is asked |
"""


def write_report(path, results, harm):
    failed = [result for result in results if not result.passed]
    rows = {}
    for result in results:
        fault = result.case.fault
        rows.setdefault((fault.phase, fault.name, fault.expected), []).append(result)
    lines = [HEAD, f"{len(results)} cases, {len(failed)} failed"
             f"{'' if not harm else '; harm: ' + '; '.join(harm)}. "
             f"Longest: {max(result.seconds for result in results):.1f} s, with limits of 1.5 s.", "",
             "| Phase | Fault | Must become | Cases | As it must |", "|---|---|---|---|---|"]
    for (phase, name, expected), some in rows.items():
        passed = sum(result.passed for result in some)
        lines.append(f"| {phase} | {name} | {expected} | {len(some)} | "
                     f"{'all' if passed == len(some) else f'**{passed}**'} |")
    path.write_text("\n".join(lines) + "\n")
