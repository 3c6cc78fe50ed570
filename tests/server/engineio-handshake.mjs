// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Engine.IO's handshake, its errors, and who may ask.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CALM, Channel, Polling, Server, refusal } from './harness.mjs';

const ERRORS = [
  ['Transport unknown', 'EIO=4&transport=carrier-pigeon', 400, 0],
  ['Transport unknown', 'EIO=4', 400, 0],
  ['Session ID unknown', 'EIO=4&transport=polling&sid=nobody', 400, 1],
  ['Session ID unknown', 'EIO=4&transport=polling&sid=', 400, 1],
  ['Unsupported protocol version', 'EIO=3&transport=polling', 400, 5],
  ['Unsupported protocol version', 'transport=polling', 400, 5],
  ['Unsupported protocol version', 'EIO=44&transport=polling', 400, 5],
  ['Bad request', 'EIO=4&transport=websocket', 400, 3],
];

test('over polling: five keys, one upgrade', async (t) => {
  const server = await Server.start(t, { 'ping-interval': 300, 'ping-timeout': 200, 'max-payload': 77777 });
  const response = await fetch(`${server.url}/engine.io/?EIO=4&transport=polling`);

  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/plain/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const text = await response.text();
  assert.equal(text[0], '0');
  const { sid, ...rest } = JSON.parse(text.slice(1));
  assert.deepEqual(rest, { upgrades: ['websocket'], pingInterval: 300, pingTimeout: 200, maxPayload: 77777 });
  assert.match(sid, /^[A-Za-z0-9_-]{22,}$/);
});

test('over websocket: nothing to upgrade to', async (t) => {
  const server = await Server.start(t);
  const channel = await Channel.handshake(server);
  const { sid, ...rest } = JSON.parse(channel.handshakeText.slice(1));

  assert.deepEqual(rest, { upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 });
  assert.match(sid, /^[A-Za-z0-9_-]{22,}$/);
});

test('the defaults are 25000, 20000 and 1000000', async (t) => {
  const { handshake } = await Polling.open(await Server.start(t, { defaults: true }));
  const { pingInterval, pingTimeout, maxPayload } = handshake;
  assert.deepEqual([pingInterval, pingTimeout, maxPayload], [25000, 20000, 1000000]);
});

test('sids differ, and the path does without its last slash', async (t) => {
  const server = await Server.start(t);
  const sids = new Set();

  for (let i = 0; i < 50; i++) sids.add((await Polling.open(server, '/socket.io')).sid);
  assert.equal(sids.size, 50);
});

test('errors over polling', async (t) => {
  const server = await Server.start(t);

  for (const [message, query, status, code] of ERRORS) {
    const response = await fetch(`${server.url}/engine.io/?${query}`);
    assert.equal(response.status, status, query);
    assert.match(response.headers.get('content-type'), /^application\/json/);
    assert.deepEqual(await response.json(), { code, message });
  }
  for (const method of ['POST', 'PUT', 'DELETE']) {
    // Node 18 cannot send an empty body with a DELETE.
    const body = method === 'DELETE' ? undefined : '';
    const response = await fetch(`${server.url}/engine.io/?EIO=4&transport=polling`, { method, body });
    assert.equal(response.status, 400);
    assert.deepEqual(await response.json(), { code: 2, message: 'Bad handshake method' });
  }
});

test('errors over websocket', async (t) => {
  const server = await Server.start(t);

  for (const [message, query, status, code] of ERRORS) {
    if (query.includes('polling') && code !== 5) continue;
    const websocket = query.replace('transport=polling', 'transport=websocket');
    if (websocket === 'EIO=4&transport=websocket') continue;
    assert.deepEqual(await refusal(server, `/engine.io/?${websocket}`), { status, body: { code, message } });
  }
  assert.deepEqual(await refusal(server, '/engine.io/?EIO=4&transport=websocket&sid=nobody'), {
    status: 400,
    body: { code: 1, message: 'Session ID unknown' },
  });
  assert.deepEqual(await refusal(server, '/engine.io/?EIO=4&transport=polling'), {
    status: 400,
    body: { code: 3, message: 'Bad request' },
  });
  assert.equal((await refusal(server, '/elsewhere?EIO=4&transport=websocket')).status, 404);
});

test('an origin that is not allowed gets 403, over websocket too', async (t) => {
  const server = await Server.start(t, { ...CALM, origin: 'https://calls.example' });
  const forbidden = { code: 4, message: 'Forbidden' };
  const query = '/engine.io/?EIO=4&transport=';

  for (const origin of ['https://evil.example', 'https://calls.example.evil.example', 'null']) {
    const response = await fetch(`${server.url}${query}polling`, { headers: { origin } });
    assert.equal(response.status, 403);
    assert.equal(response.headers.get('access-control-allow-origin'), null);
    assert.deepEqual(await response.json(), forbidden);
    assert.deepEqual(await refusal(server, `${query}websocket`, { origin }), { status: 403, body: forbidden });
  }
});

test('origins that are allowed: the listed one, our own host, none', async (t) => {
  const server = await Server.start(t, { ...CALM, origin: 'https://calls.example' });

  for (const origin of ['https://calls.example', server.url]) {
    const response = await fetch(`${server.url}/engine.io/?EIO=4&transport=polling`, { headers: { origin } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), origin);
    assert.equal(response.headers.get('vary'), 'Origin');
    await Channel.open(server, '', '/engine.io/', { headers: { origin } });
  }
  const response = await fetch(`${server.url}/engine.io/?EIO=4&transport=polling`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('access-control-allow-origin'), null);
});

test('without a list only our own host is allowed; with * everybody', async (t) => {
  const strict = await Server.start(t, { ...CALM, origin: '' });
  const open = await Server.start(t);
  const headers = { origin: 'https://anywhere.example' };
  const query = '/engine.io/?EIO=4&transport=polling';

  assert.equal((await fetch(strict.url + query, { headers })).status, 403);
  assert.equal((await fetch(strict.url + query, { headers: { origin: strict.url } })).status, 200);
  const response = await fetch(open.url + query, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
});
