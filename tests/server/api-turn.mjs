// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The TURN credentials of GET /api/ice-servers at a real coturn: it relays for them, and for nothing else.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Server, inSeconds, until, watchdog } from './api-harness.mjs';

if (!['turnserver', 'turnutils_uclient'].every((name) => existsSync(`/usr/bin/${name}`))) {
  console.log('SKIP: no coturn here: install the package coturn');
  process.exit(77);
}

const TURN_SECRET = 'what coturn and the server share';
const dir = mkdtempSync(path.join(tmpdir(), 'call-turn-'));
let server, coturn, port;

// coturn takes no port 0.
async function freePort() {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port: free } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return free;
}

// A STUN binding request (RFC 8489), which needs no credential.
async function answersBinding() {
  const socket = dgram.createSocket('udp4');
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), crypto.randomBytes(12)]);
  const answered = new Promise((resolve) => {
    socket.on('message', () => resolve(true));
    socket.on('error', () => resolve(false));
    setTimeout(() => resolve(false), 200);
  });
  socket.send(request, port, '127.0.0.1');
  const answer = await answered;
  socket.close();
  return answer;
}

before(async () => {
  port = await freePort();
  coturn = spawn('/usr/bin/turnserver', ['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1',
    '--listening-port', String(port), '--no-tls', '--no-dtls', '--no-cli', '--use-auth-secret', '--static-auth-secret',
    TURN_SECRET, '--realm', 'gstcall', '--allow-loopback-peers', '--log-file', 'stdout', '--simple-log', '--pidfile',
    path.join(dir, 'pid'), '--userdb', path.join(dir, 'db')], { stdio: 'ignore' });
  coturn.exited = new Promise((resolve) => coturn.on('exit', resolve));
  writeFileSync(path.join(dir, 'secret'), `${TURN_SECRET}\n`);
  server = await new Server(['--turn-server', `turn:127.0.0.1:${port}`, '--turn-secret-file', path.join(dir, 'secret'),
    '--turn-ttl', '60']).start();
  await until('coturn to answer', answersBinding);
});
after(async () => {
  await server.close();
  coturn.kill('SIGKILL');
  await watchdog(coturn.exited, 'coturn to end');
  rmSync(dir, { recursive: true, force: true });
});

// Two clients with these credentials send each other messages through the relay. What uclient says, and its exit code.
function relay(username, credential) {
  return new Promise((resolve) => {
    const args = ['-y', '-c', '-n', '3', '-m', '1', '-l', '100', '-u', username, '-w', credential, '-p', String(port),
      '127.0.0.1'];
    execFile('/usr/bin/turnutils_uclient', args, { timeout: 20000 }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, text: stdout + stderr }));
  });
}

async function credentials(user) {
  const { status, body } = await server.rest('GET', '/api/ice-servers', user);
  assert.equal(status, 200);
  const turn = body.iceServers.find(({ urls }) => urls[0].startsWith('turn:'));
  assert.deepEqual(turn.urls, [`turn:127.0.0.1:${port}`]);
  return turn;
}

test('it relays for the credential of a user', async () => {
  const { username, credential } = await credentials('bob');
  const expires = Number(username.split(':')[0]);
  assert.ok(expires > inSeconds(30) && expires <= inSeconds(60));
  assert.equal(username.slice(username.indexOf(':') + 1), 'bob');
  const { code, text } = await relay(username, credential);
  assert.equal(code, 0, text);
  assert.match(text, /tot_send_msgs=6, tot_recv_msgs=6\n/);
});

test('and not for another secret, an end that is over, an end or a user that was changed', async () => {
  const { username, credential } = await credentials('bob');
  const by = (secret, name) => crypto.createHmac('sha1', secret).update(name).digest('base64');
  assert.equal(by(TURN_SECRET, username), credential, 'the scheme');
  const over = `${inSeconds(-5)}:bob`, longer = `${inSeconds(86400)}:bob`;
  const bad = [[username, by('another secret', username)], [over, by(TURN_SECRET, over)], [longer, credential],
    [username.replace('bob', 'eve'), credential]];
  const answers = await Promise.all(bad.map((pair) => relay(...pair)));
  for (const [i, { code, text }] of answers.entries()) {
    assert.notEqual(code, 0, bad[i][0]);
    assert.match(text, /Cannot complete Allocation/);
  }
});
