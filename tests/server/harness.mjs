// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors

// What the tests of the transport share: a server of their own on a free port, packets by hand over polling, websocket
// and plain TCP, and waiting for conditions instead of for time.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { createInterface } from 'node:readline';

function skip(reason) {
  console.log(`SKIP: ${reason}`);
  process.exit(77);
}

async function load(name) {
  try {
    return await import(name);
  } catch {
    return skip(`npm package ${name} is missing: run tests/npm-install.sh`);
  }
}

export const { WebSocket } = await load('ws');
export const { io } = await load('socket.io-client');

const program = process.env.ECHO_SERVER ?? skip('ECHO_SERVER does not name the echo server');
if (!existsSync(program)) skip(`${program} is not built`);

export const CALM = { 'ping-interval': 25000, 'ping-timeout': 20000, 'connect-timeout': 20000 };

// Nothing in these tests takes longer than this; what does has hung.
const WATCHDOG_MS = 10000;

export function within(promise, what, ms = WATCHDOG_MS) {
  let timer;
  const watchdog = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timeout: ${what}`)), ms);
  });
  return Promise.race([promise, watchdog]).finally(() => clearTimeout(timer));
}

// Until @check returns something true.
export async function until(check, what, ms = WATCHDOG_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > end) throw new Error(`timeout: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export class Server {
  // @flags: of echo-server, without the dashes
  static async start(t, flags = CALM) {
    const server = new Server();
    const args = Object.entries({ port: 0, ...flags }).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
    const wrapper = (process.env.ECHO_WRAPPER ?? '').split(' ').filter(Boolean);
    const [command, ...rest] = [...wrapper, program, ...args];
    server.process = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    server.lines = [];
    server.exited = once(server.process, 'exit');
    createInterface({ input: server.process.stdout }).on('line', (line) => server.lines.push(line));
    t?.after(() => server.stop());
    server.url = await until(() => server.lines[0]?.replace('listening on ', ''), 'the server listens', 30000);
    server.port = Number(new URL(server.url).port);
    return server;
  }

  // An orderly end, which is an assertion of every test: exit status 0 means that no handle was left.
  async stop() {
    this.terminate();
    const [code, signal] = await within(this.exited, 'the server stops', 15000);
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}`);
  }

  terminate() {
    if (!this.terminated) this.process.kill('SIGTERM');
    this.terminated = true;
  }

  // What was said is printed line by line; @line is a prefix.
  says(line) {
    return until(() => this.lines.find((l) => l.startsWith(line)), `the server says "${line}"`);
  }

  async stats() {
    return (await fetch(`${this.url}/stats`)).json();
  }

  descriptors() {
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }

  // Seconds of CPU so far.
  cpu() {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  // Bytes of resident memory.
  memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1]) * 1024;
  }
}

export class Polling {
  constructor(server, path = '/engine.io/') {
    this.base = `${server.url}${path}?EIO=4&transport=polling`;
  }

  static async open(server, path, query = '') {
    const session = new Polling(server, path);
    const response = await fetch(session.base + query);
    const text = await response.text();
    if (response.status !== 200 || text[0] !== '0') throw new Error(`no handshake: ${response.status} ${text}`);
    session.handshake = JSON.parse(text.slice(1));
    session.sid = session.handshake.sid;
    session.url = `${session.base}&sid=${session.sid}`;
    return session;
  }

  get(options) {
    return fetch(this.url, options);
  }

  // What is said in turn may come in one answer or in several.
  async collect(count) {
    const packets = [];
    while (packets.length < count) packets.push(...await this.poll());
    return packets;
  }

  async poll() {
    const response = await within(this.get(), 'a poll is answered');
    if (response.status !== 200) throw new Error(`poll: ${response.status}`);
    return (await response.text()).split('\x1e');
  }

  post(body, options = {}) {
    return fetch(this.url, { method: 'POST', body, ...options });
  }
}

// A websocket whose messages are read in order: Buffers where they are binary, strings else.
export class Channel {
  constructor(server, query = '', path = '/engine.io/', options = {}) {
    const url = `${server.url.replace('http', 'ws')}${path}?EIO=4&transport=websocket${query}`;
    this.received = [];
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data, binary) => this.received.push(binary ? data : data.toString()));
    this.socket.on('error', (error) => (this.error = error));
    this.closed = new Promise((resolve) => this.socket.on('close', (code) => resolve(code)));
    this.opened = new Promise((resolve) => this.socket.on('open', resolve));
  }

  static async open(server, query, path, options) {
    const channel = new Channel(server, query, path, options);
    await within(Promise.race([channel.opened, channel.closed]), 'the websocket opens');
    if (channel.error) throw channel.error;
    return channel;
  }

  // Open, with Engine.IO's handshake read.
  static async handshake(server, path, query) {
    const channel = await Channel.open(server, query, path);
    const text = await channel.next();
    channel.handshakeText = text;
    channel.sid = JSON.parse(text.slice(1)).sid;
    return channel;
  }

  // With a socket in @namespace; the CONNECT's answer and `auth` are read.
  static async socketio(server, namespace = '', auth = '') {
    const channel = await Channel.handshake(server, '/socket.io/');
    channel.send(`40${namespace}${auth}`);
    channel.connect = await channel.next();
    channel.auth = await channel.next();
    return channel;
  }

  send(data) {
    this.socket.send(data);
  }

  async next() {
    return until(() => this.received.length > 0 && { message: this.received.shift() }, 'a message').then(
      (m) => m.message,
    );
  }

  // The code that it is closed with.
  end() {
    return within(this.closed, 'the websocket is closed');
  }
}

// The status and body that refuse a websocket.
export async function refusal(server, path, headers = {}) {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  const response = await within(
    new Promise((resolve, reject) => {
      socket.on('unexpected-response', (_, r) => resolve(r));
      socket.on('open', () => reject(new Error('the websocket opened')));
      socket.on('error', reject);
    }),
    'the websocket is refused',
  );
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body: JSON.parse(body) };
}

export class Tcp {
  static async open(server) {
    const tcp = new Tcp();
    tcp.socket = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    tcp.text = '';
    tcp.socket.on('data', (data) => (tcp.text += data.toString('latin1')));
    tcp.socket.on('error', () => {});
    tcp.ended = new Promise((resolve) => ['end', 'close'].forEach((event) => tcp.socket.on(event, resolve)));
    await once(tcp.socket, 'connect');
    return tcp;
  }

  write(data) {
    this.socket.write(data);
  }

  destroy() {
    this.socket.destroy();
  }

  end(ms) {
    return within(this.ended, 'the server closes the connection', ms);
  }

  async reply(pattern) {
    return until(() => pattern.exec(this.text), `the answer has ${pattern}; it is ${this.text.slice(0, 200)}`);
  }

  // A websocket by hand, for what no library sends.
  static async websocket(server, path = '/engine.io/') {
    const tcp = await Tcp.open(server);
    tcp.write(
      `GET ${path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await tcp.reply(/\r\n\r\n[^]*"maxPayload":\d+}/);
    // A close frame is answered by closing: the server gives a client that does not five seconds.
    tcp.socket.on('data', () => tcp.text.includes('\x88') && tcp.socket.end());
    return tcp;
  }
}

// One frame of a client. @opcode: 0 continuation, 1 text, 2 binary
export function frame(opcode, payload, { fin = true, mask = true } = {}) {
  const data = Buffer.from(payload);
  const head = Buffer.alloc(data.length < 126 ? 2 : data.length < 65536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = mask ? 0x80 : 0;
  if (data.length < 126) head[1] |= data.length;
  else if (data.length < 65536) {
    head[1] |= 126;
    head.writeUInt16BE(data.length, 2);
  } else {
    head[1] |= 127;
    head.writeBigUInt64BE(BigInt(data.length), 2);
  }
  return Buffer.concat([head, mask ? Buffer.alloc(4) : Buffer.alloc(0), data]);
}
