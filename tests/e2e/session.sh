#!/usr/bin/env bash
# The desktop of one test: its own D-Bus bus and its own unlocked keyring (kept under $XDG_DATA_HOME), then the WebDriver
# server in the foreground. It ends with the test that started it, even when that is killed: its standard input is a
# pipe that nobody writes to, and its end is the end of this process group.
# usage: session.sh PORT
set -euo pipefail
export PORT=$1
exec 3<&0 </dev/null
(cat <&3 >/dev/null; kill -KILL -- "-$$") &
exec 3<&-
exec dbus-run-session -- bash -euo pipefail -c '
  printf %s e2e-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
  exec WebKitWebDriver --host=127.0.0.1 --port="$PORT"
'
