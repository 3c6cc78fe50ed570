#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh PROGRAM CORPUS ARTIFACTS: fuzzes for FUZZ_SECONDS (5), from the seeds in CORPUS, which stay as they are. What
# breaks the program is kept in ARTIFACTS.
set -eu

program=$1 corpus=$2 artifacts=$3 seconds=${FUZZ_SECONDS:-5}
mkdir -p "$artifacts"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/found"
export G_SLICE=always-malloc ASAN_OPTIONS=detect_leaks=1

if timeout $((seconds + 60)) "$program" -max_total_time="$seconds" -rss_limit_mb=512 -timeout=5 -max_len=8192 \
  -print_final_stats=1 -artifact_prefix="$artifacts/" "$work/found" "$corpus" >"$work/log" 2>&1; then
  grep -E '^(Done|stat::)' "$work/log"
else
  tail -n 60 "$work/log"
  exit 1
fi
