// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// From polling to a websocket.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Channel, Polling, Server, refusal, until } from './harness.mjs';

async function start(t, flags) {
  const server = await Server.start(t, flags);
  const session = await Polling.open(server);
  return { server, session };
}

async function probe(server, session) {
  const channel = await Channel.open(server, `&sid=${session.sid}`);
  channel.send('2probe');
  assert.equal(await channel.next(), '3probe');
  return channel;
}

test('by the book', async (t) => {
  const { server, session } = await start(t);
  const poll = session.poll();
  await until(async () => (await server.stats()).httpRequests >= 3, 'the GET is in');
  const channel = await probe(server, session);

  assert.deepEqual(await poll, ['6']);
  channel.send('5');
  channel.send('4over websocket');
  assert.equal(await channel.next(), '4over websocket');
});

test('a GET that comes between probe and upgrade is not kept', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);

  assert.deepEqual(await session.poll(), ['6']);
  channel.send('5');
  channel.send('4x');
  assert.equal(await channel.next(), '4x');
});

test('polling works until the upgrade, and what is queued moves over', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);

  await session.post('4first');
  assert.deepEqual(await session.poll(), ['4first']);
  await session.post('4second\x1e4third');
  channel.send('5');
  assert.equal(await channel.next(), '4second');
  assert.equal(await channel.next(), '4third');
});

test('after it polling gets 400, and the session stays', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);
  channel.send('5');
  channel.send('4x');
  await channel.next();

  for (const response of [await session.get(), await session.post('4y')]) {
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), { code: 3, message: 'Bad request' });
  }
  channel.send('4z');
  assert.equal(await channel.next(), '4z');
});

test('a second websocket on an upgraded sid is closed, the first goes on', async (t) => {
  const { server, session } = await start(t);
  const first = await probe(server, session);
  first.send('5');
  first.send('4x');
  await first.next();

  const second = await Channel.open(server, `&sid=${session.sid}`);
  await second.end();
  assert.deepEqual(second.received, []);
  first.send('4y');
  assert.equal(await first.next(), '4y');
});

test('a second websocket on the sid of a websocket is closed', async (t) => {
  const server = await Server.start(t);
  const first = await Channel.handshake(server);
  const second = await Channel.open(server, `&sid=${first.sid}`);

  await second.end();
  first.send('4y');
  assert.equal(await first.next(), '4y');
});

test('a second probe is closed, the first goes on', async (t) => {
  const { server, session } = await start(t);
  const first = await probe(server, session);
  const second = await Channel.open(server, `&sid=${session.sid}`);

  await second.end();
  first.send('5');
  first.send('4x');
  assert.equal(await first.next(), '4x');
});

for (const message of ['4hello', '2', '2Probe', '5', '3probe', Buffer.from('2probe')]) {
  test(`a probe that says ${JSON.stringify(message.toString())} is closed, polling goes on`, async (t) => {
    const { server, session } = await start(t);
    const channel = await Channel.open(server, `&sid=${session.sid}`);

    channel.send(message);
    await channel.end();
    await session.post('4x');
    assert.deepEqual(await session.poll(), ['4x']);
  });
}

test('a probe that goes away leaves polling alone', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);

  channel.socket.terminate();
  await session.post('4x');
  assert.deepEqual(await session.poll(), ['4x']);
  await until(async () => {
    const again = await Channel.open(server, `&sid=${session.sid}`);
    again.send('2probe');
    const answer = await Promise.race([again.next().catch(() => null), again.closed]);
    return answer === '3probe';
  }, 'a later probe is taken');
});

test('the session ends during a probe: the websocket is closed', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);

  await session.post('1');
  await channel.end();
});

test('the session ends with its websocket', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);
  channel.send('5');
  channel.send('4x');
  await channel.next();

  channel.socket.close();
  await until(async () => (await (await session.get()).json()).code === 1, 'the sid is gone');
});

test('a websocket with an unknown sid is refused', async (t) => {
  const server = await Server.start(t);
  const answer = await refusal(server, '/engine.io/?EIO=4&transport=websocket&sid=nobody');

  assert.deepEqual(answer, { status: 400, body: { code: 1, message: 'Session ID unknown' } });
});

test('a stop between probe and upgrade closes the websocket', async (t) => {
  const { server, session } = await start(t);
  const channel = await probe(server, session);
  const begin = Date.now();

  server.terminate();
  assert.equal(await channel.end(), 1001);
  await server.stop();
  assert.ok(Date.now() - begin < 1500, 'it waits for a poll that does not come');
});

test('pings go on over the websocket', async (t) => {
  const { server, session } = await start(t, { 'ping-interval': 300, 'ping-timeout': 200 });
  const channel = await probe(server, session);

  channel.send('5');
  for (let i = 0; i < 3; i++) {
    assert.equal(await channel.next(), '2');
    channel.send('3');
  }
});
