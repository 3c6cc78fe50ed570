// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// The real socket.io-client over each of its transports.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { CALM, Server, io, until, within } from './harness.mjs';

const TRANSPORTS = [['websocket'], ['polling'], ['polling', 'websocket']];

function connect(t, server, options) {
  const socket = io(server.url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options });
  t.after(() => socket.disconnect());
  return socket;
}

const first = (socket, event) => within(once(socket, event), event);

for (const transports of TRANSPORTS) {
  const name = transports.join(' then ');

  test(`${name}: connect, events, acks, binary, leave`, async (t) => {
    const server = await Server.start(t);
    const socket = connect(t, server, { transports, auth: { token: 'secret' } });
    const [auth] = await first(socket, 'auth');

    assert.deepEqual(auth, { token: 'secret' });
    assert.notEqual(socket.id, socket.io.engine.id);
    await until(() => socket.io.engine.transport.name === transports.at(-1), 'the last transport');

    const args = [1, '2 €', { three: [null, true] }, Buffer.from([4, 5]), { six: Buffer.alloc(50000, 6) }];
    socket.emit('message', ...args);
    assert.deepEqual(await first(socket, 'message-back'), args);
    const acked = await within(
      new Promise((resolve) => socket.emit('message-with-ack', ...args, (...back) => resolve(back))),
      'the ack',
    );
    assert.deepEqual(acked, args);

    socket.disconnect();
    await server.says('disconnect / client namespace disconnect');
  });

  test(`${name}: events while it upgrades keep their order`, async (t) => {
    const socket = connect(t, await Server.start(t), { transports });
    const back = [];

    socket.on('message-back', (n) => back.push(n));
    await first(socket, 'connect');
    for (let i = 0; i < 300; i++) {
      socket.emit('message', i);
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => back.length === 300, 'all are back');
    assert.deepEqual(back, Array.from({ length: 300 }, (_, i) => i));
  });

  test(`${name}: two namespaces, one refused, one unknown`, async (t) => {
    const server = await Server.start(t);
    const root = connect(t, server, { transports });
    const custom = root.io.socket('/custom', { auth: { who: 'me' } });
    const unknown = root.io.socket('/nowhere');
    t.after(() => [custom, unknown].forEach((socket) => socket.disconnect()));
    custom.connect();
    unknown.connect();

    const [[auth], [error]] = await Promise.all([first(custom, 'auth'), first(unknown, 'connect_error'), first(root, 'auth')]);
    assert.deepEqual(auth, { who: 'me' });
    assert.equal(error.message, 'Invalid namespace');
    const refused = connect(t, server, { transports, auth: { refuse: true } });
    const [why] = await first(refused, 'connect_error');
    assert.equal(why.message, 'not "welcome"');
    assert.deepEqual(why.data, { code: 7 });
  });

  test(`${name}: sent away by the server, it stays away`, async (t) => {
    const server = await Server.start(t);
    const socket = connect(t, server, { transports });

    await first(socket, 'connect');
    socket.emit('leave');
    assert.equal((await first(socket, 'disconnect'))[0], 'io server disconnect');
    assert.equal(socket.active, false);
  });

  test(`${name}: it comes back after the server did`, async (t) => {
    const old = await Server.start(t);
    const socket = connect(t, old, { transports });

    await first(socket, 'connect');
    const id = socket.id;
    const gone = first(socket, 'disconnect');
    await old.stop();
    assert.ok(['transport close', 'transport error'].includes((await gone)[0]));
    await Server.start(t, { ...CALM, port: old.port });
    await until(() => socket.connected, 'it is back');
    assert.notEqual(socket.id, id);
    assert.deepEqual(await within(socket.emitWithAck('message-with-ack', 'again'), 'the ack'), 'again');
  });

  test(`${name}: pings keep it`, async (t) => {
    const server = await Server.start(t, { 'ping-interval': 200, 'ping-timeout': 200 });
    const socket = connect(t, server, { transports });
    let lost = 0;
    let pings = 0;

    socket.on('disconnect', () => lost++);
    socket.io.on('ping', () => pings++);
    await until(() => pings >= 5, 'five pings');
    assert.equal(lost, 0);
  });

  test(`${name}: 100 clients at once`, async (t) => {
    const server = await Server.start(t);
    const sockets = Array.from({ length: 100 }, () => connect(t, server, { transports }));

    await Promise.all(sockets.map((socket) => first(socket, 'auth')));
    assert.equal((await server.stats()).socketsOpen, 100);
    const answers = await Promise.all(
      sockets.map((socket, i) => within(socket.emitWithAck('message-with-ack', i), 'the ack')),
    );
    assert.deepEqual(answers, Array.from({ length: 100 }, (_, i) => i));
    sockets.forEach((socket) => socket.disconnect());
    await until(async () => (await server.stats()).socketsOpen === 0, 'all are gone');
  });
}
