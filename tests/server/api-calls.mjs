// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The life of a call, over REST and over events, through each of the socket's transports.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Server, activeCall } from './api-harness.mjs';

let server;
before(async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol');
});
after(() => server.close());

const transports = {
  websocket: { transports: ['websocket'] },
  polling: { transports: ['polling'], upgrade: false },
  upgrade: { transports: ['polling', 'websocket'] },
};

for (const [name, options] of Object.entries(transports)) {
  describe(name, () => {
    test('start, accept, signal, end', async () => {
      const alice = await server.connect('alice', options);
      const bob = await server.connect('bob', options);
      if (name === 'upgrade')
        await Promise.all([alice, bob].map(({ socket }) => socket.io.engine.transport.name === 'websocket'
          || new Promise((resolve) => socket.io.engine.once('upgrade', resolve))));

      const started = await alice.ask('call-start', { targetUserId: 'bob', callType: 'video' });
      assert.equal(started.ok, true);
      assert.equal(started.status, 'calling');
      assert.equal(started.callType, 'video');
      assert.match(started.channelName, /^call_[0-9a-f]{32}$/);
      assert.deepEqual(started.media, { mode: 'direct', offer: true });
      assert.ok(Array.isArray(started.iceServers));

      const incoming = await bob.next('incoming-call');
      assert.equal(incoming.callId, started.callId);
      assert.deepEqual(incoming.caller, { _id: 'alice', username: 'alice', fullName: 'alice', avatar: '' });
      assert.equal(incoming.channelName, started.channelName);
      assert.equal(incoming.callType, 'video');
      assert.deepEqual(incoming.media, { mode: 'direct', offer: false });
      assert.ok(Array.isArray(incoming.iceServers));

      const accepted = await bob.ask('call-accept', { callId: started.callId });
      assert.equal(accepted.ok, true);
      assert.equal(accepted.status, 'active');
      assert.deepEqual(accepted.media, { mode: 'direct', offer: false });
      const told = await alice.next('call-accepted');
      assert.equal(told.callId, started.callId);
      assert.equal(told.by, 'bob');
      assert.equal(told.channelName, started.channelName);
      assert.deepEqual(told.media, { mode: 'direct', offer: true });

      const description = { type: 'offer', sdp: `v=0\r\n${'a=x\r\n'.repeat(1000)}` };
      assert.deepEqual(await alice.ask('call-signal', { callId: started.callId, description }), { ok: true });
      assert.deepEqual(await bob.next('call-signal'), { callId: started.callId, from: 'alice', description });
      const candidate = { candidate: 'candidate:1 1 UDP 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };
      assert.deepEqual(await bob.ask('call-signal', { callId: started.callId, candidate }), { ok: true });
      assert.deepEqual(await alice.next('call-signal'), { callId: started.callId, from: 'bob', candidate });

      const ended = await bob.ask('call-end', { callId: started.callId });
      assert.equal(ended.ok, true);
      assert.equal(ended.status, 'ended');
      assert.equal(ended.duration, 0);
      const end = await alice.next('call-ended');
      assert.deepEqual(end, { callId: started.callId, endedBy: 'bob', reason: 'hangup', duration: 0 });
      await bob.settle();
      assert.equal(bob.has('call-ended'), false, 'who ended it need not be told');
      await Promise.all([alice.close(), bob.close()]);
    });
  });
}

test('the same over REST', async () => {
  const alice = await server.connect('alice');
  const bob = await server.connect('bob');
  const started = await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob', callType: 'audio' });
  assert.equal(started.status, 200);
  const { callId, channelName } = started.body;
  assert.deepEqual(Object.keys(started.body).sort(),
    ['callId', 'callType', 'channelName', 'iceServers', 'media', 'status']);
  assert.equal((await bob.next('incoming-call')).callId, callId);

  const accepted = await server.rest('POST', `/api/calls/${callId}/accept`, 'bob');
  assert.equal(accepted.status, 200);
  assert.equal(accepted.body.status, 'active');
  assert.equal(accepted.body.channelName, channelName);
  assert.equal((await alice.next('call-accepted')).callId, callId);

  const active = await server.rest('GET', '/api/calls/active', 'alice');
  assert.equal(active.body.length, 1);
  assert.equal(active.body[0]._id, callId);
  assert.equal(active.body[0].status, 'active');
  assert.equal(active.body[0].direction, 'outgoing');

  const ended = await server.rest('POST', `/api/calls/${callId}/end`, 'alice', {});
  assert.equal(ended.status, 200);
  assert.equal(ended.body.callId, callId);
  assert.equal(ended.body.status, 'ended');
  assert.equal(ended.body.duration, 0);
  assert.equal((await bob.next('call-ended')).reason, 'hangup');
  assert.deepEqual((await server.rest('GET', '/api/calls/active', 'alice')).body, []);

  const again = await server.rest('POST', `/api/calls/${callId}/end`, 'bob');
  assert.deepEqual([again.status, again.body], [200, ended.body], 'an end after the end');

  const got = await server.rest('GET', `/api/calls/${callId}`, 'bob');
  assert.equal(got.body.direction, 'incoming');
  assert.equal(got.body.endReason, 'hangup');
  for (const time of ['startTime', 'acceptTime', 'endTime'])
    assert.equal(new Date(got.body[time]).toISOString(), got.body[time]);
  await Promise.all([alice.close(), bob.close()]);
});

test('reject: the caller hears the reason, the callee\'s other devices stop ringing', async () => {
  const alice = await server.connect('alice');
  const phone = await server.connect('bob');
  const tablet = await server.connect('bob');
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await Promise.all([phone.next('incoming-call'), tablet.next('incoming-call')]);
  const answer = await phone.ask('call-reject', { callId, reason: 'in a meeting', message: 'later' });
  assert.deepEqual(answer, { ok: true, callId, status: 'rejected' });
  assert.deepEqual(await alice.next('call-rejected'), { callId, reason: 'in a meeting', message: 'later' });
  assert.equal((await tablet.next('call-ended')).callId, callId);
  await phone.settle();
  assert.equal(phone.has('call-ended'), false);

  const second = await alice.ask('call-start', { targetUserId: 'bob' });
  const rest = await server.rest('POST', `/api/calls/${second.callId}/reject`, 'bob', {});
  assert.deepEqual([rest.status, rest.body], [200, { callId: second.callId, status: 'rejected' }]);
  assert.deepEqual(await alice.next('call-rejected'), { callId: second.callId, reason: 'declined' });
  const got = await server.rest('GET', `/api/calls/${second.callId}`, 'alice');
  assert.deepEqual([got.body.status, got.body.endReason, got.body.duration], ['rejected', 'declined', 0]);
  await Promise.all([alice.close(), phone.close(), tablet.close()]);
});

test('the caller gives up while it rings', async () => {
  const alice = await server.connect('alice');
  const bob = await server.connect('bob');
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await bob.next('incoming-call');
  const ended = await alice.ask('call-end', { callId });
  assert.deepEqual([ended.status, ended.duration], ['ended', 0]);
  assert.deepEqual(await bob.next('call-ended'), { callId, endedBy: 'alice', reason: 'cancelled', duration: 0 });
  const late = await bob.ask('call-accept', { callId });
  assert.deepEqual([late.ok, late.message], [false, 'Call is not in calling state']);
  const got = await server.rest('GET', `/api/calls/${callId}`, 'alice');
  assert.deepEqual([got.body.status, got.body.endReason, got.body.acceptTime], ['missed', 'cancelled', null]);
  await Promise.all([alice.close(), bob.close()]);
});

test('busy: 409 with the attempt on record, and the event', async () => {
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((user) => server.connect(user)));
  const call = await activeCall(alice, bob);
  const refused = await server.rest('POST', '/api/calls/start', 'carol', { targetUserId: 'bob' });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.success, false);
  assert.equal(refused.body.code, 'user-busy');
  assert.deepEqual(await carol.next('user-busy'), { callId: refused.body.callId, userId: 'bob' });
  const record = await server.rest('GET', `/api/calls/${refused.body.callId}`, 'carol');
  assert.deepEqual([record.body.status, record.body.endReason], ['missed', 'busy']);
  const event = await carol.ask('call-start', { targetUserId: 'alice' });
  assert.deepEqual([event.ok, event.code], [false, 'user-busy']);
  assert.equal((await carol.next('user-busy')).callId, event.callId);

  const mine = await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'carol' });
  assert.deepEqual([mine.status, mine.body.code, mine.body.message], [409, 'caller-busy', 'You are already in a call']);
  await alice.ask('call-end', { callId: call.callId });
  await bob.settle();
  assert.equal(bob.has('incoming-call'), false, 'a busy user is not rung');
  await Promise.all([alice.close(), bob.close(), carol.close()]);
});

test('errors of start, accept, reject, end, get', async () => {
  const start = (body, user = 'alice') => server.rest('POST', '/api/calls/start', user, body);
  const cases = [
    [await start({}), 400, 'Target user ID is required'],
    [await start(undefined), 400, 'Target user ID is required'],
    [await start({ targetUserId: '' }), 400, 'Target user ID is required'],
    [await start({ targetUserId: { $ne: 1 } }), 400, 'Target user ID is required'],
    [await start({ targetUserId: 'bob', callType: 'fax' }), 400, undefined],
    [await start({ targetUserId: 'bob', callType: 7 }), 400, undefined],
    [await start({ targetUserId: 'alice' }), 400, undefined],
    [await start({ targetUserId: 'nobody-knows' }), 404, 'Target user not found'],
    [await start('{"targetUserId":'), 400, undefined],
    [await start('[1]'), 400, undefined],
    [await start(`{"targetUserId":"b\\u0000b"}`), 400, undefined],
    [await start('['.repeat(60000)), 400, undefined],
  ];
  const { callId } = (await start({ targetUserId: 'bob' })).body;
  for (const verb of ['accept', 'reject', 'end']) {
    cases.push([await server.rest('POST', `/api/calls/${callId}/${verb}`, 'carol'), 403,
      `Unauthorized to ${verb} this call`]);
    for (const id of ['ffffffffffffffffffffffff', 'not-an-id', '%00', "'; DROP TABLE calls; --", '%F0%9F%93%9E'])
      cases.push([await server.rest('POST', `/api/calls/${encodeURIComponent(id)}/${verb}`, 'bob'), 404,
        'Call not found']);
  }
  cases.push([await server.rest('POST', `/api/calls/${callId}/accept`, 'alice'), 403,
    'Unauthorized to accept this call']);
  cases.push([await server.rest('POST', `/api/calls/${callId}/reject`, 'bob', { reason: 5 }), 400, undefined]);
  cases.push([await server.rest('POST', `/api/calls/${callId}/reject`, 'bob', { reason: 'x'.repeat(5000) }), 400,
    undefined]);
  cases.push([await server.rest('GET', `/api/calls/${callId}`, 'carol'), 403, undefined]);
  cases.push([await server.rest('GET', '/api/calls/nope', 'carol'), 404, 'Call not found']);
  await server.rest('POST', `/api/calls/${callId}/end`, 'alice');
  cases.push([await server.rest('POST', `/api/calls/${callId}/accept`, 'bob'), 400, 'Call is not in calling state']);
  cases.push([await server.rest('POST', `/api/calls/${callId}/reject`, 'bob'), 400, 'Call is not in calling state']);
  cases.push([await server.rest('GET', '/api/unknown', 'bob'), 404, undefined]);
  cases.push([await server.rest('PUT', '/api/calls/start', 'bob'), 405, undefined]);
  cases.forEach(([answer, status, message], at) => {
    assert.equal(answer.status, status, `case ${at}: ${JSON.stringify(answer.body)}`);
    assert.equal(answer.body.success, false);
    assert.match(answer.body.code, /^[a-z]+(-[a-z]+)*$/);
    if (message) assert.equal(answer.body.message, message);
  });
});

test('errors of events', async () => {
  const alice = await server.connect('alice');
  const cases = [
    ['call-start', {}, 'target-required'], ['call-start', { targetUserId: 'alice' }, 'self-call'],
    ['call-start', { targetUserId: 'nobody-knows' }, 'user-not-found'],
    ['call-start', undefined, 'target-required'], ['call-start', 'bob', 'target-required'],
    ['call-start', { targetUserId: 'bob', callType: 'fax' }, 'bad-call-type'],
    ['call-accept', { callId: 'x' }, 'not-found'], ['call-accept', {}, 'bad-value'],
    ['call-reject', { callId: 5 }, 'bad-value'], ['call-end', { callId: 'x' }, 'not-found'],
    ['call-end', [], 'bad-value'], ['call-dance', {}, 'unknown-event'],
  ];
  for (const [name, body, code] of cases) {
    const answer = await alice.ask(name, ...(body === undefined ? [] : [body]));
    assert.deepEqual([answer.ok, answer.code], [false, code], `${name} ${JSON.stringify(body)}`);
    assert.equal(typeof answer.message, 'string');
  }
  assert.deepEqual(await alice.ask('call-active', {}), { calls: [], ok: true });
  await alice.close();
});
