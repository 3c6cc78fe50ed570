// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Under systemd: passed sockets, what it is told and when, its watchdog; and without it: several addresses at once.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SERVER, Server, tokenOf, watchdog } from './api-harness.mjs';
import { dir, environment, run, secret } from './ops-harness.mjs';

const PARENT = fileURLToPath(new URL('systemd-parent.py', import.meta.url));

class Service {
  constructor(count, args, env = {}) {
    this.child = spawn('python3', [PARENT, count, SERVER, ...args, '--jwt-secret-file', secret, '--database', ':memory:'],
      { stdio: ['ignore', 'pipe', 'pipe'], env: environment(env), cwd: dir });
    this.lines = [];
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return; // the server's own words
      this.lines.push(JSON.parse(line));
      this.waiting = this.waiting.filter((look) => !look());
    });
    this.stderr = '';
    this.child.stderr.on('data', (data) => { this.stderr += data; });
  }

  // The next line that fits, and those before it are let go.
  next(fits, what) {
    return watchdog(new Promise((resolve) => {
      const look = () => {
        const at = this.lines.findIndex(fits);
        if (at >= 0) resolve(this.lines.splice(0, at + 1).at(-1));
        return at >= 0;
      };
      if (!look()) this.waiting.push(look);
    }), what, 20000);
  }

  told(word) { return this.next(({ notify }) => notify?.includes(word), word); }
  signal(name) { process.kill(this.pid, name); }

  async start() {
    const { pid, ports } = await this.next((line) => line.pid, 'the process');
    Object.assign(this, { pid, ports });
    await this.told('READY=1');
    return this;
  }

  async stop() {
    this.signal('SIGTERM');
    await this.told('STOPPING=1');
    assert.equal((await this.next((line) => 'status' in line, 'its end')).status, 0, this.stderr);
  }
}

const get = (options) => watchdog(new Promise((resolve, reject) => {
  http.get({ agent: false, ...options }, (response) => {
    response.resume();
    response.on('end', () => resolve(response.statusCode));
  }).on('error', reject);
}), 'an answer');

test('the sockets that systemd passes, all of them, and beside another address', async () => {
  const at = path.join(dir, 'beside.sock');
  const service = await new Service(2, ['--listen', 'systemd', '--listen', `unix:${at}`]).start();
  assert.equal(service.ports.length, 2);
  for (const port of service.ports) assert.equal(await get({ host: '127.0.0.1', port, path: '/readyz' }), 200);
  assert.equal(await get({ socketPath: at, path: '/readyz' }), 200);
  await service.stop();
});

test('READY, RELOADING and READY again, STATUS, STOPPING', async () => {
  const service = await new Service(1, ['--listen', 'systemd']).start();
  assert.match((await service.told('STATUS=0 sockets, 0 calls')).notify[0], /^STATUS=/);
  service.signal('SIGHUP');
  const reload = (await service.told('RELOADING=1')).notify;
  assert.ok(reload.some((line) => /^MONOTONIC_USEC=\d+$/.test(line)), reload.join());
  await service.told('READY=1');
  await service.stop();
});

test('WATCHDOG more often than asked for; none where it is not', async () => {
  const service = await new Service(1, ['--listen', 'systemd'], { WATCHDOG_USEC: '300000' }).start();
  for (let i = 0; i < 3; i++) await service.told('WATCHDOG=1');
  await service.stop();
  const quiet = await new Service(1, ['--listen', 'systemd']).start();
  quiet.signal('SIGHUP');
  await quiet.told('RELOADING=1');
  assert.ok(!quiet.lines.some(({ notify }) => notify?.includes('WATCHDOG=1')));
  await quiet.stop();
});

test('systemd asked for and not there; a descriptor that does not listen', async () => {
  const missing = await run(['--dev', '--listen', 'systemd']);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^gst-call-server: listen: systemd passed no socket.*\n$/);
  const wrong = await run(['--dev', '--listen', 'fd:77']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^gst-call-server: cannot listen on fd:77: .+\n$/);
});

test('several addresses, each said: IPv4, IPv6, a unix socket that a dead server left', async () => {
  const at = path.join(dir, 'left.sock');
  const first = await new Server(['--listen', `unix:${at}`]).start();
  await first.stop('SIGKILL');
  assert.ok(statSync(at).isSocket());
  assert.equal(statSync(at).mode & 0o777, 0o666, 'for a proxy of another user');
  const server = new Server(['--listen', '[::1]:0', '--listen', `unix:${at}`]);
  await server.start();
  await watchdog(new Promise((resolve) => {
    const look = () => (server.stdout.split('\n').length > 3 ? resolve() : setImmediate(look));
    look();
  }), 'three lines');
  const urls = [...server.stdout.matchAll(/^gst-call-server listening on (.*)$/gm)].map(([, url]) => url);
  assert.match(urls[1], /^http:\/\/\[::1\]:\d+$/);
  assert.equal(urls[2], `unix:${at}`);
  assert.equal(await get({ host: '::1', port: new URL(urls[1]).port, path: '/healthz' }), 200);
  assert.equal(await get({ socketPath: at, path: '/healthz' }), 200);
  const taken = await run(['--dev', '--listen', `unix:${at}`]);
  assert.match(taken.stderr, /^gst-call-server: cannot listen on unix:.*: Address already in use\n$/);
  assert.equal(await get({ socketPath: at, path: '/healthz' }), 200, 'it is still the first server\'s');
  await server.close();
  assert.ok(!existsSync(at), 'the file goes with the server');
});

test('a port that is taken is named', async () => {
  const server = await new Server().start();
  const { code, stderr } = await run(['--dev', '--listen', `127.0.0.1:${server.port}`]);
  assert.deepEqual([code, stderr],
    [1, `gst-call-server: cannot listen on 127.0.0.1:${server.port}: Address already in use\n`]);
  await server.close();
});

test('the unit files pass systemd-analyze', { skip: spawnSync('systemd-analyze').error && 'systemd-analyze is not installed' },
  () => {
    const build = path.dirname(SERVER);
    const units = ['service', 'socket'].map((kind) => path.join(build, '..', '..', 'data', `gst-call-server.${kind}`));
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' });
    const ours = stderr.split('\n').filter((line) => /gst-call-server/.test(line) && !/is not executable/.test(line));
    assert.deepEqual(ours, []);
  });

test('calls over a unix socket: REST with a token', async () => {
  const at = path.join(dir, 'rest.sock');
  const server = await new Server(['--listen', `unix:${at}`]).start();
  const headers = { authorization: `Bearer ${tokenOf('alice')}` };
  assert.equal(await get({ socketPath: at, path: '/api/calls/active', headers }), 200);
  assert.equal(await get({ socketPath: at, path: '/api/calls/active' }), 401);
  await server.close();
});
