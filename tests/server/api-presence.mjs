// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Who is there, and what time does to a call: ring time, grace time, users that are offline, come and go.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { afterEach, test } from 'node:test';

import { Server, activeCall, until } from './api-harness.mjs';

let server;
const start = async (...args) => {
  server = await new Server(args).start();
  await server.know('alice', 'bob', 'carol');
};
afterEach(() => server.close());

const record = async (callId, user = 'alice') => (await server.rest('GET', `/api/calls/${callId}`, user)).body;

test('nobody answers: missed, timeout', async () => {
  await start('--ring-timeout', '0.3');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  const ended = { callId, endedBy: null, reason: 'timeout', duration: 0 };
  assert.deepEqual(await alice.next('call-ended'), ended);
  assert.deepEqual(await bob.next('call-ended'), ended);
  const call = await record(callId);
  assert.deepEqual([call.status, call.endReason], ['missed', 'timeout']);
  const rang = new Date(call.endTime) - new Date(call.startTime);
  assert.ok(rang >= 290 && rang < 10000, `rang ${rang} ms`);
});

test('offline: the caller is told at once, the call rings on, ends as missed, offline', async () => {
  await start('--ring-timeout', '0.3');
  const alice = await server.connect('alice');
  const { callId, status } = await alice.ask('call-start', { targetUserId: 'bob' });
  assert.equal(status, 'calling');
  assert.deepEqual(await alice.next('user-offline'), { callId, userId: 'bob' });
  assert.equal((await record(callId)).status, 'calling');
  assert.equal((await alice.next('call-ended')).reason, 'offline');
  assert.equal((await record(callId)).endReason, 'offline');
});

test('one who comes while it rings is rung, and may answer; one who came and did not: timeout', async () => {
  await start('--ring-timeout', '1');
  const alice = await server.connect('alice');
  const first = await alice.ask('call-start', { targetUserId: 'bob' });
  await alice.next('user-offline');
  const bob = await server.connect('bob');
  const incoming = await bob.next('incoming-call');
  assert.deepEqual([incoming.callId, incoming.media.offer], [first.callId, false]);
  assert.equal((await bob.ask('call-accept', { callId: first.callId })).status, 'active');
  await alice.next('call-accepted');
  await alice.ask('call-end', { callId: first.callId });
  await bob.close();
  const second = await alice.ask('call-start', { targetUserId: 'bob' });
  const again = await server.connect('bob');
  await again.next('incoming-call');
  await again.close();
  assert.equal((await alice.next('call-ended')).reason, 'timeout');
  assert.equal((await record(second.callId)).endReason, 'timeout');
});

for (const user of ['alice', 'bob']) {
  test(`a socket that comes back within the grace time changes nothing (${user})`, async () => {
    await start('--grace-timeout', '0.5');
    await server.know('dave');
    const [alice, bob, carol, dave] = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((id) =>
      server.connect(id)));
    const { callId } = await activeCall(alice, bob);
    await activeCall(carol, dave, 'audio', 'dave');
    const [gone, stays] = user === 'bob' ? [bob, alice] : [alice, bob];
    gone.drop();
    await stays.next('user-status', (status) => status.userId === user && !status.online);
    const back = await server.connect(user);
    const { calls } = await back.ask('call-active', {});
    assert.deepEqual(calls.map((call) => [call.callId, call.status]), [[callId, 'active']]);
    dave.drop();
    assert.equal((await carol.next('call-ended')).reason, 'network', 'the grace time has passed meanwhile');
    await Promise.all([back.settle(), stays.settle()]);
    assert.equal(back.has('call-ended') || stays.has('call-ended'), false);
    assert.equal((await record(callId)).status, 'active');
    assert.equal((await back.ask('call-signal', { callId, renegotiate: true })).ok, true);
    await stays.next('call-signal');
  });
}

for (const user of ['alice', 'bob']) {
  test(`past the grace time: ended, network (${user} is lost)`, async () => {
    await start('--grace-timeout', '0.3');
    const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
    const { callId } = await activeCall(alice, bob);
    const [gone, stays] = user === 'bob' ? [bob, alice] : [alice, bob];
    gone.drop();
    const ended = await stays.next('call-ended');
    assert.deepEqual([ended.callId, ended.endedBy, ended.reason], [callId, null, 'network']);
    const call = await record(callId);
    assert.deepEqual([call.status, call.endReason, call.duration], ['ended', 'network', 0]);
    const back = await server.connect(user);
    assert.deepEqual((await back.ask('call-active', {})).calls, []);
  });
}

test('the device goes, the user\'s other socket stays: grace time, unless that one takes over', async () => {
  await start('--grace-timeout', '0.4');
  const [alice, bob, tablet] = await Promise.all(['alice', 'bob', 'bob'].map((user) => server.connect(user)));
  const first = await activeCall(alice, bob);
  await tablet.next('call-ended');
  bob.drop();
  assert.equal((await tablet.ask('call-active', {})).calls.length, 1);
  assert.equal((await alice.ask('call-signal', { callId: first.callId, renegotiate: true })).ok, true);
  assert.equal((await tablet.next('call-signal')).callId, first.callId);
  await alice.ask('call-end', { callId: first.callId });
  await tablet.next('call-ended');

  const phone = await server.connect('bob');
  const second = await activeCall(alice, phone);
  await tablet.next('call-ended');
  phone.drop();
  assert.equal((await alice.next('call-ended')).reason, 'network');
  assert.equal((await record(second.callId)).endReason, 'network');
});

test('a caller that is lost while it rings', async () => {
  await start('--grace-timeout', '0.3');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await bob.next('incoming-call');
  alice.drop();
  assert.deepEqual((await bob.next('call-ended')).reason, 'cancelled');
  const call = await record(callId);
  assert.deepEqual([call.status, call.endReason], ['missed', 'cancelled']);
});

test('both away, REST only: an active call that nobody attends ends by itself', async () => {
  await start('--grace-timeout', '0.3');
  const { callId } = (await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' })).body;
  assert.equal((await server.rest('POST', `/api/calls/${callId}/accept`, 'bob')).status, 200);
  await until('the end', async () => (await record(callId)).status === 'ended');
  assert.equal((await record(callId)).endReason, 'network');
});

test('duration: whole seconds since the accept', async () => {
  await start();
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await activeCall(alice, bob);
  await until('a second', async () => (await record(callId)).duration === 1);
  assert.equal((await bob.ask('call-end', { callId })).duration, 1);
  assert.equal((await alice.next('call-ended')).duration, 1);
  const call = await record(callId);
  assert.equal(call.duration, Math.floor((new Date(call.endTime) - new Date(call.acceptTime)) / 1000));
});

test('contacts, online, lastSeen and user-status', async () => {
  await start();
  const alice = await server.connect('alice');
  const contacts = async (query = '') => (await server.rest('GET', `/api/users/contacts${query}`, 'alice')).body;
  assert.deepEqual(await contacts(), ['bob', 'carol'].map((id) => ({ _id: id, username: id, fullName: id, avatar: '',
    online: false, lastSeen: null })));
  assert.deepEqual((await contacts('?search=CAR')).map(({ _id }) => _id), ['carol']);
  assert.deepEqual(await contacts('?search=%25'), [], 'LIKE\'s signs are text');
  const bob = await server.connect('bob');
  const here = await alice.next('user-status');
  assert.deepEqual([here.userId, here.online], ['bob', true]);
  assert.equal((await contacts('?search=bob'))[0].online, true);
  const second = await server.connect('bob');
  await second.close();
  await bob.close();
  const gone = await alice.next('user-status');
  assert.deepEqual([gone.userId, gone.online], ['bob', false], 'only the first and the last socket count');
  const [after] = await contacts('?search=bob');
  assert.deepEqual([after.online, after.lastSeen], [false, gone.lastSeen]);
  assert.ok(Math.abs(Date.now() - new Date(gone.lastSeen)) < 10000);
});

test('user-status goes to those who share a call, not to strangers', async () => {
  await start();
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((user) => server.connect(user)));
  const { callId } = await activeCall(alice, bob);
  await alice.ask('call-end', { callId });
  await bob.close();
  assert.equal((await alice.next('user-status')).userId, 'bob');
  await carol.settle();
  assert.equal(carol.has('user-status'), false);
});

test('sockets of one user are limited', async () => {
  await start();
  const sockets = await Promise.all(Array.from({ length: 32 }, () => server.connect('alice')));
  await assert.rejects(server.client('alice').connected(), (error) => error.message === 'Too many sockets'
    && error.data.code === 'too-many-sockets');
  await sockets[0].close();
  await until('room for another', () => server.connect('alice').catch(() => null));
});

const hasSqlite = (() => {
  try { return execFileSync('sqlite3', ['-version']).length > 0; } catch { return false; }
})();

test('the database fails for a while: 503, nothing is kept, and timers try again', { skip: !hasSqlite
  && 'no sqlite3 command' }, async () => {
  await start('--ring-timeout', '0.5');
  await server.know('dave');
  const alice = await server.connect('alice');
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  const lock = spawn('sqlite3', [server.database], { stdio: ['pipe', 'pipe', 'inherit'] });
  const locked = new Promise((resolve, reject) => {
    lock.stdout.on('data', resolve);
    lock.on('error', reject);
  });
  lock.stdin.write("BEGIN IMMEDIATE; SELECT 'locked';\n");
  await locked;
  const refused = await server.rest('POST', '/api/calls/start', 'carol', { targetUserId: 'dave' });
  assert.deepEqual([refused.status, refused.body.code], [503, 'database']);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  lock.stdin.end('COMMIT;\n');
  assert.equal((await alice.next('call-ended')).callId, callId);
  assert.equal((await record(callId)).endReason, 'offline');
  assert.equal((await server.rest('GET', '/api/calls/history', 'carol')).body.total, 0);
});

test('a socket whose network went dumb is lost by its pings, and the grace time begins', async () => {
  await start('--ping-interval', '0.3', '--ping-timeout', '0.3', '--grace-timeout', '0.3');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await activeCall(alice, bob);
  bob.socket.io.engine.sendPacket = () => {}; // it hears, and says nothing more
  bob.socket.io.engine.transport.send = () => {};
  const ended = await alice.next('call-ended');
  assert.deepEqual([ended.callId, ended.reason], [callId, 'network']);
});

test('presence reaches everybody who shares a call, however many they are', async () => {
  await start();
  await server.stop();
  execFileSync('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
ids = ['peer%04d' % i for i in range(1200)]
db.executemany('INSERT INTO users (id) VALUES (?)', [(i,) for i in ids])
db.executemany("INSERT INTO peers VALUES ('alice', ?)", [(i,) for i in ids])
db.commit()`, server.database]);
  await server.start();
  const peers = await Promise.all(['peer0000', 'peer0499', 'peer0500', 'peer0999', 'peer1199'].map((id) => server.connect(id)));
  const [stranger, alice] = [await server.connect('carol'), await server.connect('alice')];
  for (const peer of peers) assert.equal((await peer.next('user-status', ({ userId }) => userId === 'alice')).online, true);
  await alice.close();
  for (const peer of peers) assert.equal((await peer.next('user-status', ({ userId }) => userId === 'alice')).online, false);
  await stranger.settle();
  assert.ok(!stranger.has('user-status'));
});
