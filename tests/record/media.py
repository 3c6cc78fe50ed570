# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""Media files as ffprobe, ffmpeg and GStreamer read them, and what muxfile logs of one that it writes."""
import array
import collections
import itertools
import json
import os
import re
import struct
import subprocess

TIMEOUT = 120
APPENDED = MARK = 2**64 - 1
NS = 10**9

Frame = collections.namedtuple('Frame', 'track time decoding duration keyframe size digest fragment')


def run(*command, timeout=TIMEOUT, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)


def probe(path, *arguments):
    done = run('ffprobe', '-v', 'error', '-of', 'json', *arguments, path)
    return json.loads(done.stdout or '{}') if done.returncode == 0 else {}


def streams(path):
    """By the track's number in the file: index and the rest of what ffprobe says."""
    return probe(path, '-show_streams').get('streams', [])


def packets(path):
    """Of each stream, in its order in the file."""
    found = collections.defaultdict(list)
    for packet in probe(path, '-show_packets', '-show_data_hash', 'sha256').get('packets', []):
        found[packet['stream_index']].append(packet)
    return found


def decode_errors(path):
    """What ffmpeg complains about, decoding everything."""
    done = run('ffmpeg', '-v', 'warning', '-i', path, '-map', '0', '-f', 'null', '-')
    return done.stderr + ('' if done.returncode == 0 else f'exit code {done.returncode}')


def discover(path):
    """Duration in ns and the number of streams; None: it does not open."""
    done = run('gst-discoverer-1.0', '-v', 'file://' + os.path.abspath(path))
    found = re.search(r'Duration: (\d+):(\d+):(\d+)\.(\d+)', done.stdout)
    if done.returncode != 0 or not found or 'An error was encountered' in done.stdout:
        return None
    hours, minutes, seconds, fraction = (int(part) for part in found.groups())
    return (hours * 3600 + minutes * 60 + seconds) * NS + fraction, len(re.findall(r' (?:audio|video) #\d+:', done.stdout))


def gst_times(path, demuxer, pad):
    """The running times in ns at which GStreamer plays the buffers of a demuxer's pad."""
    done = run('gst-launch-1.0', '-v', 'filesrc', f'location={path}', '!', demuxer, 'name=d', f'd.{pad}', '!', 'identity',
               'silent=false', '!', 'fakesink', 'sync=false')
    times, start, base, time = [], 0, 0, re.compile(r'pts: (\d+):(\d+):(\d+)\.(\d{9})')
    for line in done.stdout.split('\n'):
        segment = re.search(r'GstEventSegment.*? base=\(guint64\)(\d+).*? start=\(guint64\)(\d+)', line)
        if segment:
            base, start = (int(value) for value in segment.groups())
        found = time.search(line)
        if found and 'last-message = chain' in line:
            hours, minutes, seconds, fraction = (int(part) for part in found.groups())
            times.append((hours * 3600 + minutes * 60 + seconds) * NS + fraction - start + base)
    return times


def write_file(path, content):
    with open(path, 'wb') as file:
        file.write(content)
    return path


class Muxed:
    """What muxfile made of a pipeline."""

    def __init__(self, folder, name, container, pipeline, *options):
        self.prefix = os.path.join(folder, name)
        self.media = self.prefix + '.media'
        done = run(os.environ['MUXFILE'], *options, container, self.prefix, pipeline)
        self.missing = done.returncode == 77
        if self.missing:
            return
        if done.returncode != 0:
            raise RuntimeError(f'muxfile: exit code {done.returncode}: {done.stderr}')
        with open(self.prefix + '.frames', encoding='ascii') as file:
            self.frames = [Frame(*(part if i == 6 else int(part) for i, part in enumerate(line.split()))) for line in file]
        with open(self.prefix + '.writes', 'rb') as file:
            self.writes = list(self._writes(file.read()))

    @staticmethod
    def _writes(content):
        at = 0
        while at < len(content):
            offset, size = struct.unpack_from('=QQ', content, at)
            at += 16
            data = None if size == MARK else content[at:at + size]
            at += len(data or b'')
            yield offset, data

    def of_track(self, number, fragments=None):
        return [frame for frame in self.frames
                if frame.track == number and (fragments is None or frame.fragment < fragments)]

    def states(self):
        """(the file, fragments complete in it) after each single write."""
        content, fragments = bytearray(), 0
        for offset, data in self.writes:
            if data is None:
                fragments += 1
            elif offset == APPENDED:
                content += data
            else:
                content[offset:offset + len(data)] = data
            yield content, fragments


# ---- marks ----

Picture = collections.namedtuple('Picture', 'time number bright')
COLUMNS, ROWS = 16, 9                # squares of a picture of 16:9, as marks.c draws them
RATE, LOUD = 48000, 4000
SHOWN_TIME = re.compile(rb'pts_time:\s*(-?[\d.]+)')


def shown_times(log):
    return [float(match.group(1)) for line in log.split(b'\n') if b'showinfo' in line
            for match in [SHOWN_TIME.search(line)] if match]


def number_of(squares):
    """As marks.h has it: sixteen squares, and the same inverted below; None: there is no number."""
    number = 0
    for bit in range(COLUMNS):
        above, below = squares[bit], squares[COLUMNS + bit]
        if abs(above - below) < 109:
            return None
        number |= (above > below) << bit
    return number


def pictures(path, stream=0):
    """Each decoded picture: time, number, whether it is a flash."""
    done = subprocess.run(['ffmpeg', '-hide_banner', '-copyts', '-i', path, '-map', f'0:v:{stream}', '-vf',
                           f'showinfo,scale={COLUMNS}:{ROWS}:flags=area,format=gray', '-vsync', 'passthrough',
                           '-f', 'rawvideo', '-'], capture_output=True, timeout=TIMEOUT * 10, check=True)
    times, size = shown_times(done.stderr), COLUMNS * ROWS
    found = []
    for i, time in enumerate(times):
        squares = done.stdout[i * size:(i + 1) * size]
        found.append(Picture(time, number_of(squares), sum(squares[-4 * COLUMNS:]) > 4 * COLUMNS * 128))
    return found


def flashes(shown):
    """When the picture turns bright."""
    return [picture.time for before, picture in zip([None] + shown[:-1], shown)
            if picture.bright and not (before and before.bright)]


class Sound:
    """What is heard: samples one behind the other, as players add them up, and the times that they claim."""

    def __init__(self, path, stream=0):
        with subprocess.Popen(['ffmpeg', '-hide_banner', '-copyts', '-i', path, '-map', f'0:a:{stream}', '-af',
                               'aformat=sample_fmts=s16:channel_layouts=mono:sample_rates=48000,ashowinfo',
                               '-f', 's16le', '-'], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            samples, log = process.communicate(timeout=TIMEOUT * 10)
        times = shown_times(log)
        self.samples = array.array('h', samples)
        self.start = times[0]
        self.end = self.start + len(self.samples) / RATE
        counts = [int(found) for found in re.findall(rb'nb_samples:\s*(\d+)', log)]
        self.drift = max(abs(time - self.start - sum_before / RATE)
                         for time, sum_before in zip(times, itertools.accumulate([0] + counts[:-1])))

    def onsets(self, quiet_ms=300):
        """When something is heard after at least so much of silence."""
        step, found, quiet = RATE // 1000, [], quiet_ms
        for at in range(0, len(self.samples), step):
            block = self.samples[at:at + step]
            peak = max(max(block), -min(block))
            if peak > LOUD and quiet >= quiet_ms:
                first = next(i for i, sample in enumerate(block) if abs(sample) > LOUD)
                found.append(self.start + (at + first) / RATE)
            quiet = 0 if peak > LOUD else quiet + 1
        return found

    def loud(self, time, seconds):
        """For how long of @seconds from @time on something is heard."""
        step = RATE // 1000
        first = round((time - self.start) * RATE)
        blocks = (self.samples[at:at + step] for at in range(first, first + round(seconds * RATE), step))
        return sum(1 for block in blocks if block and max(max(block), -min(block)) > LOUD) / 1000
