# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""Launch lines that record marked media, and the processes that run them."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'faults'))
from parties import Process   # noqa: E402 pylint: disable=wrong-import-position

FPS = 30
ENCODERS = {
    'vp8': 'vp8enc name={} deadline=1 cpu-used=8 keyframe-max-dist={} target-bitrate=400000',
    'h264': 'x264enc speed-preset=ultrafast tune=zerolatency key-int-max={1} bframes=0 ! h264parse config-interval=-1 ! '
            'video/x-h264,stream-format=avc,alignment=au ! identity name={0}',
}


def picture(pad, seconds, codec='vp8', live=False, keyframes=60, name='v', size='width=320,height=180'):
    """Numbered pictures with a flash each second, encoded."""
    encoder = ENCODERS[codec].format('out-' + name, keyframes)
    return (f'videotestsrc pattern=black is-live={live} num-buffers={int(seconds * FPS)} ! capsfilter name=size-{name} '
            f'caps="video/x-raw,format=I420,{size},framerate={FPS}/1" ! identity name=flashes-{name} ! '
            f'identity name=frames-{name} ! {encoder} ! identity name=gate-{name} ! {pad}')


def sound(pad, seconds, live=False, name='a'):
    """A beep each second, encoded."""
    return (f'audiotestsrc wave=silence is-live={live} num-buffers={int(seconds * 50)} samplesperbuffer=960 ! '
            f'audio/x-raw,format=S16LE,channels=1,rate=48000 ! identity name=beeps-{name} ! opusenc name=out-{name} ! '
            f'identity name=gate-{name} ! {pad}')


def recorder(location, container='matroska', **properties):
    words = ' '.join(f'{name.replace("_", "-")}={value}' for name, value in properties.items())
    return f'callrecordsink name=rec location={location} container={container} {words}'


class Line(Process):
    """A line run by the program recordline. Options: NAME:..., each of a kind in a list."""

    def __init__(self, line, drop=(), changes=(), log=(), inside=(), **options):
        self.logs = dict(entry.split(':', 1) for entry in log)
        words = [f'--drop={entry}' for entry in drop] + [f'--set={entry}' for entry in changes]
        words += [f'--log={entry}' for entry in log]
        super().__init__('line', [*inside, os.environ['RECORDLINE'], *words, line], **options)

    def whole(self, timeout=120):
        """Runs to its end, which must be a good one."""
        code = self.ended(timeout)
        self.close()
        if code != 0:
            raise AssertionError(f'exit code {code}; it said\n{self.tail()}')
        return self

    def logged(self, name):
        """[(SHA-256, timestamp in ns)] of what left the element; a line that a kill cut off is left out."""
        with open(self.logs[name], encoding='ascii') as file:
            lines = [line.split() for line in file.read().split('\n')[:-1]]
        return [(digest, int(time)) for digest, time in lines]

    def files(self, state='finished'):
        """The files of that message, in order."""
        return [match.group(1) for _, line in self.lines
                for match in [re.match(rf'recording {state} (\S+) ', line)] if match]

    def wall_of_zero(self):
        return float(self.wait(r'^playing (\S+)').group(1))


def manifest(path):
    with open(os.path.splitext(path)[0] + '.json', encoding='utf-8') as file:
        return json.load(file)
