#!/usr/bin/env python3
"""Verifies an exported audit trail with Python and openssl alone (docs/audit.md): names the first
record that does not fit and ends with 1, else with 0."""
import argparse, base64, glob, hashlib, json, os, subprocess, sys, tempfile

def fail(record, why):
    sys.exit(f"NOT INTACT at record {record}: {why}")

def pem(key):
    der = bytes.fromhex("302a300506032b6570032100") + bytes.fromhex(key)  # RFC 8410
    return f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"

def is_signed(key_pem, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for name, content in zip(names, (key_pem.encode(), message, signature)):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", names[0]]
        command += ["-in", names[1], "-sigfile", names[2]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("folder")
options.add_argument("--public-key", help="PEM file of who must have signed it")
options.add_argument("--checkpoint", help="what `freerelay audit head` printed before")
options.add_argument("--partial", action="store_true", help="it may begin later than with record 1")
args = options.parse_args()
trusted = open(args.public_key).read() if args.public_key else None
points = [json.loads(line) for line in open(args.checkpoint)] if args.checkpoint else []
known = {point["n"]: point["hash"] for point in points}
n, previous, key, signed = 0, "00" * 32, None, 0
for path in sorted(glob.glob(os.path.join(args.folder, "audit-*.jsonl"))):
    for line in open(path, "rb").read().split(b"\n")[:-1]:
        digest, text = line[9:73].decode("latin1"), line[84:-1]
        try:
            record = json.loads(text)
        except ValueError:
            record = {"n": 0}
        if n == 0 and args.partial:
            n, previous = record["n"] - 1, record["prev"]
        if line != b'{"hash":"' + line[9:73] + b'","record":' + text + b"}" or record["n"] == 0:
            fail(n + 1, "its line is none of a trail")
        if record["n"] != n + 1 or record["prev"] != previous:
            fail(n + 1, f"record {record['n']} stands there, or the one before was changed")
        if hashlib.sha256(b"\0" + bytes.fromhex(previous) + text).hexdigest() != digest:
            fail(n + 1, "its hash is not that of its content")
        if record["kind"] in ("segment", "settings"):
            key = record.get("public_key")
        if record["kind"] == "head" and key:
            message = f"freerelay audit head 1\n{n}\n{previous}\n{record['time']}\n".encode()
            if not is_signed(trusted or pem(key), message, bytes.fromhex(record["signature"])):
                fail(signed + 1, f"the signature in record {record['n']} does not cover it")
            signed = n
        n, previous = n + 1, digest
        if known.pop(n, digest) != digest:
            fail(n, "it is not the record of the checkpoint")
if known or n == 0 or (trusted and not signed):
    fail(n + 1, "the trail ends before it, or nothing is signed with that key")
print(f"intact up to record {n}; " + (f"signed up to {signed}" if signed else "not signed"))
