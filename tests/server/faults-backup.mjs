// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// backup while calls are made, and restore: what was acknowledged before a backup is in it; a restore takes nothing that
// is not whole, nothing from under a running server, and loses nothing that was there.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, test } from 'node:test';

import { SERVER, Server, watchdog } from './api-harness.mjs';

let server;
afterEach(() => server.close());

async function command(...args) {
  const child = spawn(SERVER, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => { stdout += data; });
  child.stderr.on('data', (data) => { stderr += data; });
  const code = await watchdog(new Promise((resolve) => child.on('close', resolve)), args.join(' '), 60000);
  return { code, stdout, stderr };
}
const done = { code: 0, stdout: '', stderr: '' };
const backup = (file, database = server.database) => command('backup', '--database', database, file);
const restore = (file, database = server.database) => command('restore', '--database', database, file);
const file = (name) => path.join(server.dir, name);
const failed = ({ code, stderr }, reason, exit = 1) => {
  assert.deepEqual([code, stderr.trim().split('\n').length], [exit, 1], stderr);
  assert.match(stderr, reason);
};

const startCall = async (from, to) =>
  (await server.rest('POST', '/api/calls/start', from, { targetUserId: to })).body.callId;
const idsOf = async (user) => (await server.rest('GET', '/api/calls/history?limit=100', user)).body.calls
  .map(({ callId }) => callId);

test('under load: each backup is whole and has what was acknowledged before it', async () => {
  server = await new Server().start();
  await server.know('alice', 'bob');
  const acknowledged = [];
  let more = true;
  const load = (async () => {
    while (more) {
      const callId = await startCall('alice', 'bob');
      await server.rest('POST', `/api/calls/${callId}/end`, 'alice');
      acknowledged.push(callId);
    }
  })();
  const before = [];
  for (let i = 0; i < 4; i++) {
    before[i] = [...acknowledged];
    assert.deepEqual(await backup(file(`backup-${i}.db`)), done);
    assert.equal(statSync(file(`backup-${i}.db`)).mode & 0o777, 0o600);
  }
  more = false;
  await load;
  assert.deepEqual(readdirSync(server.dir).filter((name) => /backup.*(-wal|-shm|\.\w{6}$)/.test(name)), []);
  await server.stop();
  for (let i = 0; i < 4; i++) {
    assert.equal((await restore(file(`backup-${i}.db`))).code, 0);
    const { stdout } = await command('calls', '--database', server.database, '--limit', '100000', '--format', 'json');
    const there = new Set(JSON.parse(stdout).map(({ callId }) => callId));
    for (const callId of before[i]) assert.ok(there.has(callId), `${callId} of backup ${i}`);
  }
});

test('there and back, and what was there is kept', async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol');
  const first = await startCall('alice', 'bob');
  assert.deepEqual(await backup(file('one.db')), done);
  const second = await startCall('carol', 'bob');
  failed(await restore(file('one.db')), new RegExp(`in use by process ${server.child.pid}`));
  await server.stop('SIGKILL'); // its last changes are in the log only
  const { code, stdout } = await restore(file('one.db'));
  assert.equal(code, 0);
  await server.start();
  assert.deepEqual([await idsOf('alice'), await idsOf('carol')], [[first], []]);
  await server.stop();
  const aside = stdout.match(/kept as (.*)\n/)[1];
  assert.equal((await restore(aside)).code, 0);
  await server.start();
  assert.deepEqual([await idsOf('alice'), await idsOf('carol')], [[first], [second]]);
});

test('a database that is not there, or is damaged, gives way to a backup', async () => {
  server = await new Server().start();
  await server.know('alice', 'bob');
  const callId = await startCall('alice', 'bob');
  assert.deepEqual(await backup(file('one.db')), done);
  await server.stop();
  writeFileSync(server.database, 'nothing of use'.repeat(1000));
  assert.equal((await restore(file('one.db'))).code, 0);
  assert.deepEqual(await restore(file('one.db'), file('new.db')), done);
  server.database = file('new.db');
  await server.start();
  assert.deepEqual(await idsOf('alice'), [callId]);
});

test('what is refused, in one line each, and leaves everything as it was', async () => {
  server = await new Server().start();
  await server.know('alice', 'bob');
  await startCall('alice', 'bob');
  assert.deepEqual(await backup(file('good.db')), done);
  await server.stop();
  const was = readFileSync(server.database);
  writeFileSync(file('text.db'), 'no database, but a text\n'.repeat(300));
  copyFileSync(file('good.db'), file('torn.db'));
  const torn = readFileSync(file('good.db'));
  writeFileSync(file('torn.db'), torn.fill(0xa5, 4096, 3 * 4096));
  const newer = readFileSync(file('good.db'));
  newer.writeUInt32BE(1000, 60);
  writeFileSync(file('newer.db'), newer);
  writeFileSync(file('empty.db'), '');
  failed(await restore(file('text.db')), /text\.db: .*not a database/);
  failed(await restore(file('torn.db')), /torn\.db: /);
  failed(await restore(file('newer.db')), /newer gst-call-server/);
  failed(await restore(file('empty.db')), /not a database of gst-call-server/);
  failed(await restore(file('missing.db')), /there is no such file/);
  failed(await restore(server.database), /the database itself/);
  failed(await command('restore', '--database', server.database), /one FILE/, 2);
  failed(await backup(server.database), /the database itself/);
  failed(await backup(file('x.db'), file('missing.db')), /there is no such database/);
  failed(await backup(file('no/where.db')), /where\.db/);
  failed(await command('backup', '--database', server.database, 'a', 'b'), /one FILE/, 2);
  assert.deepEqual(readFileSync(server.database), was);
  assert.ok(!existsSync(file('x.db')));
  assert.deepEqual(readdirSync(server.dir).filter((name) => name.includes('before')), []);
});
