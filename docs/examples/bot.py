#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bot.py SERVER: answers a call with a tone, whose pitch the caller chooses with keys; # hangs up.

    apt install python3-gi gir1.2-gstreamer-1.0
    GST_CALL_TOKEN=... ./bot.py http://127.0.0.1:8080
"""
import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402

LINE = '''callsink name=out  audiotestsrc name=voice is-live=true volume=0 ! out.audio_0
          callsrc name=in  in.audio_0 ! fakesink'''
HASH = 11  # as a dtmf-event counts: 0 to 9, then * and #


class Bot:
    def __init__(self, server):
        self.loop, self.status = GLib.MainLoop(), 0
        self.pipeline = Gst.parse_launch(LINE)
        self.call, self.voice = (self.pipeline.get_by_name(name) for name in ('out', 'voice'))
        self.call.set_property('server', server)

    def sound(self, frequency):
        self.voice.set_property('freq', frequency)
        self.voice.set_property('volume', 0.5)

    def on_element(self, message):
        name = message.get_name()
        if name == 'call-incoming':
            print(message.get_string('peer'), 'calls', flush=True)
            self.call.emit('answer', message.get_string('call-id'))
        elif name == 'call-state':
            print(message.get_string('state'), flush=True)
            if message.get_string('state') == 'connected':
                self.sound(440)
        elif name == 'dtmf-event' and message.get_value('start'):
            number = message.get_value('number')
            print('key', number, flush=True)
            if number == HASH:
                self.call.emit('hang-up')
            else:
                self.sound(300 + 100 * number)

    def on_message(self, _bus, message):
        if message.type == Gst.MessageType.ELEMENT:
            self.on_element(message.get_structure())
        elif message.type == Gst.MessageType.EOS:  # the call is over; on-end=wait would take the next one
            self.loop.quit()
        elif message.type == Gst.MessageType.ERROR:
            print('bot:', message.parse_error()[0].message, file=sys.stderr)
            self.status = 1
            self.loop.quit()

    def run(self):
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message', self.on_message)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        return self.status


Gst.init(None)
if len(sys.argv) != 2:
    sys.exit('usage: bot.py SERVER (and the token in GST_CALL_TOKEN)')
sys.exit(Bot(sys.argv[1]).run())
