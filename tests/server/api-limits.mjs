// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What a user or an address may ask for in a minute, and what the settings of the other limits do.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Server, activeCall, inSeconds, io, sign, tokenOf, watchdog } from './api-harness.mjs';

async function serve(t, ...args) {
  const server = await new Server(args).start();
  t.after(() => server.close());
  return server;
}

const quota = ({ headers }) => ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`) ?? NaN));
const forged = (id) => sign({ sub: id, exp: inSeconds(60) }, { secret: 'another secret of more than 32 bytes' });

async function times(n, ask) {
  const answers = [];
  for (let i = 0; i < n; i++) answers.push(await ask(i));
  return answers;
}

function assertLimited(answer) {
  assert.equal(answer.status, 429);
  assert.deepEqual(answer.body, { success: false, message: 'Too many requests', code: 'rate-limited' });
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  assert.deepEqual(quota(answer).slice(1), [0, Number(answer.headers.get('retry-after'))]);
}

// The handshake or the refusal of a CONNECT.
function connect(server, token) {
  const socket = io(server.url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
  server.sockets.push(socket);
  return watchdog(new Promise((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('connect_error', (error) => resolve(error.data?.code ?? error.message));
  }), 'an answer to CONNECT');
}

test('a user has a number of requests; the answers say what is left; others are not concerned', async (t) => {
  const server = await serve(t, '--rate-limit-user', '5');
  const answers = await times(5, () => server.rest('GET', '/api/calls/active', 'alice'));

  assert.deepEqual(answers.map((answer) => answer.status), Array(5).fill(200));
  assert.deepEqual(answers.map((answer) => quota(answer)[1]), [4, 3, 2, 1, 0]);
  assert.deepEqual(quota(answers[0]), [5, 4, 12]);
  const refused = await server.rest('GET', '/api/calls/history', 'alice');
  assertLimited(refused);
  assert.ok(Number(refused.headers.get('retry-after')) <= 12);
  assert.equal((await server.rest('GET', '/api/calls/active', 'bob')).status, 200);
});

test('events count with the requests; the ack says so; signals have a number of their own', async (t) => {
  const server = await serve(t, '--rate-limit-user', '6', '--rate-limit-signal', '3');
  const alice = await server.connect('alice');
  const bob = await server.connect('bob');
  const { callId } = await activeCall(alice, bob); // one each

  const signals = await times(4, () => alice.ask('call-signal', { callId, renegotiate: true }));
  assert.deepEqual(signals.map((ack) => ack.ok), [true, true, true, false]);
  assert.deepEqual(signals[3], { ok: false, code: 'rate-limited', message: 'Too many requests' });
  await times(4, () => alice.ask('call-active', {}));
  assert.equal((await server.rest('GET', '/api/calls/active', 'alice')).status, 200);
  assertLimited(await server.rest('GET', '/api/calls/active', 'alice'));
  assert.equal((await alice.ask('no-such-event', {})).code, 'rate-limited');
  // The one who was refused is not cut off, and the other one's call goes on.
  assert.equal((await bob.ask('call-end', { callId })).ok, true);
  await alice.next('call-ended');
});

test('calls that a user starts', async (t) => {
  const server = await serve(t, '--rate-limit-start', '3');
  await server.know('bob');
  const start = async () => {
    const answer = await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' });
    if (answer.status === 200) await server.rest('POST', `/api/calls/${answer.body.callId}/end`, 'alice');
    return answer;
  };
  const alice = await server.connect('alice');

  assert.deepEqual((await times(3, start)).map((answer) => answer.status), [200, 200, 200]);
  assertLimited(await start());
  assert.equal((await alice.ask('call-start', { targetUserId: 'bob' })).code, 'rate-limited');
  assert.equal((await server.rest('GET', '/api/calls/active', 'alice')).status, 200);
});

test('sockets that a user opens', async (t) => {
  const server = await serve(t, '--rate-limit-connect', '2');

  assert.deepEqual(await times(3, () => connect(server, tokenOf('alice'))), ['connected', 'connected', 'rate-limited']);
  assert.equal(await connect(server, tokenOf('bob')), 'connected');
});

test('bad tokens: after some of them it is 429, but a good one of the same address gets through', async (t) => {
  const server = await serve(t, '--rate-limit-login', '3');
  const bad = await times(3, (i) => server.rest('GET', '/api/calls/active', forged(`user${i}`)));

  assert.deepEqual(bad.map((answer) => answer.status), [401, 401, 401]);
  assertLimited(await server.rest('GET', '/api/calls/active', forged('alice')));
  assertLimited(await server.rest('GET', '/api/calls/active'));
  assert.equal(await connect(server, forged('alice')), 'rate-limited');
  assert.equal((await server.rest('GET', '/api/calls/active', 'alice')).status, 200);
  assert.equal(await connect(server, tokenOf('alice')), 'connected');
});

test('an address has a number of requests and sessions; what is open stays, and the probes are answered', async (t) => {
  const server = await serve(t, '--rate-limit-address', '10');
  const alice = await server.connect('alice');
  const polling = await server.client('bob', { transports: ['polling'] });
  await polling.connected();

  await times(8, () => server.rest('GET', '/nowhere', 'alice'));
  assertLimited(await server.rest('GET', '/api/calls/active', 'alice'));
  assertLimited(await server.rest('GET', '/nowhere', 'alice'));
  assertLimited(await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'x'.repeat(60000) }));
  for (const transport of ['polling', 'websocket'])
    assert.equal((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).status, 429, transport);
  assert.notEqual(await connect(server, tokenOf('carol')), 'connected');
  for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await fetch(server.url + path)).status, 200);
  assert.equal((await alice.ask('call-active', {})).ok, true);
  assert.equal((await polling.ask('call-active', {})).ok, true);
});

test('0 is no limit, and nothing is said of it', async (t) => {
  const server = await serve(t, ...['user', 'start', 'signal', 'connect', 'address', 'login'].flatMap((name) => [`--rate-limit-${name}`, '0']));
  const answers = await Promise.all(Array.from({ length: 700 }, () => server.rest('GET', '/api/calls/active', 'alice')));

  assert.ok(answers.every((answer) => answer.status === 200));
  assert.deepEqual(quota(answers[0]), [NaN, NaN, NaN]);
});

test('the sizes are settings', async (t) => {
  const server = await serve(t, '--body-limit', '1024', '--message-limit', '2048', '--user-socket-limit', '2',
    '--address-socket-limit', '3');
  const post = (size) => server.rest('POST', '/api/calls/start', 'alice', JSON.stringify({ targetUserId: 'y'.repeat(size) }));

  assert.equal((await post(900)).status, 404);
  const large = await post(1100);
  assert.deepEqual([large.status, large.body.code], [413, 'payload-too-large']);
  const alice = await server.connect('alice');
  await server.connect('alice');
  assert.equal(await connect(server, tokenOf('alice')), 'too-many-sockets');
  await server.connect('bob');
  assert.notEqual(await connect(server, tokenOf('carol')), 'connected');
  const gone = new Promise((resolve) => alice.socket.on('disconnect', resolve));
  alice.socket.emit('call-active', { text: 'z'.repeat(2100) });
  await watchdog(gone, 'the end of a socket with too long a message');
});
