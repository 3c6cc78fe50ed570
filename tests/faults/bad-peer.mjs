// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// bad-peer.mjs SERVER TOKEN-OF-BOB TOKEN-OF-CAROL MODE: sits between two good parties, so that what each gets is real but
// for what MODE spoils.
//
//   alice (a pipeline) --call--> bob | this program | carol --call--> dave (a pipeline)
//              signals <-----------------------------------------------> signals
//
// It says a line for what a test waits for, and does what it is told in words on stdin: `storm`, `offers`.

import readline from 'node:readline';
import { io } from 'socket.io-client';

const [server, bobToken, carolToken, mode] = process.argv.slice(2);
const open = (token) => io(server, { auth: { token }, transports: ['websocket'], reconnection: false, forceNew: true });
const bob = open(bobToken);
const carol = open(carolToken);
const ids = {};
let lastOffer;

const ask = (socket, event, body) => new Promise((resolve) => { socket.emit(event, body, resolve); });
const spoilFingerprint = (sdp) =>
  sdp.replace(/(a=fingerprint:sha-256 )(..)/gi, (all, head, byte) => head + (byte === '00' ? '01' : '00'));

// What each mode makes of a description on its way to the one named.
const spoil = {
  'answer-no-sdp': { alice: () => 'this is no SDP' },
  'offer-no-sdp': { dave: () => 'v=0\r\nthis neither\r\n' },
  'answer-no-media': { alice: () => 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n' },
  'answer-no-fingerprint': { alice: (sdp) => sdp.replace(/a=fingerprint:.*\r\n/g, '') },
  'answer-fingerprint': { alice: spoilFingerprint },
  'offer-fingerprint': { dave: spoilFingerprint },
}[mode] ?? {};

// The peer's candidates come first, and rubbish before them; an answer twice, and an offer from the one who answers.
const junk = ['', 'rubbish', 'candidate:', 'candidate:1 1 UDP 99999999999999 1.2.3.4 99999 typ host',
  'candidate:1 1 UDP 1 not-an-address.local 9 typ host', `candidate:${'9'.repeat(1500)}`];
const held = { alice: [], dave: [] };
async function sendCandidatesFirst(socket, callId, to, signal) {
  if (signal.description) {
    held[to].push(signal.description);
    return;
  }
  if (held[to].length === 0) return void ask(socket, 'call-signal', { callId, ...signal });
  for (const candidate of junk)
    ask(socket, 'call-signal', { callId, candidate: { candidate, sdpMid: '77', sdpMLineIndex: 77 } });
  await ask(socket, 'call-signal', { callId, ...signal });
  for (const description of held[to].splice(0)) {
    ask(socket, 'call-signal', { callId, description });
    ask(socket, 'call-signal', { callId, description: { ...description, type: 'answer' } });
    if (to === 'alice') ask(socket, 'call-signal', { callId, description: { ...description, type: 'offer' } });
  }
  console.log('candidates first to', to);
}

function relay(from, to, socket, target) {
  from.on('call-signal', ({ description, candidate, renegotiate }) => {
    const signal = description ? { description } : candidate ? { candidate } : { renegotiate };
    if (mode === 'silent') return;
    if (description && spoil[to]) signal.description = { ...description, sdp: spoil[to](description.sdp) };
    if (description?.type === 'offer') lastOffer = signal.description;
    if (mode === 'candidates-first') sendCandidatesFirst(socket, ids[target], to, signal);
    else socket.emit('call-signal', { callId: ids[target], ...signal });
  });
}

relay(bob, 'dave', carol, 'carol');
relay(carol, 'alice', bob, 'bob');

carol.on('call-accepted', async () => {
  console.log('accepted', (await ask(bob, 'call-accept', { callId: ids.bob })).ok);
});
bob.on('incoming-call', async ({ callId, callType }) => {
  ids.bob = callId;
  const answer = await ask(carol, 'call-start', { targetUserId: 'dave', callType });
  ids.carol = answer.callId;
  console.log('calls', answer.callId ?? answer.message);
});
bob.on('call-ended', () => carol.emit('call-end', { callId: ids.carol }));
carol.on('call-ended', () => bob.emit('call-end', { callId: ids.bob }));
for (const socket of [bob, carol]) socket.on('connect_error', (error) => console.log('error', error.message));
await Promise.all([bob, carol].map((socket) => new Promise((resolve) => { socket.once('connect', resolve); })));
console.log('ready');

const commands = {
  storm: () => Array.from({ length: 2000 }, () => ask(bob, 'call-signal', { callId: ids.bob, renegotiate: true })),
  offers: () => Array.from({ length: 100 },
    () => ask(carol, 'call-signal', { callId: ids.carol, description: lastOffer })),
};
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  await Promise.all(commands[line]());
  console.log('done', line);
});
lines.on('close', () => process.exit(0));
