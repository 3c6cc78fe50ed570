// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Webhooks: what is sent when, signed, in order, again until it is taken, and to nobody else.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server, until, watchdog } from './api-harness.mjs';
import { Receiver, WEBHOOK_SECRET, sendTo, signature } from './webhook-receiver.mjs';

const page = fileURLToPath(new URL('../../docs/protocol/webhooks.md', import.meta.url));
let server;
let receivers = [];

async function start(answer, ...args) {
  const receiver = await listen(answer);
  server = new Server(['--log-level', 'info', ...args]);
  sendTo(server, receiver);
  await server.start();
  await server.know('alice', 'bob', 'carol', 'dave');
  return receiver;
}

async function listen(answer, tls) {
  const receiver = await new Receiver(answer).listen(tls);
  receivers.push(receiver);
  return receiver;
}

afterEach(async () => {
  await server.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
  receivers = [];
});

const post = async (where, user, body = {}) => (await server.rest('POST', `/api/calls/${where}`, user, body)).body;
const startCall = async (from, to) => (await post('start', from, { targetUserId: to })).callId;

async function endedCall(from = 'alice', to = 'bob') {
  const callId = await startCall(from, to);
  await post(`${callId}/accept`, to);
  await post(`${callId}/end`, from);
  return callId;
}

test('a call from start to end: three events in order, each with the call as it was', async () => {
  const receiver = await start();
  const callId = await endedCall();
  assert.deepEqual(await receiver.life(callId), ['started', 'accepted', 'ended']);
  const [started, accepted, ended] = receiver.of(callId);
  const record = (await server.rest('GET', `/api/calls/${callId}`, 'alice')).body;
  delete record.direction;
  assert.deepEqual(ended.call, record);
  assert.deepEqual([started.call.status, started.call.endTime, accepted.call.status], ['calling', null, 'active']);
  assert.deepEqual([ended.call.caller._id, ended.call.receiver._id], ['alice', 'bob']);
  assert.deepEqual(Object.keys(started.event), ['id', 'type', 'createdAt', 'data']);
  assert.equal(started.event.createdAt, started.call.startTime);
  assert.match(started.id, /^msg_[0-9a-f]{32}$/);
  assert.equal(new Set(receiver.attempts.map(({ id }) => id)).size, 3);
});

test('however a call ends, it says so: rejected, cancelled, timed out, offline, busy, crossed', async () => {
  const receiver = await start(undefined, '--ring-timeout', '0.3');
  const socket = await server.connect('bob');
  const outcome = async (callId) => [...await receiver.life(callId), receiver.of(callId).at(-1).call.status,
    receiver.of(callId).at(-1).call.endReason];
  const rejected = await startCall('alice', 'bob');
  await post(`${rejected}/reject`, 'bob');
  assert.deepEqual(await outcome(rejected), ['started', 'ended', 'rejected', 'declined']);
  const cancelled = await startCall('alice', 'bob');
  await post(`${cancelled}/end`, 'alice');
  assert.deepEqual(await outcome(cancelled), ['started', 'ended', 'missed', 'cancelled']);
  assert.deepEqual(await outcome(await startCall('alice', 'bob')), ['started', 'ended', 'missed', 'timeout']);
  assert.deepEqual(await outcome(await startCall('alice', 'carol')), ['started', 'ended', 'missed', 'offline']);
  const crossed = await startCall('alice', 'bob');
  assert.equal(await startCall('bob', 'alice'), crossed);
  const busy = await startCall('carol', 'bob');
  assert.deepEqual(await outcome(busy), ['ended', 'missed', 'busy']);
  await post(`${crossed}/end`, 'bob');
  assert.deepEqual(await outcome(crossed), ['started', 'accepted', 'ended', 'ended', 'hangup']);
  await socket.close();
});

test('the last quality report of a participant, and only that', async () => {
  const receiver = await start(undefined, '--webhook-events', 'call.quality');
  const callId = await startCall('alice', 'bob');
  await post(`${callId}/accept`, 'bob');
  await post(`${callId}/quality`, 'alice', { mos: 3 });
  await post(`${callId}/quality`, 'bob', { mos: 4.2, loss: 0.5, final: true });
  await until('the event', () => receiver.events.length === 1);
  const [{ type, event: { data } }] = receiver.events;
  assert.deepEqual([type, data.userId, data.quality.mos, data.call.callId], ['call.quality', 'bob', 4.2, callId]);
  assert.equal(data.call.quality.networkStats.receiverStats.mos, 4.2);
  await post(`${callId}/end`, 'alice');
});

test('a refused call waits alone and keeps its order; the id stays over attempts and kill -9', async () => {
  let refuse = 2;
  let poisoned;
  const receiver = await start(({ call }) => (call.callId === poisoned && refuse-- > 0 ? 500 : 204));
  poisoned = await startCall('alice', 'bob');
  await until('the first refusal', () => receiver.attempts.some(({ status }) => status === 500));
  await post(`${poisoned}/accept`, 'bob');
  await post(`${poisoned}/end`, 'bob');
  assert.deepEqual(await receiver.life(await endedCall('carol', 'dave')), ['started', 'accepted', 'ended']);
  assert.equal(receiver.of(poisoned).length, 0, 'nothing overtakes the event that was refused');
  await server.stop('SIGKILL');
  await server.start();
  assert.deepEqual(await receiver.life(poisoned), ['started', 'accepted', 'ended']);
  const ids = receiver.attempts.filter(({ call, type }) => call.callId === poisoned && type === 'call.started')
    .map(({ id }) => id);
  assert.deepEqual(ids, [ids[0], ids[0], ids[0]]);
  assert.match(server.stderr, /status 500/);
  assert.doesNotMatch(server.stderr, /hidden/, 'the log does not know the query of a URL');
});

test('a URL that is dead holds up neither the server nor another URL, and gets all when it is back', async () => {
  const dead = await listen();
  const alive = await listen();
  server = new Server(['--log-level', 'info', '--webhook-events', 'call.ended']);
  sendTo(server, dead, alive);
  await dead.close();
  await server.start();
  await server.know('alice', 'bob');
  const calls = [];
  for (let i = 0; i < 12; i++) calls.push(await endedCall());
  for (const callId of calls) assert.deepEqual(await alive.life(callId), ['ended']);
  assert.equal((await server.rest('GET', '/readyz')).status, 200);
  await dead.listen();
  for (const callId of calls) assert.deepEqual(await dead.life(callId), ['ended']);
  assert.deepEqual(dead.events.map(({ id }) => id).sort(), alive.events.map(({ id }) => id).sort());
  assert.match(server.stderr, /cannot be reached[^]*is reached again/);
  assert.equal(server.stderr.match(/cannot be reached/g).length, 1);
});

test('no answer in time, half an answer, a redirect: refusals. An endless body after 200 is none', async () => {
  const elsewhere = await listen();
  const calls = new Map(); // call id -> how its first attempt is answered
  const firsts = [
    () => undefined,
    (response, request) => request.socket.destroy(),
    (response) => response.writeHead(307, { location: elsewhere.url }).end(),
    (response) => {
      response.on('error', () => {}).writeHead(200);
      for (let i = 0; i < 4; i++) response.write('x'.repeat(65536));
    },
  ];
  const receiver = await start(({ call }, response, request) => {
    if (calls.has(call.callId)) return 204;
    calls.set(call.callId, firsts[calls.size]);
    calls.get(call.callId)(response, request);
    return undefined;
  }, '--webhook-timeout', '0.4', '--webhook-events', 'call.started');
  const users = ['e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
  await server.know(...users);
  for (let i = 0; i < users.length; i += 2) await startCall(users[i], users[i + 1]);
  await until('the outbox to be empty', () => receiver.attempts.length >= 7 && outboxSize() === 0);
  assert.equal(elsewhere.attempts.length, 0);
  assert.equal(receiver.attempts.length, 7, 'three were sent twice, the last once');
  assert.match(server.stderr, /timed out/i);
  assert.match(server.stderr, /status 307/);
});

const query = (text) => execFileSync('python3', ['-c',
  'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])', server.database, text]);
const outboxSize = () => Number(query('SELECT count(*) FROM outbox'));

test('what is too old is given up, with a line for each', async () => {
  const receiver = await start(() => 503, '--webhook-max-age', '1');
  await endedCall();
  await until('three lines', () => server.stderr.match(/given up, too old: call\./g)?.length === 3);
  assert.equal(outboxSize(), 0);
  assert.equal(receiver.events.length, 0);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /^gstcall_webhook_dropped_total 3$/m);
  assert.match(metrics, /^gstcall_webhook_attempts_total\{result="taken"\} 0$/m);
});

test('TLS: a certificate that does not verify gets nothing; one that does, everything', async () => {
  server = new Server();
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(server.dir, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=hook', '-addext', 'subjectAltName=IP:127.0.0.1'],
  { stdio: 'ignore' });
  const receiver = await listen(undefined, { key: readFileSync(key), cert: readFileSync(cert) });
  sendTo(server, receiver);
  await server.start();
  await server.know('alice', 'bob');
  const callId = await endedCall();
  await until('the refusal', () => /cannot be reached/.test(server.stderr));
  assert.equal(receiver.attempts.length, 0);
  await server.stop();
  server.args.push('--webhook-ca-file', cert);
  await server.start();
  assert.deepEqual(await receiver.life(callId), ['started', 'accepted', 'ended']);
});

test('the receiver of the documentation, verbatim', async () => {
  server = new Server();
  const program = path.join(server.dir, 'receiver.mjs');
  writeFileSync(program, readFileSync(page, 'utf8').match(/```js\n([^]*?)```/)[1]);
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0', WEBHOOK_SECRET } });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  await until('the receiver to listen', () => /listening on \d+\n/.test(output));
  const url = `http://127.0.0.1:${output.match(/\d+/)[0]}/`;
  sendTo(server, { url });
  await server.start();
  await server.know('alice', 'bob');
  const callId = await endedCall();
  await until('the end', () => output.includes(`call.ended ${callId} ended hangup\n`));
  assert.match(output, new RegExp(`call.started ${callId} calling null\ncall.accepted ${callId} active null\n`));
  const forge = (at, body, secret) => fetch(url, { method: 'POST', body, headers: { 'webhook-id': 'msg_1',
    'webhook-timestamp': at, 'webhook-signature': signature('msg_1', at, '{"id":1}', secret) } });
  const now = Math.floor(Date.now() / 1000);
  assert.equal((await forge(now, '{"id":2}')).status, 401);
  assert.equal((await forge(now - 3600, '{"id":1}')).status, 401);
  assert.equal((await forge(now, '{"id":1}', `whsec_${Buffer.alloc(32).toString('base64')}`)).status, 401);
  child.kill();
  await watchdog(new Promise((resolve) => child.on('exit', resolve)), 'the receiver to end');
});

test('wrong settings: one line, and no server', async () => {
  server = await new Server().start();
  const good = path.join(server.dir, 'good');
  const bad = path.join(server.dir, 'bad');
  writeFileSync(good, `${WEBHOOK_SECRET}\n`);
  writeFileSync(bad, 'a secret of more than thirty-two bytes\n');
  for (const [args, line] of [
    [['--webhook-url', 'http://127.0.0.1:1/'], /webhook-secret-file/],
    [['--webhook-url', 'http://127.0.0.1:1/', '--webhook-secret-file', bad], /whsec_/],
    [['--webhook-url', 'ftp://127.0.0.1/', '--webhook-secret-file', good], /http/],
    [['--webhook-url', 'http:///', '--webhook-secret-file', good], /http/],
    [['--webhook-url', 'http://h/', '--webhook-secret-file', good, '--webhook-events', 'call.begun'], /call\.begun/],
    [['--webhook-timeout', '0'], /webhook-timeout/],
  ]) {
    const other = new Server(args);
    await assert.rejects(other.start(), line, args.join(' '));
    assert.equal(other.stderr.trim().split('\n').length, 1, other.stderr);
    await other.close().catch(() => {});
  }
});
