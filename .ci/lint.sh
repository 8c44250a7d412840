#!/usr/bin/env bash
# Runs one linter over the sources of core, app and ui, the most recently changed ones first.
#   .ci/lint.sh tidy|clazy [SECONDS]
# No file is begun after SECONDS (default: no limit); what was left out is named in the last line.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tool=${1:-}
limit=${2:-86400}
build=$root/build/lint
clazy_checks=level0,level1,base-class-event,old-style-connect,missing-qobject-macro
# A widget is owned by its parent; what core and app make is owned by value or unique_ptr.
clazy_widget_checks=ctor-missing-parent-argument

# Sources by the time of their last change: uncommitted ones, then the newest commits'.
sources() {
    cd "$root"
    {
        git status --porcelain --untracked-files=all -- core app ui | cut -c4-
        git log --format= --name-only -- core app ui
        git ls-files -- core app ui
    } | grep '\.cpp$' | awk '!seen[$0]++' | while IFS= read -r file; do
        [[ ! -f $file ]] || printf '%s\n' "$file"
    done
}

# The compile commands, without precompiled headers (clang cannot read g++'s). No source includes
# moc's output, so nothing has to be built.
prepare() {
    cd "$root"
    cmake --preset lint --log-level=WARNING >/dev/null
}

# Lints one file; silent when it is clean.
lint_one() {
    local tool=$1 file=$2 output
    if (($(date +%s) >= LINT_END)); then
        echo "$file" >>"$LINT_LEFT"
        return 0
    fi
    if ! grep -qF "\"$LINT_ROOT/$file\"" "$LINT_BUILD/compile_commands.json"; then
        return 0 # not built in this configuration
    fi
    cd "$LINT_ROOT"
    if [[ $tool == tidy ]]; then
        output=$(clang-tidy-14 --quiet -p "$LINT_BUILD" "$file" 2>/dev/null) && return 0
    else
        local checks=$LINT_CHECKS
        [[ $file != ui/* ]] || checks+=,$LINT_WIDGET_CHECKS
        output=$(clazy-standalone -p "$LINT_BUILD" --checks="$checks" \
            --header-filter="$LINT_ROOT/(core|app|ui)/.*" "$file" 2>&1 || true)
        grep -qE '(error|warning): ' <<<"$output" || return 0
    fi
    printf '%s\n%s\n' "--- $file" "$output"
    return 1
}

case $tool in
tidy | clazy) ;;
*)
    echo "usage: .ci/lint.sh tidy|clazy [SECONDS]" >&2
    exit 2
    ;;
esac

prepare
LINT_END=$(($(date +%s) + limit))
LINT_LEFT=$(mktemp)
trap 'rm -f "$LINT_LEFT"' EXIT
LINT_ROOT=$root LINT_BUILD=$build LINT_CHECKS=$clazy_checks LINT_WIDGET_CHECKS=$clazy_widget_checks
export LINT_END LINT_LEFT LINT_ROOT LINT_BUILD LINT_CHECKS LINT_WIDGET_CHECKS
export -f lint_one
status=0
sources | xargs -r -P "$(nproc)" -I{} bash -c 'lint_one "$1" "$2"' lint "$tool" {} || status=1
echo "$tool: $(sources | wc -l) files, $(wc -l <"$LINT_LEFT") left out for want of time"
exit $status
