// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Settings: where they come from, which place wins, what is refused and how, and that docs/operations.md knows them.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { SECRET } from './api-harness.mjs';
import { dir, effective, file, run, secret } from './ops-harness.mjs';

const config = (name, text) => file(name, `# a comment\n[gst-call-server]\n${text}`);
const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

test('flag, environment, file, default: the first that speaks decides', async () => {
  const conf = config('layers.conf', 'ring-timeout=3\ngrace-timeout = 4\nping-timeout=5\n');
  const env = { GST_CALL_SERVER_RING_TIMEOUT: '2', GST_CALL_SERVER_GRACE_TIMEOUT: '2.5' };
  const values = await effective(['--config', conf, '--ring-timeout', '1'], env);
  assert.deepEqual([values['ring-timeout'], values['grace-timeout'], values['ping-timeout'], values['ping-interval']],
    ['1', '2.5', '5', '25']);
});

test('a place that is overruled is not looked at; an empty variable is none', async () => {
  const values = await effective(['--ring-timeout', '1'], { GST_CALL_SERVER_RING_TIMEOUT: 'soon', GST_CALL_SERVER_PING_TIMEOUT: '' });
  assert.deepEqual([values['ring-timeout'], values['ping-timeout']], ['1', '20']);
});

test('lists: repeated as a flag, ; in the file, , in the environment; a higher place replaces the whole list', async () => {
  const conf = config('lists.conf', 'stun-server=stun:a; stun:b\norigin=https://one.example;\n');
  const env = { GST_CALL_SERVER_ORIGIN: 'https://two.example, https://three.example' };
  const values = await effective(['--config', conf, '--turn-server', 'turn:x', '--turn-server', 'turn:y'], env);
  assert.equal(values['stun-server'], 'stun:a;stun:b;');
  assert.equal(values.origin, 'https://two.example;https://three.example;');
  assert.equal(values['turn-server'], 'turn:x;turn:y;');
});

test('the file may be named by the environment; what --print-config prints is such a file', async () => {
  const first = await run(['--print-config', '--ring-timeout', '7.5', '--stun-server', 'stun:a', '--dev']);
  const again = await effective([], { GST_CALL_SERVER_CONFIG: file('printed.conf', first.stdout) });
  assert.deepEqual([again['ring-timeout'], again['stun-server'], again.dev], ['7.5', 'stun:a;', 'yes']);
});

test('secrets: by file or environment, never shown, no flag and no key of their own', async () => {
  const conf = config('secret.conf', `jwt-secret-file=${secret}\n`);
  for (const [args, env] of [[['--config', conf]], [[], { JWT_SECRET: SECRET }], [[], { GST_CALL_SERVER_JWT_SECRET: SECRET }],
    [[], { GST_CALL_SERVER_JWT_SECRET_FILE: secret, JWT_SECRET: 'short' }]]) {
    const { code, stdout, stderr } = await run(['--check-config', ...args], env);
    assert.deepEqual([code, stdout], [0, 'configuration ok\n'], stderr);
    const printed = (await run(['--print-config', ...args], env)).stdout;
    assert.ok(printed.includes('# jwt-secret-file=\n') && !printed.includes(SECRET) && !printed.includes(secret));
  }
  assert.equal((await run(['--jwt-secret', SECRET])).code, 2);
  assert.match((await run(['--config', config('inline.conf', `jwt-secret=${SECRET}\n`)])).stderr, /inline\.conf:3: there is no setting/);
});

const wrong = {
  'a setting that there is not': ['ring=3\n', /bad\.conf:3: there is no setting ring$/],
  'a value out of range': ['dev=yes\nring-timeout=0\n', /bad\.conf:4: ring-timeout must be 0\.001 to 3600 seconds, not '0'$/],
  'a value of another type': ['event-limit=1.5\n', /bad\.conf:3: event-limit must be 0 or more, not '1\.5'$/],
  'a switch that is neither': ['dev=maybe\n', /bad\.conf:3: dev must be yes or no, not 'maybe'$/],
  'another group': ['[server]\ndev=yes\n', /bad\.conf: settings stand in the group \[gst-call-server\], not in server$/],
  'no key and no value': ['dev\n', /bad\.conf: .+$/],
};

for (const [what, [text, expected]] of Object.entries(wrong)) {
  test(`refused in the file: ${what}`, async () => {
    const conf = config('bad.conf', text);
    for (const mode of [[], ['--check-config']]) {
      const { code, stdout, stderr } = await run([...mode, '--config', conf], { JWT_SECRET: SECRET });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^gst-call-server: .+\n$/, 'one line');
      assert.match(stderr.trimEnd(), expected);
    }
  });
}

test('refused: a file that is not there, a bad variable', async () => {
  assert.match((await run(['--config', '/nonexistent'])).stderr, /^gst-call-server: --config: .*nonexistent.*\n$/);
  const { code, stderr } = await run(['--dev'], { GST_CALL_SERVER_TURN_TTL: '1' });
  assert.deepEqual([code, stderr], [2, "gst-call-server: GST_CALL_SERVER_TURN_TTL must be 60 to 604800 seconds, not '1'\n"]);
});

test('--check-config tells everything that is wrong, a line each', async () => {
  const conf = config('all.conf', 'ring-timeout=0\nping-timeout=never\nlisten=nowhere\ndatabase=/nonexistent/calls.db\n'
    + 'turn-server=turn:x\njwt-secret-file=/nonexistent\n');
  const { code, stdout, stderr } = await run(['--check-config', '--config', conf]);
  assert.deepEqual([code, stdout], [2, '']);
  const lines = stderr.trimEnd().split('\n');
  for (const part of ['ring-timeout', 'ping-timeout', 'listen', 'database', 'turn-server', 'jwt-secret-file'])
    assert.equal(lines.filter((line) => line.includes(`${part} `) || line.includes(`${part}:`)).length, 1, `${part}: ${stderr}`);
  assert.equal(lines.length, 6, stderr);
});

test('--check-config makes no database', async () => {
  const database = path.join(dir, 'none.db');
  assert.equal((await run(['--check-config', '--dev', '--database', database])).stdout, 'configuration ok\n');
  assert.throws(() => readFileSync(database));
});

test('--check-config sees a folder that cannot be written to', { skip: process.getuid() === 0 && 'root may write all' },
  async () => {
    mkdirSync(path.join(dir, 'locked'));
    chmodSync(path.join(dir, 'locked'), 0o500);
    assert.equal((await run(['--check-config', '--dev', '--database', path.join(dir, 'locked', 'x.db')])).code, 2);
  });

test('docs/operations.md has each setting with its default, and no other; so have --help and the manual page', async () => {
  const values = await effective();
  const table = page.slice(page.indexOf('\n## Settings'), page.indexOf('\n## TLS'));
  const rows = [...table.matchAll(/^\| `([\w-]+)`[^|]*\| *([^|]*?) *\|/gm)].map(([, name, value]) => [name, value]);
  assert.deepEqual(rows.map(([name]) => name), Object.keys(values), 'the same settings in the same order');
  for (const [name, value] of rows) assert.equal(value, values[name] ?? '', name);
  const help = (await run(['--help'])).stdout;
  for (const [name] of rows) assert.match(help, new RegExp(`--${name}[ =].*\\S`), name);
  const manual = readFileSync(new URL('../../docs/man/gst-call-server.1', import.meta.url), 'utf8').replaceAll('\\-', '-');
  for (const [name] of rows) assert.match(manual, new RegExp(`--${name}(?![\\w-])`), `${name} in the manual page`);
});
