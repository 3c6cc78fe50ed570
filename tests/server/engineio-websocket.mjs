// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Engine.IO over a websocket, on /engine.io/, where every message comes back.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CALM, Channel, Polling, Server, Tcp, frame, until } from './harness.mjs';

const FAST = { 'ping-interval': 300, 'ping-timeout': 200 };

test('text there and back, one message a packet', async (t) => {
  const channel = await Channel.handshake(await Server.start(t));

  for (const text of ['4hello €', '4', '4\x1e4', `4${'x'.repeat(200000)}`]) {
    channel.send(text);
    assert.equal(await channel.next(), text);
  }
});

test('binary is a raw frame', async (t) => {
  const channel = await Channel.handshake(await Server.start(t));

  for (const data of [Buffer.from([0, 1, 255]), Buffer.alloc(0), Buffer.alloc(300000, 7)]) {
    channel.send(data);
    assert.deepEqual(await channel.next(), data);
  }
});

test('a message in fragments, with a control frame between them', async (t) => {
  const tcp = await Tcp.websocket(await Server.start(t));

  tcp.write(frame(1, '4he', { fin: false }));
  tcp.write(frame(0, '', { fin: false }));
  tcp.write(frame(9, 'are you there'));
  tcp.write(frame(0, 'llo', { fin: false }));
  tcp.write(frame(0, ' you'));
  await tcp.reply(/are you there/);
  await tcp.reply(/4hello you/);
  tcp.destroy();
});

test('a byte at a time', async (t) => {
  const tcp = await Tcp.websocket(await Server.start(t));

  tcp.socket.setNoDelay(true);
  for (const byte of frame(1, '4slowly')) {
    tcp.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await tcp.reply(/4slowly/);
  tcp.destroy();
});

test('maxPayload holds for the whole message', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-payload': 1000 });
  const channel = await Channel.handshake(server);

  channel.send('4' + 'x'.repeat(999));
  assert.equal((await channel.next()).length, 1000);
  channel.send('4' + 'x'.repeat(1000));
  assert.equal(await channel.end(), 1009);

  const binary = await Channel.handshake(server);
  binary.send(Buffer.alloc(1001));
  assert.equal(await binary.end(), 1009);
});

test('endless fragments are cut at maxPayload', async (t) => {
  const server = await Server.start(t);
  const tcp = await Tcp.websocket(server);
  const memory = server.memory();
  const piece = frame(0, Buffer.alloc(60000, 120), { fin: false });
  let over = false;

  tcp.ended.then(() => (over = true));
  tcp.write(frame(1, '4', { fin: false }));
  await until(() => {
    tcp.write(piece);
    assert.ok(server.memory() - memory < 20e6, 'fragments are kept');
    return over;
  }, 'the connection ends');
  await server.stats();
  tcp.destroy();
});

test('endless fragments without a byte in them are cut too', async (t) => {
  const server = await Server.start(t);
  const tcp = await Tcp.websocket(server);
  const many = Buffer.concat(Array.from({ length: 1000 }, () => frame(0, '', { fin: false })));

  tcp.write(frame(1, '4', { fin: false }));
  for (let i = 0; i < 20; i++) tcp.write(many);
  await tcp.end();
  await server.stats();
  tcp.destroy();
});

for (const [what, data] of [
  ['an unknown type', 'abc'],
  ['no type', ''],
  ['a ping', '2'],
  ['an open packet', '0{}'],
  ['an upgrade packet', '5'],
]) {
  test(`${what} closes`, async (t) => {
    const server = await Server.start(t);
    const channel = await Channel.handshake(server);
    channel.send(data);
    await channel.end();
    assert.equal((await fetch(`${new Polling(server).base}&sid=${channel.sid}`)).status, 400);
  });
}

for (const [what, bytes] of [
  ['text that is not UTF-8', frame(1, Buffer.from([0x34, 0xc0, 0x80]))],
  ['a reserved opcode', frame(3, '4x')],
  ['a continuation of nothing', frame(0, '4x')],
  ['a new message within a message', Buffer.concat([frame(1, '4x', { fin: false }), frame(1, '4y')])],
  ['a control frame in fragments', frame(9, 'x', { fin: false })],
  ['a control frame of 200 bytes', frame(9, Buffer.alloc(200))],
  ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['garbage', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 193 + 91) % 256))],
]) {
  test(`${what} closes`, async (t) => {
    const server = await Server.start(t);
    const tcp = await Tcp.websocket(server);
    tcp.write(bytes);
    await tcp.end();
    assert.ok(!/[^]4[xy]/.test(tcp.text.slice(tcp.text.indexOf('}'))), 'it was echoed');
    await server.stats();
    tcp.destroy();
  });
}

test('the server pings, the client pongs', async (t) => {
  const channel = await Channel.handshake(await Server.start(t, FAST));

  for (let i = 0; i < 3; i++) {
    const start = Date.now();
    assert.equal(await channel.next(), '2');
    assert.ok(Date.now() - start > 200, 'a ping is too early');
    channel.send('3');
  }
});

test('no pong within the timeout: it is closed', async (t) => {
  const server = await Server.start(t, FAST);
  const channel = await Channel.handshake(server);
  const start = Date.now();

  await channel.end();
  const elapsed = Date.now() - start;
  assert.ok(elapsed > 400 && elapsed < 2000, `closed after ${elapsed} ms`);
  assert.deepEqual(channel.received, ['2']);
});

test('messages are no pong', async (t) => {
  const channel = await Channel.handshake(await Server.start(t, FAST));
  const timer = setInterval(() => channel.send('4x'), 50);

  await channel.end();
  clearInterval(timer);
});

test('closed by the client: the sid is gone', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server);
  const polling = `${new Polling(server).base}&sid=${channel.sid}`;

  assert.equal((await (await fetch(polling)).json()).code, 3); /* known, but no longer for polling */
  channel.socket.close();
  await channel.end();
  await until(async () => (await (await fetch(polling)).json()).code === 1, 'the sid is gone');
});

test('a close packet closes', async (t) => {
  const channel = await Channel.handshake(await Server.start(t));
  channel.send('1');
  await channel.end();
});

test('a connection that breaks off ends the session', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server);

  channel.socket.terminate();
  const polling = `${new Polling(server).base}&sid=${channel.sid}`;
  await until(async () => (await (await fetch(polling)).json()).code === 1, 'the sid is gone');
});

test('an orderly stop sends a close frame', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server);

  server.terminate();
  assert.equal(await channel.end(), 1001);
  await server.stop();
});

for (const [what, headers] of [
  ['no key', { 'Sec-WebSocket-Version': '13' }],
  ['an endless key', { 'Sec-WebSocket-Key': 'A'.repeat(5000), 'Sec-WebSocket-Version': '13' }],
  ['no host and no connection header', {}],
]) {
  test(`an upgrade with ${what} is not taken`, async (t) => {
    const server = await Server.start(t);
    const tcp = await Tcp.open(server);
    const lines = Object.entries({ Upgrade: 'websocket', ...headers }).map(([k, v]) => `${k}: ${v}\r\n`);

    tcp.write(`GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nConnection: Upgrade\r\n${lines.join('')}\r\n`);
    await tcp.end();
    assert.ok(!tcp.text.includes(' 101 '));
    await server.stats();
    tcp.destroy();
  });
}
