#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh CLANG SOURCE_ROOT PACKAGES OUTPUT INPUT...: compiles for libFuzzer with the address and undefined behaviour
# sanitizers. OUTPUT is an archive of the sources (.a), which programs share, or a program of sources and archives;
# PACKAGES, one argument, are pkg-config's names of what it needs.
set -eu

clang=$1 root=$2 packages=$3 output=$4
shift 4
ccache=$(command -v ccache || true)
# shellcheck disable=SC2086  # packages are words
flags="-std=gnu11 -g -O1 -fno-sanitize-recover=all -I$root $(pkg-config --cflags $packages)"

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
      $(pkg-config --libs $packages) -lm
    ;;
esac
