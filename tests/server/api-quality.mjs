// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Reports and ratings: what is stored of them, what the other one is told, what is refused.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server, activeCall, until } from './api-harness.mjs';

let server, alice, bob;
before(async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol');
  alice = await server.connect('alice');
  bob = await server.connect('bob');
});
after(() => server.close());

const rest = (method, where, user, body) => server.rest(method, `/api/calls${where}`, user, body);
const qualityOf = async (callId, user = 'alice') => (await rest('GET', `/${callId}`, user)).body.quality;
const report = (callId, user, body) => rest('POST', `/${callId}/quality`, user, body);
const unmeasured = { avgBitrate: null, packetLoss: null, latency: null, jitter: null, mos: null };

async function withCall(body) {
  const { callId } = await activeCall(alice, bob);
  await body(callId);
  await alice.ask('call-end', { callId });
  await bob.next('call-ended');
}

test('a call that nobody measured says so', () => withCall(async (callId) => {
  assert.deepEqual(await qualityOf(callId), { callerRating: null, receiverRating: null,
    networkStats: { callerStats: unmeasured, receiverStats: unmeasured } });
}));

test('reports of both ways are averaged for each participant, and reach the other one', () => withCall(async (callId) => {
  const first = { mos: 4, loss: 1, jitter: 10, rtt: 80, bitrate: 30000, networkQuality: 2, future: { any: [1] } };
  const { status, body } = await report(callId, 'alice', first);
  assert.deepEqual([status, body], [202, { callId }]);
  assert.deepEqual(await bob.next('call-quality'), { callId, from: 'alice', ...first });
  // The next one that is a second later counts; those before it are taken and dropped.
  let sent = 0;
  await until('a second report to be stored', async () => {
    assert.equal((await alice.ask('call-quality', { callId, mos: 3, loss: 3, jitter: 20 })).ok, true);
    sent++;
    await new Promise((resolve) => setTimeout(resolve, 100)); // under the limit of events
    return (await qualityOf(callId)).networkStats.callerStats.mos !== 4;
  });
  assert.ok(sent > 1);
  assert.equal((await bob.next('call-quality')).mos, 3);
  const { networkStats } = await qualityOf(callId, 'bob');
  assert.deepEqual(networkStats.callerStats, { avgBitrate: 30000, packetLoss: 2, latency: 80, jitter: 15, mos: 3.5 });
  assert.deepEqual(networkStats.receiverStats, unmeasured);
}));

test('tracks: those that come in, lost over expected; flat fields stand above', () => withCall(async (callId) => {
  const tracks = [
    { direction: 'receive', media: 'audio', packets: 950, lost: 50, expected: 1000, jitter: 4, bitrate: 32000, mos: 4.1 },
    { direction: 'receive', media: 'video', packets: 3000, lost: 0, expected: 3000, jitter: 8, bitrate: 500000, mos: 3 },
    { direction: 'send', media: 'audio', packets: 1000, lost: 900, expected: 1000, jitter: 900, bitrate: 1, rtt: 50 },
  ];
  assert.equal((await report(callId, 'bob', { rtt: 42.5, tracks })).status, 202);
  assert.deepEqual((await alice.next('call-quality')).tracks, tracks);
  assert.deepEqual((await qualityOf(callId)).networkStats.receiverStats,
    { avgBitrate: 532000, packetLoss: 1.25, latency: 42.5, jitter: 6, mos: 4.1 });
}));

test('the names of networkStats do as well', () => withCall(async (callId) => {
  await report(callId, 'alice', { avgBitrate: 64000, packetLoss: 0.5, latency: 120, jitter: 3, mos: 4.3 });
  assert.deepEqual((await qualityOf(callId)).networkStats.callerStats,
    { avgBitrate: 64000, packetLoss: 0.5, latency: 120, jitter: 3, mos: 4.3 });
}));

test('a final report stands for the whole call, also after its end', async () => {
  const { callId } = await activeCall(alice, bob);
  await report(callId, 'alice', { mos: 2, loss: 30, rtt: 60 });
  await alice.ask('call-end', { callId });
  assert.equal((await report(callId, 'alice', { mos: 4, loss: 5.1, final: true })).status, 202);
  assert.equal((await report(callId, 'alice', { mos: 1, loss: 99 })).status, 202);
  const { callerStats } = (await qualityOf(callId, 'bob')).networkStats;
  assert.deepEqual(callerStats, { ...unmeasured, packetLoss: 5.1, latency: 60, mos: 4 });
  assert.deepEqual((await rest('GET', '/history?limit=1', 'bob')).body.calls[0].quality.networkStats.callerStats,
    callerStats);
  await bob.next('call-ended');
  assert.equal(bob.events.filter(({ name, body }) => name === 'call-quality' && body.final).length, 0,
    'a call that is over has nobody to tell');
});

test('bad reports: 400, and nothing stored or passed on', () => withCall(async (callId) => {
  bob.events.length = 0;
  const bad = [{ mos: 0.9 }, { mos: 5.1 }, { mos: '4' }, { loss: -1 }, { loss: 101 }, { jitter: -0.1 }, { rtt: 60001 },
    { bitrate: -1 }, { networkQuality: 7 }, { networkQuality: 2.5 }, { rFactor: -1 }, { packets: -1 }, { packets: 1.5 },
    { tracks: {} }, { tracks: [1] }, { tracks: [{ direction: 'up' }] }, { tracks: [{ media: 'smell' }] },
    { tracks: [{ jitter: -1 }] }, { tracks: Array(33).fill({}) }, { final: 1 }, { note: 'x'.repeat(9000) },
    '{"mos":1e400}', '{"mos":NaN}', '[]'];
  for (const body of bad) assert.equal((await report(callId, 'alice', body)).status, 400, JSON.stringify(body));
  const { ok, code } = await alice.ask('call-quality', { callId, mos: 9 });
  assert.deepEqual([ok, code], [false, 'bad-value']);
  assert.deepEqual((await qualityOf(callId)).networkStats.callerStats, unmeasured);
  await bob.settle();
  assert.equal(bob.has('call-quality'), false);
}));

test('whose report it is, and when', async () => {
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  const code = async (id, user) => {
    const { status, body } = await report(id, user, { mos: 4 });
    return [status, body.code];
  };
  assert.deepEqual(await code(callId, 'alice'), [400, 'not-accepted']);
  assert.deepEqual(await code(callId, 'bob'), [400, 'not-accepted']);
  assert.deepEqual(await code(callId, 'carol'), [403, 'forbidden']);
  assert.deepEqual(await code('nope', 'alice'), [404, 'not-found']);
  await alice.ask('call-end', { callId });
  assert.deepEqual(await code(callId, 'alice'), [400, 'not-live']);
  assert.deepEqual(await code(callId, 'carol'), [403, 'forbidden']);
});

test('ratings: one a participant, the last one counts', async () => {
  const { callId } = await activeCall(alice, bob);
  await alice.ask('call-end', { callId });
  const rate = (user, rating) => rest('POST', `/${callId}/rating`, user, { rating });
  const { status, body } = await rate('alice', 2);
  assert.deepEqual([status, body], [200, { success: true, callId, rating: 2 }]);
  assert.equal((await rate('alice', 5)).status, 200);
  assert.equal((await rate('bob', 3)).status, 200);
  for (const user of ['alice', 'bob']) {
    const { callerRating, receiverRating } = await qualityOf(callId, user);
    assert.deepEqual([callerRating, receiverRating], [5, 3]);
  }
  for (const bad of [0, 6, 4.5, -1, '5', null, undefined, [5], true]) {
    const { status: refused, body: { code } } = await rate('alice', bad);
    assert.deepEqual([refused, code], [400, 'bad-value'], JSON.stringify(bad));
  }
  assert.equal((await rate('carol', 5)).status, 403);
  assert.equal((await rest('POST', '/nope/rating', 'alice', { rating: 5 })).status, 404);
  assert.equal((await qualityOf(callId)).callerRating, 5);
});
