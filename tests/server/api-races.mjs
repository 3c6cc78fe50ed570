// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Things that happen at the same moment, many times over. Whoever loses is told so, the record says one thing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server } from './api-harness.mjs';

const ROUNDS = 20;

let server, alice, phone, tablet;
before(async () => {
  server = await new Server(['--event-limit', '10000']).start();
  [alice, phone, tablet] = await Promise.all(['alice', 'bob', 'bob'].map((user) => server.connect(user)));
});
after(() => server.close());

const record = async (callId) => (await server.rest('GET', `/api/calls/${callId}`, 'alice')).body;

async function ring() {
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await Promise.all([phone, tablet].map((device) => device.next('incoming-call', (body) => body.callId === callId)));
  return callId;
}

test('two devices accept at once: one wins, the other stops ringing', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring();
    const answers = await Promise.all([phone, tablet].map((device) => device.ask('call-accept', { callId })));
    assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true]);
    const [winner, loser] = answers[0].ok ? [phone, tablet] : [tablet, phone];
    assert.equal(answers.find(({ ok }) => !ok).message, 'Call is not in calling state');
    const told = await loser.next('call-ended');
    assert.deepEqual([told.callId, told.reason], [callId, 'answered-elsewhere']);
    await winner.settle();
    assert.equal(winner.has('call-ended'), false);
    await alice.next('call-accepted');
    assert.equal((await record(callId)).status, 'active');
    await alice.ask('call-signal', { callId, renegotiate: true });
    assert.equal((await winner.next('call-signal')).callId, callId);
    await alice.ask('call-end', { callId });
    await winner.next('call-ended');
  }
  await alice.settle();
  assert.equal(alice.has('call-accepted'), false, 'one accept each');
});

test('accept over REST twice at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring();
    const answers = await Promise.all([0, 1].map(() => server.rest('POST', `/api/calls/${callId}/accept`, 'bob')));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    await server.rest('POST', `/api/calls/${callId}/end`, 'bob');
    await alice.next('call-ended', (body) => body.callId === callId);
  }
});

test('accept, reject and end at once: the record follows one of them', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring();
    const [accept, reject, end] = await Promise.all([phone.ask('call-accept', { callId }),
      tablet.ask('call-reject', { callId }), alice.ask('call-end', { callId })]);
    assert.equal(end.ok, true);
    assert.ok(!(accept.ok && reject.ok), 'not both');
    const { status, endReason } = await record(callId);
    const expected = accept.ok ? ['ended', 'hangup'] : reject.ok ? ['rejected', 'declined'] : ['missed', 'cancelled'];
    assert.deepEqual([status, endReason], expected);
  }
});

test('both end at once: both are answered alike', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const callId = await ring();
    await phone.ask('call-accept', { callId });
    const answers = await Promise.all([alice, phone].map((who) => who.ask('call-end', { callId })));
    assert.deepEqual(answers[0], answers[1]);
    assert.equal((await record(callId)).endReason, 'hangup');
  }
});

test('a reject after the accept changes nothing', async () => {
  const callId = await ring();
  await phone.ask('call-accept', { callId });
  const late = await tablet.ask('call-reject', { callId });
  assert.deepEqual([late.ok, late.message], [false, 'Call is not in calling state']);
  assert.equal((await record(callId)).status, 'active');
  await alice.ask('call-end', { callId });
});

test('both call each other at once: one call', async () => {
  await tablet.close();
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all([alice.ask('call-start', { targetUserId: 'bob', callType: 'video' }),
      phone.ask('call-start', { targetUserId: 'alice', callType: 'audio' })]);
    assert.deepEqual(answers.map(({ ok }) => ok), [true, true]);
    const { callId } = answers[0];
    assert.equal(answers[1].callId, callId);
    assert.deepEqual(answers.map(({ status }) => status).sort(), ['active', 'calling']);
    const [first, second] = answers[0].status === 'calling' ? [alice, phone] : [phone, alice];
    const [firstAnswer, secondAnswer] = answers[0].status === 'calling' ? answers : [...answers].reverse();
    assert.equal(firstAnswer.media.offer, true);
    assert.equal(secondAnswer.media.offer, false);
    assert.equal(secondAnswer.callType, firstAnswer.callType);
    assert.deepEqual((await first.next('call-accepted')).media, { mode: 'direct', offer: true });
    assert.equal((await record(callId)).status, 'active');
    await first.ask('call-signal', { callId, renegotiate: true });
    await second.next('call-signal');
    assert.equal((await second.ask('call-end', { callId })).ok, true);
    await first.next('call-ended');
  }
});

test('both call each other over REST', async () => {
  const starts = [['alice', 'bob'], ['bob', 'alice']];
  const answers = await Promise.all(starts.map(([user, targetUserId]) =>
    server.rest('POST', '/api/calls/start', user, { targetUserId })));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  assert.equal(answers[0].body.callId, answers[1].body.callId);
  assert.deepEqual(answers.map(({ body }) => body.status).sort(), ['active', 'calling']);
  const ends = await Promise.all(['alice', 'bob'].map((user) =>
    server.rest('POST', `/api/calls/${answers[0].body.callId}/end`, user)));
  assert.deepEqual(ends.map(({ status }) => status), [200, 200]);
});

test('many start at once to one user: one rings, the others find it busy', async () => {
  const users = Array.from({ length: 10 }, (_, i) => `user${i}`);
  await server.know(...users);
  const answers = await Promise.all(users.map((user) =>
    server.rest('POST', '/api/calls/start', user, { targetUserId: 'alice' })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status, body }) => status === 409 && body.code === 'user-busy').length, 9);
  const at = answers.findIndex(({ status }) => status === 200);
  await server.rest('POST', `/api/calls/${answers[at].body.callId}/end`, users[at]);
  const { total } = (await server.rest('GET', '/api/calls/history?search=user', 'alice')).body;
  assert.equal(total, 10);
});
