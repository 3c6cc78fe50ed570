# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is in a recording: sound and pictures as numbers, by ffmpeg and the standard library."""
import array
import json
import math
import operator
import subprocess
import wave

RATE = 8000
WAIT = 60


def _run(*command):
    return subprocess.run(command, capture_output=True, check=True, timeout=WAIT, stdin=subprocess.DEVNULL).stdout


def samples(path):
    """The sound of a file: mono, RATE per second, as it stands in the file from its beginning."""
    return array.array('h', _run('ffmpeg', '-nostdin', '-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', str(RATE),
                                 '-f', 's16le', '-'))


def envelope(sound, step=80):
    return [math.sqrt(sum(value * value for value in sound[at:at + step]) / step) for at in range(0, len(sound) - step, step)]


def _correlation(a, b):
    power = math.sqrt(sum(map(operator.mul, a, a)) * sum(map(operator.mul, b, b)))
    return sum(map(operator.mul, a, b)) / power if power else 0.0


def aligned_correlation(wanted, got):
    """How much of @wanted is in @got, at the place that fits best: (correlation, seconds into @got)."""
    step = 80
    shape, other = envelope(wanted, step), envelope(got, step)
    # A little may be missing at the end, where the call was hung up; it counts as wrong, not as an error.
    other += [0.0] * max(0, len(shape) - len(other) + 50)
    coarse = max(range(len(other) - len(shape) + 1), key=lambda lag: _correlation(shape, other[lag:lag + len(shape)]))
    padded = array.array('h', [0] * step * 2) + got + array.array('h', [0] * (len(wanted) + step * 4))
    best = max(range(coarse * step, coarse * step + 4 * step),
               key=lambda at: sum(map(operator.mul, wanted[::3], padded[at:at + len(wanted)][::3])))
    best = max(range(best - 3 if best > 3 else 0, best + 4),
               key=lambda at: sum(map(operator.mul, wanted, padded[at:at + len(wanted)])))
    return _correlation(wanted, padded[best:best + len(wanted)]), (best - 2 * step) / RATE


def onsets(sound, step=40):
    """When something sounds after silence, in seconds."""
    shape = envelope(sound, step)
    threshold = max(shape) / 4
    found, last = [], -1.0
    for at, value in enumerate(shape):
        when = at * step / RATE
        if value > threshold:
            if when - last > 0.3:
                found.append(when)
            last = when
    return found


def tone(sound):
    """The frequency of a tone, from its zero crossings in the middle half."""
    middle = sound[len(sound) // 4:len(sound) * 3 // 4]
    crossings = sum(1 for a, b in zip(middle, middle[1:]) if a < 0 <= b)
    return crossings * RATE / len(middle) if middle else 0.0


def strength(sound, frequency):
    """The amplitude of one frequency in it, 0 to 32767."""
    if not sound:
        return 0.0
    turn = 2 * math.pi * frequency / RATE
    real = sum(value * math.cos(turn * at) for at, value in enumerate(sound))
    imaginary = sum(value * math.sin(turn * at) for at, value in enumerate(sound))
    return 2 * math.hypot(real, imaginary) / len(sound)


def tones(sound, frequencies, step=800):
    """What of @frequencies is heard one after the other: [(frequency, seconds from its begin to its end)]."""
    heard = []
    for at in range(0, len(sound) - step, step):
        piece = sound[at:at + step]
        best = max(frequencies, key=lambda frequency: strength(piece, frequency))
        if strength(piece, best) < 2000:
            best = None
        if not heard or heard[-1][0] != best:
            heard.append([best, 0.0])
        heard[-1][1] += step / RATE
    return [(frequency, seconds) for frequency, seconds in heard if frequency is not None and seconds > 0.15]


def write_tone(path, frequency, seconds, rate=48000):
    """A WAV file with a sine in it."""
    with wave.open(path, 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        turn = 2 * math.pi * frequency / rate
        file.writeframes(array.array('h', (int(12000 * math.sin(turn * at)) for at in range(round(seconds * rate)))).tobytes())


def frames(path):
    """Of the first picture track: the times of its frames in seconds, width, height."""
    probe = json.loads(_run('ffprobe', '-v', 'error', '-select_streams', 'v:0', '-show_entries',
                            'packet=pts_time:stream=width,height', '-of', 'json', path))
    stream = probe['streams'][0]
    return sorted(float(packet['pts_time']) for packet in probe['packets']), stream['width'], stream['height']


def colours(path, at):
    """Seven colours from left to right out of the upper half of the picture @at seconds after its beginning."""
    raw = _run('ffmpeg', '-nostdin', '-v', 'error', '-ss', str(at), '-i', path, '-frames:v', '1',
               '-vf', 'crop=iw:ih/2:0:0,scale=7:1:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-')
    return [tuple(raw[index:index + 3]) for index in range(0, 21, 3)]


def channels(path):
    """The two channels of a file's sound, as samples() has it."""
    both = array.array('h', _run('ffmpeg', '-nostdin', '-v', 'error', '-i', path, '-vn', '-ac', '2', '-ar', str(RATE),
                                 '-f', 's16le', '-'))
    return both[::2], both[1::2]


def tone_power(sound, frequency, step=400):
    """How much of a tone is in the sound: the mean power of pieces of 50 ms at that frequency."""
    turn = 2 * math.pi * frequency / RATE
    waves = [(math.cos(turn * at), math.sin(turn * at)) for at in range(step)]
    total = 0.0
    for at in range(0, len(sound) - step, step):
        piece = sound[at:at + step]
        total += sum(x * c for x, (c, _) in zip(piece, waves)) ** 2 + sum(x * s for x, (_, s) in zip(piece, waves)) ** 2
    return total / len(sound)


def grey(path, at, region):
    """The points, 0..255, of region (x, y, width, height) of the picture @at seconds after its beginning."""
    x, y, width, height = region
    return _run('ffmpeg', '-nostdin', '-v', 'error', '-ss', str(at), '-i', path, '-frames:v', '1',
                '-vf', f'crop={width}:{height}:{x}:{y}', '-pix_fmt', 'gray', '-f', 'rawvideo', '-')


def points(path, at, places):
    """The colours at places (x, y) of that picture, each the mean of 4 x 4 points."""
    return [tuple(_run('ffmpeg', '-nostdin', '-v', 'error', '-ss', str(at), '-i', path, '-frames:v', '1',
                       '-vf', f'crop=4:4:{x}:{y},scale=1:1:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'))
            for x, y in places]
