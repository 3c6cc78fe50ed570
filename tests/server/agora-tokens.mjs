// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// Our tokens beside those of Agora's own npm packages, for the same input: 006 to the byte, 007 after inflating (what
// a zlib makes of the same bytes differs from build to build).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import zlib from 'node:zlib';

const require = createRequire(import.meta.url);
let old, current, currentRtc;
try {
  old = require('agora-access-token/src/AccessToken.js');
  current = require('agora-token/src/AccessToken2.js');
  currentRtc = require('agora-token');
  require('agora-access-token');
} catch {
  console.error('agora-access-token and agora-token are not installed: see tests/npm-install.sh');
  process.exit(77);
}

const u32 = () => crypto.randomInt(0, 2 ** 32);
const hex = (text) => Buffer.from(text).toString('hex');
const inflate = (token) => zlib.inflateSync(Buffer.from(token.slice(3), 'base64'));

const channels = ['call_0123456789abcdef0123456789abcdef', 'a', 'x'.repeat(63), 'with space', '!#$%&()+-:;<=.>?@[]^_{}|~,',
  'Grüße 😀', 'канал', ' ', '0'];
const uids = [0, 1, 42, 2 ** 31, 2 ** 32 - 1, '0', 'bob', '65f1c0ffee65f1c0ffee65f1', 'Zoë 😀', 'x'.repeat(255)];
const inputs = [];
for (const channel of channels)
  for (const uid of uids)
    for (const role of ['publisher', 'subscriber'])
      inputs.push({ appId: crypto.randomBytes(16).toString('hex'), certificate: crypto.randomBytes(16).toString('hex'),
        role, now: 1000000000 + crypto.randomInt(2 ** 31), ttl: crypto.randomInt(1, 86400), salt: u32(), channel, uid });
inputs.push({ ...inputs[0], salt: 0 }, { ...inputs[0], salt: 2 ** 32 - 1 }, { ...inputs[0], appId: 'ABCDEF'.repeat(5) + '01' });

const lines = inputs.map(({ appId, certificate, role, now, ttl, salt, channel, uid }) =>
  [appId, certificate, role, now, ttl, salt, hex(channel), hex(uid === 0 ? '' : String(uid))].join(' '));
const printed = execFileSync(process.env.PRINT_AGORA_TOKENS, { input: `${lines.join('\n')}\n`, encoding: 'utf8',
  maxBuffer: 1 << 24 }).trim().split('\n').map((line) => line.split(' '));

const privileges = (role) => (role === 'publisher' ? [1, 2, 3, 4] : [1]);

test(`006: ${inputs.length} tokens to the byte`, () => {
  assert.equal(printed.length, inputs.length);
  inputs.forEach(({ appId, certificate, role, now, ttl, salt, channel, uid }, i) => {
    const token = new old.AccessToken(appId, certificate, channel, uid);
    Object.assign(token, { salt, ts: now + 86400 });
    for (const privilege of privileges(role)) token.addPriviledge(privilege, now + ttl);
    assert.equal(printed[i][0], token.build(), lines[i]);
  });
});

test(`007: ${inputs.length} tokens after inflating`, () => {
  inputs.forEach(({ appId, certificate, role, now, ttl, salt, channel, uid }, i) => {
    const token = new current.AccessToken2(appId, certificate, now, ttl);
    token.salt = salt;
    const service = new current.ServiceRtc(channel, uid);
    for (const privilege of privileges(role)) service.add_privilege(privilege, ttl);
    token.add_service(service);
    assert.match(printed[i][1], /^007[A-Za-z0-9+/]+=*$/);
    assert.deepEqual(inflate(printed[i][1]), inflate(token.build()), lines[i]);
  });
});

test('007: the package verifies ours, and not with another certificate', () => {
  inputs.forEach(({ appId, certificate, now, ttl, salt }, i) => {
    const token = new current.AccessToken2();
    assert.ok(token.from_string(printed[i][1]));
    assert.deepEqual([String(token.appId), token.issueTs, token.expire, token.salt], [appId, now, ttl, salt]);
    assert.ok(token.verifySignature(certificate));
    assert.equal(token.verifySignature('0'.repeat(32)), false);
  });
});

test('the builders that applications call give what the parts above give', () => {
  const { RtcTokenBuilder, RtcRole } = currentRtc;
  const { appId, certificate } = inputs[0];
  const built = new current.AccessToken2();
  assert.ok(built.from_string(RtcTokenBuilder.buildTokenWithUid(appId, certificate, 'c', 0, RtcRole.PUBLISHER, 600, 600)));
  assert.deepEqual(built.services[0].__privileges, { 1: 600, 2: 600, 3: 600, 4: 600 });
});
