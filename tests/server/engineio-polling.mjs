// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Engine.IO over GET and POST, on /engine.io/, where every message comes back.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CALM, Polling, Server, Tcp, until, within } from './harness.mjs';

const FAST = { 'ping-interval': 300, 'ping-timeout': 200 };

async function assertGone(session) {
  const response = await session.get();
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), { code: 1, message: 'Session ID unknown' });
}

test('a message there and back', async (t) => {
  const session = await Polling.open(await Server.start(t));
  const posted = await session.post('4hello €');

  assert.equal(posted.status, 200);
  assert.equal(await posted.text(), 'ok');
  const response = await session.get();
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/plain/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(await response.text(), '4hello €');
});

test('several packets in a body, binary as base64', async (t) => {
  const session = await Polling.open(await Server.start(t));

  assert.equal(await (await session.post('4one\x1ebAQIDBA==\x1e4two\x1e6\x1e4')).text(), 'ok');
  assert.deepEqual(await session.poll(), ['4one', 'bAQIDBA==', '4two', '4']);
});

test('a GET waits until there is something, and costs nothing meanwhile', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  let answered = false;
  const poll = session.poll().then((packets) => ((answered = true), packets));

  await server.stats();
  const cpu = server.cpu();
  await sleep(500);
  assert.equal(answered, false);
  assert.ok(server.cpu() - cpu < 0.1, 'a waiting GET spins');
  await session.post('4late');
  assert.deepEqual(await poll, ['4late']);
});

test('GETs on one connection, one after the other', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const before = (await server.stats()).httpConnections;

  for (let i = 0; i < 100; i++) {
    await session.post(`4${i}`);
    assert.deepEqual(await session.poll(), [`4${i}`]);
  }
  assert.ok((await server.stats()).httpConnections - before < 10);
});

test('two GETs at once: the first gets 1, the second 400, the session closes', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const first = session.get();

  await until(async () => (await server.stats()).httpRequests >= 3, 'the first GET is in');
  const second = await session.get();
  assert.equal(second.status, 400);
  assert.deepEqual(await second.json(), { code: 3, message: 'Bad request' });
  assert.equal((await first).status, 200);
  assert.equal(await (await first).text(), '1');
  await assertGone(session);
});

test('two POSTs at once: the session closes', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const tcp = await Tcp.open(server);
  const { pathname, search } = new URL(session.url);

  tcp.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n4he`);
  await until(async () => (await server.stats()).bytesIn >= 3, 'the first POST is in');
  const second = await session.post('4world');
  assert.equal(second.status, 400);
  assert.deepEqual(await second.json(), { code: 3, message: 'Bad request' });
  tcp.write('llo');
  await tcp.reply(/^HTTP\/1.1 400 /);
  tcp.destroy();
  await assertGone(session);
});

test('octet-stream gets 400', async (t) => {
  const session = await Polling.open(await Server.start(t));
  const headers = { 'content-type': 'application/octet-stream' };

  assert.equal((await session.post(Buffer.from([1, 2]), { headers })).status, 400);
  assert.equal((await session.post('4still', {})).status, 200);
});

test('a body over maxPayload gets 413', async (t) => {
  const session = await Polling.open(await Server.start(t, { ...CALM, 'max-payload': 1000 }));

  assert.equal((await session.post('4' + 'x'.repeat(999))).status, 200);
  assert.deepEqual(await session.poll(), ['4' + 'x'.repeat(999)]);
  const response = await session.post('4' + 'x'.repeat(1000));
  assert.equal(response.status, 413);
  assert.equal((await response.json()).code, 'payload-too-large');
});

test('an answer holds no more than maxPayload unless one packet does', async (t) => {
  const session = await Polling.open(await Server.start(t, { ...CALM, 'max-payload': 1000 }));

  for (let i = 0; i < 4; i++) await session.post('4' + String(i).repeat(400));
  const all = [];
  while (all.length < 4) {
    const response = await session.get();
    const text = await response.text();
    assert.ok(text.length <= 1000);
    all.push(...text.split('\x1e'));
  }
  assert.deepEqual(all.map((p) => p[1]), ['0', '1', '2', '3']);
});

for (const [what, body] of [
  ['an unknown type', 'abc'],
  ['nothing', ''],
  ['an empty packet', '4a\x1e\x1e4b'],
  ['bad base64', 'b===='],
  ['text that is not UTF-8', Buffer.from([0x34, 0xff, 0xfe])],
  ['packets without end', '4\x1e'.repeat(400000)],
]) {
  test(`a body with ${what} gets 400 and closes the session`, async (t) => {
    const session = await Polling.open(await Server.start(t));
    assert.equal((await session.post(body)).status, 400);
    await assertGone(session);
  });
}

for (const [what, packet] of [
  ['a ping', '2'],
  ['an open packet', '0{}'],
  ['an upgrade packet', '5'],
]) {
  test(`${what} from the client is an error`, async (t) => {
    const session = await Polling.open(await Server.start(t));
    await session.post(packet);
    await assertGone(session);
  });
}

test('a close packet closes, and lets the waiting GET go', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const poll = session.poll();

  await until(async () => (await server.stats()).httpRequests >= 3, 'the GET is in');
  await session.post('1');
  assert.deepEqual(await poll, ['6']);
  await assertGone(session);
});

test('an aborted poll closes the session', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const controller = new AbortController();
  const poll = session.get({ signal: controller.signal });

  poll.catch(() => {});
  await until(async () => (await server.stats()).httpRequests >= 3, 'the GET is in');
  controller.abort();
  await until(async () => (await session.post('4x')).status === 400, 'the session is gone');
  await assertGone(session);
});

test('a POST that breaks off closes the session', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const { pathname, search } = new URL(session.url);
  const tcp = await Tcp.open(server);

  tcp.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n4he`);
  await until(async () => (await server.stats()).bytesIn >= 3, 'the POST is in');
  tcp.destroy();
  await until(async () => (await session.post('4x')).status === 400, 'the session is gone');
});

test('the server pings, the client pongs', async (t) => {
  const session = await Polling.open(await Server.start(t, FAST));

  for (let i = 0; i < 3; i++) {
    const start = Date.now();
    assert.deepEqual(await session.poll(), ['2']);
    assert.ok(Date.now() - start > 200, 'a ping is too early');
    assert.equal((await session.post('3')).status, 200);
  }
});

test('no pong within the timeout: the session closes', async (t) => {
  const session = await Polling.open(await Server.start(t, FAST));
  const start = Date.now();

  assert.deepEqual(await session.poll(), ['2']);
  assert.deepEqual(await session.poll(), ['1']);
  const elapsed = Date.now() - start;
  assert.ok(elapsed > 400 && elapsed < 2000, `closed after ${elapsed} ms`);
  await assertGone(session);
});

test('HEAD, PUT and DELETE on a session get 400 and leave it alone', async (t) => {
  const session = await Polling.open(await Server.start(t));

  for (const method of ['HEAD', 'PUT', 'DELETE'])
    assert.equal((await fetch(session.url, { method })).status, 400, method);
  await session.post('4x');
  assert.deepEqual(await session.poll(), ['4x']);
});

test('an orderly stop says 1 to the GET that waits', async (t) => {
  const server = await Server.start(t);
  const session = await Polling.open(server);
  const poll = session.poll();

  await until(async () => (await server.stats()).httpRequests >= 3, 'the GET is in');
  server.terminate();
  assert.deepEqual(await poll, ['1']);
  await within(server.exited, 'the server stops');
});
