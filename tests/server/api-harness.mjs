// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What the api-*.mjs tests share: a real gst-call-server on a port of its own, tokens made by node's crypto (not by
// the code under test), REST by fetch, sockets by socket.io-client. Every wait has a watchdog.

import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const SERVER = process.env.GST_CALL_SERVER;
export const SECRET = 'a secret of more than thirty-two bytes';
const WATCHDOG_MS = Number(process.env.API_WATCHDOG_MS ?? 10000);

if (!SERVER || !existsSync(SERVER)) {
  console.error('GST_CALL_SERVER does not name the server');
  process.exit(77);
}
export const { io } = await import('socket.io-client').catch(() => {
  console.error('socket.io-client is not installed: see tests/npm-install.sh');
  process.exit(77);
});

export function watchdog(promise, what, ms = WATCHDOG_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// ---- tokens ----

const base64url = (data) => Buffer.from(data).toString('base64url');

export function sign(claims, { secret = SECRET, alg = 'HS256', hash = 'sha256' } = {}) {
  const body = `${base64url(JSON.stringify({ alg, typ: 'JWT' }))}.${base64url(JSON.stringify(claims))}`;
  return `${body}.${crypto.createHmac(hash, secret).update(body).digest('base64url')}`;
}

export const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

// A user has the same token throughout: the server knows a device by it.
const EXPIRES = inSeconds(3600);
export const tokenOf = (id, more = {}) => sign({ sub: id, exp: EXPIRES, ...more });

// ---- the server ----

// No person is as fast as the races and the polling of until(). A flag overrides it.
const UNHURRIED = { GST_CALL_SERVER_RATE_LIMIT_START: '0', GST_CALL_SERVER_RATE_LIMIT_USER: '0' };

export class Server {
  constructor(args = [], env = {}) {
    this.dir = mkdtempSync(path.join(tmpdir(), 'call-server-'));
    this.database = path.join(this.dir, 'calls.db');
    this.secretFile = path.join(this.dir, 'secret');
    writeFileSync(this.secretFile, `${SECRET}\n`);
    this.args = args;
    this.useSecret = true;
    this.env = env;
    this.port = 0;
    this.sockets = [];
    this.wrapper = []; // a command that runs the server, as unshare
  }

  async start() {
    const args = ['--listen', `127.0.0.1:${this.port}`, '--database', this.database,
      ...(this.useSecret ? ['--jwt-secret-file', this.secretFile] : []), ...this.args];
    const [program, ...rest] = [...this.wrapper, SERVER, ...args];
    this.child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...UNHURRIED, ...this.env } });
    this.stdout = this.stderr = '';
    this.exited = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    this.child.stderr.on('data', (data) => { this.stderr += data; });
    const listening = new Promise((resolve) => this.child.stdout.on('data', (data) => {
      this.stdout += data;
      if (this.stdout.includes('\n')) resolve();
    }));
    await watchdog(Promise.race([listening, this.exited.then(({ code }) => {
      throw new Error(`the server ended with ${code}: ${this.stderr}`);
    })]), 'the server to listen', 30000);
    const [, url] = this.stdout.match(/^gst-call-server listening on (https?:\/\/127\.0\.0\.1:\d+)\n/);
    this.url = url;
    this.port = Number(new URL(url).port);
    return this;
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return watchdog(this.exited, 'the server to end');
  }

  async close() {
    for (const socket of this.sockets) socket.disconnect();
    const { code, signal } = this.child.exitCode === null && this.child.signalCode === null
      ? await this.stop() : await this.exited;
    rmSync(this.dir, { recursive: true, force: true });
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the server ended with ${code ?? signal}: ${this.stderr}`);
  }

  // {status, body, headers}; `token` is a user's name, or a whole token.
  async rest(method, where, token, body, headers = {}) {
    const bearer = token && token.includes('.') ? token : token && tokenOf(token);
    const response = await watchdog(fetch(this.url + where, {
      method,
      headers: { ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    }), `${method} ${where}`);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
  }

  // A user comes into the directory with its first token.
  async know(...users) {
    for (const user of users) await this.rest('GET', '/api/calls/active', user);
  }

  client(user, options = {}) {
    const token = user.includes('.') ? user : tokenOf(user);
    const client = new Client(io(this.url, { auth: { token }, transports: ['websocket'], forceNew: true,
      reconnection: false, ...options }));
    this.sockets.push(client.socket);
    return client;
  }

  async connect(user, options) {
    const client = this.client(user, options);
    await client.connected();
    return client;
  }
}

// ---- a socket that remembers ----

export class Client {
  constructor(socket) {
    this.socket = socket;
    this.events = [];
    this.waiting = [];
    socket.onAny((name, body) => {
      this.events.push({ name, body });
      this.waiting = this.waiting.filter((check) => !check());
    });
  }

  async connected() {
    await watchdog(new Promise((resolve, reject) => {
      if (this.socket.connected) resolve();
      this.socket.on('connect', resolve);
      this.socket.on('connect_error', reject);
    }), 'a connection');
  }

  // The next event of that name that was not taken yet (and fits).
  next(name, fits = () => true) {
    return watchdog(new Promise((resolve) => {
      const check = () => {
        const at = this.events.findIndex((event) => event.name === name && fits(event.body));
        if (at < 0) return false;
        resolve(this.events.splice(at, 1)[0].body);
        return true;
      };
      if (!check()) this.waiting.push(check);
    }), `${name}; there were ${this.events.map((event) => event.name)}`);
  }

  has(name) {
    return this.events.some((event) => event.name === name);
  }

  ask(name, ...args) {
    return watchdog(this.socket.emitWithAck(name, ...args), `the ack of ${name}`);
  }

  // Everything that the server sent before this has come.
  async settle() {
    await this.ask('call-active', {});
  }

  async close() {
    if (!this.socket.connected) return;
    const closed = new Promise((resolve) => this.socket.on('disconnect', resolve));
    this.socket.disconnect();
    await watchdog(closed, 'a socket to close');
  }

  // As a lost network does: no goodbye of either protocol.
  drop() {
    this.socket.io.engine.transport.ws?.terminate?.();
    this.socket.io.engine.close();
  }
}

// ---- calls ----

// A call that a started with b by events, and b accepted.
export async function activeCall(a, b, callType = 'audio', target = 'bob') {
  const started = await a.ask('call-start', { targetUserId: target, callType });
  await b.next('incoming-call', (body) => body.callId === started.callId);
  const accepted = await b.ask('call-accept', { callId: started.callId });
  await a.next('call-accepted');
  return { callId: started.callId, started, accepted };
}

export async function until(what, probe) {
  const start = Date.now();
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() - start > WATCHDOG_MS) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
