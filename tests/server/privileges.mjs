// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Every route and every event, times who asks: a participant of the call, another user, nobody (no token, one that has
// expired, one signed with another key, one that is not signed). What is refused changes nothing in the database, tells
// the participants nothing, and tells whoever asked nothing of the call.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { Server, inSeconds, sign, watchdog } from './api-harness.mjs';
import { listRoutes, request } from './contract-harness.mjs';

const { WebSocket } = await import('ws').catch(() => {
  console.log('SKIP: npm package ws is missing: run tests/npm-install.sh');
  process.exit(77);
});

const SDP = 'v=0\r\ns=the-secret-session\r\n';
const exp = inSeconds(3600);
const claims = (id) => ({ sub: id, username: `${id}-login`, fullName: `${id} Surname`, exp });
const tokens = Object.fromEntries(['alice', 'bob', 'eve'].map((id) => [id, sign(claims(id))]));

// Those that are nobody, and what they are told.
const NOBODY = {
  'no token': [undefined, 'token-missing'],
  expired: [sign({ ...claims('alice'), exp: inSeconds(-3600) }), 'token-expired'],
  'another key': [sign(claims('alice'), { secret: 'y'.repeat(40) }), 'token-invalid'],
  'alg none': [`${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${
    Buffer.from(JSON.stringify(claims('alice'))).toString('base64url')}.`, 'token-invalid'],
};

// The call before the request: none, calling, active or ended; always alice's to bob. @by: the participant who may.
// @other: what eve gets, status and code. @own: eve's request is about eve, so only what it tells is looked at.
const FORBIDDEN = [403, 'forbidden'];
const ROUTES = {
  'POST /api/calls/agora-token': { state: 'active', by: 'bob', status: 200, other: FORBIDDEN,
    body: ({ channelName }) => ({ channelName, uid: 1 }) },
  'GET /api/calls/history': { state: 'ended', by: 'alice', status: 200, other: [200] },
  'GET /api/calls/stats': { state: 'ended', by: 'alice', status: 200, other: [200] },
  'GET /api/calls/active': { state: 'active', by: 'alice', status: 200, other: [200] },
  'POST /api/calls/{}/accept': { state: 'calling', by: 'bob', status: 200, other: FORBIDDEN },
  'POST /api/calls/{}/reject': { state: 'calling', by: 'bob', status: 200, body: { reason: 'no' }, other: FORBIDDEN },
  'POST /api/calls/{}/end': { state: 'active', by: 'alice', status: 200, other: FORBIDDEN },
  'POST /api/calls/{}/rating': { state: 'ended', by: 'alice', status: 200, body: { rating: 5 }, other: FORBIDDEN },
  'POST /api/calls/{}/quality': { state: 'active', by: 'alice', status: 202, body: { mos: 4 }, other: FORBIDDEN },
  'GET /api/calls/{}': { state: 'active', by: 'alice', status: 200, other: FORBIDDEN },
  'DELETE /api/calls/{}': { state: 'ended', by: 'alice', status: 200, other: FORBIDDEN },
  // The directory is everybody's; that its users are in a call is not.
  'GET /api/users/contacts': { state: 'active', by: 'alice', status: 200, other: [200], names: true },
  'GET /api/ice-servers': { state: 'active', by: 'alice', status: 200, other: [200] },
  // Last: from then on eve shares a call with alice.
  'POST /api/calls/start': { state: 'active', by: 'bob', status: 409, body: { targetUserId: 'alice' },
    other: [409, 'user-busy'], own: true },
};
const OPEN = ['/api/openapi.json', '/api/asyncapi.json', '/healthz', '/readyz', '/metrics'];
const EVENTS = {
  auth: { state: 'active', by: 'alice', body: { token: tokens.alice }, other: 'token-wrong-user' },
  'call-accept': { state: 'calling', by: 'bob', other: 'forbidden' },
  'call-reject': { state: 'calling', by: 'bob', other: 'forbidden' },
  'call-end': { state: 'active', by: 'alice', other: 'forbidden' },
  'call-active': { state: 'active', by: 'alice', other: undefined },
  'call-signal': { state: 'active', by: 'alice', body: { description: { type: 'offer', sdp: SDP } }, other: 'forbidden' },
  'call-quality': { state: 'active', by: 'alice', body: { mos: 4 }, other: 'forbidden' },
  'call-start': { state: 'active', by: 'bob', code: 'caller-busy', body: { targetUserId: 'alice' }, other: 'user-busy',
    own: true },
};

// The database as text, but for what passes by itself: when users and the server were last there.
class Dump {
  constructor(database) {
    this.process = spawn('python3', ['-u', '-c', `
import sqlite3, sys
for line in sys.stdin:
    db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, timeout=10)
    db.row_factory = sqlite3.Row
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta' ORDER BY name")]
    print([(n, [[(k, r[k]) for k in r.keys() if k != 'last_seen'] for r in db.execute(f'SELECT * FROM "{n}"')]) for n in names])
    db.close()
`, database], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async take() {
    this.process.stdin.write('\n');
    return (await watchdog(this.lines.next(), 'a dump')).value;
  }
}

let server;
let dump;
let alice;
let bob;
let eve;
before(async () => {
  // Alice asks more than 200 things within a second on a quick machine.
  server = await new Server(['--agora-app-id', 'a'.repeat(32), '--event-limit', '0'],
    { AGORA_APP_CERTIFICATE: 'b'.repeat(32) }).start();
  for (const token of Object.values(tokens)) await server.know(token);
  [alice, bob, eve] = [await server.connect(tokens.alice), await server.connect(tokens.bob), await server.connect(tokens.eve)];
  dump = new Dump(server.database);
});
after(async () => {
  dump?.process.stdin.end();
  await server.close();
});

// A call in @state, with a signal that waits or was passed on.
async function prepare(state) {
  const { calls } = await alice.ask('call-active', {});
  for (const { callId } of calls) await alice.ask('call-end', { callId });
  const { callId, channelName } = await alice.ask('call-start', { targetUserId: 'bob' });
  await alice.ask('call-signal', { callId, description: { type: 'offer', sdp: SDP } });
  if (state !== 'calling') await bob.ask('call-accept', { callId });
  if (state === 'ended') await alice.ask('call-end', { callId });
  await Promise.all([alice.settle(), bob.settle(), eve.settle()]);
  for (const client of [alice, bob]) client.events.length = 0;
  return { callId, channelName };
}

function assertNoLeak(text, call, what, { names = false, asked = '' } = {}) {
  const secrets = [call.callId, call.channelName, 'the-secret-session', ...(names ? [] : ['alice', 'bob', 'Surname'])];
  for (const secret of secrets) assert.ok(asked === secret || !text.includes(secret), `${what} tells ${secret}: ${text}`);
}

// @attempt changes nothing, and neither participant hears of it.
async function unchanged(what, attempt) {
  const earlier = await dump.take();
  await attempt();
  assert.equal(await dump.take(), earlier, `${what} changed the database`);
  await Promise.all([alice.settle(), bob.settle()]);
  for (const client of [alice, bob]) assert.deepEqual(client.events, [], `${what} was told to a participant`);
}

const tables = listRoutes();

test('the tables name every route and every event', () => {
  const routes = tables.filter(({ method }) => !['EVENT', 'EMIT'].includes(method));
  const named = (list) => list.map(({ method, path }) => `${method} ${path}`).sort();
  assert.deepEqual(named(routes.filter(({ needsToken }) => needsToken)), Object.keys(ROUTES).sort());
  assert.deepEqual(named(routes.filter(({ needsToken }) => !needsToken)), OPEN.map((path) => `GET ${path}`).sort());
  assert.deepEqual(tables.filter(({ method }) => method === 'EVENT').map(({ path }) => path).sort(), Object.keys(EVENTS).sort());
});

for (const [name, row] of Object.entries(ROUTES)) {
  test(name, async () => {
    const call = await prepare(row.state);
    const [method, pattern] = name.split(' ');
    const path = pattern.replace('{}', call.callId);
    const body = typeof row.body === 'function' ? row.body(call) : row.body;
    const ask = async (token, status, code) => {
      const answer = await request(server, method, path, { token, body });
      const said = `${name}: ${answer.status} ${answer.text}`;
      assert.equal(answer.status, status, said);
      if (code) assert.equal(JSON.parse(answer.text).code, code, said);
      return answer.text;
    };
    for (const [who, [token, code]] of Object.entries(NOBODY)) {
      await unchanged(`${name}, ${who}`, async () => {
        assert.deepEqual(JSON.parse(await ask(token, 401, code)), { success: false, message: 'Unauthorized', code });
      });
    }
    const other = async () => assertNoLeak(await ask(tokens.eve, ...row.other), call, `${name}, another user`, row);
    await (row.own ? other() : unchanged(`${name}, another user`, other));
    await ask(tokens[row.by], row.status);
  });
}

// A session of its own, by hand: CONNECT with @token, then the event all the same. What the server said, up to the
// answer to something else.
function intrude(token, packet) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const said = [];
  return watchdog(new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data) => {
      said.push(data.toString());
      if (said.length === 1)
        for (const text of [`40${token === undefined ? '' : JSON.stringify({ token })}`, packet, '40/x']) socket.send(text);
      if (said.at(-1).startsWith('44/x')) resolve(said.slice(1, -1));
    });
  }), 'an answer to an intruder').finally(() => socket.terminate());
}

for (const [name, row] of Object.entries(EVENTS)) {
  test(`event ${name}`, async () => {
    const call = await prepare(row.state);
    const body = { callId: call.callId, ...row.body };
    for (const [who, [token, code]] of Object.entries(NOBODY)) {
      await unchanged(`${name}, ${who}`, async () => {
        const said = await intrude(token, `427${JSON.stringify([name, body])}`);
        assert.deepEqual(said, [`44{"message":"Unauthorized","data":{"code":"${code}"}}`], `${name}, ${who}`);
      });
    }
    const other = async () => {
      const answer = await eve.ask(name, body);
      assert.deepEqual([answer.ok, answer.code], [row.other === undefined, row.other], `${name}, another user`);
      assertNoLeak(JSON.stringify(answer), call, `${name}, another user`);
    };
    await (row.own ? other() : unchanged(`${name}, another user`, other));
    const answer = await (row.by === 'bob' ? bob : alice).ask(name, body);
    assert.deepEqual([answer.ok, answer.code], [row.code === undefined, row.code], `${name}: ${JSON.stringify(answer)}`);
  });
}

test('without a token, where none is needed, nothing of calls and users is told', async () => {
  const call = await prepare('active');
  for (const path of OPEN) {
    const { status, text } = await request(server, 'GET', path);
    assert.equal(status, 200, path);
    // The descriptions have an alice and a bob of their own in their examples.
    assertNoLeak(text, call, path, { names: path.endsWith('.json') });
  }
});

test('what the participants said of one another went to nobody else', async () => {
  await eve.settle();
  // eve's own attempts found alice busy; from then on they share a call, and hear of each other's coming and going.
  const names = [...new Set(eve.events.map(({ name }) => name))].filter((name) => !['user-busy', 'user-status'].includes(name));
  assert.deepEqual(names, []);
  assert.ok(!JSON.stringify(eve.events).includes('the-secret-session'));
});
