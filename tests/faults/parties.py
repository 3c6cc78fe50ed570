# SPDX-License-Identifier: LGPL-2.1-or-later
"""The processes of a call: the server and the parties, watched line by line. Nothing here sleeps: every wait is for a
line, for a process or for a moment of the clock that is the subject of the test, and each has an end."""
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request

WAIT = 20


class Failure(AssertionError):
    pass


class Process:
    """A program whose output is kept and waited on."""

    def __init__(self, name, words, **options):
        self.name, self.lines, self.changed = name, [], threading.Condition()
        self.started = time.monotonic()
        options.setdefault('stderr', subprocess.STDOUT)
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        errors='replace', **options)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append((time.monotonic(), line.rstrip('\n')))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def now(self):
        with self.changed:
            return len(self.lines)

    def find(self, pattern, since=0):
        for _, line in self.lines[since:]:
            match = re.search(pattern, line)
            if match:
                return match
        return None

    def wait(self, pattern, since=0, timeout=WAIT):
        """The match of the first line from `since` on."""
        with self.changed:
            self.changed.wait_for(lambda: self.find(pattern, since) or not self.reader.is_alive(), timeout)
            match = self.find(pattern, since)
        if match is None:
            raise Failure(f'{self.name}: no line /{pattern}/ in {timeout} s; it said\n' + self.tail())
        return match

    def tail(self, count=25):
        said = [line for _, line in self.lines if not line.startswith(('media', 'level'))]
        return '\n'.join(f'    {self.name}| {line[:300]}' for line in said[-count:])

    def tell(self, command):
        self.process.stdin.write(command + '\n')
        self.process.stdin.flush()

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        return self.ended()

    def ended(self, timeout=WAIT):
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(WAIT)
            raise Failure(f'{self.name} did not end in {timeout} s; it said\n' + self.tail()) from None
        self.reader.join(WAIT)
        return code

    def close(self):
        """Whatever it was doing."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT)
        self.reader.join(WAIT)
        self.process.stdin.close()
        self.process.stdout.close()


class Server(Process):
    """gst-call-server on a fixed port once it is known, with a database and a secret that outlive it."""

    def __init__(self, folder, listen='127.0.0.1', port=0, **flags):
        program = os.environ['GST_CALL_SERVER']
        secret = os.path.join(folder, 'secret')
        if not os.path.exists(secret):
            with open(secret, 'w', encoding='ascii') as file:
                file.write(os.urandom(32).hex())
        words = [program, '--listen', f'{listen}:{port}', '--database', os.path.join(folder, 'calls.db'),
                 '--jwt-secret-file', secret, '--debug']
        for name, value in flags.items():
            words += ['--' + name.replace('_', '-'), str(value)]
        self.again = lambda: Server(folder, listen, self.port, **flags)
        self.program, self.secret = program, secret
        super().__init__('server', words)
        self.port = int(self.wait(r'listening on http://\S+:(\d+)').group(1))

    def token(self, user, ttl=3600, secret=None):
        return subprocess.run([self.program, 'token', '--jwt-secret-file', secret or self.secret, '--user', user,
                               '--ttl', str(ttl)], check=True, capture_output=True, text=True, timeout=WAIT).stdout.strip()

    def meet(self, *users):
        """A user is known once seen."""
        for user in users:
            self.get(user, '/api/calls/active')

    def get(self, user, path, body=None):
        """POST, if there is a body."""
        request = urllib.request.Request(f'http://127.0.0.1:{self.port}{path}', body and json.dumps(body).encode(),
                                         {'Authorization': 'Bearer ' + self.token(user),
                                          'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            return json.load(answer)

    def history(self, user):
        return self.get(user, '/api/calls/history')['calls']


class Launch(Process):
    """gst-launch-1.0, as a user runs it."""

    def __init__(self, name, line, **environment):
        super().__init__(name, ['gst-launch-1.0', *line.split()], env=os.environ | environment)

    def error(self, timeout):
        """What its error says; it must end by itself, with another exit code than 0."""
        code = self.ended(timeout)
        match = self.find(r'ERROR: from element \S+: (.*)') or self.find('erroneous pipeline: (.*)')
        if code == 0 or match is None:
            raise Failure(f'{self.name}: exit code {code}; it said\n' + self.tail())
        return match.group(1)


class Party(Process):
    """A pipeline run by the program `party`."""

    def __init__(self, name, line, inside=()):
        super().__init__(name, [*inside, os.environ['FAULTS_PARTY'], line])

    def calls(self, since=0):
        """The states of the call, in order."""
        return [line.split()[1:5] for _, line in self.lines[since:] if line.startswith('call ')]

    def states(self, since=0):
        return [words[0] for words in self.calls(since)]

    def wait_state(self, state, since=0, timeout=WAIT):
        return self.wait(rf'^call {state} \S+ (\S+)', since, timeout).group(1)

    def media(self, since=0):
        """pad -> samples [time, buffers, back, lag, ends, state]."""
        pads = {}
        for when, line in self.lines[since:]:
            words = line.split()
            if words[0] == 'media':
                pads.setdefault(words[1], []).append([when, *map(int, words[2:6]), words[6]])
        return pads

    def wait_media(self, *pads, more=10, timeout=WAIT):
        """Until each pad got `more` buffers from now on."""
        since = self.now()

        def flowing():
            media = self.media(since)
            return all(pad in media and media[pad][-1][1] >= media[pad][0][1] + more for pad in pads)
        with self.changed:
            self.changed.wait_for(lambda: flowing() or not self.reader.is_alive(), timeout)
            if not flowing():
                raise Failure(f'{self.name}: no media on all of {pads} in {timeout} s: {self.media(since)}\n' + self.tail())

    def wait_sound(self, above=-60, timeout=WAIT):
        """Until what it hears is a tone, for a third of a second."""
        since = self.now()

        def levels():
            return [int(line.split()[1]) for _, line in self.lines[since:] if line.startswith('level')]

        def heard():
            return len(levels()) >= 3 and min(levels()[-3:]) > above
        with self.changed:
            self.changed.wait_for(lambda: heard() or not self.reader.is_alive(), timeout)
            if not heard():
                raise Failure(f'{self.name}: hears nothing, last levels {levels()[-10:]}')

    def check_playing(self):
        """It reached PLAYING and never left."""
        states = [line.split()[1] for _, line in self.lines if line.startswith('state ')]
        if 'PLAYING' not in states or states[-1] != 'PLAYING' or states.count('PLAYING') != 1:
            raise Failure(f'{self.name} went through the states {states}')

    def check_timestamps(self):
        """Timestamps never step back and keep close to the clock, over all legs."""
        for pad, samples in self.media().items():
            last = samples[-1]
            if last[2] or last[4]:
                raise Failure(f'{self.name}.{pad}: {last[2]} timestamps step back, {last[4]} ends of stream')
            if abs(last[3]) > 2000:
                raise Failure(f'{self.name}.{pad}: timestamps are {last[3]} ms behind the clock')

    def longest_silence(self, pad, since=0):
        """The longest time without a buffer, in s."""
        longest, moved, count = 0, None, None
        for when, buffers, *_ in self.media(since).get(pad, []):
            if buffers != count:
                moved, count = when, buffers
            longest = max(longest, when - moved)
        return longest
