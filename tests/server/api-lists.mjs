// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// gst-call-server calls and users: what the API says, read from the file, while the server runs and after.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { SERVER, Server, tokenOf } from './api-harness.mjs';

let server;
const calls = {};
const command = (...args) => spawnSync(SERVER, args, { encoding: 'utf8' });
const list = (what, ...args) => command(what, '--database', server.database, ...args);
const json = (what, ...args) => {
  const { status, stdout, stderr } = list(what, '--format=json', ...args);
  assert.deepEqual([status, stderr], [0, '']);
  return JSON.parse(stdout);
};
const ids = (...args) => json('calls', ...args).map(({ callId }) => callId);

before(async () => {
  server = await new Server().start();
  for (const [id, fullName] of [['alice', 'Alice'], ['bob', '山田太郎'], ['carol', 'Zoë\u0301 \u001b[31mred']])
    await server.rest('GET', '/api/calls/active', tokenOf(id, { fullName }));
  const post = async (where, user, body = {}) => (await server.rest('POST', `/api/calls/${where}`, user, body)).body;
  calls.ended = (await post('start', 'alice', { targetUserId: 'bob', callType: 'video' })).callId;
  await post(`${calls.ended}/accept`, 'bob');
  await post(`${calls.ended}/end`, 'bob');
  calls.rejected = (await post('start', 'bob', { targetUserId: 'carol' })).callId;
  await post(`${calls.rejected}/reject`, 'carol');
  calls.live = (await post('start', 'carol', { targetUserId: 'alice' })).callId;
});
after(() => server.close());

test('calls as JSON: those of the API, newest first, by each filter', async () => {
  assert.deepEqual(ids(), [calls.live, calls.rejected, calls.ended]);
  const [, , ended] = json('calls');
  const { direction, ...record } = (await server.rest('GET', `/api/calls/${calls.ended}`, 'alice')).body;
  assert.equal(direction, 'outgoing');
  assert.deepEqual(ended, record);
  assert.deepEqual(ids('--user', 'bob'), [calls.rejected, calls.ended]);
  assert.deepEqual(ids('--status', 'calling'), [calls.live]);
  assert.deepEqual(ids('--type=video'), [calls.ended]);
  assert.deepEqual(ids('--limit', '1'), [calls.live]);
  const today = new Date().toISOString().slice(0, 10);
  assert.equal(ids('--from', '2020-01-01', '--to', today).length, 3);
  assert.deepEqual(ids('--from', new Date(Date.now() + 3600e3).toISOString()), []);
  assert.deepEqual(ids('--to', '2020-01-01'), []);
});

// Places on a terminal, for the characters of this test.
const places = (text) => [...text].reduce((sum, c) => sum + (/\p{M}/u.test(c) ? 0 : /[\u4e00-\u9fff]/.test(c) ? 2 : 1), 0);

test('calls as a table: aligned whatever the script, and no name steers the terminal', () => {
  const { status, stdout } = list('calls');
  assert.equal(status, 0);
  assert.doesNotMatch(stdout, /\u001b/);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  assert.match(head, /^STARTED +CALL +TYPE +STATUS +REASON +SECONDS +CALLER +RECEIVER$/);
  const names = ['Alice', 'Zoë\u0301 \ufffd[31mred', '山田太郎'];
  for (const [row, receiver] of rows.map((text, i) => [text, names[i]])) {
    const at = row.lastIndexOf(receiver);
    assert.ok(at > 0, row);
    assert.equal(places(row.slice(0, at)), head.indexOf('RECEIVER'), row);
  }
});

test('users', () => {
  assert.deepEqual(json('users').map(({ _id }) => _id).sort(), ['alice', 'bob', 'carol']);
  assert.deepEqual(json('users', '--user', 'bob').map(({ fullName }) => fullName), ['山田太郎']);
  assert.match(list('users').stdout, /^USER +USERNAME +NAME +LAST SEEN\n/);
});

test('stats: what the API answers', async () => {
  for (const args of [[], ['--period', 'month', '--tz', 'Asia/Kolkata']]) {
    const query = args.length ? '?period=month&tz=Asia%2FKolkata' : '';
    const { body } = await server.rest('GET', `/api/calls/stats${query}`, 'bob');
    assert.equal(body.totalCalls, 2);
    assert.deepEqual(json('stats', '--user', 'bob', ...args), body);
  }
  assert.match(list('stats', '--user', 'bob').stdout, /^FIGURE +VALUE\ntotalCalls +2\n/);
});

test('after the server, too; and nothing was written', async () => {
  await server.stop();
  const bytes = readFileSync(server.database);
  assert.equal(ids().length, 3);
  assert.deepEqual(readFileSync(server.database), bytes);
  await server.start();
});

test('wrong: one line and an exit code', () => {
  const text = path.join(server.dir, 'text');
  writeFileSync(text, 'not a database\n'.repeat(200));
  const empty = path.join(server.dir, 'empty');
  writeFileSync(empty, '');
  for (const [code, line, args] of [
    [1, /missing: /, ['calls', '--database', path.join(server.dir, 'missing')]],
    [1, /not a database/, ['users', '--database', text]],
    [1, /not a database of gst-call-server/, ['calls', '--database', empty]],
    [2, /--status/, ['calls', '--database', server.database, '--status', 'gone']],
    [2, /--type/, ['calls', '--database', server.database, '--type', 'fax']],
    [2, /--from/, ['calls', '--database', server.database, '--from', 'yesterday']],
    [2, /--limit/, ['users', '--database', server.database, '--limit', '0']],
    [2, /--format/, ['users', '--database', server.database, '--format', 'xml']],
    [2, /--user/, ['stats', '--database', server.database]],
    [2, /--period/, ['stats', '--user', 'bob', '--period', 'era']],
    [2, /--tz/, ['stats', '--user', 'bob', '--tz', 'Nowhere/At']],
    [2, /unexpected argument/, ['calls', 'more']],
  ]) {
    const { status, stderr, stdout } = command(...args);
    assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [code, '', 1], args.join(' '));
    assert.match(stderr, line);
  }
});
