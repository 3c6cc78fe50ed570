// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The end of a server: what is under way is answered, sockets are told, calls stay, a second signal does not wait.
// And its beginning: as many descriptors as it may have.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';

import { SERVER, Server, tokenOf, watchdog } from './api-harness.mjs';
import { dir, environment, secret } from './ops-harness.mjs';

// The server's log says when it has read the head of a request.
const SEEN = ['--log-level', 'packets'];

async function until(check, what) {
  const end = Date.now() + 10000;
  while (!check()) {
    assert.ok(Date.now() < end, `waited for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

// A POST of which half the body is sent: rest() sends the other half, answer is all that came by the connection's end.
async function halfRequest(server, body) {
  const socket = net.connect(server.port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (data) => { text += data; });
  const answer = new Promise((resolve) => socket.on('close', () => resolve(text)).on('error', () => {}));
  socket.write(`POST /api/calls/start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('alice')}\r\n`
    + `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
  await until(() => server.stderr.includes('packets http: POST /api/calls/start'), 'the request to be read');
  return { rest: () => socket.write(body.slice(5)), answer };
}

const refused = (server) => watchdog(new Promise((resolve) => {
  const look = () => net.connect(server.port, '127.0.0.1').on('connect', function connected() {
    this.destroy();
    setImmediate(look);
  }).on('error', resolve);
  look();
}), 'the port to close');

test('SIGTERM: no new connections, sockets told, the request under way answered, its call kept', async () => {
  const server = await new Server(['--grace-timeout', '60', ...SEEN]).start();
  await server.know('alice', 'bob', 'carol', 'dave');
  const [carol, dave] = await Promise.all([server.connect('carol'), server.connect('dave')]);
  const { callId } = await carol.ask('call-start', { targetUserId: 'dave' });
  assert.equal((await dave.ask('call-accept', { callId })).ok, true);
  const told = new Promise((resolve) => carol.socket.on('disconnect', resolve));

  const request = await halfRequest(server, JSON.stringify({ targetUserId: 'bob' }));
  server.child.kill('SIGTERM');
  await refused(server);
  await watchdog(told, 'the socket to be told');
  request.rest();
  const answer = await watchdog(request.answer, 'the answer');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*"status":"calling"/i);
  assert.deepEqual(await watchdog(server.exited, 'the end'), { code: 0, signal: null });

  await server.start();
  const active = (await server.rest('GET', '/api/calls/active', 'carol')).body;
  assert.deepEqual(active.map(({ _id, status }) => [_id, status]), [[callId, 'active']]);
  assert.equal((await server.rest('GET', '/api/calls/active', 'alice')).body[0].status, 'calling');
  await server.close();
});

test('drain-timeout ends the waiting; a second SIGTERM does so at once', async () => {
  const brief = await new Server(['--drain-timeout', '0.2', ...SEEN]).start();
  await halfRequest(brief, '{"targetUserId":"bob"}');
  assert.deepEqual(await brief.stop(), { code: 0, signal: null });
  brief.sockets = [];
  const patient = await new Server(['--drain-timeout', '3600', ...SEEN]).start();
  await halfRequest(patient, '{"targetUserId":"bob"}');
  patient.child.kill('SIGTERM');
  await refused(patient);
  assert.equal(patient.child.exitCode, null, 'it waits for the request');
  assert.deepEqual(await patient.stop('SIGTERM'), { code: 0, signal: null });
});

async function limited(hard, soft) {
  const child = spawn('sh', ['-c', `ulimit -Sn ${soft}; ulimit -Hn ${hard}; exec "$0" "$@"`, SERVER, '--listen', '127.0.0.1:0',
    '--database', ':memory:', '--jwt-secret-file', secret], { stdio: ['ignore', 'pipe', 'pipe'], env: environment(), cwd: dir });
  let stderr = '';
  child.stderr.on('data', (data) => { stderr += data; });
  await watchdog(new Promise((resolve) => child.stdout.once('data', resolve)), 'the server to listen');
  const limits = readFileSync(`/proc/${child.pid}/limits`, 'utf8').match(/^Max open files +(\d+) +(\d+)/m).slice(1);
  child.kill('SIGTERM');
  await watchdog(new Promise((resolve) => child.on('close', resolve)), 'the end');
  return { limits, stderr };
}

test('descriptors: the soft limit is raised to the hard one, and few of them are a warning', async () => {
  const enough = await limited(2000, 100);
  assert.deepEqual(enough.limits, ['2000', '2000']);
  assert.equal(enough.stderr, '');
  const few = await limited(300, 100);
  assert.deepEqual(few.limits, ['300', '300']);
  assert.match(few.stderr, /at most 300 file descriptors/);
});
