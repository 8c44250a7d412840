#!/usr/bin/env bash
# Measures FreeRelay beside nginx as a reverse proxy and beside no proxy at all, in one run, and
# writes its part of docs/benchmarks.md, with the raw figures beside it (docs/benchmarks.tsv).
#   tests/bench/compare.sh [--rounds N] [--seconds N] [--output FOLDER]
# Everything is on 127.0.0.1. Rounds are interleaved, so that a noisy minute hits everybody.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$bench/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../installer/packages.sh
source "$root/installer/packages.sh"

rounds=5
seconds=4
output=$root/docs
while (($# > 0)); do
    case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --output) output=$2 ;;
    *) die "usage: tests/bench/compare.sh [--rounds N] [--seconds N] [--output FOLDER]" ;;
    esac
    shift 2
done

install_packages "${build_packages[@]}" "${bench_packages[@]}"
build_preset "$root" release
build_preset "$root" bench bench_mock_upstream bench_sse_load bench_gui_busy
tools=$root/build/bench/bin
freerelay=$root/build/release/bin/freerelay
tick_us=$((1000000 / $(getconf CLK_TCK)))

work=$(mktemp -d)
raw=$work/raw.tsv
started=()
stop_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    started=()
}
trap 'stop_all; rm -rf "$work"' EXIT

# record KIND TARGET CONNECTIONS ROUND NAME VALUE
record() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$raw"; }

ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
memory_kib() { awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status"; }

# What the kernel holds for the sockets of a process: read queues and write queues, in bytes.
kernel_bytes() {
    ss -tmnpHO 2>/dev/null | grep -F "pid=$1," | sed -n 's/.*skmem:(r\([0-9]*\),.*,w\([0-9]*\),.*/\1 \2/p' \
        | awk '{ sum += $1 + $2 } END { print sum + 0 }'
}

wait_for() {
    local try
    for ((try = 0; try < 200; try++)); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
        sleep 0.05
    done
    die "nothing listens on port $1"
}

answer_one() {
    curl -sf -o /dev/null --max-time 10 -H 'content-type: application/json' \
        -d '{"messages":[{"role":"user","content":"hello"}]}' \
        "http://127.0.0.1:$1/v1/chat/completions" || die "nothing is answered on port $1"
}

declare -A port pid
start_mock() {
    port[direct]=$(python3 "$bench/probe.py" port)
    "$tools/bench_mock_upstream" --port "${port[direct]}" --frames 40 --interval-us 25000 >/dev/null &
    pid[direct]=$!
    started+=("$!")
    wait_for "${port[direct]}"
}

start_nginx() {
    port[nginx]=$(python3 "$bench/probe.py" port)
    sed "s|@WORK@|$work|; s|@PORT@|${port[nginx]}|; s|@MOCK_PORT@|${port[direct]}|" \
        "$bench/nginx.conf.in" >"$work/nginx.conf"
    nginx -p "$work" -c "$work/nginx.conf" 2>"$work/nginx.log" &
    pid[nginx]=$!
    started+=("$!")
    wait_for "${port[nginx]}"
}

# The environment of a user who has one paid provider, and nothing else.
# A home of its own for each program: only one runs per user.
user_environment() {
    local home=$work/$1
    echo env -i "PATH=$PATH" LANG=C.UTF-8 "HOME=$home" "XDG_CONFIG_HOME=$home/config" \
        "XDG_DATA_HOME=$home/data" "XDG_STATE_HOME=$home/state" \
        "XDG_CACHE_HOME=$home/cache" "XDG_RUNTIME_DIR=$home" \
        DBUS_SESSION_BUS_ADDRESS=disabled: FREERELAY_MODE=paid OPENAI_API_KEY=sk-test \
        "OPENAI_BASE_URL=http://127.0.0.1:${port[direct]}/v1"
}

gateway_command() { echo "$(user_environment home)" "$freerelay" start --headless --port "$1"; }

start_gateway() {
    port[freerelay]=$(python3 "$bench/probe.py" port)
    # shellcheck disable=SC2046 # a list of words
    exec_gateway $(gateway_command "${port[freerelay]}")
    wait_for "${port[freerelay]}"
    sleep 1
}

exec_gateway() {
    "$@" >"$work/gateway.log" 2>&1 &
    pid[freerelay]=$!
    started+=("$!")
}

measure_json() {
    local target=$1 connections=$2 round=$3 before after words
    before=$(ticks "${pid[$target]}")
    mapfile -t words < <(wrk -t1 "-c$connections" "-d${seconds}s" --timeout 10s -s "$bench/chat.lua" \
        "http://127.0.0.1:${port[$target]}/v1/chat/completions" | sed -n 's/^RESULT //p' | tr ' ' '\n')
    after=$(ticks "${pid[$target]}")
    ((${#words[@]} == 5)) || die "wrk gave no result for $target"
    record json "$target" "$connections" "$round" rps \
        "$(awk "BEGIN { printf \"%.0f\", ${words[0]} / ${words[1]} }")"
    record json "$target" "$connections" "$round" p50_us "${words[2]}"
    record json "$target" "$connections" "$round" p99_us "${words[3]}"
    record json "$target" "$connections" "$round" errors "${words[4]}"
    record json "$target" "$connections" "$round" cpu_us \
        "$(awk "BEGIN { if (${words[0]} > 0) printf \"%.1f\", ($after - $before) * $tick_us / ${words[0]}; else print 0 }")"
}

# KIND streams: begun evenly over one stream's life; burst: all in the same instant.
measure_streams() {
    local kind=$1 target=$2 streams=$3 round=$4 spread_ms=$5 line name
    line=$("$tools/bench_sse_load" --port "${port[$target]}" --streams "$streams" \
        --spread-ms "$spread_ms" --seconds "$((seconds * 2))" || true)
    for name in streams errors frames_per_s ttft_p50 ttft_p99 lag_p50 lag_p99; do
        record "$kind" "$target" "$streams" "$round" "$name" \
            "$(sed -n "s/.*\"$name\":\\([0-9.-]*\\).*/\\1/p" <<<"$line")"
    done
}

measure_never_read() {
    local target=$1 rss_before kernel_before rss=0 kernel=0 value reader
    rss_before=$(memory_kib "${pid[$target]}" VmRSS)
    kernel_before=$(kernel_bytes "${pid[$target]}")
    "$tools/bench_sse_load" --port "${port[$target]}" --never-read --seconds 5 &
    reader=$!
    while kill -0 "$reader" 2>/dev/null; do
        value=$(memory_kib "${pid[$target]}" VmRSS)
        ((value <= rss)) || rss=$value
        value=$(kernel_bytes "${pid[$target]}")
        ((value <= kernel)) || kernel=$value
        sleep 0.2
    done
    wait "$reader" || true
    record never-read "$target" 1 1 process_kib $((rss > rss_before ? rss - rss_before : 0))
    record never-read "$target" 1 1 kernel_kib $(((kernel > kernel_before ? kernel - kernel_before : 0) / 1024))
}

# STATE idle: a window that does nothing; busy: its thread is never free; control: it is idle, and
# another process takes as much of the processor.
measure_desktop() {
    local state=$1 round=$2 gui burner='' words busy_ms=0
    [[ $state != busy ]] || busy_ms=200
    port[desktop]=$(python3 "$bench/probe.py" port)
    # shellcheck disable=SC2046 # a list of words
    $(user_environment window) QT_QPA_PLATFORM=offscreen "FREERELAY_BENCH_GUI_BUSY_MS=$busy_ms" \
        "$tools/bench_gui_busy" --port "${port[desktop]}" >"$work/desktop.log" 2>&1 &
    gui=$!
    started+=("$gui")
    wait_for "${port[desktop]}"
    answer_one "${port[desktop]}" # requests of its first moment wait for the keys to be read
    if [[ $state == control ]]; then
        python3 -c 'while True: pass' &
        burner=$!
        started+=("$burner")
    fi
    mapfile -t words < <(wrk -t1 -c1 "-d${seconds}s" --timeout 10s -s "$bench/chat.lua" \
        "http://127.0.0.1:${port[desktop]}/v1/chat/completions" | sed -n 's/^RESULT //p' | tr ' ' '\n')
    ((${#words[@]} == 5)) || die "wrk gave no result for a desktop that is $state"
    record desktop "$state" 1 "$round" p50_us "${words[2]}"
    record desktop "$state" 1 "$round" p99_us "${words[3]}"
    record desktop "$state" 1 "$round" errors "${words[4]}"
    [[ -z $burner ]] || kill "$burner"
    kill "$gui"
    wait "$gui" $burner 2>/dev/null || true
}

measure_start() {
    local round=$1 start_port
    start_port=$(python3 "$bench/probe.py" port)
    # shellcheck disable=SC2046 # a list of words
    record start freerelay 1 "$round" listening_ms \
        "$(python3 "$bench/probe.py" start "$start_port" $(gateway_command "$start_port"))"
}

start_mock
start_nginx
mkdir -m 700 "$work/home" "$work/window"
for ((round = 1; round <= rounds; round++)); do
    measure_start "$round"
done
start_gateway
for target in nginx freerelay; do
    record memory "$target" 1 1 idle_kib "$(memory_kib "${pid[$target]}" VmRSS)"
done

for ((round = 1; round <= rounds; round++)); do
    for connections in 1 16 128; do
        for target in direct nginx freerelay; do
            say "round $round of $rounds: $connections connections, $target"
            measure_json "$target" "$connections" "$round"
        done
    done
    for target in direct nginx freerelay; do
        say "round $round of $rounds: 200 streams, $target"
        measure_streams streams "$target" 200 "$round" 1000
        measure_streams burst "$target" 200 "$round" 0
    done
    for state in idle busy control; do
        say "round $round of $rounds: one connection, the window is $state"
        measure_desktop "$state" "$round"
    done
done
for target in nginx freerelay; do
    record memory "$target" 1 1 peak_kib "$(memory_kib "${pid[$target]}" VmHWM)"
    measure_never_read "$target"
done
stop_all

commit=$(git -C "$root" rev-parse --short=12 HEAD)
[[ -z $(git -C "$root" status --porcelain -- core app ui CMakeLists.txt) ]] || commit+=" with local changes"
mkdir -p "$output"
python3 "$bench/report.py" "$raw" "$output" "$commit" "$rounds" "$seconds"
say "written: $output/benchmarks.md"
