# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""What tshark and gst-call-quality say of a file."""
import json
import os
import re
import shutil
import subprocess
import sys

TOOL = os.environ['GST_CALL_QUALITY']
SKIP = 77


def need_tshark():
    """Its version, as numbers."""
    if shutil.which('tshark') is None:
        print('SKIP: no tshark here (Debian: tshark)')
        sys.exit(SKIP)
    text = subprocess.run(['tshark', '--version'], capture_output=True, text=True, timeout=60, check=False).stdout
    return tuple(int(number) for number in re.search(r'(\d+)\.(\d+)\.', text).groups())


def tshark(path):
    """{ssrc: [packets, lost, six spreads as text]}."""
    done = subprocess.run(['tshark', '-r', path, '-q', '-z', 'rtp,streams'], capture_output=True, text=True, timeout=60,
                          check=True)
    found = {}
    for line in done.stdout.splitlines():
        match = re.search(r' (0x[0-9A-Fa-f]{8}) +\S.*? +(\d+) +(-?\d+) \(.*?%\) +([-0-9. ]+)', line)
        if match:
            found[int(match[1], 16)] = [int(match[2]), int(match[3]), *match[4].split()[:6]]
    return found


def run(*words):
    return subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=60, check=False)


def streams(*paths):
    done = run('--format=json', *paths)
    if done.returncode != 0:
        raise AssertionError(f'exit status {done.returncode}: {done.stderr}')
    return json.loads(done.stdout)['streams']


def as_tshark(stream):
    spreads = [f"{stream[name][part]:.3f}" for name in ('delta', 'jitter') for part in ('min', 'mean', 'max')]
    return [stream['packets'], stream['lost'], *spreads]
