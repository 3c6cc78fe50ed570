// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The command line: what it prints, what it refuses and how it says so.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

import { SECRET, SERVER, Server, sign, tokenOf, watchdog } from './api-harness.mjs';

const dir = mkdtempSync(path.join(tmpdir(), 'call-server-cli-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const file = (name, content) => {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
};
const secret = file('secret', `${SECRET}\n`);

async function run(args, env = {}, stopAt = null) {
  const { JWT_SECRET, PORT, ...rest } = process.env;
  const child = spawn(SERVER, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: dir, env: { ...rest, ...env } });
  let stdout = '', stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
    if (stopAt && stdout.includes(stopAt)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (data) => { stderr += data; });
  const code = await watchdog(new Promise((resolve) => child.on('close', resolve)), `end of ${args}`, 20000);
  return { code, stdout, stderr };
}

test('--help documents every option, --version says the version', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const option of ['listen', 'database', 'jwt-secret-file', 'ring-timeout', 'grace-timeout', 'stun-server',
    'turn-server', 'turn-secret-file', 'turn-ttl', 'ping-interval', 'ping-timeout', 'origin', 'event-limit', 'dev', 'debug', 'version'])
    assert.match(stdout, new RegExp(`--${option}[ =].*\\S`), option);
  assert.match((await run(['token', '--help'])).stdout, /--user=ID[\s\S]*--ttl=SECONDS/);
  assert.match((await run(['--version'])).stdout, /^gst-call-server \d+\.\d+\.\d+\n$/);
});

const wrong = {
  'an unknown option': [['--nope'], 2],
  'an unknown command': [['dance'], 2],
  'an argument too many': [['serve', '--dev', 'more'], 2],
  'no secret': [['serve'], 2],
  'a bad time': [['--dev', '--ring-timeout', '0'], 2],
  'a time that is no number': [['--dev', '--ring-timeout', 'soon'], 2],
  'a time that is no time': [['--dev', '--grace-timeout', 'nan'], 2],
  'a ping that is too quick': [['--dev', '--ping-interval', '0.01'], 2],
  'TURN without a secret': [['--dev', '--turn-server', 'turn:x'], 2],
  'a secret file that is not there': [['--jwt-secret-file', '/nonexistent'], 1],
  'a secret that is too short': [['--jwt-secret-file', file('short', 'x'.repeat(31))], 1],
  'a bad address': [['--dev', '--listen', 'nowhere'], 1],
  'a port out of range': [['--dev', '--listen', '127.0.0.1:99999'], 1],
  'a database in no folder': [['--dev', '--listen', '127.0.0.1:0', '--database', '/nonexistent/calls.db'], 1],
  'a database that is none': [['--dev', '--listen', '127.0.0.1:0', '--database',
    file('none.db', 'this is no database at all, '.repeat(100))], 1],
  'a token without a user': [['token', '--jwt-secret-file', secret], 2],
  'a token for nobody': [['token', '--jwt-secret-file', secret, '--user', ''], 2],
  'a token that is over at once': [['token', '--jwt-secret-file', secret, '--user', 'bob', '--ttl', '0'], 2],
};

for (const [what, [args, expected]] of Object.entries(wrong)) {
  test(`refused: ${what}`, async () => {
    const { code, stdout, stderr } = await run(args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, /^gst-call-server: .+\n$/, 'one line');
    assert.equal(stdout, '');
  });
}

test('refused: PORT that is no port, a short JWT_SECRET', async () => {
  assert.equal((await run(['--dev'], { PORT: 'x' })).code, 2);
  assert.equal((await run([], { JWT_SECRET: 'short' })).code, 1);
});

test('refused: a port in use, a database from the future', async () => {
  const server = await new Server().start();
  const { code, stderr } = await run(['--dev', '--listen', `127.0.0.1:${server.port}`]);
  assert.equal(code, 1);
  assert.match(stderr, /^gst-call-server: .+\n$/);
  await server.close();
});

test('refused: a database that cannot be written to', { skip: process.getuid() === 0 && 'root may write all' },
  async () => {
    const folder = path.join(dir, 'locked');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    assert.equal((await run(['--dev', '--listen', '127.0.0.1:0', '--database', path.join(folder, 'x.db')])).code, 1);
  });

test('the environment: PORT and JWT_SECRET; a flag beats them', async () => {
  const environment = await run([], { PORT: '0', JWT_SECRET: SECRET }, 'listening');
  assert.match(environment.stdout, /^gst-call-server listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  assert.equal(environment.code, 0);
  const flags = await run(['--listen', '127.0.0.1:0', '--jwt-secret-file', secret], { PORT: '1', JWT_SECRET: 'short' },
    'listening');
  assert.equal(flags.code, 0, flags.stderr);
});

test('--dev: first the address, then a token for each of its users, which a shell can take over', async () => {
  const server = new Server();
  server.args = [];
  const child = spawn(SERVER, ['serve', '--dev', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stderr.on('data', (data) => { stderr += data; });
  await watchdog(new Promise((resolve) => child.stdout.on('data', (data) => {
    stdout += data;
    if (stdout.includes('CAROL=')) resolve();
  })), 'the tokens');
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0], /^gst-call-server listening on http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(lines.slice(1).map((line) => line.split('=')[0]), ['ALICE', 'BOB', 'CAROL']);
  server.url = lines[0].split(' ').at(-1);
  const [alice, bob] = lines.slice(1).map((line) => line.slice(line.indexOf('=') + 1));
  assert.match(alice, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const contacts = (await server.rest('GET', '/api/users/contacts', bob)).body;
  assert.deepEqual(contacts.map(({ fullName }) => fullName), ['Alice', 'Carol']);
  assert.equal((await server.rest('POST', '/api/calls/start', alice, { targetUserId: 'carol' })).status, 200);
  child.kill('SIGTERM');
  assert.equal(await watchdog(new Promise((resolve) => child.on('close', resolve)), 'the end'), 0);
  assert.equal(stderr, '');
  rmSync(server.dir, { recursive: true });
});

test('token: one that the server takes, and that says who it is', async () => {
  const server = await new Server().start();
  const { stdout, code } = await run(['token', '--jwt-secret-file', server.secretFile, '--user', 'bob', '--name', 'Bob B',
    '--ttl', '60']);
  assert.equal(code, 0);
  const token = stdout.trimEnd();
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.sub, claims.fullName, claims.exp - claims.iat], ['bob', 'Bob B', 60]);
  assert.equal(sign(claims).split('.')[0].length > 0, true);
  assert.equal((await server.rest('GET', '/api/calls/active', token)).status, 200);
  const [bob] = (await server.rest('GET', '/api/users/contacts', 'alice')).body;
  assert.deepEqual([bob._id, bob.fullName], ['bob', 'Bob B']);
  assert.equal((await run(['token', '--user', 'bob'], { JWT_SECRET: SECRET })).code, 0);
  await server.close();
});

test('TURN credentials by the shared-secret scheme, in every place that carries iceServers', async () => {
  const turn = file('turn', 'north\n');
  const server = await new Server(['--turn-server', 'turn:t.example:3478', '--turn-server', 'turns:t.example:5349',
    '--turn-secret-file', turn, '--turn-ttl', '600', '--stun-server', 'stun:s.example']).start();
  await server.know('alice', 'bob');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId, iceServers } = await alice.ask('call-start', { targetUserId: 'bob' });
  const incoming = await bob.next('incoming-call');
  const accepted = await bob.ask('call-accept', { callId });
  const asked = await server.rest('GET', '/api/ice-servers', 'alice');
  assert.equal(asked.body.ttl, 600);
  for (const [servers, user] of [[iceServers, 'alice'], [incoming.iceServers, 'bob'], [accepted.iceServers, 'bob'],
    [asked.body.iceServers, 'alice'], [(await alice.ask('call-active', {})).calls[0].iceServers, 'alice']]) {
    assert.deepEqual(servers[0], { urls: ['stun:s.example'] });
    const { urls, username, credential } = servers[1];
    assert.deepEqual(urls, ['turn:t.example:3478', 'turns:t.example:5349']);
    const [expiry, who] = username.split(':');
    assert.equal(who, user);
    assert.ok(Math.abs(Number(expiry) - Date.now() / 1000 - 600) < 30);
    assert.equal(credential, crypto.createHmac('sha1', 'north').update(username).digest('base64'));
  }
  await server.close();
});

test('--debug logs requests, and neither tokens nor descriptions', async () => {
  const server = await new Server(['--debug']).start();
  await server.know('alice', 'bob');
  const [alice, bob] = await Promise.all([server.connect('alice'), server.connect('bob')]);
  const { callId } = await alice.ask('call-start', { targetUserId: 'bob' });
  await bob.ask('call-accept', { callId });
  await alice.ask('call-signal', { callId, description: { type: 'offer', sdp: 'a=ice-pwd:verysecret' } });
  await bob.next('call-signal');
  await server.rest('GET', `/api/calls/active?token=${tokenOf('alice')}`, 'alice');
  await server.stop();
  assert.match(server.stderr, /GET \/api\/calls\/active/);
  assert.doesNotMatch(server.stderr, /eyJ|ice-pwd|verysecret/);
  await server.close();
});
