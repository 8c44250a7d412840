"""Starts the program under test in an empty home, with the variables that a test gives it."""
import contextlib
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def gateway(**variables):
    """Gives its address; ends it, and fails when it did not end well."""
    with tempfile.TemporaryDirectory(prefix="freerelay-e2e-") as home:
        base = pathlib.Path(home)
        os.chmod(home, 0o700)
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": home, "XDG_RUNTIME_DIR": home,
            **{f"XDG_{name.upper()}_HOME": str(base / name) for name in ("config", "data", "state", "cache")},
            "DBUS_SESSION_BUS_ADDRESS": "disabled:", **variables}
        command = [os.environ["FREERELAY"], "start", "--headless", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, cwd=home)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            if process.wait(timeout=20) != 0:
                raise AssertionError(f"freerelay ended with code {process.returncode}")


def wait_for(url, process):
    """Until `process` answers, whatever it says."""
    while process.poll() is None:
        try:
            urllib.request.urlopen(url).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{process.args[0]} ended with code {process.returncode}")
