#!/usr/bin/env bash
# Installs what the tests need, builds them and runs them; arguments go to ctest.
#   tests/run.sh            everything
#   tests/run.sh -L unit    one label (unit, contract, integration, ui, layering, e2e, …)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../installer/packages.sh
source "$root/installer/packages.sh"
preset=${FREERELAY_TEST_PRESET:-dev}

# The end-to-end tests drive the gateway with the official SDK. Without a package registry they
# are skipped, and the summary counts them.
install_e2e_packages() {
    local folder=$root/tests/e2e
    install_python_packages "$folder"
    if [[ -d $folder/node_modules && $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
        return 0
    fi
    say "installing the packages of the end-to-end tests"
    (cd "$folder" && timeout 300 npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) >&2 \
        || say "no package registry in reach: the end-to-end tests will be skipped"
}

# The dashboard's test drives a real browser, where the distribution has one.
install_browser() {
    if command -v chromium >/dev/null 2>&1; then
        return 0
    fi
    (install_packages chromium:chromium) \
        || say "no chromium to be had: the dashboard's test in a browser will be skipped"
}

install_python_packages() {
    local folder=$1 mark=$1/.venv/installed
    if [[ -f $mark && $mark -nt $folder/requirements.txt ]]; then
        return 0
    fi
    say "installing the Python packages of the end-to-end tests"
    { python3 -m venv "$folder/.venv" \
        && timeout 300 "$folder/.venv/bin/pip" install --quiet --disable-pip-version-check \
            -r "$folder/requirements.txt" && touch "$mark"; } >&2 \
        || say "no package index in reach: the end-to-end test in Python will be skipped"
}

# Adds up what every Qt Test program reported, so that skipped functions are seen.
summarise() {
    local report=$1
    [[ -f $report ]] || return 0
    if grep -q '^SKIP ' "$report"; then
        echo "Skipped test functions:"
        grep '^SKIP ' "$report" | sed 's/^SKIP *: */  /; s/&quot;/"/g; s/&apos;/'"'"'/g'
    fi
    awk '
        /^Totals: [0-9]+ passed/ { passed += $2; failed += $4; skipped += $6 }
        /<testcase .*status="notrun"/ { skipped++ }
        END { printf "functions: %d passed, %d failed, %d skipped\n", passed, failed, skipped }
    ' "$report"
}

install_packages "${build_packages[@]}" "${test_packages[@]}"
install_e2e_packages
install_browser
build_preset "$root" "$preset"

report=$root/build/$preset/test-report.xml
rm -f "$report"
status=0
ctest --test-dir "$root/build/$preset" --output-on-failure --no-tests=error -j "$(build_jobs)" \
    --output-junit "$report" --test-output-size-passed 1000000 --test-output-size-failed 1000000 \
    "$@" || status=$?
summarise "$report" | tee "$root/build/$preset/test-summary.txt"
exit "$status"
