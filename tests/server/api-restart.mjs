// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What was answered is kept: kill -9, SIGTERM, and what becomes of the calls after it.

import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, test } from 'node:test';

import { Server, activeCall, until } from './api-harness.mjs';

let server;
const start = async (...args) => {
  server = await new Server(args).start();
  await server.know('alice', 'bob', 'carol');
};
afterEach(() => server.close());

const record = async (callId, user = 'alice') => (await server.rest('GET', `/api/calls/${callId}`, user)).body;

async function restart(signal) {
  const { code } = await server.stop(signal);
  if (signal === 'SIGTERM') assert.equal(code, 0);
  await server.start();
}

test('kill -9 right after an answered start: the call is there', async () => {
  await start();
  for (let round = 0; round < 5; round++) {
    const caller = `user${round}`;
    await server.know(caller, `peer${round}`);
    const answer = await server.rest('POST', '/api/calls/start', caller, { targetUserId: `peer${round}` });
    await restart('SIGKILL');
    const call = await record(answer.body.callId, caller);
    assert.deepEqual([call.status, call.channelName], ['calling', answer.body.channelName]);
  }
});

test('kill -9 after each answered step: accept, reject, end', async () => {
  await start();
  const first = (await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' })).body.callId;
  await server.rest('POST', `/api/calls/${first}/accept`, 'bob');
  await restart('SIGKILL');
  assert.equal((await record(first)).status, 'active');
  await server.rest('POST', `/api/calls/${first}/end`, 'alice');
  await restart('SIGKILL');
  assert.deepEqual([(await record(first)).status, (await record(first)).endReason], ['ended', 'hangup']);
  const second = (await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' })).body.callId;
  await server.rest('POST', `/api/calls/${second}/reject`, 'bob');
  await restart('SIGKILL');
  assert.equal((await record(second)).status, 'rejected');
});

for (const signal of ['SIGKILL', 'SIGTERM']) {
  test(`an active call goes on after ${signal} when its sockets come back`, async () => {
    await start('--grace-timeout', '1.5');
    await server.know('dave');
    const [alice, bob, carol, dave] = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((user) =>
      server.connect(user)));
    const { callId } = await activeCall(alice, bob);
    const other = await activeCall(carol, dave, 'audio', 'dave');
    await restart(signal);
    const [alice2, bob2] = await Promise.all([server.connect('alice'), server.connect('bob')]);
    assert.equal((await alice2.ask('call-active', {})).calls[0].callId, callId);
    assert.equal((await alice2.ask('call-signal', { callId, renegotiate: true })).ok, true);
    assert.equal((await bob2.next('call-signal')).callId, callId);
    await until('the other call to end', async () => (await record(other.callId, 'carol')).status === 'ended');
    assert.equal((await record(other.callId, 'carol')).endReason, 'network');
    assert.equal((await record(callId)).status, 'active');
    assert.equal((await bob2.ask('call-end', { callId })).ok, true);
    assert.equal((await alice2.next('call-ended')).reason, 'hangup');
  });
}

test('nobody comes back: ended, network, with the duration that it had', async () => {
  await start('--grace-timeout', '1.5');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await activeCall(alice, bob);
  await restart('SIGTERM');
  await until('the end', async () => (await record(callId)).status !== 'active');
  const call = await record(callId);
  assert.deepEqual([call.status, call.endReason], ['ended', 'network']);
  assert.ok(new Date(call.endTime) - new Date(call.acceptTime) < 1500, 'the time of waiting does not count');
});

test('a ringing call rings on after a restart with the time that is left', async () => {
  await start('--ring-timeout', '4');
  const alice = await server.connect('alice');
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await restart('SIGKILL');
  const bob = await server.connect('bob');
  assert.equal((await bob.next('incoming-call')).callId, callId);
  assert.equal((await bob.next('call-ended')).reason, 'timeout');
  const call = await record(callId);
  const rang = new Date(call.endTime) - new Date(call.startTime);
  assert.ok(rang >= 3990 && rang < 15000, `rang ${rang} ms`);
});

test('a ringing call that is answered after a restart', async () => {
  await start();
  const { callId } = (await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' })).body;
  await restart('SIGKILL');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  await bob.next('incoming-call');
  assert.equal((await bob.ask('call-accept', { callId })).status, 'active');
  assert.equal((await alice.next('call-accepted')).callId, callId);
});

test('the ring time passed while the server was down: missed, timeout', async () => {
  await start('--ring-timeout', '0.2');
  const { callId } = (await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' })).body;
  await server.stop('SIGKILL');
  const dead = Date.now();
  await until('the ring time to pass', () => Date.now() - dead > 250);
  await server.start();
  await until('the end', async () => (await record(callId)).status !== 'calling');
  assert.deepEqual([(await record(callId)).status, (await record(callId)).endReason], ['missed', 'timeout']);
});

test('SIGTERM in mid-call with requests under way: exit 0, quickly, and all that was answered is kept', async () => {
  await start('--event-limit', '0');
  const users = Array.from({ length: 40 }, (_, i) => `user${i}`);
  await server.know(...users);
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await activeCall(alice, bob);
  const answers = users.map((user, i) => server.rest('POST', '/api/calls/start', user,
    { targetUserId: users[i ^ 1] }).catch(() => null));
  const before = Date.now();
  const { code } = await server.stop('SIGTERM');
  assert.equal(code, 0);
  assert.ok(Date.now() - before < 5000);
  assert.equal(server.stderr, '');
  const settled = await Promise.all(answers);
  await server.start();
  for (const [i, answer] of settled.entries()) {
    if (answer?.status !== 200) continue;
    const { status } = await record(answer.body.callId, users[i]);
    assert.ok(status === 'active' || status === answer.body.status, `${status} after ${answer.body.status}`);
  }
  assert.equal((await record(callId)).status, 'active');
});

test('SIGINT and idle: exit 0', async () => {
  await start();
  const { code } = await server.stop('SIGINT');
  assert.equal(code, 0);
});

test('a second server on one database is refused, also by another name of it; after kill -9 the next one may', async () => {
  await start();
  const again = path.join(server.dir, 'again.db');
  symlinkSync(server.database, again);
  for (const database of [server.database, again]) {
    const second = new Server();
    const own = second.database;
    second.database = database;
    await assert.rejects(second.start(), /ended with 1: gst-call-server: \S+: another gst-call-server runs on this database\n$/);
    second.exited = Promise.resolve({ code: 0 });
    second.database = own;
    await second.close();
  }
  assert.equal((await server.rest('GET', '/readyz')).status, 200);
  await restart('SIGKILL');
  assert.equal((await server.rest('GET', '/readyz')).status, 200);
});
