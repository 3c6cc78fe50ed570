// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// slowhttptest (Debian) against the server: heads and bodies that trickle in, answers that are read byte by byte. While
// each goes on, others are answered. SLOW_SECONDS (3) each, SLOW_CONNECTIONS (300).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

import { Server, watchdog } from './api-harness.mjs';

const program = process.env.SLOWHTTPTEST;
const SECONDS = Number(process.env.SLOW_SECONDS ?? 3);
const CONNECTIONS = Number(process.env.SLOW_CONNECTIONS ?? 300);
if (!program) {
  console.log('SKIP: slowhttptest is not installed (tools/deps test)');
  process.exit(77);
}

const MODES = {
  'heads that trickle in': ['-H', '-u', '/api/calls/active'],
  'bodies that trickle in': ['-B', '-u', '/api/calls/start', '-s', '8192'],
  'answers that are read slowly': ['-X', '-u', '/api/openapi.json', '-k', '3', '-w', '10', '-y', '20', '-n', '1', '-z', '5'],
};

for (const [name, args] of Object.entries(MODES)) {
  test(name, async (t) => {
    const server = await new Server(['--rate-limit-address', '0', '--rate-limit-user', '0']).start();
    t.after(() => server.close());
    const carol = await server.connect('carol');
    const [mode, flag, path, ...rest] = args;
    const attack = spawn(program, ['-c', String(CONNECTIONS), '-r', String(CONNECTIONS), '-l', String(SECONDS), '-i', '1', '-p', '3',
      mode, flag, server.url + path, ...rest], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '', over = false, served = 0;
    attack.stdout.on('data', (data) => { said += data; });
    const ended = new Promise((resolve) => attack.on('exit', resolve)).then(() => { over = true; });

    while (!over) {
      assert.equal((await watchdog(server.rest('GET', '/api/calls/active', 'carol'), 'an answer')).status, 200);
      assert.equal((await watchdog(fetch(`${server.url}/readyz`), 'readiness')).status, 200);
      assert.equal((await carol.ask('call-active', {})).ok, true);
      served++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await watchdog(ended, 'the end of slowhttptest');
    assert.match(said, /slow|connected|closed/i, 'slowhttptest did not run');
    assert.ok(served >= SECONDS, `${served} rounds of a client that behaves`);
  });
}
