// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The call server's API as one writes it on Node: express, socket.io, better-sqlite3, jsonwebtoken. What
// gst-call-server is measured against, so it does the same work and gives the same promise: what was answered is on the
// disk.
//
// It takes an empty database that gst-call-server made, so tables, indexes and triggers are the same. Each change is
// one transaction, committed before the answer is made, as better-sqlite3's documentation has it: it is synchronous.
// What helps a Node server is used: prepared statements, WAL, names kept in memory, no compression, no ETags, rooms for
// a user's devices. --batch goes further: all writes of a turn of the loop share a transaction and its fsync, and are
// answered after it, which is what gst-call-server does with a thread.
//
//   node nodeserver.mjs --listen HOST:PORT --database FILE --jwt-secret-file FILE [--batch]

import Database from 'better-sqlite3';
import express from 'express';
import jwt from 'jsonwebtoken';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { Server } from 'socket.io';

const { values: options } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:0' },
    database: { type: 'string', default: 'calls.db' },
    'jwt-secret-file': { type: 'string' },
    'ring-timeout': { type: 'string', default: '30' },
    'ping-interval': { type: 'string', default: '25' },
    'ping-timeout': { type: 'string', default: '20' },
    batch: { type: 'boolean', default: false },
  },
});
const secret = crypto.createSecretKey(Buffer.from(readFileSync(options['jwt-secret-file'], 'utf8').trimEnd()));
const RING_MS = Number(options['ring-timeout']) * 1000;

// ---- database ----

const db = new Database(options.database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');

// As schema 2 of gst-call-server has it: type, direction and how a call ended, in 4 bits.
const ENDS = ['ended', 'rejected', 'missed', 'failed'];
const kind = (call, outgoing) => (call.type === 'video' ? 1 : 0) + (outgoing ? 2 : 0) + 4 * ENDS.indexOf(call.status);
const fold = (text) => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
const searchText = ({ _id, username, fullName }) => fold([fullName ?? username ?? _id, username ?? '', _id].join('\n'));

const CALL = `c.seq, c.id, c.channel, c.type, c.status, c.reason, c.started, c.accepted, c.ended,
  a.user_id AS caller, r.user_id AS receiver FROM calls c
  JOIN participants a ON a.call_id = c.id AND a.role = 'caller'
  JOIN participants r ON r.call_id = c.id AND r.role = 'receiver'`;
const sql = {
  touchUser: db.prepare(`INSERT INTO users (id, username, full_name, avatar, search) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET username = excluded.username, full_name = excluded.full_name,
    avatar = excluded.avatar, search = excluded.search`),
  seenUser: db.prepare('UPDATE users SET last_seen = ? WHERE id = ?'),
  user: db.prepare('SELECT id, username, full_name AS fullName, avatar FROM users WHERE id = ?'),
  call: db.prepare(`SELECT ${CALL} WHERE c.id = ?`),
  live: db.prepare('SELECT call_id AS id FROM participants WHERE user_id = ? AND live = 1 LIMIT 1'),
  insertCall: db.prepare("INSERT INTO calls (id, channel, type, status, started) VALUES (?, ?, ?, 'calling', ?)"),
  insertParticipant: db.prepare(`INSERT INTO participants (call_id, user_id, role, started, seen, live)
    VALUES (?, ?, ?, ?, ?, 1)`),
  insertPeers: db.prepare('INSERT OR IGNORE INTO peers VALUES (@a, @b), (@b, @a)'),
  accept: db.prepare("UPDATE calls SET status = 'active', accepted = ? WHERE id = ? AND status = 'calling'"),
  end: db.prepare('UPDATE calls SET status = ?, reason = ?, ended = ? WHERE id = ? AND status = ?'),
  leave: db.prepare('UPDATE participants SET live = 0 WHERE call_id = ?'),
  remember: db.prepare(`INSERT INTO history (user_id, started, call_seq, peer_id, kind, duration)
    VALUES (?, ?, ?, ?, ?, ?)`),
  peers: db.prepare('SELECT peer_id AS id FROM peers WHERE user_id = ? LIMIT 500'),
  count: db.prepare('SELECT count(*) AS total FROM history WHERE user_id = ?'),
  history: db.prepare(`SELECT ${CALL} JOIN history h ON h.call_seq = c.seq WHERE h.user_id = @user
    ORDER BY h.started DESC, h.call_seq DESC LIMIT @limit OFFSET @offset`),
};

class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, body: { message, code, ...more } });
  }
}

const transaction = db.transaction((work) => work()).immediate;

// A refusal has written nothing, so that it may be thrown within a transaction of others.
function settle({ work }) {
  try {
    return { result: work() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error };
  }
}

let waiting = [];

function commitWaiting() {
  const batch = waiting;
  waiting = [];
  let outcomes;
  try {
    outcomes = transaction(() => batch.map(settle));
  } catch (error) {
    outcomes = batch.map(() => ({ error }));
  }
  batch.forEach(({ resolve, reject }, i) => {
    const { result, error } = outcomes[i];
    if (error) reject(error);
    else resolve(result);
  });
}

const writeBatched = (work) => new Promise((resolve, reject) => {
  if (waiting.push({ work, resolve, reject }) === 1) setImmediate(commitWaiting);
});
const write = options.batch ? writeBatched : async (work) => transaction(work);

// ---- users ----

const profiles = new Map(); // id -> what its last token said

function userFromToken(token) {
  const claims = jwt.verify(token, secret, { algorithms: ['HS256'] });
  if (claims.exp === undefined || (claims.type ?? 'access') !== 'access') throw new Error('no access token');
  const user = {
    _id: String(claims.sub ?? claims.id ?? claims.userId),
    username: claims.username,
    fullName: claims.fullName ?? claims.name,
    avatar: claims.avatar ?? '',
  };
  const known = profiles.get(user._id);
  if (known && known.username === user.username && known.fullName === user.fullName && known.avatar === user.avatar)
    return known;
  profiles.set(user._id, user);
  write(() => sql.touchUser.run(user._id, user.username, user.fullName, user.avatar, searchText(user)))
    .catch(console.error);
  return user;
}

function profile(id) {
  const known = profiles.get(id);
  if (known) return known;
  const row = sql.user.get(id);
  if (!row) return undefined;
  const username = row.username ?? id;
  return { _id: id, username, fullName: row.fullName ?? username, avatar: row.avatar ?? '' };
}

// ---- calls ----

const rings = new Map(); // call id -> timer
const iceServers = () => [];
const media = (offer) => ({ mode: 'direct', offer });
const toUser = (id) => io.to(`user:${id}`);
const duration = (call, end) => (call.accepted ? Math.floor(Math.max(end - call.accepted, 0) / 1000) : 0);

const answer = (call, status, offer) => ({
  callId: call.id, channelName: call.channel, callType: call.type, status, iceServers: iceServers(),
  media: media(offer),
});

async function startCall(user, { targetUserId, callType = 'audio' }) {
  if (!targetUserId) throw new Refusal(400, 'target-required', 'Target user ID is required');
  if (callType !== 'audio' && callType !== 'video')
    throw new Refusal(400, 'bad-call-type', 'Call type must be audio or video');
  if (targetUserId === user._id) throw new Refusal(400, 'self-call', 'You cannot call yourself');
  const call = await write(() => {
    if (!sql.user.get(targetUserId)) throw new Refusal(404, 'user-not-found', 'Target user not found');
    const mine = sql.live.get(user._id);
    if (mine) throw new Refusal(409, 'caller-busy', 'You are already in a call', { callId: mine.id });
    const theirs = sql.live.get(targetUserId);
    if (theirs) throw new Refusal(409, 'user-busy', 'User is busy on another call', { callId: theirs.id });
        const channel = `call_${crypto.randomBytes(16).toString('hex')}`;
    const now = Date.now();
    // The second, then chance, as ours: a random id alone would write to more pages.
    const id = Math.floor(now / 1000).toString(16) + crypto.randomBytes(8).toString('hex');
    sql.insertCall.run(id, channel, callType, now);
    sql.insertParticipant.run(id, user._id, 'caller', now, 1);
    sql.insertParticipant.run(id, targetUserId, 'receiver', now, online.has(targetUserId) ? 1 : 0);
    sql.insertPeers.run({ a: user._id, b: targetUserId });
    return { id, channel, type: callType, caller: user._id, receiver: targetUserId, started: now };
  });
  rings.set(call.id, setTimeout(() => finish(call.id, null, 'missed', 'timeout').catch(console.error), RING_MS));
  toUser(targetUserId).emit('incoming-call', { callId: call.id, caller: profile(user._id), channelName: call.channel,
    callType, iceServers: iceServers(), media: media(false) });
  return answer(call, 'calling', true);
}

async function acceptCall(user, callId) {
  const call = await write(() => {
    const row = sql.call.get(callId);
    if (!row) throw new Refusal(404, 'not-found', 'Call not found');
    if (row.receiver !== user._id) throw new Refusal(403, 'forbidden', 'Unauthorized to accept this call');
    if (sql.accept.run(Date.now(), callId).changes !== 1)
      throw new Refusal(400, 'not-calling', 'Call is not in calling state');
    return row;
  });
  clearTimeout(rings.get(callId));
  rings.delete(callId);
  toUser(call.caller).emit('call-accepted', { callId, channelName: call.channel, callType: call.type, by: user._id,
    media: media(true) });
  return answer(call, 'active', false);
}

// @user: null for the ring timer.
async function finish(callId, user, status, reason) {
  const now = Date.now();
  const { call, changed } = await write(() => {
    const row = sql.call.get(callId);
    if (!row) throw new Refusal(404, 'not-found', 'Call not found');
    if (user && row.receiver !== user._id && row.caller !== user._id)
      throw new Refusal(403, 'forbidden', 'Unauthorized to end this call');
    const [end, why] = row.status === 'calling' && status === 'ended' ? ['missed', 'cancelled'] : [status, reason];
    if (!['calling', 'active'].includes(row.status)) return { call: row, changed: false };
    if (sql.end.run(end, why, now, callId, row.status).changes !== 1) throw new Error('the call changed meanwhile');
    Object.assign(row, { status: end, reason: why, ended: now });
    sql.leave.run(callId);
    const seconds = duration(row, now);
    sql.remember.run(row.caller, row.started, row.seq, row.receiver, kind(row, true), seconds);
    sql.remember.run(row.receiver, row.started, row.seq, row.caller, kind(row, false), seconds);
    return { call: row, changed: true };
  });
  const body = { callId, endedBy: user?._id ?? null, reason: call.reason, duration: duration(call, call.ended) };
  if (changed) {
    clearTimeout(rings.get(callId));
    rings.delete(callId);
    for (const id of [call.caller, call.receiver]) if (id !== user?._id) toUser(id).emit('call-ended', body);
  }
  return { callId, status: 'ended', duration: body.duration, endReason: call.reason };
}

const endCall = (user, callId) => finish(callId, user, 'ended', 'hangup');

function signal(user, body) {
  const call = sql.call.get(body.callId);
  if (!call) throw new Refusal(404, 'not-found', 'Call not found');
  if (call.caller !== user._id && call.receiver !== user._id) throw new Refusal(403, 'forbidden', 'Unauthorized');
  if (call.status !== 'active') throw new Refusal(400, 'not-live', 'Call is over');
  const { description, candidate, renegotiate } = body;
  toUser(call.caller === user._id ? call.receiver : call.caller)
    .emit('call-signal', { callId: call.id, from: user._id, description, candidate, renegotiate });
  return {};
}

const iso = (ms) => (ms ? new Date(ms).toISOString() : null);

function history(user, { page = 1, limit = 20 }) {
  const rows = sql.history.all({ user: user._id, limit: Number(limit), offset: (Number(page) - 1) * Number(limit) });
  const { total } = sql.count.get(user._id);
  const calls = rows.map((row) => ({
    _id: row.id, callId: row.id, caller: profile(row.caller), receiver: profile(row.receiver), channelName: row.channel,
    callType: row.type, status: row.status, endReason: row.reason, startTime: iso(row.started),
    acceptTime: iso(row.accepted), endTime: iso(row.ended), duration: duration(row, row.ended || Date.now()),
    direction: row.caller === user._id ? 'outgoing' : 'incoming',
  }));
  return { calls, totalPages: Math.ceil(total / limit), currentPage: Number(page), total };
}

// ---- REST ----

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use('/api', (request, response, next) => {
  try {
    request.user = userFromToken((request.headers.authorization ?? '').replace(/^Bearer /i, ''));
    next();
  } catch {
    response.status(401).json({ success: false, message: 'Unauthorized', code: 'token-invalid' });
  }
});
app.use(express.json({ limit: 65536 }));
app.post('/api/calls/start', async (request, response) => response.json(await startCall(request.user, request.body)));
app.post('/api/calls/:id/accept', async (request, response) =>
  response.json(await acceptCall(request.user, request.params.id)));
app.post('/api/calls/:id/end', async (request, response) =>
  response.json(await endCall(request.user, request.params.id)));
app.get('/api/calls/history', (request, response) => response.json(history(request.user, request.query)));
app.use((error, request, response, next) => {
  const { status = 500, body = { message: error.message, code: 'error' } } = error;
  response.status(status).json({ success: false, ...body });
});

// ---- events ----

const server = http.createServer(app);
const io = new Server(server, {
  perMessageDeflate: false,
  serveClient: false,
  pingInterval: Number(options['ping-interval']) * 1000,
  pingTimeout: Number(options['ping-timeout']) * 1000,
});
const EVENTS = {
  'call-start': (user, body) => startCall(user, body),
  'call-accept': (user, body) => acceptCall(user, body.callId),
  'call-end': (user, body) => endCall(user, body.callId),
  'call-signal': (user, body) => signal(user, body),
};
const online = new Map(); // user id -> sockets

function presence(user) {
  const now = Date.now();
  write(() => sql.seenUser.run(now, user._id)).catch(console.error);
  const rooms = sql.peers.all(user._id).map(({ id }) => `user:${id}`);
  if (rooms.length > 0)
    io.to(rooms).emit('user-status', { userId: user._id, online: online.has(user._id), lastSeen: iso(now) });
}

io.use((socket, next) => {
  try {
    socket.data.user = userFromToken(socket.handshake.auth.token ?? socket.handshake.query.token);
    next();
  } catch {
    next(new Error('Unauthorized'));
  }
});
io.on('connection', (socket) => {
  const { user } = socket.data;
  socket.join(`user:${user._id}`);
  online.set(user._id, (online.get(user._id) ?? 0) + 1);
  if (online.get(user._id) === 1) presence(user);
  for (const [name, handle] of Object.entries(EVENTS)) {
    socket.on(name, async (body, ack) => {
      try {
        const result = await handle(user, body ?? {});
        ack?.({ ok: true, ...result });
      } catch (error) {
        ack?.({ ok: false, ...(error.body ?? { code: 'error', message: error.message }) });
      }
    });
  }
  socket.on('disconnect', () => {
    const left = online.get(user._id) - 1;
    if (left > 0) online.set(user._id, left);
    else {
      online.delete(user._id);
      presence(user);
    }
  });
});

const [host, port] = options.listen.split(':');
server.listen(Number(port), host, 4096, () => {
  console.log(`nodeserver listening on http://${host}:${server.address().port}`);
});
// Before memory is read: what the collector could free is not held against Node.
process.on('SIGUSR2', () => globalThis.gc?.());
process.on('SIGTERM', () => process.exit(0));
