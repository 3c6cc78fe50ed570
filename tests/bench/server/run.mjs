// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// gst-call-server against a Node server of the same API, in one run: the same load program drives both in turns, on
// this machine, and CPU time is that of the server's process only. Prints a table; docs/benchmarks.md says what its
// rows are. Fails only when something could not be measured: a ratio is for the reader.
//
//   node run.mjs [--quick] [--rounds N] [--sockets N]
//   GST_CALL_SERVER, CALLLOAD: the programs

import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, rounds: { type: 'string' }, sockets: { type: 'string' } },
});
const ROUNDS = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const SOCKETS = Number(flags.sockets ?? (flags.quick ? 2000 : 10000));
const SECONDS = flags.quick ? 2 : 4;
const WARM_UP = flags.quick ? 2 : 4; // a compiler that learns has its time to
const FEW = 100;
const PAIRS = 50;
const LOAD = 0.7; // of what Node carries
const SIGNAL_PAIRS = 20;
const WATCHDOG_MS = 120000;

function skip(reason) {
  console.log(`SKIP: ${reason}`);
  process.exit(77);
}

const OURS = process.env.GST_CALL_SERVER ?? skip('GST_CALL_SERVER does not name the server');
const CALLLOAD = process.env.CALLLOAD ?? skip('CALLLOAD does not name the load program');
for (const program of [OURS, CALLLOAD]) if (!existsSync(program)) skip(`${program} is not built`);
if (spawnSync(path.join(here, 'install.sh'), { stdio: ['ignore', 2, 2] }).status !== 0)
  skip('the npm packages of the Node server cannot be installed');

// ---- processes ----

const directory = mkdtempSync(path.join(tmpdir(), 'benchserver-'));
const secretFile = path.join(directory, 'secret');
writeFileSync(secretFile, crypto.randomBytes(32).toString('hex'));
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${WATCHDOG_MS} ms for ${what}`)), WATCHDOG_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// As many descriptors as the machine gives.
function run(command, args) {
  const limits = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', command, ...args];
  const child = spawn('sh', limits, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  child.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  child.exited.then(() => children.delete(child));
  child.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return child;
}

async function line(child, what) {
  const { value, done } = await within(child.lines.next(), what);
  if (done) throw new Error(`${what}: the program ended with ${await child.exited}`);
  return value;
}

// No heartbeat falls into a measurement, and no limit on what a client may do: one load program is all the clients.
const COMMON = ['--ping-interval', '600', '--ping-timeout', '600'];
const help = spawnSync(OURS, ['--help'], { encoding: 'utf8' }).stdout;
const LIMITS = /--(rate-limit-[a-z]+|event-limit|address-socket-limit)\b/g;
const UNLIMITED = [...new Set([...help.matchAll(LIMITS)].map((match) => match[1]))].flatMap((name) => [`--${name}`, '0']);
let databases = 0;

const NODE = ['--expose-gc', path.join(here, 'nodeserver.mjs')];
const SIDES = {
  ours: { command: OURS, args: UNLIMITED },
  node: { command: process.execPath, args: NODE },
  batch: { command: process.execPath, args: [...NODE, '--batch'] },
};
const emptyDatabase = path.join(directory, 'empty.db');

async function startServer(side) {
  const { command, args } = SIDES[side];
  const database = existsSync(emptyDatabase) ? path.join(directory, `${databases++}.db`) : emptyDatabase;
  if (database !== emptyDatabase) copyFileSync(emptyDatabase, database);
  const child = run(command, [...args, ...COMMON, '--listen', '127.0.0.1:0', '--database', database,
    '--jwt-secret-file', secretFile]);
  child.side = side;
  child.address = (await line(child, 'the server listens')).replace(/^.* listening on http:\/\//, '');
  return child;
}

async function stopServer(server) {
  server.kill('SIGTERM');
  await within(server.exited, 'the server ends');
}

function startLoad(server, ...args) {
  return run(CALLLOAD, [...args.map(String), '--server', server.address, '--pid', server.pid,
    '--secret-file', secretFile]);
}

async function load(server, ...args) {
  const child = startLoad(server, ...args);
  const result = JSON.parse(await line(child, `callload ${args.join(' ')}`));
  if (await within(child.exited, 'callload ends') !== 0) throw new Error(`callload ${args.join(' ')} failed`);
  return result;
}

// ---- measurements ----

const results = {}; // name -> side -> [value]

function note(name, side, value) {
  ((results[name] ??= {})[side] ??= []).push(value);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const each = async (sides, measure) => {
  for (const side of sides) await measure(side);
};

async function measureCalls(servers, kind) {
  const args = kind === 'REST' ? ['--rest'] : [];
  await each(Object.keys(servers), async (side) => {
    const got = await load(servers[side], 'calls', '--pairs', PAIRS, '--seconds', SECONDS, ...args);
    note(`${kind}: calls per second`, side, got.done / got.seconds);
    note(`${kind}: calls per CPU second`, side, got.done / got.serverCpu);
    note(`${kind}: start to incoming, p50 ms`, side, got.p50);
    note(`${kind}: start to incoming, p99 ms`, side, got.p99);
    note('load program, share of a core', side, got.clientCpu / got.seconds);
  });
}

// Calls that come at their own times, as many for each side: what Node makes by requests, and a little less.
async function measureLatency(servers, kind) {
  const args = kind === 'REST' ? ['--rest'] : [];
  const rate = LOAD * median(results['REST: calls per second'].node);
  await each(['ours', 'node'], async (side) => {
    const got = await load(servers[side], 'calls', '--pairs', PAIRS, '--seconds', SECONDS, '--rate', rate, ...args);
    note(`${kind}: calls per second, given`, side, got.done / got.seconds);
    note(`${kind}: start to incoming at that, p50 ms`, side, got.p50);
    note(`${kind}: start to incoming at that, p99 ms`, side, got.p99);
  });
}

async function compareCalls() {
  const servers = {};
  await each(['ours', 'node', 'batch'], async (side) => {
    servers[side] = await startServer(side);
    for (const rest of [[], ['--rest']]) await load(servers[side], 'calls', '--seconds', WARM_UP, ...rest);
  });
  for (let round = 0; round < ROUNDS; round++) {
    await measureCalls(servers, 'REST');
    await measureCalls(servers, 'events');
    for (const kind of flags.quick ? [] : ['REST', 'events']) await measureLatency(servers, kind);
  }
  await each(Object.keys(servers), (side) => stopServer(servers[side]));
}

const resident = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]);

// KiB, once it moves no more. What Node's collector could free is not held against it.
async function settledMemory(server) {
  let last = 0;
  for (let i = 0; i < 20; i++) {
    if (server.side === 'node') server.kill('SIGUSR2');
    await sleep(500);
    const now = resident(server);
    if (Math.abs(now - last) < 200) return now;
    last = now;
  }
  return last;
}

async function cpuPerEvent(server) {
  const got = await load(server, 'signals', '--pairs', SIGNAL_PAIRS, '--seconds', SECONDS);
  return (got.serverCpu / got.done) * 1e6;
}

async function openIdle(server, count) {
  const child = startLoad(server, 'idle', '--sockets', count);
  await line(child, `${count} idle sockets`);
  return child;
}

async function compareIdle() {
  await each(['ours', 'node'], async (side) => {
    const server = await startServer(side);
    const idle = [await openIdle(server, FEW)];
    await load(server, 'signals', '--pairs', SIGNAL_PAIRS, '--seconds', WARM_UP);
    const before = await settledMemory(server);
    const few = await cpuPerEvent(server);
    while (idle.length < 5) idle.push(await openIdle(server, (SOCKETS - FEW) / 4));
    note('memory of an idle socket, KiB', side, ((await settledMemory(server)) - before) / (SOCKETS - FEW));
    const many = await cpuPerEvent(server);
    note(`an event at ${FEW} sockets, us CPU`, side, few);
    note(`an event at ${SOCKETS} sockets, us CPU`, side, many);
    note(`${SOCKETS} sockets against ${FEW}`, side, many / few);
    for (const child of idle) child.stdin.end();
    await Promise.all(idle.map((child) => within(child.exited, 'callload ends')));
    await stopServer(server);
  });
}

// ---- the table ----

// What is to be seen: `ours` or `ratio` (of what is better to what is worse) against a bound.
const TARGETS = [
  ['REST: calls per second', 'more'],
  ['REST: calls per CPU second', 'more', 3],
  ['REST: start to incoming, p50 ms', 'less'],
  ['REST: start to incoming, p99 ms', 'less', 3],
  ['events: calls per second', 'more'],
  ['events: calls per CPU second', 'more', 3],
  ['events: start to incoming, p50 ms', 'less'],
  ['events: start to incoming, p99 ms', 'less', 3],
  ['REST: calls per second, given', 'same'],
  ['REST: start to incoming at that, p50 ms', 'less'],
  ['REST: start to incoming at that, p99 ms', 'less'],
  ['events: calls per second, given', 'same'],
  ['events: start to incoming at that, p50 ms', 'less'],
  ['events: start to incoming at that, p99 ms', 'less'],
  ['memory of an idle socket, KiB', 'less', 4],
  [`an event at ${FEW} sockets, us CPU`, 'less'],
  [`an event at ${SOCKETS} sockets, us CPU`, 'less'],
  [`${SOCKETS} sockets against ${FEW}`, 'own', 1.5],
  ['load program, share of a core', 'none'],
];

const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

// Its median, and how many times better ours is; nothing where the side was not measured.
function against(name, side, better) {
  if (!results[name][side]) return ['', ''];
  const ours = median(results[name].ours);
  const theirs = median(results[name][side]);
  const ratio = better === 'more' ? ours / theirs : theirs / ours;
  return [figure(theirs), better === 'more' || better === 'less' ? figure(ratio) : ''];
}

function row([name, better, target]) {
  const ours = median(results[name].ours);
  const node = against(name, 'node', better);
  const ratio = Number(node[1]);
  const met = better === 'own' ? ours <= target : ratio >= target;
  const aim = target === undefined ? '' : better === 'own' ? `at most ${target}` : `at least ${target}`;
  return [name, figure(ours), ...node, ...against(name, 'batch', better), aim,
    target === undefined ? '' : met ? 'yes' : 'NO'];
}

function printTable() {
  const head = ['', 'gst-call-server', 'Node', 'times better', 'Node --batch', 'times better', 'target', 'met'];
  const table = [head, ...TARGETS.filter(([name]) => results[name]).map(row)];
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  for (const cells of table) {
    console.log(cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ').trimEnd());
  }
}

const began = Date.now();
await stopServer(await startServer('ours')); // the empty database that all begin with
await compareCalls();
await compareIdle();
printTable();
console.log(`\nmedian of ${ROUNDS} rounds of ${SECONDS} s, ${PAIRS} pairs; node ${process.version}, ${cpus().length} x `
  + `${cpus()[0].model}; ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(0);
