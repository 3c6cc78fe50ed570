#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# compare-output.sh PROGRAM FILE: the program prints exactly what the file holds; else the difference, and exit 1.
set -eu

"$1" | diff -u "$2" - && exit 0
echo "$2 is not what $1 prints; bring it up to date with: $1 > $2"
exit 1
