#!/usr/bin/env bash
# Fuzzes everything that reads bytes from outside, with libFuzzer and the address and undefined
# behaviour sanitizers.
#   tests/fuzz/run.sh [--seconds N] [TARGET…]     N: of each target (600); all targets when none is named
# What is learned stays in build/fuzz/corpus. A finding ends the run with status 1 and stands in
# build/fuzz/findings: mend it, and keep the input in tests/fuzz/corpus, where tst_fuzz_corpus
# replays it ever after.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../../installer/packages.sh
source "$root/installer/packages.sh"

seconds=600
if [[ ${1:-} == --seconds ]]; then
    seconds=${2:?"--seconds needs a number"}
    shift 2
fi
targets=("$@")
seeds=$root/tests/fuzz/corpus
if ((${#targets[@]} == 0)); then
    mapfile -t targets < <(ls "$seeds")
fi

install_packages "${build_packages[@]}" "${fuzz_packages[@]}"
build_preset "$root" fuzz fuzz_parsers

learned=$root/build/fuzz/corpus
findings=$root/build/fuzz/findings
failed=()
for target in "${targets[@]}"; do
    [[ -d $seeds/$target ]] || die "there is no target $target; there are: $(ls "$seeds" | tr '\n' ' ')"
    mkdir -p "$learned/$target" "$findings"
    say "fuzzing $target for $seconds s"
    # 10 s for one input means that some work grows faster than the input.
    FREERELAY_FUZZ_TARGET=$target UBSAN_OPTIONS=print_stacktrace=1 "$root/build/fuzz/bin/fuzz_parsers" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2000 -print_final_stats=1 \
        -artifact_prefix="$findings/$target-" "$learned/$target" "$seeds/$target" \
        >"$findings/$target.log" 2>&1 || failed+=("$target")
    grep -aE 'DOES NOT HOLD|ERROR: |runtime error|^stat::number_of_executed_units' "$findings/$target.log" || true
done
((${#failed[@]} == 0)) || die "findings in: ${failed[*]} (see build/fuzz/findings)"
