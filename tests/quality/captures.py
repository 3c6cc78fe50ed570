# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The GstCall Authors
"""Writes captures of RTP whose every packet is known: an SDP in a SIP INVITE first, then the streams.

A packet is (time in ns, destination port, bytes of RTP)."""
import random
import struct

START = 10**9
AUDIO_PORT, VIDEO_PORT = 5004, 5006
AUDIO_SSRC, VIDEO_SSRC, OTHER_SSRC = 0x1234, 0x5678, 0x9999
OPUS, VP8 = 111, 96
SDP = ('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
       'm=audio 5004 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\nm=video 5006 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n')
INVITE = ('INVITE sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\nFrom: <sip:a@127.0.0.1>\r\n'
          'To: <sip:b@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n'
          f'Content-Length: {len(SDP)}\r\n\r\n{SDP}').encode()


def rtp(payload_type, seq, timestamp, ssrc, marker=0, size=80):
    return struct.pack('>BBHII', 0x80, marker << 7 | payload_type, seq & 0xffff, timestamp & 0xffffffff, ssrc) + bytes(size)


def udp(source, destination, payload):
    return struct.pack('>HHHH', source, destination, 8 + len(payload), 0) + payload


def ipv4(content, protocol=17, fragment=0):
    return struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(content), 0, fragment, 64, protocol, 0,
                       bytes([127, 0, 0, 1]), bytes([127, 0, 0, 1])) + content


def ipv6(content, protocol=17, options=b''):
    here = bytes(15) + b'\1'
    return struct.pack('>IHBB16s16s', 6 << 28, len(options) + len(content), 0 if options else protocol, 64, here,
                       here) + options + content


def ethernet(packet, kind=0x0800):
    return bytes(12) + struct.pack('>H', kind) + packet


def pcap(frames, link=1, order='<', nanoseconds=True, snap=65535):
    """@frames: (time in ns, bytes)."""
    unit = 1 if nanoseconds else 1000
    magic = 0xa1b23c4d if nanoseconds else 0xa1b2c3d4
    out = [struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, snap, link)]
    for time, frame in frames:
        kept = frame[:snap]
        out.append(struct.pack(order + 'IIII', time // 10**9, time % 10**9 // unit, len(kept), len(frame)) + kept)
    return b''.join(out)


def pcapng(frames, link=1):
    """One interface, times in ns."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack('<HHI', link, 0, 65535) + struct.pack('<HHB3xHH', 9, 1, 9, 0, 0))]
    for time, frame in frames:
        out.append(block(6, struct.pack('<IIIII', 0, time >> 32, time & 0xffffffff, len(frame), len(frame)) + frame))
    return b''.join(out)


def rtpdump(packets):
    out = [b'#!rtpplay1.0 127.0.0.1/5004\n', struct.pack('>IIIHH', 1, 0, 0x7f000001, 40000, 0)]
    for time, _, data in packets:
        out.append(struct.pack('>HHI', 8 + len(data), len(data), (time - START) // 10**6) + data)
    return b''.join(out)


def frames(packets, sdp=True, wrap=lambda content: ethernet(ipv4(content))):
    """The packets, in the order of their times, as frames behind the INVITE."""
    out = [(START - 10**8, wrap(udp(5060, 5060, INVITE)))] if sdp else []
    return out + [(time, wrap(udp(40000, port, data))) for time, port, data in sorted(packets, key=lambda row: row[0])]


def opus(count, seq=100, timestamp=1000, ssrc=AUDIO_SSRC, jitter=0, loss=0, reorder=0, twice=0, bursts=(), seed=1):
    dice, out = random.Random(seed), []
    for i in range(count):
        time = START + i * 20_000_000 + int(dice.random() * jitter * 1e6)
        if i and dice.random() < loss or any(begin <= i < end for begin, end in bursts):
            continue
        data = rtp(OPUS, seq + i, timestamp + 960 * i, ssrc)
        if dice.random() < reorder:
            time += 25_000_000
        out.append((time, AUDIO_PORT, data))
        if dice.random() < twice:
            out.append((time + 3_000_000, AUDIO_PORT, data))
    return out


def vp8(count, seq=10, timestamp=5, ssrc=VIDEO_SSRC, jitter=0, loss=0, seed=2):
    """Frames of one to six packets, the last one marked."""
    dice, out = random.Random(seed), []
    for i in range(count):
        packets = dice.randint(1, 6)
        delay = int(dice.random() * jitter * 1e6)
        for j in range(packets):
            seq += 1
            if dice.random() < loss:
                continue
            data = rtp(VP8, seq, timestamp + 3000 * i, ssrc, int(j == packets - 1), 1000)
            out.append((START + i * 33_333_333 + j * 200_000 + delay, VIDEO_PORT, data))
    return out


def swapped(packets, one, other):
    """The same times, the two with each other's data."""
    out = list(packets)
    out[one], out[other] = (*packets[one][:2], packets[other][2]), (*packets[other][:2], packets[one][2])
    return out


def joined(packets, *more, pause=4 * 10**9):
    return packets + [(time + pause, port, data) for time, port, data in more]


# A case whose figures another tshark counts otherwise: 4.2 changed what it does with packets that come late.
LATE = {'reordered', 'wrapped-reordered', 'duplicated', 'first-reordered', 'last-reordered', 'last-duplicated',
        'timestamps-back', 'numbers-back'}
CASES = {
    'steady': opus(500),
    'jittered': opus(500, jitter=12),
    'lossy': opus(500, jitter=5, loss=.05),
    'bursts': opus(500, jitter=5, bursts=((100, 106), (300, 340))),
    'reordered': opus(500, jitter=5, reorder=.05),
    'duplicated': opus(500, jitter=5, twice=.05),
    'wrapped': opus(500, 65400, jitter=5),
    'wrapped-timestamps': opus(500, 65400, 2**32 - 960 * 200, jitter=5, loss=.02),
    'wrapped-reordered': opus(500, 65400, 2**32 - 960 * 200, jitter=5, reorder=.1),
    'around': opus(66000, 0, 5, jitter=5, loss=.001),
    'two-ssrcs': opus(300, jitter=5) + opus(300, 500, 77, OTHER_SSRC, jitter=9, seed=4),
    'first-reordered': swapped(opus(200, jitter=5), 0, 1),
    'last-reordered': swapped(opus(200, jitter=5), 198, 199),
    'last-duplicated': joined(opus(200, jitter=5), opus(200, jitter=5)[100]),
    'jump': joined(opus(200, jitter=5), *opus(100, 5000, 1000 + 960 * 300, jitter=5)),
    'numbers-back': joined(opus(200, jitter=5), *opus(100, 50, 1000 + 960 * 200, jitter=5)),
    'timestamps-back': joined(opus(200, timestamp=500000, jitter=5), *opus(100, 400, 1000, jitter=5)),
    'vp8': vp8(300),
    'vp8-jittered': vp8(300, jitter=3, loss=.03),
    'opus-and-vp8': opus(300, jitter=5) + vp8(200, jitter=3, loss=.01),
}
