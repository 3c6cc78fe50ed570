// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// A server that knows public keys only: tokens signed by node's crypto, issuer, audience, leeway, and what the command
// token makes with a private key.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { SERVER, Server, inSeconds, sign } from './api-harness.mjs';

const dir = mkdtempSync(path.join(tmpdir(), 'call-keys-'));
const keys = { RS256: crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
const other = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = ({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' });
const file = (name, text) => {
  writeFileSync(path.join(dir, name), text);
  return path.join(dir, name);
};
const publicFile = file('public.pem', publicPem(keys.RS256) + publicPem(keys.ES256));

const base64url = (data) => Buffer.from(data).toString('base64url');
function signWith({ privateKey }, alg, claims) {
  const head = `${base64url(JSON.stringify({ alg, typ: 'JWT', kid: '1' }))}.${base64url(JSON.stringify(claims))}`;
  const signature = crypto.sign('sha256', Buffer.from(head), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${head}.${signature.toString('base64url')}`;
}

let server;
before(async () => {
  server = new Server(['--jwt-public-key-file', publicFile, '--jwt-issuer', 'app', '--jwt-audience', 'calls',
    '--jwt-leeway', '5'], { JWT_SECRET: '' });
  server.useSecret = false;
  await server.start();
});
after(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const good = { sub: 'bob', exp: inSeconds(600), iss: 'app', aud: 'calls', type: 'access' };
const verdict = async (token) => {
  const { status, body } = await server.rest('GET', '/api/calls/active', token);
  return status === 200 ? 'taken' : body.code;
};

const cases = {
  RS256: [signWith(keys.RS256, 'RS256', good), 'taken'],
  ES256: [signWith(keys.ES256, 'ES256', good), 'taken'],
  'aud is a list': [signWith(keys.ES256, 'ES256', { ...good, aud: ['chat', 'calls'] }), 'taken'],
  'expired within the leeway': [signWith(keys.ES256, 'ES256', { ...good, exp: inSeconds(-1) }), 'taken'],
  expired: [signWith(keys.ES256, 'ES256', { ...good, exp: inSeconds(-6) }), 'token-expired'],
  'a refresh token': [signWith(keys.RS256, 'RS256', { ...good, type: 'refresh' }), 'token-wrong-type'],
  'another issuer': [signWith(keys.RS256, 'RS256', { ...good, iss: 'other' }), 'token-wrong-issuer'],
  'no audience': [signWith(keys.RS256, 'RS256', { ...good, aud: undefined }), 'token-wrong-audience'],
  'another key': [signWith(other, 'RS256', good), 'token-invalid'],
  'RS256 over the EC key': [signWith(keys.ES256, 'RS256', good), 'token-invalid'],
  'ES256 over the RSA key': [signWith(keys.RS256, 'ES256', good), 'token-invalid'],
  RS512: [signWith(keys.RS256, 'RS512', good), 'token-invalid'],
  HS256: [sign(good), 'token-invalid'],
  'HS256 with the public key as the secret': [sign(good, { secret: publicPem(keys.RS256) }), 'token-invalid'],
  'HS256 with the file as the secret': [sign(good, { secret: publicPem(keys.RS256) + publicPem(keys.ES256) }),
    'token-invalid'],
};

for (const [what, [token, expected]] of Object.entries(cases)) {
  test(what, async () => {
    assert.equal(await verdict(token), expected);
    const client = server.client(token);
    if (expected === 'taken') await client.connected();
    else await assert.rejects(client.connected(), (error) => error.data.code === expected);
  });
}

test('the command token signs with a private key', async () => {
  for (const [alg, pair] of Object.entries(keys)) {
    for (const type of ['pkcs8', alg === 'RS256' ? 'pkcs1' : 'sec1']) {
      const key = file('private.pem', pair.privateKey.export({ type, format: 'pem' }));
      const args = ['token', '--user', 'bob', '--jwt-private-key-file', key, '--jwt-issuer', 'app', '--jwt-audience',
        'calls'];
      const token = execFileSync(SERVER, args, { encoding: 'utf8', env: { ...process.env, JWT_SECRET: '' } }).trim();
      assert.equal(JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).alg, alg);
      assert.equal(await verdict(token), 'taken');
    }
  }
});

test('keys of no use are refused at the start', () => {
  const pem = (type, options) => publicPem(crypto.generateKeyPairSync(type, options));
  const bad = { short: pem('rsa', { modulusLength: 1024 }), curve: pem('ec', { namedCurve: 'P-384' }),
    kind: pem('ed25519'), private: keys.RS256.privateKey.export({ type: 'pkcs8', format: 'pem' }), text: 'no key at all' };
  for (const [name, text] of Object.entries(bad)) {
    const { status, stderr } = spawnSync(SERVER, ['--database', ':memory:', '--listen', '127.0.0.1:0',
      '--jwt-public-key-file', file(`${name}.pem`, text)], { encoding: 'utf8', timeout: 20000 });
    assert.equal(status, 1, `${name}: ${stderr}`);
    assert.match(stderr, /^gst-call-server: jwt-public-key-file: .*\n$/);
  }
  const { status, stderr } = spawnSync(SERVER, ['--database', ':memory:', '--listen', '127.0.0.1:0'],
    { encoding: 'utf8', timeout: 20000, env: { ...process.env, JWT_SECRET: publicPem(keys.RS256) } });
  assert.deepEqual([status, /PEM/.test(stderr)], [1, true], stderr);
});
