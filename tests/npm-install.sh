#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the npm packages that the tests use, once: nothing is fetched when they are there as package-lock.json says.
set -eu
cd "$(dirname "$0")"
if [ -f node_modules/.package-lock.json ] && npm ls --omit=dev > /dev/null 2>&1; then
  exit 0
fi
exec npm ci --no-audit --no-fund
