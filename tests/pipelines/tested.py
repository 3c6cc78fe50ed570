# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which program of this folder runs which recipe against a real server. A recipe that is not here fails run-recipes."""

BY = {
    'call-answer': 'run-recipes',
    'call-answer-record': 'run-recipes',
    'call-listen': 'run-recipes',
    'call-play': 'run-recipes',
    'call-record': 'run-records',
    'call-record-tracks': 'run-records',
    'call-ring-incoming': 'run-recipes',
    'call-ringback': 'run-recipes',
    'call-say': 'run-recipes',
    'call-to-hls': 'run-taps',
    'call-to-pcm': 'run-taps',
    'call-to-pcm-socket': 'run-taps',
    'call-to-rtmp': 'run-taps',
    'call-video': 'run-recipes',
    'call-webrtcbin': 'run-recipes',
    'noise-suppression': 'run-taps',
    'quality-meter': 'run-recipes',
    'quality-watch': 'run-recipes',
    'ring': 'run-recipes',
    'screen-share': 'run-taps',
    'voicemail-beep': 'run-recipes',
}
