#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
echo "skipped: no clang with libFuzzer (Debian: clang-14 libclang-rt-14-dev)"
exit 77
