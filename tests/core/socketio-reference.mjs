// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// Our Socket.IO decoder against the reference parser of socket.io: what that one encodes, ours reads and writes back
// byte for byte; and of texts with one fault in them, ours takes none that the reference refuses.
// socketio-reference.mjs DECODE_LINES [SEED]

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const PACKETS = 5000;
const [program, seed = '1'] = process.argv.slice(2);
console.log(`seed ${seed}`);

const { Decoder, Encoder } = await import('socket.io-parser').catch(() => {
  console.log('skipped: socket.io-parser is not installed (tests/npm-install.sh)');
  process.exit(77);
});

// mulberry32
let state = Number(seed) >>> 0;
function random(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) % below;
}
const pick = (list) => list[random(list.length)];
const several = (count, make) => Array.from({ length: random(count) }, make);

const STRINGS = ['', 'a', 'é', '"\\', '\n\t', '{"_placeholder":true,"num":0}', '😀', '{', '}]', '\u0001', 'num'];
const SCALARS = [() => random(1000) - 500, () => random(1e6) / 7, () => pick(STRINGS), () => pick([null, true, false])];

function value(depth, binary) {
  const choices = [...SCALARS];
  if (depth < 4)
    choices.push(() => several(4, () => value(depth + 1, binary)),
      () => Object.fromEntries(several(4, () => [pick(STRINGS), value(depth + 1, binary)])));
  if (binary)
    choices.push(() => Buffer.from(several(20, () => random(256))));
  return pick(choices)();
}

const MAKERS = [
  () => ({ type: 0, data: pick([undefined, { token: 't' }]) }),
  () => ({ type: 1 }),
  () => ({ type: 2, data: ['ev', ...several(3, () => value(0, true))], id: pick([undefined, random(1e9)]) }),
  () => ({ type: 3, data: several(3, () => value(0, true)), id: random(1e6) }),
  () => ({ type: 4, data: { message: 'no' } }),
];

function encode() {
  for (;;) {
    const packet = { ...pick(MAKERS)(), nsp: pick(['/', '/x', '/a?b=c']) };
    const messages = new Encoder().encode(packet);
    if (messages.length <= 11) // 10 attachments
      return messages;
  }
}

const base64 = (message) => Buffer.from(message).toString('base64');
const line = (message) => (typeof message === 'string' ? 't' : 'b') + base64(message);

function decode(lines) {
  const run = spawnSync(program, { input: lines.join('\n') + '\n', maxBuffer: 1 << 28, timeout: 60000 });
  assert.equal(run.status, 0, String(run.stderr));
  return run.stdout.toString().trimEnd().split('\n');
}

function takenByReference(text) {
  const decoder = new Decoder();
  let taken = true; // also a binary packet whose attachments are due
  try {
    decoder.add(text);
  } catch {
    taken = false;
  }
  decoder.destroy();
  return taken;
}

function spoil(text) {
  const at = random(text.length + 1);
  const inserted = pick([...'{}[],"0123456789-/x ']);
  return text.slice(0, at) + pick(['', inserted]) + text.slice(at + random(2));
}

const packets = Array.from({ length: PACKETS }, encode);
const answers = decode(packets.flatMap((messages) => messages.map(line)));
let next = 0;
for (const messages of packets) {
  next += messages.length;
  const expected = ['packet', ...messages.map(base64)].join(' ');
  assert.equal(answers[next - 1], expected, messages[0]);
}
assert.equal(next, answers.length);

const spoiled = packets.map((messages) => spoil(messages[0])).filter((text) => !/[\ud800-\udfff]/.test(text));
const verdicts = decode(spoiled.flatMap((text) => ['r', line(text)]));
assert.equal(verdicts.length, spoiled.length);
let taken = 0;
spoiled.forEach((text, i) => {
  if (verdicts[i].startsWith('error'))
    return;
  taken += 1;
  assert.ok(takenByReference(text), `taken, but not by the reference: ${text}`);
});
const binary = packets.filter((messages) => messages.length > 1).length;
console.log(`${packets.length} packets the same (${binary} binary); ${taken} of ${spoiled.length} spoiled ones taken, each by both`);
