// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// What a client may take: events, queues, sockets, connections, time. A limit answers with an end, never with memory.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CALM, Channel, Polling, Server, Tcp, refusal, until } from './harness.mjs';

test('too many events a second: the socket is sent away', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-events': 50 });
  const channel = await Channel.socketio(server);

  for (let i = 0; i < 200; i++) channel.send('42["nothing"]');
  await channel.end();
  assert.deepEqual(channel.received, ['41']);
  await server.says('disconnect / too many events');
  assert.ok((await server.stats()).eventsIn <= 50);
});

test('over polling too, and as many as the limit are fine', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-events': 50 });
  const session = await Polling.open(server, '/socket.io/');

  await session.post('40');
  await session.collect(2);
  await session.post(Array(49).fill('42["message",1]').join('\x1e'));
  assert.equal((await session.collect(49)).length, 49);
  await session.post(Array(200).fill('42["nothing"]').join('\x1e'));
  assert.deepEqual(await session.poll(), ['41', '1']);
  assert.equal((await session.get()).status, 400);
});

test('a websocket that does not read is cut', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-queue': 300000 });
  const channel = await Channel.socketio(server);
  const memory = server.memory();

  channel.socket.pause();
  channel.send('42["flood",100000,1000]');
  await server.says('disconnect / transport error');
  assert.ok(server.memory() - memory < 30e6, 'the queue is kept in memory');
  assert.equal((await server.stats()).socketsOpen, 0);
  channel.socket.terminate();
});

test('a client that does not poll is cut', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-queue': 300000 });
  const session = await Polling.open(server, '/socket.io/');

  await session.post('40');
  await session.post('42["flood",100000,1000]');
  await server.says('disconnect / transport error');
  assert.equal((await session.get()).status, 400);
});

test('a reader that keeps up gets more than the queue holds', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-queue': 300000 });
  const channel = await Channel.socketio(server);

  for (let i = 0; i < 20; i++) {
    channel.send('42["flood",100000,2]');
    assert.equal((await channel.next()).length, 100014);
    assert.equal((await channel.next()).length, 100014);
  }
});

test('sockets of one address', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-sockets': 3 });
  const channels = [await Channel.handshake(server), await Channel.handshake(server)];
  const session = await Polling.open(server);

  assert.equal((await refusal(server, '/engine.io/?EIO=4&transport=websocket')).status, 429);
  assert.equal((await fetch(session.base)).status, 429);
  channels[0].socket.close();
  await session.post('1');
  await until(async () => (await fetch(session.base)).status === 200, 'there is room again');
});

test('connections', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-connections': 20 });
  const connections = [];

  for (let i = 0; i < 40; i++) connections.push(await Tcp.open(server));
  for (const tcp of connections.slice(20)) await tcp.end();
  for (const tcp of connections) tcp.destroy();
  await until(() => server.stats().catch(() => null), 'there is room again');
  assert.equal((await server.stats()).refused >= 20, true);
});

test('half-open connections, slow heads and slow bodies are closed', async (t) => {
  const server = await Server.start(t, { ...CALM, 'header-timeout': 2 });
  const descriptors = server.descriptors();
  const start = Date.now();
  const tcps = [];
  const trickle = [];

  for (const text of ['', 'GET', 'GET /echo HTTP/1.1\r\nHost: x\r\n', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc']) {
    const tcp = await Tcp.open(server);
    tcp.write(text);
    tcps.push(tcp);
  }
  const slow = await Tcp.open(server);
  slow.write('GET /echo HTTP/1.1\r\nX-Slow: ');
  trickle.push(setInterval(() => slow.write('x'), 200));
  tcps.push(slow);
  for (const tcp of tcps) await tcp.end(9000);
  trickle.forEach(clearInterval);
  assert.ok(Date.now() - start > 1000);
  tcps.forEach((tcp) => tcp.destroy());
  await until(() => server.descriptors() <= descriptors, 'the descriptors are free');
});

test('an idle connection is closed', async (t) => {
  const server = await Server.start(t, { ...CALM, 'idle-timeout': 1 });
  const tcp = await Tcp.open(server);
  const request = 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n';

  tcp.write(request);
  await tcp.reply(/body=$/);
  tcp.write(request);
  await tcp.reply(/body=[^]*body=$/);
  await tcp.end();
  tcp.destroy();
});

test('300 kept connections, opened and closed, leave no descriptor', async (t) => {
  const server = await Server.start(t);
  const round = async () => {
    const tcps = await Promise.all(Array.from({ length: 300 }, () => Tcp.open(server)));
    for (const tcp of tcps) tcp.write('GET /echo HTTP/1.1\r\nHost: x\r\n\r\n');
    for (const tcp of tcps) await tcp.reply(/body=$/);
    for (const tcp of tcps) tcp.destroy();
  };
  const descriptors = server.descriptors();

  for (let i = 0; i < 3; i++) {
    await round();
    await until(() => server.descriptors() <= descriptors, 'the descriptors are free');
  }
});

test('300 polls and websockets, broken off, leave no descriptor and no session', async (t) => {
  const server = await Server.start(t);
  await server.stats();
  const descriptors = server.descriptors();
  const round = async () => {
    const channels = await Promise.all(Array.from({ length: 100 }, () => Channel.socketio(server)));
    const controller = new AbortController();
    const sessions = await Promise.all(Array.from({ length: 50 }, () => Polling.open(server)));
    const polls = sessions.map((s) => s.get({ signal: controller.signal }).catch(() => null));
    await until(async () => (await server.stats()).socketsOpen === 100, 'all are in');
    channels.forEach((c) => c.socket.terminate());
    controller.abort();
    await Promise.all(polls);
  };

  for (let i = 0; i < 2; i++) await round();
  await until(async () => (await server.stats()).socketsOpen === 0, 'all are gone');
  await until(() => server.descriptors() <= descriptors + 60, 'the descriptors are free');
});

test('1 MB of brackets as an event, as a CONNECT, as an ack', async (t) => {
  const server = await Server.start(t);

  for (const head of ['40{"a":', '42["message",', '431', '451-["message",']) {
    const channel = head[1] === '0' ? await Channel.handshake(server, '/socket.io/') : await Channel.socketio(server);
    channel.send(head + '['.repeat(999900));
    await channel.end();
  }
  await server.stats();
});

test('a crowd of clients that say nonsense changes nothing for others', async (t) => {
  const server = await Server.start(t);
  const good = await Channel.socketio(server);
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const alphabet = '0123456789-/,[]{}"\\:abc\x1e_placeholder';

  for (let i = 0; i < 300; i++) {
    const bad = await Channel.socketio(server);
    const text = Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]).join('');
    bad.send(random(4) ? `4${random(7)}${text}` : Buffer.from(text));
    bad.send('42["message",1]');
    bad.socket.close();
  }
  good.send('42["message","fine"]');
  assert.equal(await good.next(), '42["message-back","fine"]');
});
