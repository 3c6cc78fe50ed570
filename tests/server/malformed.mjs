// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Requests and packets from a seeded generator: what was once right, broken in some places. Each is answered, never with
// 5xx, or its connection is closed; a client that behaves is served all the while. MALFORMED_COUNT (10000),
// MALFORMED_SEED (1): a failure names the seed and the bytes.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { Server, tokenOf, watchdog } from './api-harness.mjs';

const { WebSocket } = await import('ws');

const COUNT = Number(process.env.MALFORMED_COUNT ?? 10000);
const SEED = Number(process.env.MALFORMED_SEED ?? 1);
const AT_ONCE = 400;
const LATE_MS = 30000; // of one request, on a machine that is busy with all the others

let state = SEED;
const random = (n) => (state = (state * 48271) % 2147483647) % n;
const one = (list) => list[random(list.length)];
const token = tokenOf('alice');

// ---- the generator ----

const WORDS = ['"', '\\', '{', '}', '[', ']', ':', ',', '\u0000', '\r\n', '\n', '\r\n\r\n', '\t', ' ', '%', '%00', '%ff', '%zz',
  '..', '/', '//', '?', '&', '=', 'a'.repeat(300), '9'.repeat(40), '-1', '1e999', 'null', 'true', '\\u0000', '\\ud800', 'é', '\x1e',
  'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n', 'Content-Length: x\r\n', 'Expect: 100-continue\r\n', 'Upgrade: h2c\r\n',
  '_placeholder', '"num":99', '/custom,', 'HTTP/9.9', 'GET ', 'POST '];

function broken(text) {
  for (let n = random(4); n >= 0; n--) {
    const at = random(text.length + 1);
    const kind = random(6);
    if (kind === 0) text = text.slice(0, at) + one(WORDS) + text.slice(at);
    else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + random(8));
    else if (kind === 2) text = text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    else if (kind === 3) text = text.slice(0, at) + text.slice(random(at + 1));
    else if (kind === 4 && random(4) === 0) text = text.slice(0, at);
    else text = text.slice(0, at) + one(WORDS) + text.slice(at + random(10));
  }
  return text;
}

const VALUES = ['bob', '', 'x'.repeat(5000), 0, -1, 1.5, 1e300, true, null, [], {}, [[[[]]]], { a: { b: 1 } }, 'audio', 'video', '../..', '\u0001'];
const NAMES = ['targetUserId', 'callType', 'reason', 'message', 'callId', 'rating', 'mos', 'tracks', 'description', 'candidate',
  'renegotiate', 'channelName', 'uid', 'role', 'final', 'token'];
const object = () => Object.fromEntries(Array.from({ length: random(5) }, () => [one(NAMES), one(VALUES)]));

const PATHS = ['/api/calls/start', '/api/calls/history?page=1&limit=20&status=ended&from=2026-01-01&search=b', '/api/calls/active',
  '/api/calls/stats?period=week&tz=Europe/Berlin', '/api/calls/x/accept', '/api/calls/x/reject', '/api/calls/x/end', '/api/calls/x',
  '/api/calls/x/rating', '/api/calls/x/quality', '/api/users/contacts?search=bob', '/api/ice-servers', '/api/openapi.json',
  '/healthz', '/metrics', '/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=4&transport=polling&sid=none'];

function request() {
  const body = random(3) ? JSON.stringify(object()) : broken(JSON.stringify(object()));
  const method = one(['GET', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD']);
  const path = random(2) ? one(PATHS) : broken(one(PATHS)).replaceAll(/[\r\n ]/g, '_');
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${random(4) ? token : broken(token)}\r\n`
    + (random(6) ? '' : 'Origin: https://evil.example\r\n')
    + (random(6) ? '' : 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n')
    + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(random(3) ? broken(head + body) : head + body, random(2) ? 'latin1' : 'utf8');
}

const PACKETS = () => [`40{"token":"${token}"}`, '42["call-active",{}]', `421["call-start",${JSON.stringify(object())}]`,
  `422["call-signal",${JSON.stringify(object())}]`, `42["${one(NAMES)}"]`, '451-["call-quality",{"_placeholder":true,"num":0}]', '431[]',
  '41', '3', '2', '2probe', '5', '6', '1', '44{}', '40/custom,{}', '0{}', `423["auth",${JSON.stringify(object())}]`];
const packet = () => (random(5) ? broken(one(PACKETS())) : one(PACKETS()));

// ---- sending ----

// The status that it was answered with, or 'closed'.
function send(server, bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1' });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`seed ${SEED}: no answer to ${JSON.stringify(bytes.toString('latin1'))}`));
    }, LATE_MS);
    const done = (result) => { clearTimeout(timer); socket.destroy(); resolve(result); };
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text);
      if (status) done(Number(status[1]));
    });
    socket.on('error', () => done('closed'));
    socket.on('close', () => done('closed'));
    socket.write(bytes);
  });
}

// Packets on a websocket of a user, until the server closes it or all are sent and an answer to a last one came.
function talk(server, packets) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
    const timer = setTimeout(() => reject(new Error(`seed ${SEED}: no end after ${JSON.stringify(packets)}`)), LATE_MS);
    const done = () => { clearTimeout(timer); socket.terminate(); resolve(); };
    socket.on('error', done);
    socket.on('close', done);
    socket.on('message', (data) => { if (data.toString().startsWith('4399[')) done(); });
    socket.on('open', () => {
      socket.send(`40{"token":"${token}"}`);
      for (const text of packets) socket.send(random(20) ? text : Buffer.from(text));
      socket.send('4299["call-active",{}]');
      socket.send('1');
    });
  });
}

async function post(server, packets) {
  const base = `${server.url}/socket.io/?EIO=4&transport=polling`;
  const handshake = await fetch(base).then((response) => response.text()).catch(() => null);
  if (handshake === null) return 0;
  const { sid } = JSON.parse(handshake.slice(1));
  const say = async (body) => {
    const post = fetch(`${base}&sid=${sid}`, { method: 'POST', body }).catch(() => null); // closed
    const response = await watchdog(post, 'the answer to a POST', LATE_MS);
    await response?.text();
    return response?.status ?? 0;
  };
  const status = await say(packets.join('\x1e') || '\x1e');
  await say('1');
  return status;
}

async function all(count, work) {
  let left = count;
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
    while (left-- > 0) await work();
  }));
}

// ---- a client that behaves, all the while ----

let server, well, running = true, served = 0;

async function behave() {
  const carol = await server.connect('carol');
  while (running) {
    assert.equal((await server.rest('GET', '/api/calls/active', 'carol')).status, 200);
    assert.equal((await carol.ask('call-active', {})).ok, true);
    served++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

before(async () => {
  const off = ['user', 'start', 'signal', 'connect', 'address', 'login'].flatMap((name) => [`--rate-limit-${name}`, '0']);
  server = await new Server([...off, '--address-socket-limit', '0', '--user-socket-limit', '1000', '--header-timeout', '1']).start();
  await server.know('alice', 'bob', 'carol');
  well = behave();
  well.catch(() => {});
});

after(async () => {
  running = false;
  await well;
  assert.ok(served > 10, `a client that behaves was served ${served} times`);
  await server.close();
});

test(`${Math.round(COUNT * 0.6)} requests`, async () => {
  const seen = {};
  await all(Math.round(COUNT * 0.6), async () => {
    const bytes = request();
    const status = await send(server, bytes);
    seen[status] = (seen[status] ?? 0) + 1;
    assert.ok(status === 'closed' || status < 500, `seed ${SEED}: ${status} to ${JSON.stringify(bytes.toString('latin1'))}`);
  });
  console.log(`# ${JSON.stringify(seen)}`);
  assert.ok(seen[400] > 0 && seen[401] > 0 && seen[404] > 0);
});

test(`${Math.round(COUNT * 0.4)} packets`, async () => {
  await all(Math.round(COUNT * 0.04), () => talk(server, Array.from({ length: 5 }, packet)));
  await all(Math.round(COUNT * 0.04), async () => {
    const packets = Array.from({ length: 5 }, packet);
    const status = await post(server, packets);
    assert.ok(status < 500, `seed ${SEED}: ${status} to ${JSON.stringify(packets)}`);
  });
});
