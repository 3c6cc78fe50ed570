// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Plain HTTP: what a handler is given, what a client gets, and requests that are none.

import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { CALM, Server, Tcp, until, within } from './harness.mjs';

const echo = async (server, path, options) => (await fetch(server.url + path, options)).text();

test('method, path, query, type, address and body reach the handler', async (t) => {
  const server = await Server.start(t);
  const headers = { 'content-type': 'application/json' };

  assert.equal(await echo(server, '/echo'), 'GET /echo q=- type=- from=127.0.0.1 body=');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    assert.equal(
      await echo(server, '/echo', { method, headers, body: '{"a":"ü"}' }),
      `${method} /echo q=- type=application/json from=127.0.0.1 body={"a":"ü"}`,
    );
  assert.equal(await echo(server, '/echo', { method: 'DELETE' }), 'DELETE /echo q=- type=- from=127.0.0.1 body=');
  assert.match(await echo(server, '/echo', { method: 'POST' }), /^POST .* body=$/);
});

test('percent-encoding is undone', async (t) => {
  const server = await Server.start(t);

  assert.match(await echo(server, '/echo/a%20b%C3%A4?x=1&q=%C3%A4+%26%3D=%2B&q=second'), /^GET \/echo\/a bä q=ä &==\+ /);
  assert.match(await echo(server, '/echo?q'), / q= type/);
});

test('HEAD has the head of GET', async (t) => {
  const server = await Server.start(t);
  const response = await fetch(`${server.url}/echo`, { method: 'HEAD' });

  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-length'), String('HEAD /echo q=- type=- from=127.0.0.1 body='.length));
  assert.equal(await response.text(), '');
  assert.match(await echo(server, '/echo'), /^GET/);
});

test('a status of the handler, and its headers but for one that would make another', async (t) => {
  const server = await Server.start(t);
  const response = await fetch(`${server.url}/nowhere`);

  assert.equal(response.status, 404);
  assert.equal(response.headers.get('x-fine'), 'yes');
  assert.equal(response.headers.get('x-evil'), null);
  assert.equal(response.headers.get('x-split'), null);
});

test('a preflight', async (t) => {
  const server = await Server.start(t, { ...CALM, origin: 'https://calls.example' });
  const ask = (origin) =>
    fetch(`${server.url}/api/x`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
  const good = await ask('https://calls.example');
  const bad = await ask('https://evil.example');

  assert.equal(good.status, 204);
  assert.equal(good.headers.get('access-control-allow-origin'), 'https://calls.example');
  assert.match(good.headers.get('access-control-allow-methods'), /DELETE/);
  assert.match(good.headers.get('access-control-allow-headers'), /Authorization/);
  assert.equal(bad.headers.get('access-control-allow-origin'), null);
  assert.equal(bad.headers.get('access-control-allow-methods'), null);
});

test('a body over the limit gets 413, and the connection goes on', async (t) => {
  const server = await Server.start(t);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = (size) =>
    new Promise((resolve, reject) => {
      const request = http.request(`${server.url}/echo`, { method: 'POST', agent }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text, reused: request.reusedSocket });
      });
      request.on('error', reject);
      request.end('x'.repeat(size));
    });

  assert.equal((await post(65536)).status, 200);
  const refused = await post(65537);
  assert.equal(refused.status, 413);
  const { message, ...rest } = JSON.parse(refused.text);
  assert.deepEqual(rest, { success: false, code: 'payload-too-large' });
  const next = await post(10);
  assert.deepEqual([next.status, next.reused], [200, true]);
  agent.destroy();
});

test('a body that would never end gets 413 at once', async (t) => {
  const server = await Server.start(t);
  const tcp = await Tcp.open(server);

  tcp.write(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${10 ** 12}\r\n\r\nxxxx`);
  await tcp.reply(/^HTTP\/1.1 413 [^]*Connection: close[^]*payload-too-large/);
  await tcp.end();
  tcp.destroy();
});

test('chunked bodies and bodies without a length get 411', async (t) => {
  const server = await Server.start(t);

  for (const head of ['Transfer-Encoding: chunked\r\n', '', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n']) {
    const tcp = await Tcp.open(server);
    tcp.write(`POST /echo HTTP/1.1\r\nHost: x\r\n${head}\r\n5\r\nhello\r\n0\r\n\r\n`);
    await tcp.reply(/^HTTP\/1.1 411 /);
    await tcp.end();
    assert.equal(tcp.text.match(/HTTP\/1.1 /g).length, 1, 'the body was taken for a request');
    tcp.destroy();
  }
});

for (const length of ['x', '-1', '1e3', '99999999999999999999999999', '5, 6', '5 5']) {
  test(`Content-Length: ${length} gets 400`, async (t) => {
    const tcp = await Tcp.open(await Server.start(t));
    tcp.write(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nhello`);
    await tcp.reply(/^HTTP\/1.1 400 /);
    await tcp.end();
    tcp.destroy();
  });
}

test('requests in one packet are answered in order', async (t) => {
  const tcp = await Tcp.open(await Server.start(t));
  const request = (n) => `GET /echo/${n} HTTP/1.1\r\nHost: x\r\n\r\n`;

  tcp.write(`${request(1)}${request(2)}GET /late HTTP/1.1\r\nHost: x\r\n\r\n${request(3)}`);
  await tcp.reply(/GET \/echo\/3/);
  assert.deepEqual(tcp.text.match(/GET \/echo\/\d|late(?=HTTP)/g), ['GET /echo/1', 'GET /echo/2', 'late', 'GET /echo/3']);
  tcp.destroy();
});

test('requests behind a POST in one packet may be dropped, but hold nobody up', async (t) => {
  const server = await Server.start(t);
  const request = (n) => `GET /echo/${n} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const post = (n, size = 3) => `POST /echo/${n} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${'a'.repeat(size)}`;

  for (const text of [
    post(1) + request(2), request(1) + post(2) + request(3), request(1) + post(2) + post(3) + post(4),
    request(1) + post(2, 70000) + request(3), post(1, 70000) + post(2, 70000), request(1) + post(2, 0) + request(3),
  ]) { // prettier-ignore
    const tcp = await Tcp.open(server);
    tcp.write(text);
    await Promise.race([tcp.reply(/^HTTP/).catch(() => {}), tcp.end()]);
    await within(server.stats(), 'the server answers others');
    await within(server.stats(), 'and once more');
    assert.ok(!/body=.*(GET|POST) \//.test(tcp.text.replaceAll(/HTTP\/1.1 200[^]*?\r\n\r\n/g, '\n')), tcp.text);
    tcp.destroy();
  }
});

test('HTTP/1.0 and Connection: close end with the answer', async (t) => {
  const server = await Server.start(t);

  for (const head of ['GET /echo HTTP/1.0\r\n', 'GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n']) {
    const tcp = await Tcp.open(server);
    tcp.write(`${head}\r\n`);
    await tcp.end();
    assert.match(tcp.text, /^HTTP\/1.1 200 [^]*Connection: close[^]*body=$/);
    tcp.destroy();
  }
});

test('an offer of HTTP/2 is not taken', async (t) => {
  const tcp = await Tcp.open(await Server.start(t));

  tcp.write(
    'GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n' +
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n',
  );
  await tcp.reply(/^HTTP\/1.1 200 [^]*GET \/echo/);
  tcp.destroy();
});

test('an answer may come later, and may find nobody', async (t) => {
  const server = await Server.start(t);

  assert.equal(await echo(server, '/late'), 'late');
  const descriptors = server.descriptors();
  for (let i = 0; i < 20; i++) {
    const tcp = await Tcp.open(server);
    tcp.write('GET /late HTTP/1.1\r\nHost: x\r\n\r\n');
    if (i % 2) tcp.socket.end();
    else tcp.socket.resetAndDestroy();
  }
  const cpu = server.cpu();
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(server.cpu() - cpu < 0.2, 'it spins while it waits');
  await until(() => server.descriptors() <= descriptors, 'all connections are closed');
});

test('a large answer to a slow reader', async (t) => {
  const server = await Server.start(t);

  for (const connection of ['keep-alive', 'close']) {
    const tcp = await Tcp.open(server);
    tcp.socket.pause();
    tcp.write(`GET /big HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.stats();
    tcp.socket.resume();
    await until(() => tcp.text.length > 4 * 1024 * 1024, 'all of it');
    assert.match(tcp.text, /\r\n\r\nb{4194304}$/);
    if (connection === 'close') await tcp.end();
    else {
      tcp.write('GET /echo HTTP/1.1\r\nHost: x\r\n\r\n');
      await tcp.reply(/body=$/);
    }
    tcp.destroy();
  }
});

test('what is no HTTP is closed, and nothing else happens', async (t) => {
  const server = await Server.start(t);
  const bytes = Buffer.from(Array.from({ length: 20000 }, (_, i) => (i * 7919 + 13) % 256));
  const hello = Buffer.from(
    '16030100dc010000d80303' + '00'.repeat(32) + '20' + '11'.repeat(32) + '0002130101000000', 'hex'); // prettier-ignore

  for (const data of [
    bytes, hello, 'x\r\n\r\n', '\r\n\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'BREW /pot HTTP/1.1\r\n\r\n',
    'GET\r\n\r\n', 'GET http://x/ HTTP/1.1\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', 'GET /echo%00x HTTP/1.1\r\nHost: x\r\n\r\n',
    `GET /${'x'.repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`, `GET /echo?${'a&'.repeat(20000)} HTTP/1.1\r\n\r\n`,
    `GET /echo HTTP/1.1\r\n${'X-Y: z\r\n'.repeat(5000)}\r\n`, `GET /echo HTTP/1.1\r\nX: ${'y'.repeat(100000)}\r\n\r\n`,
    'GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: rubbish\r\nConnection: Upgrade\r\n\r\n',
  ]) { // prettier-ignore
    const tcp = await Tcp.open(server);
    tcp.write(data);
    await tcp.end(15000);
    assert.ok(!/ 200 /.test(tcp.text), `${data.slice(0, 40)}: ${tcp.text}`);
    tcp.destroy();
  }
  assert.match(await echo(server, '/echo'), /^GET/);
});

test('a path or query that is no UTF-8 gets 400', async (t) => {
  const server = await Server.start(t);

  for (const path of ['/echo/%ff', '/echo?q=%ff', '/echo?a=b&%c3', '/socket.io/?EIO=4&transport=polling&token=%ff']) {
    const tcp = await Tcp.open(server);
    tcp.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await tcp.reply(/^HTTP\/1.1 400 /);
    tcp.destroy();
  }
});

test('a path does not climb', async (t) => {
  const tcp = await Tcp.open(await Server.start(t));

  tcp.write('GET /a/../../../echo/%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, path] = await tcp.reply(/(?:GET (\S+) q=|404 )/);
  assert.ok(!path?.includes('..'), path);
  tcp.destroy();
});

test('it counts', async (t) => {
  const server = await Server.start(t);
  const before = await server.stats();

  await echo(server, '/echo', { method: 'POST', body: '12345' });
  await (await fetch(`${server.url}/engine.io/`)).text();
  const after = await server.stats();
  assert.equal(after.httpRequests - before.httpRequests, 3);
  assert.equal(after.bytesIn - before.bytesIn, 5);
  assert.equal(after.refused - before.refused, 1);
  assert.ok(after.bytesOut > before.bytesOut);
});

test('while it stops, what is under way is answered, and new requests are not', async (t) => {
  const server = await Server.start(t);
  const late = echo(server, '/late');

  await until(async () => (await server.stats()).httpRequests >= 2, 'the request is in');
  server.terminate();
  assert.equal(await late, 'late');
  await assert.rejects(fetch(`${server.url}/echo`));
  await within(server.exited, 'the server stops');
});
