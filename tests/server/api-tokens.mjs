// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Who gets in, over REST and over a socket, and who does not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SECRET, Server, inSeconds, sign, tokenOf } from './api-harness.mjs';

let server;
before(async () => {
  server = await new Server(['--stun-server', 'stun:stun.example:3478']).start();
});
after(() => server.close());

const exp = inSeconds(600);
const refused = {
  'no token': [undefined, 'token-missing'],
  'no JWT': ['abc', 'token-invalid'],
  'dots only': ['..', 'token-invalid'],
  'another secret': [sign({ sub: 'bob', exp }, { secret: `${SECRET}x` }), 'token-invalid'],
  'a changed payload': [tokenOf('bob').replace(/\.[^.]+\./, (part) =>
    `.${Buffer.from(Buffer.from(part.slice(1, -1), 'base64url').toString().replace('bob', 'eve')).toString('base64url')}.`),
  'token-invalid'],
  'alg none': [`${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${
    Buffer.from(JSON.stringify({ sub: 'bob', exp })).toString('base64url')}.`, 'token-invalid'],
  HS512: [sign({ sub: 'bob', exp }, { alg: 'HS512', hash: 'sha512' }), 'token-invalid'],
  'RS256 signed with the secret': [sign({ sub: 'bob', exp }, { alg: 'RS256' }), 'token-invalid'],
  expired: [sign({ sub: 'bob', exp: inSeconds(-1) }), 'token-expired'],
  'no exp': [sign({ sub: 'bob' }), 'token-invalid'],
  'exp as text': [sign({ sub: 'bob', exp: String(exp) }), 'token-invalid'],
  'nbf to come': [sign({ sub: 'bob', exp, nbf: inSeconds(60) }), 'token-not-yet-valid'],
  'a refresh token': [sign({ sub: 'bob', exp, type: 'refresh' }), 'token-wrong-type'],
  'no user': [sign({ exp }), 'token-invalid'],
  'an empty user': [sign({ sub: '', exp }), 'token-invalid'],
  'a user that is no text': [sign({ sub: { a: 1 }, exp }), 'token-invalid'],
  'a user with control characters': [sign({ sub: 'a\nb', exp }), 'token-invalid'],
  truncated: [tokenOf('bob').slice(0, -5), 'token-invalid'],
};

for (const [what, [token, code]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    const { status, body, headers } = await server.rest('GET', '/api/calls/active', undefined, undefined,
      token === undefined ? {} : { authorization: `Bearer ${token}` });
    assert.deepEqual([status, body], [401, { success: false, message: 'Unauthorized', code }]);
    assert.equal(headers.get('www-authenticate'), 'Bearer');
    for (const options of [{ auth: token === undefined ? {} : { token } }, { auth: {}, query: token === undefined
      ? {} : { token } }]) {
      await assert.rejects(server.client('x', options).connected(), (error) => error.message === 'Unauthorized'
        && error.data.code === code);
    }
  });
}

test('taken: sub, id, userId, integers; the first of them counts; access tokens; nbf passed; unknown claims', async () => {
  const claims = { u1: { sub: 'u1' }, u2: { id: 'u2' }, u3: { userId: 'u3' }, 42: { id: 42 },
    u5: { sub: 'u5', id: 'other' }, u6: { sub: 'u6', type: 'access', nbf: inSeconds(-5), iss: 'app', aud: 'app' },
    'ü 😀': { sub: 'ü 😀' } };
  for (const [id, claim] of Object.entries(claims)) {
    const token = sign({ ...claim, exp });
    assert.equal((await server.rest('GET', '/api/calls/active', token)).status, 200, id);
    const { socket } = await server.connect(token, { auth: {}, query: { token } });
    assert.ok(socket.connected);
  }
  const ids = (await server.rest('GET', '/api/users/contacts', 'u1')).body.map(({ _id }) => _id).sort();
  assert.deepEqual(ids, Object.keys(claims).filter((id) => id !== 'u1').sort());
});

test('what a token says of its user is in the directory, and follows later tokens', async () => {
  const contact = async () => (await server.rest('GET', '/api/users/contacts?search=dana', 'u1')).body[0];
  await server.rest('GET', '/api/calls/active', sign({ sub: 'dana', username: 'dana42', fullName: 'Dana D',
    name: 'unused', avatar: 'https://x/y.png', exp }));
  const { online, lastSeen, ...user } = await contact();
  assert.deepEqual(user, { _id: 'dana', username: 'dana42', fullName: 'Dana D', avatar: 'https://x/y.png' });
  await server.rest('GET', '/api/calls/active', sign({ sub: 'dana', name: 'Dana E', exp }));
  const later = await contact();
  assert.deepEqual([later.fullName, later.username], ['Dana E', 'dana42'], 'what is not said stays');
});

test('no token needed for health; the answer to anything else does not tell routes apart from users', async () => {
  assert.deepEqual((await server.rest('GET', '/healthz')).body, { status: 'ok' });
  assert.deepEqual((await server.rest('GET', '/readyz')).body, { status: 'ready' });
  assert.equal((await server.rest('GET', '/api/calls/anything')).status, 401);
});

test('ice-servers', async () => {
  const { status, body } = await server.rest('GET', '/api/ice-servers', 'u1');
  assert.deepEqual([status, body.iceServers], [200, [{ urls: ['stun:stun.example:3478'] }]]);
});

test('no token and no part of one in the log', () => {
  assert.equal(server.stderr.includes('eyJ'), false);
});
