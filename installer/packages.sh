# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are read by the scripts that source this file
# The Debian 12 packages that FreeRelay needs, and what the run scripts share. Sourced, not run.
#
# An entry "name:command" counts as present when the command exists, whoever installed it.

build_packages=(
    build-essential cmake ninja-build ccache pkg-config git ca-certificates
    qt6-base-dev qt6-httpserver-dev qt6-websockets-dev qt6-svg-dev qt6-charts-dev libqt6opengl6-dev libgl1-mesa-dev
    qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
    qt6-qpa-plugins qt6-wayland fonts-dejavu-core
    qcoro-qt6-dev qtkeychain-qt6-dev libsecret-1-0
    libcurl4-openssl-dev libsimdjson-dev libsodium-dev libsqlite3-dev libyaml-cpp-dev libcli11-dev libexpected-dev
    prometheus-cpp-dev libmimalloc-dev
)

test_packages=(
    gnome-keyring dbus xvfb trayer xdotool imagemagick
    nodejs:node npm:npm python3:python3 python3-venv curl nginx-light prometheus:promtool
)

lint_packages=(
    clang-format-14 clang-tidy-14 clazy gcovr shellcheck desktop-file-utils appstream
)

fuzz_packages=(
    clang-14 libclang-rt-14-dev
)

bench_packages=(
    nginx-light wrk libbenchmark-dev iproute2 python3:python3 curl
)

say() { printf '%s\n' "freerelay: $*" >&2; }

die() {
    say "$*"
    exit 1
}

package_present() {
    local name=${1%%:*}
    if [[ $1 == *:* ]] && command -v "${1#*:}" >/dev/null 2>&1; then
        return 0
    fi
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]]
}

# Prints the names among its arguments that are not installed, one a line.
missing_packages() {
    local entry
    for entry in "$@"; do
        package_present "$entry" || printf '%s\n' "${entry%%:*}"
    done
}

# Installs those of its arguments that are missing. Touches neither network nor root when none is.
install_packages() {
    local missing=() runner=()
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "this is no Debian: please see to it that these are installed: ${*%%:*}"
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        return 0
    fi
    say "installing ${#missing[@]} missing packages: ${missing[*]}"
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null 2>&1; then
            die "not root and no sudo here. As root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
        fi
        runner=(sudo)
    fi
    "${runner[@]}" apt-get -q update \
        || say "the package lists could not be refreshed; trying with those at hand"
    "${runner[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}" \
        || die "the packages could not be installed. By hand: apt-get install --no-install-recommends ${missing[*]}"
    # Tests and benchmarks start servers of their own; the machine's need not run for that.
    local service
    for service in nginx prometheus; do
        if [[ " ${missing[*]} " =~ \ $service(-light)?\  ]] && command -v systemctl >/dev/null 2>&1; then
            "${runner[@]}" systemctl disable --now "$service" >/dev/null 2>&1 || true
        fi
    done
}

# How many compilers may run at once: one a core, and 1.5 GiB of free memory for each.
build_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1572864) }' /proc/meminfo)
    if ((memory < 1)); then memory=1; fi
    echo $((cores < memory ? cores : memory))
}

# build_preset ROOT PRESET [TARGET…]  configures when needed, then builds; ninja shows the progress.
build_preset() {
    local root=$1 preset=$2 started=$SECONDS
    shift 2
    # One compiler cache serves every clone on the machine.
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    if [[ ! -f $root/build/$preset/build.ninja ]]; then
        say "configuring ($preset)"
        (cd "$root" && cmake --preset "$preset" --log-level=WARNING) >&2
    fi
    say "building ($preset); the first time takes some minutes"
    (cd "$root" && cmake --build "build/$preset" -j "$(build_jobs)" ${1+--target "$@"}) >&2
    say "built in $((SECONDS - started)) s"
}
