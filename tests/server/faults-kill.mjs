// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// kill -9 at random moments under load, ROUNDS times. Clients start, accept and end calls and remember what was
// acknowledged. Then: every acknowledged change is in the database, every call has come to an end, and of every change
// there is, acknowledged or not, exactly one event arrived (its doubles have its id) and none was made up.
// SEED=N repeats the moments of an earlier run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Server, until, watchdog } from './api-harness.mjs';
import { Receiver, sendTo } from './webhook-receiver.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const PAIRS = 12;
const LEAST_ANSWERS = 20; // in a round, before it may be killed
const ORDER = ['calling', 'active', 'over'];

let seed = Number(process.env.SEED ?? Date.now() % 1e9);
console.log(`# seed ${seed}`);
function random() { // mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const over = (status) => (status === 'calling' || status === 'active' ? status : 'over');

test(`kill -9, ${ROUNDS} times`, async () => {
  const receiver = await new Receiver(() => (random() < 0.02 ? 500 : 204)).listen();
  const server = new Server(['--ring-timeout', '2', '--grace-timeout', '1']);
  sendTo(server, receiver);
  await server.start();
  const pairs = Array.from({ length: PAIRS }, (_, i) => [`a${i}`, `b${i}`]);
  await server.know(...pairs.flat());

  const acknowledged = new Map(); // call id -> the furthest state that an answer told of
  let answers = 0;
  const tell = (callId, state) => {
    answers++;
    if (ORDER.indexOf(state) > ORDER.indexOf(acknowledged.get(callId) ?? 'calling')) acknowledged.set(callId, state);
    else if (!acknowledged.has(callId)) acknowledged.set(callId, state);
  };
  // One pair's calls, until the server is gone.
  async function drive([caller, callee]) {
    const post = (where, user, body = {}) => server.rest('POST', `/api/calls/${where}`, user, body);
    for (;;) {
      const { status, body } = await post('start', caller, { targetUserId: callee });
      if (status === 409) { // in a call of the round before
        if (body.callId) await post(`${body.callId}/end`, caller);
        continue;
      }
      if (status !== 200) continue;
      tell(body.callId, 'calling');
      const choice = random();
      if (choice < 0.1) continue; // rings until it is ended by the next round, or missed
      if (choice < 0.2) {
        if ((await post(`${body.callId}/reject`, callee)).status === 200) tell(body.callId, 'over');
        continue;
      }
      if ((await post(`${body.callId}/accept`, callee)).status === 200) tell(body.callId, 'active');
      if ((await post(`${body.callId}/end`, choice < 0.6 ? caller : callee)).status === 200) tell(body.callId, 'over');
    }
  }

  for (let round = 0; round < ROUNDS; round++) {
    const goal = answers + LEAST_ANSWERS + Math.floor(random() * 200);
    const drivers = pairs.map((pair) => drive(pair).catch(() => {})); // a connection that broke: the kill
    await until(`${goal} answers`, () => answers >= goal);
    await server.stop('SIGKILL');
    await Promise.all(drivers);
    await server.start();
  }

  const rows = async () => JSON.parse((await promisify(execFile)('python3', ['-c', `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(json.dumps({'calls': db.execute('SELECT id, status, reason, accepted FROM calls').fetchall(),
  'outbox': db.execute('SELECT count(*) FROM outbox').fetchone()[0],
  'live': db.execute('SELECT count(*) FROM participants WHERE live = 1').fetchone()[0],
  'check': db.execute('PRAGMA integrity_check').fetchone()[0]}))`, server.database],
  { encoding: 'utf8', maxBuffer: 1 << 28 })).stdout);
  const settled = async (fits) => {
    while (!fits(await rows())) await new Promise((resolve) => setTimeout(resolve, 200));
  };

  // Nobody has a socket: what rings is missed after 2 s, what is active ends 1 s after the start.
  await watchdog(settled(({ calls }) => calls.every(([, status]) => over(status) === 'over')), 'an end of every call', 20000);
  await watchdog(settled(({ outbox }) => outbox === 0), 'an empty outbox', 60000);
  const { calls, live, check } = await rows();
  assert.deepEqual([check, live], ['ok', 0]);
  const byId = new Map(calls.map(([id, status, reason, accepted]) => [id, { status, reason, accepted }]));
  for (const [callId, state] of acknowledged) {
    assert.ok(byId.has(callId), `call ${callId}, acknowledged, is lost`);
    if (state === 'active') assert.ok(byId.get(callId).accepted > 0, `the accept of ${callId} is lost`);
  }
  const expected = new Set();
  for (const [callId, { status, reason, accepted }] of byId) {
    if (reason !== 'busy') expected.add(`${callId} call.started`);
    if (accepted > 0) expected.add(`${callId} call.accepted`);
    expected.add(`${callId} call.ended ${status}`);
  }
  const named = ({ type, call }) => `${call.callId} ${type}${type === 'call.ended' ? ` ${call.status}` : ''}`;
  assert.deepEqual(receiver.events.map(named).sort(), [...expected].sort(), 'one event for each change');
  const ids = new Map(receiver.attempts.map((attempt) => [named(attempt), attempt.id]));
  for (const attempt of receiver.attempts) assert.equal(attempt.id, ids.get(named(attempt)), 'doubles have one id');
  for (const callId of byId.keys()) {
    const types = receiver.of(callId).map(({ type }) => type);
    assert.deepEqual(types, [...types].sort((a, b) => ['call.started', 'call.accepted', 'call.ended'].indexOf(a)
      - ['call.started', 'call.accepted', 'call.ended'].indexOf(b)), 'in order');
  }
  console.log(`# ${ROUNDS} kills, ${answers} acknowledged changes of ${acknowledged.size} calls, ${calls.length} calls in the `
    + `database, ${receiver.events.length} events, ${receiver.attempts.length - receiver.events.length} sent again`);
  await server.close();
  await receiver.close();
});
