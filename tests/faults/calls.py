# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call with sound and picture both ways, in the broken network."""
import shutil
import tempfile
import time

import network
from parties import Failure, Party, Server

OUT = ('audiotestsrc is-live=true wave=sine freq=440 volume=0.5 ! audio/x-raw,rate=48000,channels=2 ! out.audio_0  '
       'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=30/1 ! out.video_0  ')
IN = ('callsrc name=in  in.audio_0 ! audioconvert ! level interval=100000000 ! fakesink async=false  '
      'in.video_0 ! fakesink async=false')
PADS = ('audio_0', 'video_0')


class Call:
    """alice has called bob; both hear and see each other."""

    def __init__(self, extra='', **flags):
        self.folder, self.extra = tempfile.mkdtemp(prefix='faults-'), extra
        self.parties = {}
        self.server = Server(self.folder, '0.0.0.0', **flags)

    def __enter__(self):
        try:
            self.server.meet('alice', 'bob')
            self.start('bob').wait('^call-ready')
            self.start('alice')
            self.call_id = self.alice.wait_state('connected')
            self.bob.wait_state('connected')
            self.since = time.monotonic()
            self.check_flowing()
            return self
        except BaseException:
            self.__exit__(True)
            raise

    def __exit__(self, error, *_):
        network.mend()
        for process in [*self.parties.values(), self.server]:
            if error:
                print(process.tail(60 if process is self.server else 25))
            process.close()
        shutil.rmtree(self.folder)

    def __getattr__(self, name):
        return self.parties[name]

    def start(self, name):
        asks = 'auto-answer=true' if name == 'bob' else 'peer=bob call-type=video'
        line = (f'callsink name=out server=http://{network.host(name)}:{self.server.port} '
                f'token={self.server.token(name)} {asks} {self.extra} ') + OUT + IN
        if name in self.parties:
            self.parties[name].close()
        self.parties[name] = Party(name, line, network.inside(name))
        return self.parties[name]

    def restart_server(self):
        """On the port that elements know, with the database and the secret."""
        self.server.close()
        self.server = self.server.again()

    def check_flowing(self):
        for party in self.parties.values():
            party.wait_media(*PADS)
            party.wait_sound()

    def hang_up(self):
        """alice does; both end by themselves, without an error."""
        self.alice.tell('hang-up')
        for party in self.parties.values():
            if party.ended() != 0:
                raise Failure(f'{party.name} ended with an error\n' + party.tail())
            if party.states()[-1] != 'ended':
                raise Failure(f'{party.name} ended as {party.states()}')

    def check_record(self, reason='hangup', seconds=None):
        """One call, ended so, as long as that."""
        calls = self.server.history('alice')
        found = [(call['callId'], call['status'], call['endReason']) for call in calls]
        if found != [(self.call_id, 'ended', reason)]:
            raise Failure(f'the history says {found}, not {self.call_id} ended {reason}')
        if seconds is not None and abs(calls[0]['duration'] - seconds) > 2:
            raise Failure(f'the record says {calls[0]["duration"]} s, it was {seconds:.1f} s')
        print(f'    record: ended, {reason}, {calls[0]["duration"]} s')
