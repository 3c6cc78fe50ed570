// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Databases of every older schema (schema-N.sql, with data) under the server of today; and one of a newer schema.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Server } from './api-harness.mjs';
import { Receiver, sendTo } from './webhook-receiver.mjs';

const fixture = (version) => fileURLToPath(new URL(`schema-${version}.sql`, import.meta.url));
const python = (program, ...args) => execFileSync('python3', ['-c', `import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n${
  program}\ndb.commit()`, ...args], { encoding: 'utf8' }).trim();
const versionOf = (database) => Number(python('print(db.execute("PRAGMA user_version").fetchone()[0])', database));

// What the server of today makes.
const fresh = await new Server().start();
await fresh.stop();
const current = versionOf(fresh.database);
await fresh.close();

for (let version = 1; version < current; version++) {
  test(`schema ${version}: everything is there, and goes on`, async () => {
    assert.ok(existsSync(fixture(version)), `schema ${version} needs a fixture`);
    const receiver = await new Receiver().listen();
    receiver.url = `http://127.0.0.1:${receiver.port}/hook`;
    const server = new Server(['--grace-timeout', '600']);
    sendTo(server, receiver);
    const text = readFileSync(fixture(version), 'utf8').replaceAll('http://hook.example/', receiver.url);
    python('db.executescript(sys.argv[2])', server.database, text);
    assert.equal(versionOf(server.database), version);
    await server.start();
    const get = async (user, where) => (await server.rest('GET', `/api/calls/${where}`, user)).body;
    const history = async (user, query = '') => (await get(user, `history${query}`)).calls.map(({ callId }) => callId);
    assert.deepEqual(await history('a'), ['4', '3', '1'], 'the one that was hidden stays so');
    assert.deepEqual(await history('b'), ['4', '2', '1']);
    assert.deepEqual(await history('a', '?search=jos'), ['4', '1']);
    assert.deepEqual(await history('c', '?status=missed'), ['3']);
    const first = await get('b', '1');
    assert.deepEqual([first.caller, first.channelName, first.status, first.endReason, first.duration, first.direction],
      [{ _id: 'a', username: 'ann', fullName: 'Ann Ärger', avatar: '' }, 'call_1', 'ended', 'hangup', 60, 'incoming']);
    assert.equal((await server.rest('POST', '/api/calls/4/end', 'a')).body.endReason, 'hangup');
    await receiver.life('4');
    const started = await server.rest('POST', '/api/calls/start', 'c', { targetUserId: 'b' });
    assert.equal(started.status, 200);
    await server.stop();
    assert.equal(versionOf(server.database), current);
    assert.equal(python('print(db.execute("PRAGMA integrity_check").fetchone()[0])', server.database), 'ok');
    if (version >= 3) assert.ok(receiver.events.some(({ id }) => id === 'msg_of_schema_3'), 'what waited is delivered');
    await server.close();
    await receiver.close();
  });
}

test('a newer schema: one clear line, and the file is left as it is', async () => {
  const server = new Server();
  python(`db.execute("PRAGMA user_version = ${current + 1}")`, server.database);
  const bytes = readFileSync(server.database);
  await assert.rejects(server.start(), /made by a newer gst-call-server/);
  assert.equal(server.stderr.trim().split('\n').length, 1, server.stderr);
  assert.deepEqual(readFileSync(server.database), bytes);
  server.exited = Promise.resolve({ code: 0 });
  await server.close();
});
