// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Which pages may use the server: what a browser is told, and what is refused to a page of another origin.

import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { CALM, Channel, Server, refusal, within } from './harness.mjs';

const ALLOWED = 'https://calls.example:8443';
const FOREIGN = [
  'https://evil.example', 'http://calls.example:8443', 'https://calls.example', 'https://calls.example:8444', 'null', '',
  'https://calls.example:8443.evil.example', 'https://evil.example/https://calls.example:8443', 'calls.example:8443', '://', 'https://',
]; // prettier-ignore

// fetch() leaves Host alone; this sends what it is given.
function ask(server, path, { method = 'GET', ...headers } = {}) {
  return within(
    new Promise((resolve, reject) => {
      const request = http.request(server.url + path, { method, headers }, (response) => {
        let body = '';
        response.on('data', (data) => (body += data));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      request.on('error', reject);
      request.end();
    }),
    'an answer',
  );
}

const start = (t, origin = ALLOWED) => Server.start(t, { ...CALM, origin });

test('an allowed page reads answers and their quota, with credentials', async (t) => {
  const server = await start(t);

  for (const origin of [ALLOWED, 'HTTPS://Calls.Example:8443']) {
    const { status, headers } = await ask(server, '/echo', { origin });
    assert.equal(status, 200);
    assert.equal(headers['access-control-allow-origin'], origin);
    assert.equal(headers['access-control-allow-credentials'], 'true');
    assert.equal(headers.vary, 'Origin');
    for (const name of ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'])
      assert.ok(headers['access-control-expose-headers'].includes(name), name);
  }
});

test('a foreign page is told nothing, and a cache keeps answers apart', async (t) => {
  const server = await start(t);

  for (const origin of FOREIGN) {
    const { headers } = await ask(server, '/echo', { origin });
    assert.equal(headers['access-control-allow-origin'], undefined, origin);
    assert.equal(headers['access-control-allow-credentials'], undefined, origin);
    assert.equal(headers.vary, 'Origin');
  }
  assert.equal((await ask(server, '/echo')).headers.vary, 'Origin');
});

test('preflights', async (t) => {
  const server = await start(t);

  for (const path of ['/api/x', '/socket.io/']) {
    const good = await ask(server, path, { method: 'OPTIONS', origin: ALLOWED, 'access-control-request-method': 'DELETE' });
    assert.equal(good.status, 204);
    assert.match(good.headers['access-control-allow-methods'], /DELETE/);
    assert.match(good.headers['access-control-allow-headers'], /Authorization/);
    assert.equal(good.headers['access-control-max-age'], '600');
    const bad = await ask(server, path, { method: 'OPTIONS', origin: FOREIGN[0], 'access-control-request-method': 'DELETE' });
    assert.equal(bad.status, 204);
    assert.equal(bad.headers['access-control-allow-methods'], undefined);
  }
});

test('polling and websockets of a foreign page get 403', async (t) => {
  const server = await start(t);

  for (const origin of FOREIGN.filter((text) => text !== '')) {
    for (const path of ['/socket.io/', '/engine.io/']) {
      const polling = await ask(server, `${path}?EIO=4&transport=polling`, { origin });
      assert.equal(polling.status, 403, origin);
      assert.deepEqual(JSON.parse(polling.body), { code: 4, message: 'Forbidden' });
      const upgrade = await refusal(server, `${path}?EIO=4&transport=websocket`, { origin });
      assert.deepEqual(upgrade, { status: 403, body: { code: 4, message: 'Forbidden' } });
    }
  }
});

test('those of an allowed page, and of no page, are let in', async (t) => {
  const server = await start(t);

  for (const headers of [{ origin: ALLOWED }, {}]) {
    assert.equal((await ask(server, '/socket.io/?EIO=4&transport=polling', headers)).status, 200);
    const channel = await Channel.open(server, '', '/socket.io/', { headers });
    assert.match(await channel.next(), /^0\{/);
    channel.socket.close();
  }
});

test('the server’s own pages need no list; the scheme counts when it is known', async (t) => {
  const server = await start(t, '');
  const polling = (headers) => ask(server, '/socket.io/?EIO=4&transport=polling', headers).then(({ status }) => status);

  for (const [host, origin, proto, status] of [
    ['calls.example', 'https://calls.example', undefined, 200],
    ['calls.example', 'http://calls.example', undefined, 200],
    ['calls.example:443', 'https://calls.example', undefined, 200],
    ['calls.example:80', 'http://calls.example', undefined, 200],
    ['Calls.Example:8080', 'http://calls.example:8080', undefined, 200],
    ['calls.example', 'https://calls.example', 'https', 200],
    ['calls.example', 'http://calls.example', 'https', 200], // it may be anybody's word: see ops-proxy.mjs
    ['calls.example', 'https://calls.example:8443', undefined, 403],
    ['calls.example:8080', 'https://calls.example', undefined, 403],
    ['calls.example', 'null', undefined, 403],
    ['calls.example', 'ftp://calls.example', undefined, 403],
  ])
    assert.equal(await polling({ host, origin, ...(proto ? { 'x-forwarded-proto': proto } : {}) }), status, `${host} ${origin} ${proto}`);
});

test('* lets all in, without credentials', async (t) => {
  const server = await start(t, '*');
  const { headers } = await ask(server, '/echo', { origin: 'null' });

  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(headers['access-control-allow-credentials'], undefined);
  assert.equal((await ask(server, '/socket.io/?EIO=4&transport=polling', { origin: 'https://evil.example' })).status, 200);
});
