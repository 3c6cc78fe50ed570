// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// /metrics: what was done is counted, promtool (Debian: prometheus) has nothing to say against it, and who may read it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Server, activeCall, until } from './api-harness.mjs';

async function scrape(server, headers = {}) {
  const response = await fetch(`${server.url}/metrics`, { headers });
  const text = await response.text();
  const values = {};
  for (const line of text.split('\n').filter((l) => l !== '' && !l.startsWith('#'))) {
    const [, series, value] = line.match(/^(\S+?(?:\{.*\})?) (\S+)$/);
    assert.ok(!(series in values), `${series} is there twice`);
    values[series] = Number(value);
  }
  return { status: response.status, type: response.headers.get('content-type'), text, values };
}

async function serve(t, ...args) {
  const server = await new Server(args).start();
  t.after(() => server.close());
  return server;
}

test('a call, its requests and events are counted', async (t) => {
  const server = await serve(t);
  const alice = await server.connect('alice');
  const bob = await server.connect('bob', { transports: ['polling'] });
  const { callId } = await activeCall(alice, bob);
  const during = (await scrape(server)).values;

  assert.equal(during['gstcall_calls{status="active"}'], 1);
  assert.equal(during['gstcall_sockets'], 2);
  assert.deepEqual([during['gstcall_sessions{transport="websocket"}'], during['gstcall_sessions{transport="polling"}']], [1, 1]);
  await bob.ask('call-end', { callId });
  await server.rest('GET', '/api/calls/history', 'alice');
  await server.rest('GET', `/api/calls/${callId}`, 'alice');
  await server.rest('GET', '/api/calls/active', 'not.a.token');
  await server.rest('GET', '/no/such/place', 'alice');
  await alice.ask('of-our-own-making', {});
  const { values, text, type } = await scrape(server);
  assert.match(type, /^text\/plain; version=0\.0\.4/);
  for (const [series, value] of Object.entries({
    gstcall_calls_started_total: 1,
    'gstcall_calls{status="active"}': 0,
    'gstcall_calls_ended_total{status="ended",reason="hangup"}': 1,
    gstcall_call_ring_seconds_count: 1,
    gstcall_call_duration_seconds_count: 1,
    'gstcall_events_received_total{event="call-start"}': 1,
    'gstcall_events_received_total{event="other"}': 1,
    'gstcall_events_sent_total{event="incoming-call"}': 1,
    'gstcall_http_requests_total{route="/api/calls/:id",method="GET",status="2xx"}': 1,
    'gstcall_http_requests_total{route="/api/calls/active",method="GET",status="4xx"}': 1,
    'gstcall_http_requests_total{route="other",method="GET",status="4xx"}': 1,
    'gstcall_http_request_duration_seconds_count{route="/api/calls/history"}': 1,
    'gstcall_auth_failures_total{code="token-invalid"}': 1,
  })) assert.equal(values[series], value, series);
  for (const name of ['process_open_fds', 'process_threads', 'process_resident_memory_bytes', 'process_cpu_seconds_total', 'gstcall_store_commit_seconds_count'])
    assert.ok(values[name] > 0, name);
  assert.ok(Math.abs(values.process_start_time_seconds - Date.now() / 1000) < 60);
  assert.ok(!text.includes(callId) && !text.includes('alice'), 'who and what is nobody’s business here');
});

test('calls that nobody takes, and limits', async (t) => {
  const server = await serve(t, '--ring-timeout', '0.2', '--rate-limit-user', '3');
  await server.know('bob');
  await server.rest('POST', '/api/calls/start', 'alice', { targetUserId: 'bob' });
  for (let i = 0; i < 4; i++) await server.rest('GET', '/api/calls/active', 'alice');
  const { values } = await until('the end of the call', async () => {
    const metrics = await scrape(server);
    return metrics.values['gstcall_calls_ended_total{status="missed",reason="offline"}'] === 1 && metrics;
  });

  assert.equal(values['gstcall_rate_limited_total{limit="user"}'], 2);
  assert.equal(values.gstcall_call_duration_seconds_count, 0);
});

test('paths, methods and events of a client make no series', async (t) => {
  const server = await serve(t);
  const alice = await server.connect('alice');
  const before = (await scrape(server)).text.split('\n').length;

  for (let i = 0; i < 150; i++) {
    await server.rest(['GET', 'PUT', 'PATCH', 'BREW'][i % 4] === 'BREW' ? 'DELETE' : 'GET', `/made-up/${i}`, 'alice');
    await alice.ask(`made-up-${i}`, {});
  }
  const after = (await scrape(server)).text.split('\n').length;
  assert.ok(after - before < 40, `${after - before} more lines`);
});

test('promtool', async (t) => {
  const server = await serve(t);
  const alice = await server.connect('alice');
  const bob = await server.connect('bob');
  await activeCall(alice, bob);
  const { text } = await scrape(server);
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });

  if (error) return t.skip('promtool is not installed (Debian: prometheus)');
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('it answers this machine, and no proxy on it', async (t) => {
  const server = await serve(t);

  assert.equal((await fetch(`${server.url}/metrics`)).status, 200);
  for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']) {
    const response = await fetch(`${server.url}/metrics`, { headers: { [name]: '127.0.0.1' } });
    assert.deepEqual([response.status, (await response.json()).code], [403, 'forbidden'], name);
  }
  const noText = await fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '\xff, 192.0.2.1' } });
  assert.equal(noText.status, 403, 'a client cannot hide behind bytes that are no UTF-8');
});

test('with a token it answers whoever has it', async (t) => {
  const server = new Server();
  const file = path.join(server.dir, 'metrics-token');
  writeFileSync(file, 'prometheus may read this\n');
  server.args.push('--metrics-token-file', file);
  await server.start();
  t.after(() => server.close());
  const ask = async (authorization) => (await fetch(`${server.url}/metrics`, { headers: authorization ? { authorization } : {} })).status;

  assert.equal(await ask('Bearer prometheus may read this'), 200);
  for (const wrong of [undefined, 'Bearer', 'Bearer prometheus may read thi', 'Bearer prometheus may read this!', 'Basic eDp5'])
    assert.equal(await ask(wrong), 401, wrong);
});
