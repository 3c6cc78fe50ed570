#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the packages of the Node server, once. better-sqlite3 is built from source where no binary of it is to be
# had: about two minutes, a C++ compiler and make. That is why tests/npm-install.sh leaves it alone.
set -eu
cd "$(dirname "$0")"
works() { node -e "new (require('better-sqlite3'))(':memory:')" 2> /dev/null; }
if [ -f node_modules/.package-lock.json ] && works; then
  exit 0
fi
echo "tests/bench/server: npm ci, about two minutes..."
npm ci --no-audit --no-fund
works
