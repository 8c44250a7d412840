#!/bin/sh
# Runs a command in a session of its own with an unlocked gnome-keyring, in a home folder of its
# own. Exit code 77 (skipped) where dbus or gnome-keyring is not installed.
set -eu
for program in dbus-run-session gnome-keyring-daemon; do
    if ! command -v "$program" >/dev/null 2>&1; then
        echo "SKIPPED: $program is not installed"
        exit 77
    fi
done
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME
HOME=$home XDG_RUNTIME_DIR=$home/run dbus-run-session -- sh -c '
    printf testpw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    exec "$@"' sh "$@"
