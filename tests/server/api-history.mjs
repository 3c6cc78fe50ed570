// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The history: order, pages, filters, bad values, and who sees what.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server, inSeconds, sign } from './api-harness.mjs';

let server;
const made = [];

const rest = (method, where, user, body) => server.rest(method, where, user, body);
const history = async (query = '', user = 'alice') => {
  const { status, body } = await rest('GET', `/api/calls/history${query}`, user);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};

// 12 calls: alice calls bob and carol in turn, bob calls alice; some answered, some declined, some given up.
before(async () => {
  server = await new Server().start();
  await server.know('alice', 'carol', sign({ sub: 'bob', username: 'bobby', name: 'Robert B', exp: inSeconds(600) }));
  for (let i = 0; i < 12; i++) {
    const [from, to] = i % 4 === 3 ? ['bob', 'alice'] : ['alice', i % 2 ? 'carol' : 'bob'];
    const { callId } = (await rest('POST', '/api/calls/start', from,
      { targetUserId: to, callType: i < 6 ? 'audio' : 'video' })).body;
    if (i % 3 === 0) await rest('POST', `/api/calls/${callId}/accept`, to);
    if (i % 3 === 1) await rest('POST', `/api/calls/${callId}/reject`, to);
    await rest('POST', `/api/calls/${callId}/end`, from);
    made.unshift(callId);
  }
});
after(() => server.close());

test('newest first, in pages', async () => {
  const all = await history();
  assert.deepEqual(all.calls.map(({ callId }) => callId), made);
  assert.deepEqual([all.totalPages, all.currentPage, all.total], [1, 1, 12]);
  const second = await history('?page=2&limit=5');
  assert.deepEqual(second.calls.map(({ callId }) => callId), made.slice(5, 10));
  assert.deepEqual([second.totalPages, second.currentPage, second.total], [3, 2, 12]);
  const beyond = await history('?page=9&limit=5');
  assert.deepEqual([beyond.calls.length, beyond.totalPages, beyond.currentPage, beyond.total], [0, 3, 9, 12]);
  assert.equal((await history('?limit=100')).calls.length, 12);
});

test('a call in the history has every field', async () => {
  const [call] = (await history('?limit=1')).calls;
  assert.deepEqual(Object.keys(call).sort(), ['_id', 'acceptTime', 'callId', 'callType', 'caller', 'channelName',
    'direction', 'duration', 'endReason', 'endTime', 'quality', 'receiver', 'startTime', 'status']);
  assert.deepEqual(call.caller, { _id: 'bob', username: 'bobby', fullName: 'Robert B', avatar: '' });
  assert.equal(call.direction, 'incoming');
});

test('filters', async () => {
  const total = async (query) => (await history(query)).total;
  assert.equal(await total('?type=video'), 6);
  assert.equal(await total('?direction=incoming'), 3);
  assert.equal(await total('?direction=outgoing&type=audio'), 5);
  assert.equal(await total('?status=ended'), 4);
  assert.equal(await total('?status=rejected'), 4);
  assert.equal(await total('?status=missed'), 4);
  assert.equal(await total('?status=failed'), 0);
  assert.equal(await total('?search=robert'), 9);
  assert.equal(await total('?search=BOBBY&status=missed'), 3);
  assert.equal(await total('?search=carol'), 3);
  assert.equal(await total('?search=alice'), 0, 'oneself is no match');
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10);
  assert.equal(await total(`?from=${day}&to=${day}`), 12);
  assert.equal(await total(`?to=${new Date(now - 3600e3).toISOString()}`), 0);
  assert.equal(await total(`?from=${new Date(now + 3600e3).toISOString()}`), 0);
  assert.equal(await total(`?from=${new Date(now - 3600e3).toISOString()}`), 12);
});

test('names are found in any case and without their marks', async () => {
  await server.know(sign({ sub: 'u7', name: 'Ünal İPEKÇİ Straße', exp: inSeconds(600) }));
  const { callId } = (await rest('POST', '/api/calls/start', 'carol', { targetUserId: 'u7' })).body;
  const live = (await history('?search=ünal', 'carol')).calls;
  assert.deepEqual(live.map((call) => [call.callId, call.status]), [[callId, 'calling']]);
  await rest('POST', `/api/calls/${callId}/end`, 'carol');
  for (const search of ['ünal', 'ÜNAL', 'unal', 'u\u0308nal', 'ipekçi', 'STRASSE', 'U7']) {
    const query = `?search=${encodeURIComponent(search)}`;
    assert.equal((await history(query, 'carol')).total, 1, search);
    const { body } = await rest('GET', `/api/users/contacts${query}`, 'carol');
    assert.deepEqual(body.map(({ _id }) => _id), ['u7'], search);
  }
  assert.equal((await history('?search=%C3%BCnsal', 'carol')).total, 0);
  assert.equal((await history('?to=1960-01-01', 'carol')).total, 0);
  await rest('DELETE', `/api/calls/${callId}`, 'carol');
});

test('bad values: 400', async () => {
  for (const query of ['page=0', 'page=-1', 'page=x', 'page=1e3', 'page=99999999999999999999', 'limit=0', 'limit=101',
    'limit=', 'type=fax', 'status=nope', 'direction=up', 'from=yesterday', 'to=2026-13-45', `search=${'x'.repeat(200)}`]) {
    const { status, body } = await rest('GET', `/api/calls/history?${query}`, 'alice');
    assert.deepEqual([status, body.success, body.code], [400, false, 'bad-value'], query);
  }
});

test('delete: out of one\'s own history, and of no other', async () => {
  const [id] = made;
  const { callId } = (await rest('POST', '/api/calls/start', 'alice', { targetUserId: 'carol' })).body;
  const live = await rest('DELETE', `/api/calls/${callId}`, 'alice');
  assert.deepEqual([live.status, live.body.code], [400, 'live']);
  await rest('POST', `/api/calls/${callId}/end`, 'alice');
  for (const [where, user, status] of [[callId, 'bob', 403], ['nope', 'alice', 404], [callId, 'alice', 200],
    [callId, 'alice', 200]])
    assert.equal((await rest('DELETE', `/api/calls/${where}`, user)).status, status);
  assert.deepEqual((await history()).calls[0].callId, id);
  assert.equal((await history('', 'carol')).calls[0].callId, callId);
  await rest('DELETE', `/api/calls/${callId}`, 'carol');
});

test('each sees its own', async () => {
  const carol = await history('', 'carol');
  assert.equal(carol.total, 3);
  assert.ok(carol.calls.every(({ receiver, direction }) => receiver._id === 'carol' && direction === 'incoming'));
  const nobody = await history('', 'dave');
  assert.deepEqual(nobody, { calls: [], totalPages: 0, currentPage: 1, total: 0 });
});
