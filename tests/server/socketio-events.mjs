// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Socket.IO events and acks, text and binary, packets by hand.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CALM, Channel, Polling, Server } from './harness.mjs';

const ARGUMENTS = '1,"2",{"3":[true]},null,-0.5e3,"\\u20ac\\ud83d\\ude00"';
const placeholder = (n) => `{"_placeholder":true,"num":${n}}`;

test('an event there and back', async (t) => {
  const channel = await Channel.socketio(await Server.start(t));

  channel.send(`42["message",${ARGUMENTS}]`);
  assert.equal(await channel.next(), `42["message-back",${ARGUMENTS}]`);
  channel.send('42["message"]');
  assert.equal(await channel.next(), '42["message-back"]');
});

test('an event with an ack', async (t) => {
  const channel = await Channel.socketio(await Server.start(t));

  channel.send(`42456["message-with-ack",${ARGUMENTS}]`);
  assert.equal(await channel.next(), `43456[${ARGUMENTS}]`);
  channel.send('420["message-with-ack"]');
  assert.equal(await channel.next(), '430[]');
});

test('in a namespace, with an ack', async (t) => {
  const channel = await Channel.socketio(await Server.start(t), '/custom,');

  channel.send('42/custom,["message",1]');
  assert.equal(await channel.next(), '42/custom,["message-back",1]');
  channel.send('42/custom,7["message-with-ack",1]');
  assert.equal(await channel.next(), '43/custom,7[1]');
});

test('over polling, several at once', async (t) => {
  const session = await Polling.open(await Server.start(t), '/socket.io/');

  const first = [];

  await session.post('40');
  while (!first.some((packet) => packet.startsWith('42["auth"'))) first.push(...await session.poll());
  await session.post('42["message",1]\x1e421["message-with-ack",2]\x1e42["message",3]');
  assert.deepEqual(await session.poll(), ['42["message-back",1]', '431[2]', '42["message-back",3]']);
});

test('events keep their order', async (t) => {
  const channel = await Channel.socketio(await Server.start(t));

  for (let i = 0; i < 2000; i++) channel.send(`42["message",${i}]`);
  for (let i = 0; i < 2000; i++) assert.equal(await channel.next(), `42["message-back",${i}]`);
});

test('an event that nobody knows, and an ack that nobody waits for, change nothing', async (t) => {
  const channel = await Channel.socketio(await Server.start(t));

  channel.send('42["nobody-knows",1]');
  channel.send('4312["late"]');
  channel.send('42["message",1]');
  assert.equal(await channel.next(), '42["message-back",1]');
});

test('binary there and back over websocket', async (t) => {
  const channel = await Channel.socketio(await Server.start(t));
  const [one, two] = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];
  const args = `{"a":${placeholder(0)}},[${placeholder(1)}]`;

  channel.send(`452-["message",${args}]`);
  channel.send(one);
  channel.send(two);
  assert.equal(await channel.next(), `452-["message-back",${args}]`);
  assert.deepEqual(await channel.next(), one);
  assert.deepEqual(await channel.next(), two);
});

test('binary with an ack, in a namespace', async (t) => {
  const channel = await Channel.socketio(await Server.start(t), '/custom,');
  const data = Buffer.alloc(100000, 9);

  channel.send(`451-/custom,789["message-with-ack",${placeholder(0)}]`);
  channel.send(data);
  assert.equal(await channel.next(), `461-/custom,789[${placeholder(0)}]`);
  assert.deepEqual(await channel.next(), data);
});

test('binary there and back over polling', async (t) => {
  const session = await Polling.open(await Server.start(t), '/socket.io/');

  await session.post('40');
  while (!(await session.poll()).includes('42["auth",{}]'));
  await session.post(`451-["message",${placeholder(0)}]\x1ebAQIDBA==`);
  assert.deepEqual(await session.poll(), [`451-["message-back",${placeholder(0)}]`, 'bAQIDBA==']);
});

test('ten attachments are the limit', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.socketio(server);
  const args = (n) => Array.from({ length: n }, (_, i) => placeholder(i)).join(',');

  channel.send(`4510-["message",${args(10)}]`);
  for (let i = 0; i < 10; i++) channel.send(Buffer.from([i]));
  assert.equal(await channel.next(), `4510-["message-back",${args(10)}]`);
  for (let i = 0; i < 10; i++) assert.deepEqual(await channel.next(), Buffer.from([i]));
  channel.send(`4511-["message",${args(11)}]`);
  await channel.end();
});

test('attachments of one packet together stay under maxPayload', async (t) => {
  const server = await Server.start(t, { ...CALM, 'max-payload': 1000 });
  const channel = await Channel.socketio(server);

  channel.send(`452-["message",${placeholder(0)},${placeholder(1)}]`);
  channel.send(Buffer.alloc(600));
  channel.send(Buffer.alloc(600));
  await channel.end();
  await server.stats();
});

for (const [what, packets] of [
  ['a placeholder out of range', [`451-["message",${placeholder(1)}]`, Buffer.from([1])]],
  ['a placeholder below zero', [`451-["message",${placeholder(-1)}]`, Buffer.from([1])]],
  ['a placeholder that is no number', ['451-["message",{"_placeholder":true,"num":"splice"}]', Buffer.from([1])]],
  ['text while attachments are due', [`451-["message",${placeholder(0)}]`, '42["message",1]']],
  ['an attachment that nobody announced', [Buffer.from([1])]],
  ['one attachment too many', [`451-["message",${placeholder(0)}]`, Buffer.from([1]), Buffer.from([2])]],
  ['a count that is no number', ['45x-["message"]']],
  ['a count without a dash', ['451["message"]']],
  ['a broken array', ['42["message"']],
  ['JavaScript', ["42['message']"]],
  ['a NUL in a string', ['42["message","\\u0000"]']],
  ['a number that is none', ['42["message",01]']],
  ['an id beyond all numbers', [`42${'9'.repeat(40)}["message"]`]],
  ['something after the array', ['42["message"]x']],
  ['1 MB of brackets', [`42["message",${'['.repeat(999980)}`]],
  ['brackets 65 deep', [`42["message",${'['.repeat(65)}${']'.repeat(65)}]`]],
]) {
  test(`${what} closes`, async (t) => {
    const server = await Server.start(t);
    const channel = await Channel.socketio(server);
    for (const packet of packets) channel.send(packet);
    await channel.end();
    await server.says('disconnect / parse error');
    await server.stats();
  });
}
