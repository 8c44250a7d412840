#pragma once

#include <QByteArray>

namespace freerelay::gateway {

/// What people call a program, by its command line as in /proc/PID/cmdline (proc(5)): of an
/// interpreter the script's name, of a script with a name that says nothing that of its package or
/// folder; no other argument is looked at. "node\0/…/node_modules/@openai/codex/bin/codex.js" →
/// codex, "python3\0-m\0aider" → aider. At most 48 bytes, without anything that looks like a key.
/// Pure; any thread.
/// @param comm  what the kernel calls it, when there is no command line
[[nodiscard]] QByteArray programName(const QByteArray &commandLine, const QByteArray &comm);

} // namespace freerelay::gateway
