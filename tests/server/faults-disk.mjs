// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// A database that cannot be written to, or cannot be read: nothing is acknowledged, /readyz says 503, one clear line at
// start; and the server is back by itself when there is space again.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterEach, test } from 'node:test';

import { Server, until } from './api-harness.mjs';

const isRoot = process.getuid() === 0;
const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
const skip = canMount ? false : 'needs root and mount namespaces (unshare -m)';
if (skip) console.log(`SKIP: ${skip}: full disk, read-only mount`);

let server;
afterEach(() => server.close());

const ready = async () => (await server.rest('GET', '/readyz')).status;
const startCall = (from, to) => server.rest('POST', '/api/calls/start', from, { targetUserId: to });

const python = (program, ...args) => execFileSync('python3', ['-c', program, server.database, ...args],
  { encoding: 'utf8' }).trim();
const PAGE_OF_CALLS = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'calls'").fetchone()[0]
size = db.execute('PRAGMA page_size').fetchone()[0]
print((root - 1) * size)
`;

function overwrite(at, length = 4096) {
  const file = openSync(server.database, 'r+');
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(file);
}

// The line with which it refuses to start.
async function refusal() {
  const error = await server.start().then(() => assert.fail('it started'), (reason) => reason);
  assert.match(error.message, /ended with 1/);
  const lines = server.stderr.trim().split('\n').filter((line) => line.startsWith('gst-call-server: '));
  assert.equal(lines.length, 1, server.stderr);
  assert.ok(lines[0].includes(server.database), lines[0]);
  server.exited = Promise.resolve({ code: 0 }); // as it should
  return lines[0];
}

test('a full disk: 503, nothing kept, and back by itself', { skip }, async () => {
  server = new Server();
  server.wrapper = ['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=1m none '${server.dir}' && echo '${
    readFileSync(server.secretFile, 'utf8').trim()}' > '${server.secretFile}' && exec "$@"`, 'sh'];
  await server.start();
  const inside = (command) => execFileSync('nsenter', ['-m', '-r', '-t', String(server.child.pid), 'sh', '-c', command]);
  const users = Array.from({ length: 40 }, (_, i) => `user${i}`);
  await server.know(...users);
  const before = await startCall('user0', 'user1');
  assert.deepEqual([before.status, await ready()], [200, 200]);
  inside(`cat /dev/zero > '${server.dir}/fill' 2>/dev/null || true`);
  // What the log still has room for goes through; then nothing does.
  const kept = [before.body.callId];
  let refused;
  for (let i = 2; i < users.length && !refused; i += 2) {
    const { status, body } = await startCall(users[i], users[i + 1]);
    if (status === 200) kept.push(body.callId);
    else refused = { status, code: body.code, user: users[i] };
  }
  assert.deepEqual([refused?.status, refused?.code], [503, 'database']);
  assert.equal(await ready(), 503);
  assert.equal((await server.rest('GET', '/healthz')).status, 200);
  assert.deepEqual((await server.rest('GET', '/api/calls/active', refused.user)).body, [], 'reading goes on');
  inside(`rm '${server.dir}/fill'`);
  await until('readiness', async () => await ready() === 200);
  const after = await startCall(refused.user, 'user1x').then(() => startCall('user38', 'user39'));
  assert.equal(after.status, 200);
  assert.match(server.stderr, /database: database or disk is full/);
  const ids = inside(`python3 -c "import sqlite3; print(*[r[0] for r in sqlite3.connect('${
    server.database}').execute('SELECT id FROM calls')])"`).toString().trim().split(' ');
  assert.deepEqual(ids.sort(), [...kept, after.body.callId].sort(), 'what was acknowledged, and nothing else');
});

test('a read-only mount: a clear line', { skip }, async () => {
  server = await new Server().start();
  await server.stop();
  server.wrapper = ['unshare', '-m', 'sh', '-c', `mount --bind '${server.dir}' '${server.dir}' && mount -o remount,ro,bind '${
    server.dir}' && exec "$@"`, 'sh'];
  assert.match(await refusal(), /read-?only|readonly|unable to open/);
});

test('a read-only file: a clear line', async () => {
  server = await new Server().start();
  await server.stop();
  chmodSync(server.database, 0o444);
  if (isRoot) { // whom no permission stops
    const nobody = 65534;
    for (const file of [server.dir, server.database, `${server.database}-lock`, server.secretFile]) chownSync(file, nobody, nobody);
    server.wrapper = ['setpriv', `--reuid=${nobody}`, '--clear-groups'];
  }
  assert.match(await refusal(), /read-only/);
});

test('a garbage header: a clear line, and the file is left as it is', async () => {
  server = await new Server().start();
  await server.stop();
  overwrite(0, 100);
  const bytes = readFileSync(server.database);
  assert.match(await refusal(), /not a database/);
  assert.deepEqual(readFileSync(server.database), bytes);
});

test('a foreign file: a clear line', async () => {
  server = new Server();
  writeFileSync(server.database, 'notes, of somebody else, that are no database at all\n'.repeat(40));
  assert.match(await refusal(), /not a database/);
});

test('a page overwritten while the server runs: 503 from then on; the next start says why', async () => {
  server = await new Server().start();
  await server.know('alice', 'bob', 'carol', 'dave');
  assert.equal((await startCall('alice', 'bob')).status, 200);
  overwrite(Number(python(PAGE_OF_CALLS)));
  // Another connection's change makes the server read its pages anew.
  python('import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute("INSERT INTO meta VALUES (\'x\', 1)"); db.commit()');
  const { status, body } = await startCall('carol', 'dave');
  assert.deepEqual([status, body.code, await ready()], [503, 'database', 503]);
  assert.equal((await startCall('carol', 'dave')).status, 503);
  assert.match(server.stderr, /malformed/);
  await server.stop('SIGKILL');
  assert.ok(existsSync(path.join(server.database)));
  assert.match(await refusal(), /malformed|cannot be read/);
});
