// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// TLS: https and wss on the one port, the protocol versions, new certificates under open connections.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';

import { io, Server, tokenOf, watchdog } from './api-harness.mjs';
import { dir, file, run } from './ops-harness.mjs';

for (const tool of ['openssl', 'curl']) {
  if (spawnSync(tool, ['version']).error) {
    console.error(`${tool} is not installed`);
    process.exit(77);
  }
}

function certificate(name) {
  const [key, pem] = [`${name}.key`, `${name}.pem`].map((at) => path.join(dir, at));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', pem], { stdio: 'ignore' });
  return { key, pem };
}
const first = certificate('first'), second = certificate('second');
const [key, pem] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')];
function use(one) {
  copyFileSync(one.key, key);
  copyFileSync(one.pem, pem);
}
const flags = ['--tls-certificate', pem, '--tls-key', key];

const curl = (server, ca, at, ...more) => spawnSync('curl', ['-sS', '--cacert', ca.pem, '--max-time', '10', ...more, server.url + at],
  { encoding: 'utf8' });
const s_client = (server, ...more) => spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, ...more],
  { encoding: 'utf8', input: '' });

function connect(server, ca, options) {
  const socket = io(server.url, { auth: { token: tokenOf('alice') }, ca: readFileSync(ca.pem), forceNew: true, ...options });
  return watchdog(new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', reject);
  }), 'the socket');
}
const ask = (socket, name, body = {}) => watchdog(new Promise((resolve) => socket.emit(name, body, resolve)), name);
const subject = (server) => watchdog(new Promise((resolve, reject) => {
  const socket = tls.connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().subject.CN);
    socket.destroy();
  }).on('error', reject);
}), 'the certificate');

async function until(check, what) {
  const end = Date.now() + 10000;
  while (!await check()) assert.ok(Date.now() < end, `waited for ${what}`);
}

test('https and wss on one port; answers of every size; nothing in the clear', async () => {
  use(first);
  const server = await new Server(flags).start();
  assert.match(server.url, /^https:/);
  assert.equal(curl(server, first, '/healthz').stdout, '{"status":"ok"}');
  const description = curl(server, first, '/api/openapi.json');
  assert.ok(JSON.parse(description.stdout).openapi, description.stderr);
  const token = ['-H', `Authorization: Bearer ${tokenOf('alice')}`];
  assert.equal(curl(server, first, '/api/calls/active', ...token).stdout, '[]');
  // Two requests on one connection, and a body.
  const post = curl(server, first, '/api/calls/start', ...token, '-d', '{}', '-w', '%{http_code}');
  assert.match(post.stdout, /Target user ID is required.*400$/);
  assert.notEqual(curl(server, second, '/healthz').status, 0, 'of another authority');
  assert.notEqual(spawnSync('curl', ['-s', '--max-time', '5', `http://127.0.0.1:${server.port}/healthz`]).status, 0);
  for (const options of [{ transports: ['websocket'] }, { transports: ['polling'] }, {}]) {
    const socket = await connect(server, first, options);
    assert.equal((await ask(socket, 'call-active')).ok, true);
    socket.disconnect();
  }
  await server.close();
});

test('TLS 1.2 and 1.3, nothing older; HTTP/1.1 by ALPN', async () => {
  use(first);
  const server = await new Server(flags).start();
  for (const version of ['-tls1_2', '-tls1_3']) assert.match(s_client(server, version).stdout, /Cipher is [^(]/, version);
  assert.match(s_client(server, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0').stdout, /Cipher is \(NONE\)/);
  assert.match(s_client(server, '-alpn', 'h2,http/1.1').stdout, /ALPN protocol: http\/1\.1/);
  await server.close();
});

test('SIGHUP: new connections get the new certificate, open ones go on; a broken file changes nothing', async () => {
  use(first);
  const server = await new Server(flags).start();
  const socket = await connect(server, first, { transports: ['websocket'], reconnection: false });
  const lost = [];
  socket.on('disconnect', (reason) => lost.push(reason));
  assert.equal(await subject(server), 'first');

  use(second);
  server.child.kill('SIGHUP');
  await until(async () => await subject(server) === 'second', 'the new certificate');
  assert.equal((await ask(socket, 'call-active')).ok, true);

  for (const [name, content] of [['broken', 'nothing'], ['mismatch', readFileSync(first.key)]]) {
    const before = server.stderr.length;
    copyFileSync(file(`${name}.key`, content), key);
    server.child.kill('SIGHUP');
    await until(() => new Promise((resolve) => setImmediate(() => resolve(server.stderr.length > before))), 'a line in the log');
    assert.match(server.stderr.slice(before), /certificate in use stays: .*key\.pem: .+\n$/);
    assert.equal(await subject(server), 'second');
  }
  assert.equal((await ask(socket, 'call-active')).ok, true);
  assert.deepEqual(lost, []);
  socket.disconnect();
  await server.close();
});

test('refused at start and by --check-config: files that are not there, broken, of two pairs, one without the other', async () => {
  use(first);
  const base = ['--dev', '--listen', '127.0.0.1:0'];
  for (const [args, what] of [
    [['--tls-certificate', '/nonexistent', '--tls-key', key], /nonexistent/],
    [['--tls-certificate', pem, '--tls-key', '/nonexistent'], /nonexistent/],
    [['--tls-certificate', file('no.pem', 'no'), '--tls-key', key], /no\.pem/],
    [['--tls-certificate', pem, '--tls-key', second.key], /second\.key: key values mismatch/],
    [['--tls-certificate', pem], /tls-certificate and tls-key need each other/],
  ]) {
    for (const [mode, codes] of [[[], [1, 2]], [['--check-config'], [2]]]) {
      const { code, stderr, stdout } = await run([...mode, ...base, ...args]);
      assert.ok(codes.includes(code), stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^gst-call-server: .+\n$/);
      assert.match(stderr, what);
    }
  }
  const database = path.join(dir, 'untouched.db');
  assert.equal((await run([...base, '--database', database, '--tls-certificate', '/nonexistent', '--tls-key', key])).code, 1);
  assert.ok(!existsSync(database), 'the database is not opened before the certificate is known to be good');
  assert.equal((await run(['--check-config', '--dev', ...flags])).stdout, 'configuration ok\n');
});

test('slow and broken handshakes do not keep others out', async () => {
  use(first);
  const server = await new Server(flags).start();
  const { connect: dial } = await import('node:net');
  const silent = Array.from({ length: 20 }, () => dial(server.port, '127.0.0.1').on('error', () => {}));
  const garbage = dial(server.port, '127.0.0.1').on('error', () => {});
  const closed = new Promise((resolve) => garbage.on('close', resolve));
  garbage.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  garbage.resume();
  await watchdog(closed, 'the end of a connection without TLS');
  assert.equal(curl(server, first, '/healthz').stdout, '{"status":"ok"}');
  for (const one of silent) one.destroy();
  await server.close();
});
