// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// The cases of both protocols that no other file has, and the table in docs/protocol/engineio-socketio.md that says
// which test has which case.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { CALM, Channel, Polling, Server, io, until, within } from './harness.mjs';

test('every case of the table has its test', () => {
  const page = readFileSync(new URL('../../docs/protocol/engineio-socketio.md', import.meta.url), 'utf8');
  const rows = [...page.split('\n## Cases and their tests\n')[1].matchAll(/^\| ([^|]+) \| `([\w-]+\.(?:mjs|c))`: ([^|]+) \|$/gm)];
  assert.ok(rows.length >= 40, `${rows.length} rows`);
  for (const [, what, file, names] of rows) {
    const text = readFileSync(new URL(`${file.endsWith('.c') ? '../core/' : ''}${file}`, import.meta.url), 'utf8');
    for (const name of names.split('; ')) assert.ok(text.includes(name.trim()), `${what}: ${file} has no "${name}"`);
  }
});

test('the echo server is what the public suites expect when it is told nothing', async (t) => {
  const server = await Server.start(t, {});
  const { handshake } = await Polling.open(server);
  const { pingInterval, pingTimeout, maxPayload } = handshake;
  assert.deepEqual([pingInterval, pingTimeout, maxPayload], [300, 200, 1000000]);
  const headers = { origin: 'https://anywhere.example' };
  const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers });
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  const silent = await Polling.open(server, '/socket.io/');
  const start = Date.now();
  for (let packets = []; !packets.includes('1'); ) {
    packets = await silent.poll();
    if (packets.includes('2')) await silent.post('3');
  }
  const elapsed = Date.now() - start;
  assert.ok(elapsed > 700 && elapsed < 3000, `no CONNECT: closed after ${elapsed} ms`);
});

test('pid is never sent: who comes back with one starts anew', async (t) => {
  const server = await Server.start(t);
  for (const packet of ['40{"pid":"x","offset":"y","token":"z"}', '40{"pid":7,"offset":[]}']) {
    const channel = await Channel.handshake(server, '/socket.io/');
    channel.send(packet);
    const { sid, ...rest } = JSON.parse((await channel.next()).slice(2));
    assert.match(sid, /^[A-Za-z0-9_-]{20,}$/);
    assert.deepEqual(rest, {});
    assert.equal(await channel.next(), `42["auth",${packet.slice(2)}]`, 'the credentials are looked at again');
  }
});

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`${transports.join(' then ')}: a lost connection comes back by itself, and what was said meanwhile arrives`, async (t) => {
    const server = await Server.start(t, CALM);
    const socket = io(server.url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, transports });
    t.after(() => socket.disconnect());
    await within(once(socket, 'connect'), 'connect');
    await until(() => socket.io.engine.transport.name === transports.at(-1), 'the last transport');
    const { id } = socket;

    for (let round = 0; round < 3; round++) {
      const lost = within(once(socket, 'disconnect'), 'disconnect');
      socket.io.engine.transport.ws?.terminate?.();
      socket.io.engine.close();
      await lost;
      const back = socket.emitWithAck('message-with-ack', round, Buffer.from([round]));
      await within(once(socket, 'connect'), 'connect again');
      assert.notEqual(socket.id, id);
      assert.ok(!socket.recovered);
      assert.deepEqual(await within(back, 'what was said meanwhile'), round);
    }
    await until(async () => (await server.stats()).socketsOpen === 1, 'the lost ones are gone');
  });

  test(`${transports.join(' then ')}: 100 clients in two namespaces each`, async (t) => {
    const server = await Server.start(t);
    const roots = Array.from({ length: 100 }, () => io(server.url, { forceNew: true, transports }));
    const customs = roots.map((socket, i) => socket.io.socket('/custom', { auth: { i } }).connect());
    const leave = () => [...roots, ...customs].forEach((socket) => socket.disconnect());
    t.after(leave);
    const auths = await Promise.all(customs.map((socket) => within(once(socket, 'auth'), 'auth', 20000)));

    assert.deepEqual(auths.map(([auth]) => auth.i), roots.map((_, i) => i));
    await until(async () => (await server.stats()).socketsOpen === 200, 'all are in', 20000);
    const data = Buffer.alloc(1000, 7);
    await Promise.all([...roots, ...customs].map(async (socket, i) => {
      const back = within(once(socket, 'message-back'), 'message-back', 20000);
      socket.emit('message', i, data);
      assert.deepEqual(await back, [i, data]);
    }));
    leave();
    await until(async () => (await server.stats()).socketsOpen === 0, 'all are gone');
  });
}
