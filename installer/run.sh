#!/usr/bin/env bash
# From a fresh Debian 12 to a running FreeRelay: installs what is missing, builds, starts.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=packages.sh
source "$root/installer/packages.sh"

usage() {
    cat <<'TEXT'
Usage: installer/run.sh [options]

Installs the missing Debian packages (naming them), builds FreeRelay and starts it: the tray
application when there is a display, else the gateway alone. A second start takes seconds.

  --headless       the gateway alone, even when there is a display
  --port N         listen on this port (default 8000)
  --mode M         free, paid or auto
  --demo           three demo providers, to try it without any key
  --build-only     install and build, do not start
  --help           this text
TEXT
}

headless=false
start=true
options=()
while (($# > 0)); do
    case $1 in
    --headless) headless=true ;;
    --build-only) start=false ;;
    --demo) options+=("$1") ;;
    --port | --mode)
        (($# > 1)) || die "$1 needs a value (see --help)"
        options+=("$1" "$2")
        shift
        ;;
    --port=* | --mode=*) options+=("${1%%=*}" "${1#*=}") ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) die "unknown option: $1 (see --help)" ;;
    esac
    shift
done

install_packages "${build_packages[@]}"
build_preset "$root" release

if ! $start; then
    say "the programs are in $root/build/release/bin"
    exit 0
fi
if $headless || [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    $headless || say "no display here: starting the gateway alone"
    exec "$root/build/release/bin/freerelay" start --headless "${options[@]}"
fi
exec "$root/build/release/bin/freerelay-desktop" "${options[@]}"
