#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# memcheck.sh PROGRAM...: runs each unit test of gst/core under valgrind. Bad accesses and definite leaks fail.
# Exit 77 where valgrind is not installed.
set -eu

if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind is not installed"
  exit 77
fi
export G_SLICE=always-malloc G_DEBUG=gc-friendly
log=$(mktemp)
trap 'rm -f "$log"' EXIT

failed=0
for program in "$@"; do
  if timeout 120 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
    --show-leak-kinds=definite "$program" >"$log" 2>&1; then
    echo "ok $(basename "$program")"
  else
    failed=1
    echo "FAILED $(basename "$program")"
    tail -n 60 "$log"
  fi
done
exit $failed
