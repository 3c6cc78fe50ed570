#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# sanitize.sh CC SOURCE_ROOT BUILD_DIR [TEST...]: builds gst/core and its unit tests with the address and undefined
# behaviour sanitizers, in a directory of its own and beside meson (whose build stays as it is), and runs them.
# Exit 77 where the compiler has no sanitizers.
set -eu

cc=$1 root=$2 build=$3
shift 3
# A sanitizer's report must end the test; leaks count (GLib's one-time allocations stay reachable).
flags="-std=gnu11 -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
export G_SLICE=always-malloc
cflags=$(pkg-config --cflags glib-2.0 json-glib-1.0)
libs=$(pkg-config --libs glib-2.0 json-glib-1.0)

mkdir -p "$build"
if ! echo 'int main (void) { return 0; }' | $cc $flags -x c - -o "$build/probe" 2>"$build/probe.log" || ! "$build/probe"; then
  echo "skipped: $cc has no address sanitizer that works here"
  exit 77
fi

compile () {
  for source in "$@"; do
    object=$build/$(echo "${source#"$root"/}" | tr / -).o
    # shellcheck disable=SC2086  # flags are words
    $cc $flags $cflags -DG_LOG_DOMAIN='"GstCall"' -I"$root" -c "$source" -o "$object" || exit 1
  done
}

compile "$root"/gst/core/*.c
for name in "$@"; do
  compile "$root/tests/core/$name.c"
  # shellcheck disable=SC2086
  $cc $flags "$build/tests-core-$name.c.o" "$build"/gst-core-*.c.o $libs -lm -o "$build/core-$name"
done

failed=0
for name in "$@"; do
  if timeout 60 "$build/core-$name" >"$build/$name.log" 2>&1; then
    echo "ok $name"
  else
    failed=1
    echo "FAILED $name"
    tail -n 40 "$build/$name.log"
  fi
done
exit $failed
