// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// A socket lives as long as its token, and longer with a new one. What is to happen at a time is waited for: a second
// socket whose token ends at the same moment is the clock.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Server, activeCall, inSeconds, sign, tokenOf, watchdog } from './api-harness.mjs';

let server;
before(async () => {
  server = await new Server(['--grace-timeout', '2']).start();
  await server.know('alice', 'bob', 'dora', 'dirk');
});
after(() => server.close());

// Ends in two to three seconds, or in one to two: exp counts whole ones.
const shortToken = (sub, seconds = 2) => sign({ sub, exp: inSeconds(seconds + 1), iat: inSeconds(0) });
const disconnected = (client) => watchdog(new Promise((resolve) => client.socket.on('disconnect', resolve)), 'an end');

describe('tokens that end', { concurrency: true }, () => {
  it('warned, told, closed; and the token is of no use any more', async () => {
    const token = shortToken('wanda');
    const exp = JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp;
    const alice = await server.connect(token);
    const end = disconnected(alice);
    const soon = await alice.next('auth');
    assert.deepEqual(soon,
      { code: 'token-expires-soon', message: 'Send the event auth with a new token', expires: exp });
    assert.ok(Date.now() < exp * 1000, 'in time');
    assert.deepEqual(await alice.next('auth'),
      { code: 'token-expired', message: 'The token has expired', expires: exp });
    assert.ok(Date.now() >= exp * 1000, 'not early');
    assert.equal(await end, 'io server disconnect');
    assert.equal((await server.rest('GET', '/api/calls/active', token)).body.code, 'token-expired');
  });

  it('renewed: stays past the end of the first token; what is refused changes nothing', async () => {
    const token = shortToken('rita');
    const [alice, clock, refused] = await Promise.all([1, 2, 3].map(() => server.connect(token)));
    const later = inSeconds(600);
    const ended = [disconnected(clock), disconnected(refused)];
    const renewal = await alice.ask('auth', { token: sign({ sub: 'rita', exp: later }) });
    assert.deepEqual(renewal, { ok: true, expires: later });
    const cases = [
      [{ token: tokenOf('bob') }, 'token-wrong-user'],
      [{ token: sign({ sub: 'rita', exp: inSeconds(-1) }) }, 'token-expired'],
      [{ token: sign({ sub: 'rita', exp: later, type: 'refresh' }) }, 'token-wrong-type'],
      [{ token: sign({ sub: 'rita', exp: later }, { secret: 'another secret of thirty-two bytes' }) }, 'token-invalid'],
      [{ token: 7 }, 'token-missing'], [{}, 'token-missing'], ['x', 'token-missing'],
    ];
    for (const [body, code] of cases)
      assert.deepEqual(await refused.ask('auth', body), { ok: false, code, message: 'Unauthorized' });
    assert.deepEqual(await Promise.all(ended), ['io server disconnect', 'io server disconnect']);
    await alice.settle();
    assert.equal(alice.has('auth'), false, 'no warning: ten minutes are left');
  });

  it('a token that ends sooner moves the end, too', async () => {
    const alice = await server.connect('sam');
    const end = disconnected(alice);
    assert.equal((await alice.ask('auth', { token: shortToken('sam', 1) })).ok, true);
    assert.equal(await end, 'io server disconnect');
  });

  it('far ends', async () => {
    for (const exp of [1e10, 1e15, 1e300]) {
      const alice = await server.connect(sign({ sub: 'fay', exp }));
      await alice.settle();
      assert.equal(alice.has('auth'), false);
      await alice.close();
    }
  });

  it('the device is known by the new token', async () => {
    const [alice, bob1, bob2] = await Promise.all(['dora', 'dirk', 'dirk'].map((name) => server.connect(name)));
    const renewed = sign({ sub: 'dirk', exp: inSeconds(700) });
    assert.equal((await bob2.ask('auth', { token: renewed })).ok, true);
    const { callId } = await alice.ask('call-start', { targetUserId: 'dirk' });
    await bob2.next('incoming-call');
    assert.equal((await server.rest('POST', `/api/calls/${callId}/accept`, renewed)).status, 200);
    assert.equal((await bob1.next('call-ended')).reason, 'answered-elsewhere');
    await bob2.settle();
    assert.equal(bob2.has('call-ended'), false);
    await alice.ask('call-end', { callId });
    for (const client of [alice, bob1, bob2]) await client.close();
  });

  it('a live call: within the grace time it goes on with a new token, past it it ends', async () => {
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => server.connect(name)));
    const { callId } = await activeCall(alice, bob);
    const end = disconnected(bob);
    await bob.ask('auth', { token: shortToken('bob', 1) });
    await end;
    const back = await server.connect(tokenOf('bob', { jti: 'again' }));
    const { calls } = await back.ask('call-active', { callId });
    assert.deepEqual(calls.map((call) => [call.callId, call.status]), [[callId, 'active']]);
    await back.ask('auth', { token: shortToken('bob', 1) });
    const body = await alice.next('call-ended');
    assert.deepEqual([body.callId, body.reason], [callId, 'network']);
    assert.equal(back.socket.connected, false);
    await alice.close();
  });
});
