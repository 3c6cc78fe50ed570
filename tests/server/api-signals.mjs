// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Which socket is in a call, and what is passed on to it: signals, measurements, and the queue of one who is away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server, activeCall } from './api-harness.mjs';

let server;
before(async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol');
});
after(() => server.close());

const candidate = (number, more = '') => ({ candidate: `candidate:${number} 1 UDP 1 127.0.0.1 9 typ host${more}`,
  sdpMid: '0', sdpMLineIndex: 0 });
const offer = (sdp) => ({ type: 'offer', sdp });

async function withCall(run) {
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await activeCall(alice, bob);
  await run({ alice, bob, callId });
  await server.rest('POST', `/api/calls/${callId}/end`, 'alice');
  await Promise.all([alice.close(), bob.close()]);
}

test('signals go to the device that accepted, and to no other', () => withCall(async ({ alice, bob, callId }) => {
  const tablet = await server.connect('bob');
  const carol = await server.connect('carol');
  const description = { ...offer('v=0\r\n'), extra: 'passed on as it came' };
  await alice.ask('call-signal', { callId, description, from: 'mallory' });
  assert.deepEqual(await bob.next('call-signal'), { callId, from: 'alice', description });
  assert.deepEqual(await bob.ask('call-signal', { callId, renegotiate: true }), { ok: true });
  assert.deepEqual(await alice.next('call-signal'), { callId, from: 'bob', renegotiate: true });
  await Promise.all([tablet.settle(), carol.settle()]);
  assert.equal(tablet.has('call-signal') || carol.has('call-signal'), false);
  await Promise.all([tablet.close(), carol.close()]);
}));

test('a new socket that names the call has the seat, one that only asks has not', () =>
  withCall(async ({ alice, bob, callId }) => {
    const [tablet, again] = [await server.connect('bob'), await server.connect('bob')];
    await tablet.ask('call-active', {});
    await again.ask('call-active', { callId });
    await alice.ask('call-signal', { callId, renegotiate: true });
    assert.deepEqual(await again.next('call-signal'), { callId, from: 'alice', renegotiate: true });
    await Promise.all([tablet.settle(), bob.settle()]);
    assert.equal(tablet.has('call-signal') || bob.has('call-signal'), false);
    await bob.close();
    await tablet.ask('call-active', { callId: 'not a call' });
    await alice.ask('call-signal', { callId, renegotiate: true });
    assert.deepEqual(await again.next('call-signal'), { callId, from: 'alice', renegotiate: true });
    await Promise.all([tablet.close(), again.close()]);
  }));

test('refused signals', () => withCall(async ({ alice, bob, callId }) => {
  const carol = await server.connect('carol');
  const refused = async (who, body, code) => {
    const answer = await who.ask('call-signal', body);
    assert.deepEqual([answer.ok, answer.code], [false, code], JSON.stringify(body).slice(0, 100));
  };
  await refused(carol, { callId, renegotiate: true }, 'forbidden');
  await refused(alice, { callId: 'nope', renegotiate: true }, 'not-found');
  for (const body of [{}, { callId }, { callId, renegotiate: false }, { callId, description: 'v=0' },
    { callId, description: { type: 'pranswer', sdp: 'v=0' } }, { callId, description: { type: 'offer' } },
    { callId, description: offer('x'.repeat(65537)) }, { callId, candidate: candidate(1, 'x'.repeat(2048)) },
    { callId, candidate: 'candidate:1' }, { callId, candidate: candidate(1), renegotiate: true },
    { callId: 'x'.repeat(200), renegotiate: true }, { callId: null, renegotiate: true }])
    await refused(alice, body, 'bad-value');
  await alice.ask('call-end', { callId });
  await refused(alice, { callId, renegotiate: true }, 'not-live');
  await refused(bob, { callId, renegotiate: true }, 'not-live');
  await refused(carol, { callId, renegotiate: true }, 'forbidden');
  await bob.settle();
  assert.equal(bob.has('call-signal'), false);
  await carol.close();
}));

test('a caller\'s early signals wait for the accept; a callee must accept before it signals', async () => {
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await bob.next('incoming-call');
  assert.equal((await alice.ask('call-signal', { callId, description: offer('early') })).ok, true);
  await bob.settle();
  assert.equal(bob.has('call-signal'), false, 'no addresses of the caller before the accept');
  const early = await bob.ask('call-signal', { callId, renegotiate: true });
  assert.deepEqual([early.ok, early.code], [false, 'not-accepted']);
  await bob.ask('call-accept', { callId });
  assert.equal((await bob.next('call-signal')).description.sdp, 'early');
  await alice.ask('call-end', { callId });
  await Promise.all([alice.close(), bob.close()]);
});

test('accept by REST with several sockets: the first that signals is the device', async () => {
  const [alice, phone, tablet] = await Promise.all(['alice', 'bob', 'bob'].map((user) => server.connect(user)));
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await Promise.all([phone.next('incoming-call'), tablet.next('incoming-call')]);
  await server.rest('POST', `/api/calls/${callId}/accept`, 'bob');
  await alice.next('call-accepted');
  await alice.ask('call-signal', { callId, description: offer('for whoever it is') });
  await Promise.all([phone.next('call-signal'), tablet.next('call-signal')]);
  assert.equal(phone.has('call-ended') || tablet.has('call-ended'), false, 'it is not known who must stop ringing');
  await phone.ask('call-signal', { callId, description: { type: 'answer', sdp: 'v=0' } });
  const told = await tablet.next('call-ended');
  assert.deepEqual([told.callId, told.reason], [callId, 'answered-elsewhere']);
  await alice.ask('call-signal', { callId, candidate: candidate(1) });
  await phone.next('call-signal');
  await tablet.settle();
  assert.equal(tablet.has('call-signal'), false);
  assert.equal(phone.has('call-ended'), false);
  await alice.ask('call-end', { callId });
  await Promise.all([alice.close(), phone.close(), tablet.close()]);
});

test('signals for one who is away wait, in order, and come with it', () => withCall(async ({ alice, bob, callId }) => {
  bob.drop();
  await alice.next('user-status', (status) => status.userId === 'bob' && !status.online);
  for (let i = 0; i < 20; i++) {
    const body = { callId, candidate: candidate(i) };
    assert.equal((await alice.ask('call-signal', body)).ok, true);
  }
  const again = await server.connect('bob');
  for (let i = 0; i < 20; i++)
    assert.equal((await again.next('call-signal')).candidate.candidate, candidate(i).candidate);
  assert.equal((await again.ask('call-signal', { callId, renegotiate: true })).ok, true);
  await alice.next('call-signal');
  await again.close();
}));

test('the queue is bounded in number and in bytes', () => withCall(async ({ alice, bob, callId }) => {
  bob.drop();
  await alice.next('user-status', (status) => status.userId === 'bob' && !status.online);
  for (let i = 0; i < 64; i++)
    assert.equal((await alice.ask('call-signal', { callId, candidate: candidate(i) })).ok, true);
  const over = await alice.ask('call-signal', { callId, candidate: candidate(64) });
  assert.deepEqual([over.ok, over.code], [false, 'queue-full']);
  const again = await server.connect('bob');
  for (let i = 0; i < 64; i++) await again.next('call-signal');
  again.drop();
  await alice.next('user-status', (status) => status.userId === 'bob' && !status.online);
  const answers = [];
  for (let i = 0; i < 5; i++)
    answers.push(await alice.ask('call-signal', { callId, description: offer('x'.repeat(60000)) }));
  assert.deepEqual(answers.map(({ ok }) => ok), [true, true, true, true, false]);
  assert.equal(answers[4].code, 'queue-full');
}));

test('call-active: the asker\'s live calls with all that it takes to go on', () => withCall(
  async ({ alice, bob, callId }) => {
    for (const [who, isCaller] of [[alice, true], [bob, false]]) {
      const { ok, calls } = await who.ask('call-active', {});
      assert.equal(ok, true);
      assert.equal(calls.length, 1);
      assert.equal(calls[0].callId, callId);
      assert.match(calls[0].channelName, /^call_/);
      assert.deepEqual([calls[0].callType, calls[0].status], ['audio', 'active']);
      assert.deepEqual([calls[0].caller._id, calls[0].receiver._id], ['alice', 'bob']);
      assert.deepEqual(calls[0].media, { mode: 'direct', offer: isCaller });
      assert.ok(Array.isArray(calls[0].iceServers));
    }
  }));

test('call-quality: to the other one, at most one a second', () => withCall(async ({ alice, bob, callId }) => {
  for (let i = 0; i < 5; i++)
    assert.equal((await alice.ask('call-quality', { callId, mos: 4.2, packetsLost: i, from: 'mallory' })).ok, true);
  assert.deepEqual(await bob.next('call-quality'), { callId, mos: 4.2, packetsLost: 0, from: 'alice' });
  await bob.settle();
  assert.equal(bob.has('call-quality'), false);
  const big = await alice.ask('call-quality', { callId, note: 'x'.repeat(20000) });
  assert.deepEqual([big.ok, big.code], [false, 'bad-value']);
}));

test('an event without an ack is done all the same', () => withCall(async ({ alice, bob, callId }) => {
  alice.socket.emit('call-signal', { callId, renegotiate: true });
  await bob.next('call-signal');
  alice.socket.emit('call-end', { callId });
  assert.equal((await bob.next('call-ended')).reason, 'hangup');
}));
