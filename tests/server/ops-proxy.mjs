// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Behind a reverse proxy: whose X-Forwarded-For is believed, and how far.

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { Server, watchdog } from './api-harness.mjs';
import { dir, run } from './ops-harness.mjs';

const get = (options) => watchdog(new Promise((resolve, reject) => {
  http.get({ agent: false, ...options }, (response) => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject);
}), 'an answer');

// The address that the log has for a request with each of @headers.
async function addresses(args, headers, where = {}) {
  const server = await new Server(['--log-level', 'info', '--log-format', 'json', ...args]).start();
  for (const value of headers) {
    await get({ host: '127.0.0.1', port: server.port, ...where, path: '/healthz',
      headers: value === null ? {} : { 'x-forwarded-for': value } });
  }
  await server.stop();
  const lines = server.stderr.trimEnd().split('\n').map((line) => JSON.parse(line));
  await server.close();
  return lines.filter(({ module }) => module === 'http').map(({ address }) => address);
}

test('nobody is believed unless listed', async () => {
  assert.deepEqual(await addresses([], ['203.0.113.7', null]), ['127.0.0.1', '127.0.0.1']);
  assert.deepEqual(await addresses(['--trusted-proxy', '10.0.0.0/8'], ['203.0.113.7']), ['127.0.0.1']);
});

test('from the end of the list, through those that are trusted, to the first that is not', async () => {
  const trusted = ['--trusted-proxy', '127.0.0.0/8', '--trusted-proxy', '10.0.0.1', '--trusted-proxy', '2001:db8::/32'];
  const cases = {
    '203.0.113.7': '203.0.113.7',
    '1.1.1.1, 203.0.113.7': '203.0.113.7',
    '1.1.1.1, 203.0.113.7, 10.0.0.1': '203.0.113.7',
    '203.0.113.7,10.0.0.2': '10.0.0.2',
    '2001:470::1, 2001:db8::5': '2001:470::1',
    '1.1.1.1, not an address': '127.0.0.1',
    '203.0.113.7, , 10.0.0.1': '10.0.0.1',
    '10.0.0.1': '10.0.0.1',
    '203.0.113.7\\, "x"': '127.0.0.1',
  };
  const found = await addresses(trusted, [...Object.keys(cases), null]);
  assert.deepEqual(found, [...Object.values(cases), '127.0.0.1']);
});

test('a proxy on a unix socket', async () => {
  const at = path.join(dir, 'proxy.sock');
  const where = { host: undefined, port: undefined, socketPath: at };
  const listen = ['--listen', `unix:${at}`];
  assert.deepEqual(await addresses([...listen, '--trusted-proxy', 'unix'], ['203.0.113.7', null], where), ['203.0.113.7', 'unix']);
  assert.deepEqual(await addresses(listen, ['203.0.113.7'], where), ['unix']);
});

test('the scheme of a page counts when a trusted proxy says it', async () => {
  for (const [args, proto, statuses] of [
    [['--trusted-proxy', '127.0.0.1'], 'https', [200, 403]],
    [['--trusted-proxy', '127.0.0.1'], 'http', [403, 200]],
    [['--trusted-proxy', '127.0.0.1'], undefined, [200, 200]],
    [['--trusted-proxy', '10.0.0.1'], 'https', [200, 200]],
    [[], 'http', [200, 200]],
  ]) {
    const server = await new Server(args).start();
    for (const [i, scheme] of ['https', 'http'].entries()) {
      const headers = { host: 'calls.example', origin: `${scheme}://calls.example`,
        ...(proto ? { 'x-forwarded-proto': proto } : {}) };
      const status = await get({ host: '127.0.0.1', port: server.port, path: '/socket.io/?EIO=4&transport=polling', headers });
      assert.equal(status, statuses[i], `${args} ${proto} ${scheme}`);
    }
    await server.close();
  }
});

test('refused: what is no address and no network', async () => {
  for (const value of ['proxy.example', '10.0.0.0/33', '10.0.0.1/8x']) {
    const { code, stderr } = await run(['--dev', '--trusted-proxy', value]);
    assert.equal(code, 2);
    assert.match(stderr, /^gst-call-server: trusted-proxy: .+\n$/);
  }
});
