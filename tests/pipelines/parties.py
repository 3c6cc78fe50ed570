# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of recipes share: a real server, recipes that run as processes of its users, and what came of it.

A test program takes PIPELINE SERVER RECIPES [TEST...], derives its cases from Parties and ends with run(). Which
program tests which recipe stands in tested.py: a program that does not run a recipe that it has there fails, and so does
run-recipes on a recipe that nobody has. Exits 77 where an element is missing.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import sound
import tested

PIPELINE, SERVER, RECIPES = (os.path.abspath(path) for path in sys.argv[1:4])
CONNECT, FINISH, TALK = 20, 25, 6
CONNECTED = '"event":"call-state".*"state":"connected"'
SPEECH = 'The quick brown fox jumps over the lazy dog. She sells sea shells by the sea shore.'
ran = set()  # the recipes that run_recipe() started


class Process:
    """A program, and the lines it printed so far."""

    def __init__(self, test, arguments, stdin=subprocess.DEVNULL, **environment):
        self.lines, self.changed = [], threading.Condition()
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        stdin=stdin, env={**os.environ, **environment}, errors='replace')
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        test.addCleanup(self.stop)

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip())
                self.changed.notify_all()
        self.process.wait()
        with self.changed:
            self.changed.notify_all()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.reader.join(5)
        self.process.stdout.close()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def wait_line(self, pattern, seconds):
        """The first line that @pattern is found in; None when none came, or the program ended without."""
        def found():
            return next((line for line in self.lines if re.search(pattern, line)), None)
        with self.changed:
            self.changed.wait_for(lambda: found() or not self.reader.is_alive() or self.process.poll() is not None, seconds)
            return found()

    def wait_end(self, seconds):
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.reader.join(5)
        return status

    def text(self):
        return re.sub(r'eyJ[\w.-]+', '(token)', '\n'.join(self.lines))


class Parties(unittest.TestCase):
    """A server for each test, and its users alice and bob."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='gstcall-recipes-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.speech = os.path.join(cls.folder, 'speech.wav')
        subprocess.run(['espeak-ng', '-s', '160', '-w', cls.speech, SPEECH], check=True, timeout=30)

    def setUp(self):
        self.secret = os.path.join(self.folder, 'secret')
        with open(self.secret, 'w', encoding='ascii') as file:
            file.write('a secret of these tests, 32 bytes and more')
        self.server = Process(self, [SERVER, '--dev', '--jwt-secret-file', self.secret, '--listen', '127.0.0.1:0',
                                     '--database', ':memory:'])
        line = self.server.wait_line(r'listening on http', 10)
        self.assertIsNotNone(line, self.server.text())
        self.url = re.search(r'http://\S+', line).group(0)
        self.tokens = {}
        for user in ('alice', 'bob', 'carol'):
            line = self.server.wait_line(f'^(?i:{user})=', 5)
            self.assertIsNotNone(line, self.server.text())
            self.tokens[user] = line.split('=', 1)[1]

    def token(self, user, ttl=3600):
        done = subprocess.run([SERVER, 'token', '--jwt-secret-file', self.secret, '--user', user, '--ttl', str(ttl)],
                              check=True, text=True, capture_output=True, timeout=10)
        return done.stdout.strip()

    def token_files(self, folder, users):
        """The folder with a file for each user: 1, 2, ..."""
        path = self.path(folder)
        os.makedirs(path, exist_ok=True)
        for number, user in enumerate(users, 1):
            with open(os.path.join(path, str(number)), 'w', encoding='ascii') as file:
                file.write(self.token(user))
        return path

    def path(self, name):
        return os.path.join(self.folder, name)

    def start_recipe(self, user, name, *options, **values):
        """Recipe @name as @user (None: no token), which may fail at once. A variable's dash is an underscore here."""
        ran.add(name)
        words = [f'{key.replace("_", "-")}={value}' for key, value in values.items()]
        return Process(self, [PIPELINE, 'run', name, *words, '--json', '-v', *options], GST_CALL_RECIPES=RECIPES,
                       GST_CALL_TOKEN=self.tokens[user] if user else '')

    def run_recipe(self, user, name, *options, **values):
        process = self.start_recipe(user, name, *options, **values)
        self.assertIsNotNone(process.wait_line('"event":"started"', 15), f'{name}: {process.text()}')
        return process

    def wait_connected(self, *processes):
        for process in processes:
            if process.wait_line(CONNECTED, CONNECT) is None:
                self.fail('\n\n'.join(each.text() for each in processes))

    def talk(self, *processes, seconds=TALK):
        """Lets the call last; nobody may end by himself."""
        first = processes[0]
        with first.changed:
            first.changed.wait_for(lambda: any(each.process.poll() is not None for each in processes), seconds)
        for process in processes:
            self.assertIsNone(process.process.poll(), process.text())

    def wait_ends(self, *processes):
        for process in processes:
            self.assertEqual(process.wait_end(FINISH), 0, process.text())

    def finish(self, *processes):
        self.wait_ends(*processes)
        self.assertEqual(self.history()['status'], 'ended')

    def hang_up(self, caller, *others):
        caller.process.send_signal(signal.SIGINT)
        self.finish(caller, *others)
        self.assertEqual(self.history()['endReason'], 'hangup')
        self.assertGreaterEqual(self.history()['duration'], TALK - 2)

    def history(self, user='alice'):
        """The one call that @user had."""
        done = subprocess.run(['curl', '-fsS', '-m', '5', '-H', '@-', f'{self.url}/api/calls/history'], check=True, text=True,
                              input=f'Authorization: Bearer {self.tokens[user]}\n', capture_output=True, timeout=10)
        calls = json.loads(done.stdout)['calls']
        self.assertEqual(len(calls), 1, calls)
        return calls[0]

    def assert_speech(self, path):
        wanted, got = sound.samples(self.speech), sound.samples(path)
        correlation, at = sound.aligned_correlation(wanted, got)
        print(f'speech in {os.path.basename(path)}: correlation {correlation:.3f}, {at:.2f} s into it')
        self.assertGreater(correlation, 0.9)


def missing(mine):
    environment = {**os.environ, 'GST_CALL_RECIPES': RECIPES}
    listed = subprocess.run([PIPELINE, 'list'], capture_output=True, text=True, env=environment, timeout=60, check=True)
    return [row for row in listed.stdout.splitlines() if '[missing: ' in row and row.split()[0] in mine]


def run(name):
    """The tests of program @name."""
    mine = {recipe for recipe, program in tested.BY.items() if program == name}
    lacking = missing(mine)
    if lacking:
        print('skipped: recipes that cannot run here:\n' + '\n'.join(lacking))
        sys.exit(77)
    some = sys.argv[4:]
    done = unittest.main(argv=[sys.argv[0], *some], verbosity=2, exit=False)
    if not some and mine - ran:
        print(f'{name}: did not run what tested.py says it does: {" ".join(sorted(mine - ran))}')
    sys.exit(not done.result.wasSuccessful() or bool(not some and mine - ran))
