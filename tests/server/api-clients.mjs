// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What existing messenger clients do: REST for the verbs, the socket for news, an end after every end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Server, inSeconds, sign } from './api-harness.mjs';

let server;
const ids = { ann: '65f0c0ffee0000000000000a', ben: '65f0c0ffee0000000000000b' };
const tokens = {};
before(async () => {
  server = await new Server().start();
  for (const [username, id] of Object.entries(ids)) {
    tokens[username] = sign({ id, username, email: `${username}@example.org`, type: 'access', iat: inSeconds(0),
      exp: inSeconds(900), iss: 'messenger', aud: 'messenger-app' });
    await server.know(tokens[username]);
  }
});
after(() => server.close());

const rest = (user, method, where, body) => server.rest(method, where, tokens[user], body);

// A client as they are: it ends a call again whenever it hears that it is over.
async function messenger(user) {
  const client = await server.connect(tokens[user], { transports: ['websocket', 'polling'] });
  client.ends = [];
  for (const name of ['call-ended', 'call-rejected'])
    client.socket.on(name, ({ callId }) => client.ends.push(rest(user, 'POST', `/api/calls/${callId}/end`)));
  return client;
}

const status = async (callId) => {
  const { body } = await rest('ann', 'GET', `/api/calls/${callId}`);
  return [body.status, body.endReason];
};

test('a call from start to end, then the history', async () => {
  const [ann, ben] = await Promise.all([messenger('ann'), messenger('ben')]);
  const { body: started } = await rest('ann', 'POST', '/api/calls/start', { targetUserId: ids.ben, callType: 'video' });
  const incoming = await ben.next('incoming-call');
  assert.equal(incoming.caller._id, ids.ann);
  assert.equal(incoming.caller.username, 'ann');
  assert.equal((await rest('ben', 'POST', `/api/calls/${incoming.callId}/accept`)).status, 200);
  assert.equal((await ann.next('call-accepted')).callId, started.callId);
  assert.equal((await rest('ben', 'POST', `/api/calls/${incoming.callId}/end`)).body.status, 'ended');
  await ann.next('call-ended');
  const [again] = await Promise.all(ann.ends);
  assert.deepEqual([again.status, again.body.status], [200, 'ended']);
  await ben.settle();
  assert.equal(ben.has('call-ended'), false, 'the second end is no news');
  assert.deepEqual(await status(started.callId), ['ended', 'hangup']);
  const history = (await rest('ann', 'GET', '/api/calls/history?page=1&limit=50')).body;
  assert.deepEqual([history.currentPage, history.totalPages, history.total], [1, 1, 1]);
  assert.equal(history.calls[0].receiver.username, 'ben');
  await Promise.all([ann.close(), ben.close()]);
});

test('an end after call-rejected: the call stays rejected', async () => {
  const [ann, ben] = await Promise.all([messenger('ann'), messenger('ben')]);
  const { callId } = (await rest('ann', 'POST', '/api/calls/start', { targetUserId: ids.ben })).body;
  await ben.next('incoming-call');
  await rest('ben', 'POST', `/api/calls/${callId}/reject`, { reason: 'busy', message: 'Call you back' });
  assert.deepEqual(await ann.next('call-rejected'), { callId, reason: 'busy', message: 'Call you back' });
  const [end] = await Promise.all(ann.ends);
  assert.deepEqual([end.status, end.body.status, end.body.duration], [200, 'ended', 0]);
  assert.deepEqual(await status(callId), ['rejected', 'declined']);
  await Promise.all([ann.close(), ben.close()]);
});

test('a client that rejects by itself when it has rung long enough', async () => {
  const [ann, ben] = await Promise.all([messenger('ann'), messenger('ben')]);
  const { callId } = (await rest('ann', 'POST', '/api/calls/start', { targetUserId: ids.ben })).body;
  await ben.next('incoming-call');
  await rest('ben', 'POST', `/api/calls/${callId}/reject`, { reason: 'timeout' });
  assert.equal((await ann.next('call-rejected')).reason, 'timeout');
  await Promise.all([...ann.ends, ...ben.ends]);
  const late = await rest('ben', 'POST', `/api/calls/${callId}/accept`);
  assert.deepEqual([late.status, late.body.message], [400, 'Call is not in calling state']);
  await Promise.all([ann.close(), ben.close()]);
});

test('two devices with tokens of their own: the loser\'s echo does not end the call', async () => {
  const own = sign({ id: ids.ben, username: 'ben', type: 'access', exp: inSeconds(901) });
  const [ann, phone] = await Promise.all([messenger('ann'), messenger('ben')]);
  const tablet = await server.connect(own);
  const echoes = [];
  tablet.socket.on('call-ended', ({ callId }) => echoes.push(server.rest('POST', `/api/calls/${callId}/end`, own)));
  const { callId } = (await rest('ann', 'POST', '/api/calls/start', { targetUserId: ids.ben })).body;
  await Promise.all([phone.next('incoming-call'), tablet.next('incoming-call')]);
  assert.equal((await rest('ben', 'POST', `/api/calls/${callId}/accept`)).status, 200);
  assert.equal((await tablet.next('call-ended')).reason, 'answered-elsewhere');
  assert.deepEqual((await Promise.all(echoes)).map((answer) => answer.status), [200]);
  assert.deepEqual(await status(callId), ['active', null]);
  assert.equal(ann.has('call-ended') || phone.has('call-ended'), false);
  assert.equal((await rest('ben', 'POST', `/api/calls/${callId}/end`)).status, 200);
  await ann.next('call-ended');
  assert.deepEqual(await status(callId), ['ended', 'hangup']);
  await Promise.all([ann.close(), phone.close(), tablet.close()]);
});

test('a refresh token must not pass; malformed ids are 404; unknown fields are ignored', async () => {
  const refresh = sign({ id: ids.ann, username: 'ann', type: 'refresh', exp: inSeconds(900) });
  assert.equal((await server.rest('GET', '/api/calls/history', refresh)).status, 401);
  for (const id of ['undefined', 'null', '123', 'x'.repeat(500)])
    assert.equal((await rest('ann', 'POST', `/api/calls/${id}/end`)).status, 404, id);
  const odd = await rest('ann', 'POST', '/api/calls/start', { targetUserId: ids.ben, callType: 'audio', extra: [1] });
  assert.equal(odd.status, 200);
  await rest('ann', 'POST', `/api/calls/${odd.body.callId}/end`, { reason: 'unused' });
});
