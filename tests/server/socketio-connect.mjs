// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Socket.IO: into a namespace and out of it, packets by hand.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CALM, Channel, Polling, Server, until } from './harness.mjs';

const PATH = '/socket.io/';

test('CONNECT is answered with a sid that is not the session’s', async (t) => {
  const channel = await Channel.handshake(await Server.start(t), PATH);

  channel.send('40');
  const answer = await channel.next();
  assert.match(answer, /^40{"sid":"[A-Za-z0-9_-]{20,}"}$/);
  assert.ok(!answer.includes(channel.sid));
  assert.equal(await channel.next(), '42["auth",{}]');
});

test('over polling', async (t) => {
  const session = await Polling.open(await Server.start(t), PATH);

  await session.post('40{"token":"abc"}');
  const [answer, auth] = await session.collect(2);
  assert.match(answer, /^40{"sid":"[^"]+"}$/);
  assert.equal(auth, '42["auth",{"token":"abc"}]');
});

test('with a payload', async (t) => {
  const channel = await Channel.socketio(await Server.start(t), '', '{"token":"ü\\n","n":[1,{}]}');

  assert.equal(channel.auth, '42["auth",{"token":"ü\\n","n":[1,{}]}]');
});

test('a namespace, with a payload, with and without its comma', async (t) => {
  const server = await Server.start(t);

  for (const packet of ['40/custom,', '40/custom', '40/custom,{"token":"abc"}']) {
    const channel = await Channel.handshake(server, PATH);
    channel.send(packet);
    assert.match(await channel.next(), /^40\/custom,{"sid":"[^"]+"}$/);
    assert.equal(await channel.next(), `42/custom,["auth",${packet.includes('{') ? '{"token":"abc"}' : '{}'}]`);
  }
});

test('two namespaces on one session have sockets of their own', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.socketio(server);

  channel.send('40/custom,');
  assert.notEqual((await channel.next()).replace('/custom,', ''), channel.connect);
  await channel.next();
  assert.equal((await server.stats()).socketsOpen, 2);
  channel.send('41/custom,');
  await server.says('disconnect /custom client namespace disconnect');
  channel.send('42["message","still here"]');
  assert.equal(await channel.next(), '42["message-back","still here"]');
});

test('an unknown namespace is refused, the session stays', async (t) => {
  const channel = await Channel.handshake(await Server.start(t), PATH);

  channel.send('40/random');
  assert.equal(await channel.next(), '44/random,{"message":"Invalid namespace"}');
  channel.send('40/constructor,{}');
  assert.equal(await channel.next(), '44/constructor,{"message":"Invalid namespace"}');
  channel.send('40');
  assert.match(await channel.next(), /^40{/);
});

test('a refusal says why, and another try may succeed', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server, PATH);

  channel.send('40{"refuse":true}');
  assert.equal(await channel.next(), '44{"message":"not \\"welcome\\"","data":{"code":7}}');
  channel.send('40');
  assert.match(await channel.next(), /^40{/);
  assert.equal((await server.stats()).sockets, 1);
});

test('refusals without end close', async (t) => {
  const channel = await Channel.handshake(await Server.start(t), PATH);

  for (let i = 0; i < 50; i++) channel.send(i % 2 ? '40{"refuse":true}' : '40/none');
  await channel.end();
});

test('no CONNECT within the timeout closes', async (t) => {
  const server = await Server.start(t, { ...CALM, 'connect-timeout': 500 });

  for (const packet of [null, '40/random', '40{"refuse":true}']) {
    const channel = await Channel.handshake(server, PATH);
    const start = Date.now();
    if (packet) channel.send(packet);
    await channel.end();
    const elapsed = Date.now() - start;
    assert.ok(elapsed > 300 && elapsed < 3000, `closed after ${elapsed} ms`);
  }
  const polling = await Polling.open(server, PATH);
  assert.deepEqual(await polling.poll(), ['1']);
  assert.equal((await polling.get()).status, 400);
});

test('a connected session outlives that timeout', async (t) => {
  const channel = await Channel.socketio(await Server.start(t, { ...CALM, 'connect-timeout': 300 }));

  await new Promise((resolve) => setTimeout(resolve, 600));
  channel.send('42["message",1]');
  assert.equal(await channel.next(), '42["message-back",1]');
});

test('an answer that takes its time', async (t) => {
  const server = await Server.start(t, { ...CALM, 'connect-timeout': 200, 'slow-connect': 500 });
  const channel = await Channel.handshake(server, PATH);

  channel.send('40');
  assert.match(await channel.next(), /^40{/);
});

test('the client leaves before its answer', async (t) => {
  const server = await Server.start(t, { ...CALM, 'slow-connect': 300 });
  const channel = await Channel.handshake(server, PATH);

  channel.send('40');
  channel.socket.terminate();
  await channel.end();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { sockets, socketsOpen } = await server.stats();
  assert.deepEqual([sockets, socketsOpen], [0, 0]);
  assert.ok(!server.lines.some((line) => line.startsWith('disconnect')), 'a socket that never was has left');
});

test('DISCONNECT by the client', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.socketio(server);

  channel.send('41');
  await server.says('disconnect / client namespace disconnect');
  assert.equal((await server.stats()).socketsOpen, 0);
  channel.send('40');
  const again = await channel.next();
  assert.match(again, /^40{/);
  assert.notEqual(again, channel.connect);
});

test('DISCONNECT by the server', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.socketio(server, '/custom,');

  channel.send('42/custom,["leave"]');
  channel.send('42/custom,["message","too late"]');
  assert.equal(await channel.next(), '41/custom,');
  await server.says('disconnect /custom server namespace disconnect');
  channel.send('40');
  assert.match(await channel.next(), /^40{/);
});

for (const [how, leave, reason] of [
  ['the connection ends', (c) => c.socket.close(), 'transport close'],
  ['the connection breaks', (c) => c.socket.terminate(), 'transport close'],
  ['a close packet comes', (c) => c.send('1'), 'transport close'],
  ['garbage comes', (c) => c.send('4garbage'), 'parse error'],
]) {
  test(`the handler hears when ${how}`, async (t) => {
    const server = await Server.start(t);
    const channel = await Channel.socketio(server);
    leave(channel);
    assert.equal(await server.says('disconnect'), `disconnect / ${reason}`);
    await until(async () => (await server.stats()).socketsOpen === 0, 'no socket is open');
  });
}

test('the handler hears of a ping timeout', async (t) => {
  const server = await Server.start(t, { 'ping-interval': 200, 'ping-timeout': 200 });
  const channel = await Channel.socketio(server);

  await channel.end();
  await server.says('disconnect / ping timeout');
});

test('the handler hears of a shutdown', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.socketio(server);
  const polling = await Polling.open(server, PATH);

  await polling.post('40');
  await polling.poll();
  server.terminate();
  await channel.end();
  await until(() => server.lines.filter((l) => l === 'disconnect / server shutting down').length === 2, 'both hear');
});

test('the token of the query is told', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server, PATH, '&token=a%20b%2Bc');

  channel.send('40');
  await channel.next();
  await channel.next();
  assert.equal(await channel.next(), '42["query-token","a b+c"]');
});

for (const [what, packets] of [
  ['an event before CONNECT', ['42["message"]']],
  ['an event for a namespace that was not joined', ['40', '42/custom,["message"]']],
  ['a second CONNECT to a namespace', ['40', '40']],
  ['a CONNECT whose payload is no object', ['40["token"]']],
  ['a CONNECT whose payload is broken', ['40{"token":']],
  ['a CONNECT_ERROR', ['40', '44{"message":"no"}']],
  ['an unknown type', ['40', '49']],
  ['an event without arguments', ['40', '42']],
  ['an event that is an object', ['40', '42{}']],
  ['an event without a name', ['40', '42[]']],
  ['an event with an object as its name', ['40', '42[{}]']],
  ['an event with a reserved name', ['40', '42["connect"]']],
  ['text that is no packet', ['40', '4abc']],
  ['nothing', ['40', '4']],
]) {
  test(`${what} closes`, async (t) => {
    const server = await Server.start(t);
    const channel = await Channel.handshake(server, PATH);
    for (const packet of packets) channel.send(packet);
    await channel.end();
    assert.ok(!channel.received.some((m) => String(m).includes('message-back')));
    await server.stats();
  });
}
