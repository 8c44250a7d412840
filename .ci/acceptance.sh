#!/usr/bin/env bash
# Drives the release binary with the official SDKs and simulated providers.
#   .ci/acceptance.sh KIT [CHECK…]     KIT: folder of the acceptance kit; CHECK: globs of its checks
# Exit code 77 when the SDKs cannot be had (no package registry in reach).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kit=${1:?folder of the acceptance kit}
shift
checks=("$@")
# 15 comes last: it has a key rejected, and embeddings have only that one.
((${#checks[@]} > 0)) || checks=('10-*' '11-*' '12-*' '13-*' '14-*' '18-*' '20-*' '21-*' '22-*' '23-*' '30-*' '31-*' '32-*' '60-*' '15-*')

work=$(mktemp -d)
started=()
cleanup() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${started[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_for() {
    local url=$1 try
    for ((try = 0; try < 100; try++)); do
        if curl -s -o /dev/null --max-time 1 "$url"; then
            return 0
        fi
        sleep 0.1
    done
    echo "acceptance: nothing answers at $url" >&2
    return 1
}

cp -r "$kit" "$work/kit"
chmod -R u+w "$work/kit"
cd "$work/kit"
if ! ONLY=codex,continue,opencode timeout 400 ./setup.sh; then
    echo "acceptance: the SDKs could not be installed"
    exit 77
fi

node mock/mockllm.mjs --quiet >"$work/mock.log" 2>&1 &
started+=($!)
wait_for http://127.0.0.1:9100/stats

port=$(free_port)
mkdir -p "$work/home"
env -i PATH="$PATH" LANG=C.UTF-8 HOME="$work/home" XDG_CONFIG_HOME="$work/home/config" \
    XDG_DATA_HOME="$work/home/data" XDG_STATE_HOME="$work/home/state" \
    XDG_CACHE_HOME="$work/home/cache" XDG_RUNTIME_DIR="$work/home" \
    DBUS_SESSION_BUS_ADDRESS=disabled: \
    OPENAI_API_KEY=sk-test OPENAI_BASE_URL=http://127.0.0.1:9101/v1 \
    GROQ_API_KEY=gsk_test GROQ_BASE_URL=http://127.0.0.1:9102/openai/v1 \
    "$root/build/release/bin/freerelay" start --headless --port "$port" \
    >"$work/gateway.log" 2>&1 &
gateway=$!
started+=("$gateway")
wait_for "http://127.0.0.1:$port/health" || {
    tail -20 "$work/gateway.log" >&2
    exit 1
}

status=0
GATEWAY_URL=http://127.0.0.1:$port GATEWAY_PID=$gateway LOG=$work/checks.log \
    ./run.sh "${checks[@]}" || status=1
if ! kill -0 "$gateway" 2>/dev/null; then
    echo "acceptance: the gateway did not survive the checks"
    status=1
fi
if ((status != 0)); then
    echo "--- last lines of the gateway's log"
    tail -20 "$work/gateway.log"
fi
exit $status
