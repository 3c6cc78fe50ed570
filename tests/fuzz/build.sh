#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh CLANG SOURCE_ROOT OUTPUT INPUT...: compiles for libFuzzer with the address and undefined behaviour sanitizers.
# OUTPUT is an archive of the sources (.a), which all programs share, or a program of sources and archives.
set -eu

clang=$1 root=$2 output=$3
shift 3
ccache=$(command -v ccache || true)
flags="-std=gnu11 -g -O1 -fno-sanitize-recover=all -I$root $(pkg-config --cflags glib-2.0 json-glib-1.0)"

# shellcheck disable=SC2086,SC2046  # flags are words
case $output in
  *.a)
    rm -rf "$output" "$output.d"
    mkdir "$output.d"
    for source in "$@"; do
      $ccache "$clang" $flags -fsanitize=fuzzer-no-link,address,undefined -DG_LOG_DOMAIN='"GstCall"' \
        -c "$source" -o "$output.d/$(basename "$source" .c).o"
    done
    exec ar rcs "$output" "$output.d"/*.o
    ;;
  *)
    exec "$clang" $flags -fsanitize=fuzzer,address,undefined -DG_LOG_DOMAIN='"GstCall"' "$@" -o "$output" \
      $(pkg-config --libs glib-2.0 json-glib-1.0) -lm
    ;;
esac
