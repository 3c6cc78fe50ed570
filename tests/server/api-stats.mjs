// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The statistics of a user, by real calls: each field, whose calls they are, deletion, bad values. What belongs to
// which period is in stats-test.c, which can tell what time it is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server } from './api-harness.mjs';

let server;
const made = [];
const rest = (method, where, user, body) => server.rest(method, `/api/calls${where}`, user, body);
const stats = async (user, query = '') => {
  const { status, body } = await rest('GET', `/stats${query}`, user);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
// A node without other locales than en-US (Debian's) writes no date as ISO 8601 does.
const localDay = (zone) => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(new Date());
  return ['year', 'month', 'day'].map((type) => parts.find((part) => part.type === type).value).join('-');
};

// alice calls bob three times (answered, rejected, cancelled) and carol once, with video (answered).
before(async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol');
  for (const [to, does, callType] of [['bob', 'accept', 'audio'], ['bob', 'reject', 'audio'], ['bob', '', 'audio'],
    ['carol', 'accept', 'video']]) {
    const { callId } = (await rest('POST', '/start', 'alice', { targetUserId: to, callType })).body;
    if (does) await rest('POST', `/${callId}/${does}`, to);
    await rest('POST', `/${callId}/end`, 'alice');
    made.push(callId);
  }
  await rest('POST', `/${made[0]}/quality`, 'alice', { mos: 4.25, final: true });
  await rest('POST', `/${made[0]}/rating`, 'alice', { rating: 4 });
  await rest('POST', `/${made[3]}/rating`, 'alice', { rating: 5 });
  await rest('POST', `/${made[0]}/rating`, 'bob', { rating: 1 });
});
after(() => server.close());

test('every field', async () => {
  const { perDay, peakHours, frequentContacts, ...rest } = await stats('alice', '?period=day&tz=Asia/Kathmandu');
  assert.deepEqual(rest, { totalCalls: 4, completedCalls: 2, totalDuration: 0, videoCalls: 1, audioCalls: 3,
    missedCalls: 1, rejectedCalls: 1, averageDuration: 0, successRate: 50, averageMos: 4.25, averageRating: 4.5 });
  assert.deepEqual(perDay, [{ date: localDay('Asia/Kathmandu'), calls: 4, duration: 0 }]);
  assert.equal(peakHours.length, 24);
  assert.equal(peakHours.reduce((a, b) => a + b), 4);
  assert.deepEqual(frequentContacts, [['bob', 3], ['carol', 1]].map(([id, calls]) => (
    { user: { _id: id, username: id, fullName: id, avatar: '' }, calls, duration: 0 })));
});

test('every period ends today', async () => {
  for (const [period, most] of [['day', 1], ['week', 7], ['month', 31], ['year', 366]]) {
    const { totalCalls, perDay } = await stats('alice', `?period=${period}`);
    assert.equal(totalCalls, 4);
    assert.ok(perDay.length <= most);
    assert.equal(perDay.at(-1).date, localDay('UTC'));
    assert.equal(perDay.at(-1).calls, 4);
  }
  assert.deepEqual(await stats('alice'), await stats('alice', '?period=week&tz=UTC'));
});

test('the other side has its own', async () => {
  const bob = await stats('bob');
  assert.deepEqual([bob.totalCalls, bob.averageMos, bob.averageRating], [3, null, 1]);
  assert.deepEqual((await stats('dave')).frequentContacts, []);
  assert.deepEqual([(await stats('dave')).totalCalls, (await stats('dave')).successRate], [0, 0]);
});

test('a call that lives does not count yet', async () => {
  await server.know('erin');
  const started = (await rest('POST', '/start', 'erin', { targetUserId: 'carol' })).body;
  assert.equal((await stats('erin')).totalCalls, 0);
  await rest('POST', `/${started.callId}/end`, 'erin');
  assert.equal((await stats('erin')).totalCalls, 1);
});

test('bad values: 400', async () => {
  for (const query of ['period=hour', 'period=', 'period=WEEK', 'tz=Mars/Olympus', 'tz=', 'tz=%2B25:00', 'tz=../zone',
    `tz=${'x'.repeat(500)}`]) {
    const { status, body } = await rest('GET', `/stats?${query}`, 'alice');
    assert.deepEqual([status, body.success, body.code], [400, false, 'bad-value'], query);
  }
  assert.equal((await server.rest('GET', '/api/calls/stats')).status, 401);
  assert.equal((await stats('alice', '?tz=+05:30')).totalCalls, 4, 'a plus that nobody escaped');
});

test('what one deleted counts no more, for that one', async () => {
  assert.equal((await rest('DELETE', `/${made[0]}`, 'alice')).status, 200);
  const alice = await stats('alice');
  assert.deepEqual([alice.totalCalls, alice.completedCalls, alice.averageMos, alice.averageRating], [3, 1, null, 5]);
  assert.equal((await stats('bob')).totalCalls, 3);
  const { total } = (await rest('GET', '/history', 'alice')).body;
  assert.equal(total, alice.totalCalls);
});
