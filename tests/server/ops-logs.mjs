// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The log: its two forms, its levels, the line of each request, the journal's priorities; and that at the level that
// shows every packet none shows a token, a TURN credential, an ICE password or a session id.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { SERVER, Server, inSeconds, sign, tokenOf, watchdog } from './api-harness.mjs';
import { dir, environment, file, run, secret } from './ops-harness.mjs';

const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (error|warning|info|debug|packets) [\w-]+: ./;
const PWD = 'hunter2hunter2hunter2+/x', SDP = `v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:${PWD}\r\na=mid:0\r\n`;

// A call with everything in it that a log may not show; those things themselves.
async function secretCall(server) {
  const secrets = [PWD, 'north-of-here', tokenOf('alice').split('.')[1], tokenOf('alice').split('.')[2], tokenOf('bob').split('.')[2]];
  await server.know('alice', 'bob');
  const alice = await server.connect('alice', { transports: ['polling', 'websocket'] });
  const bob = await server.connect('bob', { auth: {}, query: { token: tokenOf('bob') } });
  secrets.push(alice.socket.io.engine.id.slice(8), bob.socket.io.engine.id.slice(8));
  const { callId, iceServers } = await alice.ask('call-start', { targetUserId: 'bob' });
  secrets.push(iceServers[0].credential);
  await bob.ask('call-accept', { callId });
  await alice.ask('call-signal', { callId, description: { type: 'offer', sdp: SDP } });
  await bob.next('call-signal');
  secrets.push((await server.rest('GET', '/api/ice-servers', 'alice')).body.iceServers[0].credential);
  await server.rest('GET', `/api/calls/active?token=${tokenOf('alice')}`, 'alice');
  // As raw as it gets: keys written with escapes, JSON in JSON, a token where none belongs.
  const forged = sign({ sub: 'mallory', exp: inSeconds(60) }, { secret: 'of somebody else, long enough, really' });
  secrets.push(forged.split('.')[2], 'deep-secret', 'odd"one');
  const escaped = `{"targetUserId":"x","\\u0074oken":"deep-secret","nested":${JSON.stringify(JSON.stringify({ token: 'deep-secret' }))}}`;
  await server.rest('POST', '/api/calls/start', 'alice', escaped);
  await alice.ask('call-start', { targetUserId: `Bearer ${forged}`, password: 'odd"one', authorization: `Bearer ${forged}` });
  await alice.ask('call-start', JSON.parse(escaped));
  await server.rest('GET', `/${forged}`, forged);
  return { callId, secrets };
}

const turn = () => ['--turn-server', 'turn:t.example', '--turn-secret-file', file('turn', 'north-of-here')];

for (const format of ['text', 'json']) {
  test(`packets as ${format}: every request and packet, and no secret`, async () => {
    const server = await new Server(['--log-level', 'packets', '--log-format', format, ...turn()]).start();
    const { callId, secrets } = await secretCall(server);
    await server.stop();
    for (const one of secrets) assert.ok(!server.stderr.includes(one) && !server.stderr.includes(JSON.stringify(one).slice(1, -1)), one);
    const lines = server.stderr.trimEnd().split('\n');
    const messages = format === 'text' ? lines : lines.map((line) => JSON.parse(line).message);
    if (format === 'text') for (const line of lines) assert.match(line, LINE);
    const all = messages.join('\n');
    for (const part of [/GET \/socket\.io\/\?.*transport=polling/, /from 40/, /to 40/, /to 42.*incoming-call/, /from 42.*call-signal/,
      /ice-pwd:\*\*\*/, /ice-ufrag:abcd/, /credential\W+\*\*\*/, /[?&]token=\*\*\*/, new RegExp(callId)]) assert.match(all, part);
    await server.close();
  });
}

test('info: one line for each request, with method, route, status, ms, user, address, and no query', async () => {
  const server = await new Server(['--log-level', 'info', '--log-format', 'json']).start();
  await server.know('bob');
  await server.rest('GET', '/api/calls/0123456789abcdef01234567?secret=1', 'alice');
  await server.rest('GET', '/api/calls/active');
  await server.rest('GET', '/nowhere?secret=1');
  await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' });
  await server.stop();
  const lines = server.stderr.trimEnd().split('\n').map((line) => JSON.parse(line));
  const requests = lines.filter(({ module }) => module === 'http').slice(1);
  assert.deepEqual(requests.map(({ method, path: at, status, user, message }) => [method, at, status, user, message]), [
    ['GET', '/api/calls/:id', '404', 'alice', 'GET /api/calls/:id'],
    ['GET', '/api/calls/active', '401', undefined, 'GET /api/calls/active'],
    ['GET', '/nowhere', '404', undefined, 'GET /nowhere'],
    ['POST', '/api/calls/start', '200', 'alice', 'POST /api/calls/start'],
  ]);
  for (const { ms, address, level, time } of requests) {
    assert.match(ms, /^\d+$/);
    assert.deepEqual([address, level], ['127.0.0.1', 'info']);
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60000);
  }
  const call = lines.find(({ module }) => module === 'calls');
  assert.deepEqual([call.message, call.user, call.to], ['calling', 'alice', 'bob']);
  await server.close();
});

test('warning, the default, is silent where nothing is wrong; debug is log-level=debug', async () => {
  const server = await new Server().start();
  await server.know('alice');
  await server.stop();
  assert.equal(server.stderr, '');
  await server.close();
  const debug = await new Server(['--debug']).start();
  await debug.connect('alice');
  await debug.stop();
  assert.match(debug.stderr, / info events: connected user=alice socket=\S+ address=127\.0\.0\.1\n/);
  assert.match(debug.stderr, / debug http: GET \/socket\.io\//);
  await debug.close();
});

test('what a client sends cannot make a line of its own, nor one that is no JSON', async () => {
  for (const format of ['text', 'json']) {
    const server = await new Server(['--log-level', 'packets', '--log-format', format]).start();
    await server.rest('GET', '/a%0A2026-01-01T00:00:00.000Z%20error%20forged:%20x%1b[31m%22%5C', 'alice');
    await server.stop();
    for (const line of server.stderr.trimEnd().split('\n')) {
      assert.match(line, format === 'text' ? LINE : /^\{.*\}$/);
      if (format === 'json') JSON.parse(line);
      assert.ok(!line.includes('\x1b') && !line.startsWith('2026-01-01T00:00:00.000Z'), line);
    }
    await server.close();
  }
});

test('to the journal each line has its priority', async () => {
  const at = path.join(dir, 'journal');
  const log = openSync(at, 'w');
  const { dev, ino } = fstatSync(log);
  const child = spawn(SERVER, ['--listen', '127.0.0.1:0', '--database', ':memory:', '--jwt-secret-file', secret, '--log-level', 'debug'],
    { stdio: ['ignore', 'pipe', log], env: environment({ JOURNAL_STREAM: `${dev}:${ino}` }), cwd: dir });
  closeSync(log);
  const out = await watchdog(new Promise((resolve) => child.stdout.once('data', resolve)), 'the server to listen');
  await watchdog(new Promise((resolve) => http.get(`${String(out).trim().split(' ').at(-1)}/healthz`, { agent: false },
    (response) => response.resume().on('end', resolve))), 'an answer');
  child.kill('SIGTERM');
  await watchdog(new Promise((resolve) => child.on('close', resolve)), 'the end');
  const lines = readFileSync(at, 'utf8').trimEnd().split('\n');
  for (const line of lines) assert.match(line, /^<[3467]>\d{4}-/);
  assert.ok(lines.some((line) => /^<6>.* info http: GET \/healthz status=200/.test(line)), lines.join('\n'));
});

test('levels and formats that there are not', async () => {
  assert.match((await run(['--log-level', 'loud'])).stderr, /--log-level must be error\|warning\|info\|debug\|packets, not 'loud'/);
  assert.equal((await run(['--log-format', 'xml'])).code, 2);
});
