#!/usr/bin/env python3
"""Small measurements for compare.sh.

probe.py port                     a free port
probe.py start PORT COMMAND...    milliseconds from starting COMMAND to PORT accepting; ends it
"""
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_time(port, command, limit=10.0):
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not accepts(port):
            if process.poll() is not None or time.monotonic() - begin > limit:
                raise SystemExit("the program did not start listening")
            time.sleep(0.001)
        return (time.monotonic() - begin) * 1000
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    if sys.argv[1] == "port":
        print(free_port())
    else:
        print(f"{start_time(int(sys.argv[2]), sys.argv[3:]):.0f}")
