# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of `serve` share: a server with any number of users, workers on it, callers, and the control API."""
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from parties import CONNECT, CONNECTED, PIPELINE, RECIPES, SERVER, Process
import sound

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'fixtures', 'worker')
SECRET = b'a secret of the tests, of 32 bytes and more'
WAIT = 45
NEAR = 5  # Hz: half a second is looked at, and a wave at each end may be cut


def token(user, seconds=3600):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b'=').decode()
    head = part(json.dumps({'alg': 'HS256', 'typ': 'JWT'}).encode())
    body = part(json.dumps({'sub': user, 'username': user, 'exp': int(time.time()) + seconds}).encode())
    return f'{head}.{body}.{part(hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest())}'


def request(method, url, bearer=None, body=None, raw=None):
    """(status, body): JSON as what it says, anything else as text."""
    data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
    head = {'Authorization': f'Bearer {bearer}'} if bearer else {}
    asked = urllib.request.Request(url, data=data, method=method, headers={**head, 'Content-Type': 'application/json'})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


class Worker(Process):
    """gst-call-pipeline serve, and its control API."""

    def __init__(self, test, rules, *options, **environment):
        self.test = test
        self.rules = test.path(f'rules-{len(os.listdir(test.folder))}')
        test.write(self.rules, rules)
        super().__init__(test, [PIPELINE, 'serve', '--rules', self.rules, '--listen', '127.0.0.1:0', '-v', *options],
                         GST_CALL_RECIPES=f'{FIXTURES}:{RECIPES}:{test.folder}', XDG_RUNTIME_DIR=test.folder, **environment)
        line = self.wait_line('control API on http', WAIT)
        test.assertIsNotNone(line, self.text())
        self.url = re.search(r'http://\S+', line).group(0)
        given = '--control-token-file' in options
        place = options[-1] if given else self.wait_line('control token in', 5).split(' in ')[1]
        with open(place, encoding='utf-8') as file:
            self.bearer = file.read().strip()

    def ask(self, method, path, body=None, **others):
        return request(method, self.url + path, others.pop('bearer', self.bearer), body, **others)

    def wait_ready(self):
        self.test.wait_for(lambda: self.ask('GET', '/readyz')[0] == 200, 'ready', self)

    def jobs(self, state=None):
        status, answer = self.ask('GET', '/api/jobs' + (f'?state={state}' if state else ''))
        self.test.assertEqual(status, 200, answer)
        return answer['jobs']

    def job(self, name):
        status, answer = self.ask('GET', f'/api/jobs/{name}')
        self.test.assertEqual(status, 200, answer)
        return answer

    def wait_job(self, name, *states):
        self.test.wait_for(lambda: self.job(name)['state'] in states, f'job {states}', self)
        return self.job(name)

    def metric(self, pattern):
        status, text = self.ask('GET', '/metrics')
        self.test.assertEqual(status, 200)
        return sum(float(line.rsplit(' ', 1)[1]) for line in text.splitlines() if re.match('gstcall_worker_' + pattern, line))


class Workers(unittest.TestCase):
    """A server for each test."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='gstcall-worker-')
        self.addCleanup(shutil.rmtree, self.folder)
        self.write(self.path('secret'), SECRET.decode())
        self.server = self.start_server('127.0.0.1:0')
        self.url = re.search(r'http://\S+', self.server.wait_line(r'listening on http', 10)).group(0)

    def start_server(self, address):
        return Process(self, [SERVER, '--jwt-secret-file', self.path('secret'), '--listen', address, '--database',
                              self.path('calls.db')])

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def write(path, text):
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), 'w', encoding='utf-8') as file:
            file.write(text)

    def user(self, name, seconds=3600):
        """A section of the rules."""
        self.write(self.path(f'{name}.token'), token(name, seconds))
        return f'[user {name}]\ntoken-file={self.path(name + ".token")}\n'

    def wait_for(self, condition, what, *processes, seconds=WAIT):
        end = time.monotonic() + seconds
        pause = processes[0].changed
        while not condition():
            if time.monotonic() > end:
                self.fail(f'{what}: not in {seconds} s\n' + '\n\n'.join(process.text() for process in processes))
            with pause:
                pause.wait(0.1)

    def call(self, user, peer, **values):
        """A caller's process, connected, and what it hears."""
        wav = self.path(f'{user}-heard.wav')
        caller = Process(self, [PIPELINE, 'run', 'caller', f'server={self.url}', f'peer={peer}', f'location={wav}',
                                *[f'{key}={value}' for key, value in values.items()], '--json'],
                         GST_CALL_RECIPES=FIXTURES, GST_CALL_TOKEN=token(user))
        return caller, wav

    def wait_connected(self, caller, *others):
        if caller.wait_line(CONNECTED, CONNECT + 10) is None:
            self.fail('\n\n'.join(process.text() for process in (caller, *others)))

    def wait_tone(self, wav, frequency, *processes):
        """The last second of a recording that grows."""
        heard = []
        def is_heard():
            heard.append(self.heard_lately(wav))
            return heard[-1] is not None and abs(heard[-1] - frequency) < NEAR
        try:
            self.wait_for(is_heard, f'{frequency} Hz in {os.path.basename(wav)}', *processes)
        finally:
            if not heard or heard[-1] is None or abs(heard[-1] - frequency) >= NEAR:
                size = os.path.getsize(wav) if os.path.exists(wav) else 'none'
                print(f'{os.path.basename(wav)}: {size} bytes, heard lately: {heard[-5:]}')

    def heard_lately(self, wav):
        if not os.path.exists(wav) or os.path.getsize(wav) < 100000:
            return None
        got = sound.samples(wav)[-sound.RATE:]
        return sound.tone(got) if len(got) == sound.RATE else None

    def start_call(self, user, peer):
        """A call without media, by REST."""
        status, answer = request('POST', self.url + '/api/calls/start', token(user), {'targetUserId': peer})
        self.assertEqual(status, 200, answer)
        return answer['callId']

    def get_call(self, user, call_id):
        return request('GET', f'{self.url}/api/calls/{call_id}', token(user))[1]
