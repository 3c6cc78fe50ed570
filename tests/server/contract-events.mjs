// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// docs/protocol/asyncapi.yaml held against the server by a real socket.io-client: the same events; each ack and each
// event with its fields and no others, each failure as its example says; nothing comes that is not there.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { Server, activeCall, inSeconds, sign } from './api-harness.mjs';
import { Description, ONE_ISSUER, breakDatabase, foreignTokens, isExample, listRoutes } from './contract-harness.mjs';

const api = new Description('asyncapi');
const operations = Object.values(api.document.operations);
const message = (node) => api.resolve(api.resolve(node));
const sent = new Map(operations.filter(({ action }) => action === 'send').flatMap(({ messages }) => messages.map(message))
  .map((what) => [what.name, what]));
const acks = new Map(operations.filter(({ action }) => action === 'receive').map(({ messages: [asked], reply }) =>
  [message(asked).name, message(reply.messages[0])]));
const seen = new Set();
const wrong = [];

let server;
before(async () => {
  server = await new Server(['--stun-server', 'stun:127.0.0.1:3478']).start();
  await server.know('alice', 'bob', 'carol', 'dave');
});
after(() => server.close());
afterEach(() => assert.deepEqual(wrong.splice(0), []));

// A socket whose every event is held against the description.
async function connect(user, on = server) {
  const client = await on.connect(user);
  client.socket.onAny((name, ...args) => {
    try {
      assert.ok(sent.has(name), `${name} is not described`);
      assert.equal(args.length, 1, `${name} has one argument`);
      api.validate(sent.get(name).payload, args[0], name);
      seen.add(name);
    } catch (error) {
      wrong.push(error.message);
    }
  });
  return client;
}

function checkExample(name, body, examples, code) {
  const found = examples.find(({ payload }) => isExample(payload, body));
  assert.ok(found, `${name}: no example says ${JSON.stringify(body)}`);
  seen.add(`${name} ${found.name}`);
  if (code) assert.equal(body.code ?? body.data.code, code, name);
}

async function ask(client, name, body, code) {
  const answer = await client.ask(name, body);
  const ack = acks.get(name);
  api.validate(ack.payload, answer, ack.name);
  assert.equal(answer.ok, code === undefined, `${name}: ${JSON.stringify(answer)}`);
  if (answer.ok) seen.add(`${name} ok`);
  else checkExample(name, answer, ack.examples, code);
  return answer;
}

test('the description has the server\'s events, and no others', () => {
  const tables = listRoutes();
  const named = (kind) => tables.filter(({ method }) => method === kind).map(({ path }) => path).sort();
  assert.deepEqual(named('EVENT'), [...acks.keys()].sort(), 'an event needs its operation in docs/protocol/asyncapi.yaml');
  // Elements know call-media already; the server has no media node yet to send it for. The others are not of calls.
  assert.deepEqual(named('EMIT').filter((name) => name !== 'call-media'),
    [...sent.keys()].filter((name) => !['connect_error', 'auth'].includes(name)).sort());
});

test('each example fits its message', () => {
  for (const [name, { payload, examples }] of [...sent, ...acks, ...operations.map(({ messages }) => message(messages[0]))
    .map((what) => [what.name, what])])
    for (const example of examples) api.validate(payload, example.payload, `${name}, example ${example.name}`);
});

const exp = inSeconds(600);
const badTokens = { 'token-missing': undefined, 'token-invalid': sign({ sub: 'alice', exp }, { secret: 'x'.repeat(40) }),
  'token-expired': sign({ sub: 'alice', exp: inSeconds(-600) }),
  'token-not-yet-valid': sign({ sub: 'alice', exp, nbf: inSeconds(300) }),
  'token-wrong-type': sign({ sub: 'alice', exp, type: 'refresh' }) };

test('a token that ends, and another one', async () => {
  const alice = await connect(sign({ sub: 'alice', exp: inSeconds(4) }));
  for (const [code, token] of Object.entries({ ...badTokens, 'token-wrong-user': sign({ sub: 'bob', exp }) }))
    await ask(alice, 'auth', { token }, code);
  const codes = [(await alice.next('auth')).code, (await alice.next('auth')).code];
  assert.deepEqual(codes, ['token-expires-soon', 'token-expired']);
  const again = await connect('alice');
  assert.equal((await ask(again, 'auth', { token: sign({ sub: 'alice', exp }) })).expires, exp);
  await again.close();
});

async function refused(code, client) {
  const { message: text, data } = await client.connected().then(() => assert.fail(code), (error) => error);
  const body = { message: text, data };
  api.validate(sent.get('connect_error').payload, body, 'connect_error');
  checkExample('connect_error', body, sent.get('connect_error').examples, code);
  seen.add('connect_error');
}

test('refused connections', async () => {
  for (const [code, token] of Object.entries(badTokens))
    await refused(code, server.client('alice', { auth: token ? { token } : {} }));
  const strict = await new Server(ONE_ISSUER).start();
  const ours = await strict.connect(sign({ sub: 'alice', exp, iss: 'the issuer', aud: 'the audience' }));
  for (const [code, claims] of Object.entries(foreignTokens)) {
    const token = sign({ sub: 'alice', exp, ...claims });
    await refused(code, strict.client('alice', { auth: { token } }));
    await ask(ours, 'auth', { token }, code);
  }
  await strict.close();
  const crowd = await Promise.all(Array.from({ length: 32 }, () => server.connect('dave')));
  await refused('too-many-sockets', server.client('dave'));
  await Promise.all(crowd.map((client) => client.close()));
});

test('a call from start to end', async () => {
  const alice = await connect('alice');
  await server.rest('GET', '/api/users/contacts', 'alice');
  const [bob, tablet] = [await connect('bob'), await connect('bob')];
  await alice.next('user-status');
  const { callId } = await ask(alice, 'call-start', { targetUserId: 'bob', callType: 'video' });
  await Promise.all([bob.next('incoming-call'), tablet.next('incoming-call')]);
  await ask(bob, 'call-signal', { callId, renegotiate: true }, 'not-accepted');
  await ask(bob, 'call-quality', { callId, mos: 4.2 }, 'not-accepted');
  await ask(bob, 'call-accept', { callId });
  await Promise.all([alice.next('call-accepted'), tablet.next('call-ended')]);
  for (const signal of [{ description: { type: 'offer', sdp: 'v=0\r\n' } }, { candidate: { candidate: '', sdpMid: null } },
    { candidate: { candidate: 'candidate:1 1 UDP 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 } }]) {
    await ask(alice, 'call-signal', { callId, ...signal });
    await bob.next('call-signal');
  }
  await ask(bob, 'call-signal', { callId, renegotiate: true });
  await ask(bob, 'call-quality', { callId, mos: 4.2, whatever: [1] });
  await Promise.all([alice.next('call-signal'), alice.next('call-quality')]);
  assert.equal((await ask(alice, 'call-active', {})).calls.length, 1);
  await ask(alice, 'call-active', { callId });
  await ask(bob, 'call-end', { callId });
  await alice.next('call-ended');
  await ask(alice, 'call-end', { callId });
  await ask(alice, 'call-signal', { callId, renegotiate: true }, 'not-live');
  await Promise.all([alice, bob, tablet].map((client) => client.close()));
});

test('declined, busy, offline', async () => {
  const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
  const first = await ask(alice, 'call-start', { targetUserId: 'bob' });
  await ask(bob, 'call-reject', { callId: first.callId, reason: 'in a meeting', message: 'later' });
  await alice.next('call-rejected');
  await ask(bob, 'call-reject', { callId: first.callId }, 'not-calling');
  await ask(bob, 'call-accept', { callId: first.callId }, 'not-calling');
  await ask(alice, 'call-quality', { callId: first.callId, mos: 4 }, 'not-live');
  const { callId } = await activeCall(alice, bob);
  await ask(carol, 'call-start', { targetUserId: 'bob' }, 'user-busy');
  await carol.next('user-busy');
  await ask(alice, 'call-start', { targetUserId: 'carol' }, 'caller-busy');
  await ask(alice, 'call-end', { callId });
  const lonely = await ask(carol, 'call-start', { targetUserId: 'dave' });
  await carol.next('user-offline');
  for (let i = 0; i < 64; i++) await ask(carol, 'call-signal', { callId: lonely.callId, candidate: { candidate: '' } });
  await ask(carol, 'call-signal', { callId: lonely.callId, candidate: { candidate: '' } }, 'queue-full');
  await ask(carol, 'call-end', { callId: lonely.callId });
  await Promise.all([alice, bob, carol].map((client) => client.close()));
});

test('nobody answers', async () => {
  const quick = await new Server(['--ring-timeout', '0.2']).start();
  try {
    await quick.know('bob');
    const alice = await connect('alice', quick);
    await ask(alice, 'call-start', { targetUserId: 'bob' });
    assert.equal((await alice.next('call-ended')).endedBy, null);
    await alice.close();
  } finally {
    await quick.close();
  }
});

test('failures', async () => {
  const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
  await ask(alice, 'call-start', {}, 'target-required');
  await ask(alice, 'call-start', { targetUserId: 'bob', callType: 'fax' }, 'bad-call-type');
  await ask(alice, 'call-start', { targetUserId: 'alice' }, 'self-call');
  await ask(alice, 'call-start', { targetUserId: 'nobody' }, 'user-not-found');
  const { callId } = await ask(alice, 'call-start', { targetUserId: 'bob' });
  await ask(bob, 'call-reject', { callId, reason: 5 }, 'bad-value');
  for (const name of ['call-accept', 'call-reject', 'call-end', 'call-signal', 'call-quality']) {
    const rest = name === 'call-signal' ? { renegotiate: true } : {};
    await ask(carol, name, rest, 'bad-value');
    await ask(carol, name, { callId: 'none', ...rest }, 'not-found');
    await ask(carol, name, { callId, ...rest }, 'forbidden');
  }
  await ask(carol, 'call-quality', { callId, mos: 6 }, 'bad-value');
  await ask(alice, 'call-end', { callId });
  const unknown = await alice.ask('call-dance', {});
  assert.deepEqual(unknown, { ok: false, message: 'There is no such event', code: 'unknown-event' });
  await Promise.all([alice, bob, carol].map((client) => client.close()));
});

test('each event, and a connection, too often', async () => {
  const rates = ['user', 'start', 'signal', 'connect'].flatMap((which) => [`--rate-limit-${which}`, '1']);
  const limited = await new Server(rates).start();
  try {
    for (const name of acks.keys()) {
      const client = await connect(`user of ${name}`, limited);
      const first = await client.ask(name, {});
      assert.notEqual(first.code, 'rate-limited', name);
      await ask(client, name, {}, 'rate-limited');
      await refused('rate-limited', limited.client(`user of ${name}`));
      await client.close();
    }
  } finally {
    await limited.close();
  }
});

test('a database that cannot be used', async () => {
  const broken = await new Server().start();
  try {
    await broken.know('bob');
    const alice = await connect('alice', broken);
    await alice.settle();
    breakDatabase(broken);
    for (const [name, { examples }] of acks) {
      if (!examples.some((example) => example.name === 'database')) continue;
      const body = name === 'call-start' ? { targetUserId: 'bob' } : { callId: 'none', renegotiate: true };
      await ask(alice, name, body, 'database');
    }
    await alice.close();
  } finally {
    await broken.close();
  }
});

test('all that is described was seen', () => {
  const described = [...sent.keys(), ...sent.get('connect_error').examples.map(({ name }) => `connect_error ${name}`),
    ...[...acks].flatMap(([name, { examples }]) => [`${name} ok`,
      ...examples.filter(({ payload }) => !payload.ok).map((example) => `${name} ${example.name}`)])];
  assert.deepEqual(described.filter((what) => !seen.has(what)), []);
});
