#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh CLANG SOURCE_ROOT OUTPUT SOURCE...: one libFuzzer program with the address and undefined behaviour sanitizers.
set -eu

clang=$1 root=$2 output=$3
shift 3
# shellcheck disable=SC2046  # flags are words
exec "$clang" -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -DG_LOG_DOMAIN='"GstCall"' \
  -I"$root" $(pkg-config --cflags glib-2.0 json-glib-1.0) "$@" -o "$output" \
  $(pkg-config --libs glib-2.0 json-glib-1.0) -lm
