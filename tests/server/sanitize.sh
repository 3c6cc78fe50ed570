#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The server under an address and undefined-behaviour sanitizer, leaks included: its units, and all of it driven by the
# API tests that meet the most of it. Then the units of the ordinary build under valgrind.
# sanitize.sh SOURCE BUILD NODE: the sanitizer build is BUILD/sanitize-server, and is kept for the next time.
set -eu
source=$1 build=$2 node=$3
sanitized=$build/sanitize-server
# On their way out GLib and libwebsockets leave nothing behind that would have to be suppressed.
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export G_TEST_SRCDIR="$source/tests/server"

if [ ! -f "$sanitized/build.ninja" ]; then
  meson setup "$sanitized" "$source" -Db_sanitize=address,undefined -Db_lundef=false -Dcall=disabled \
    -Dcall-pipeline=disabled -Dman=disabled > "$build/sanitize-server.log" 2>&1 || { cat "$build/sanitize-server.log"; exit 1; }
fi
ninja -C "$sanitized" -j2 tools/call-server/gst-call-server tests/server/server-token-test \
  tests/server/server-store-test > "$build/sanitize-server.log" 2>&1 || { tail -20 "$build/sanitize-server.log"; exit 1; }

for unit in token store; do
  "$sanitized/tests/server/server-$unit-test" > /dev/null
  echo "sanitizer: $unit clean"
done
for test in api-calls api-signals api-races api-clients ops-drain ops-tls; do
  status=0
  GST_CALL_SERVER=$sanitized/tools/call-server/gst-call-server "$node" "$source/tests/server/$test.mjs" \
    > "$build/sanitize-server.log" 2>&1 || status=$?
  [ "$status" -ne 77 ] || { echo "what $test needs is not installed: left out from there on"; break; }
  [ "$status" -eq 0 ] || { cat "$build/sanitize-server.log"; exit 1; }
  echo "sanitizer: $test clean"
done

if command -v valgrind > /dev/null; then
  for unit in token store; do
    G_SLICE=always-malloc valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
      "$build/tests/server/server-$unit-test" > "$build/sanitize-server.log" 2>&1 ||
      { cat "$build/sanitize-server.log"; exit 1; }
    echo "valgrind: $unit clean"
  done
fi
