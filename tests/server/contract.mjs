// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// docs/protocol/openapi.yaml held against the server: the same routes; each operation answers each of its statuses,
// with its fields and no others, its headers, and each error as its example says; no status comes that is not there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { SERVER, Server, inSeconds, sign, until } from './api-harness.mjs';
import { Description, ONE_ISSUER, breakDatabase, foreignTokens, isExample, listRoutes, request } from './contract-harness.mjs';
import { Receiver, sendTo } from './webhook-receiver.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const api = new Description('openapi');
const operations = Object.entries(api.document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => ({ ...item[method], path, method: method.toUpperCase(),
    parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((p) => api.resolve(p)) })));
const byId = Object.fromEntries(operations.map((operation) => [operation.operationId, operation]));
const ofCall = operations.filter(({ path }) => path.includes('{callId}'));
const seen = new Set();

let server;
before(async () => {
  server = await new Server(['--stun-server', 'stun:127.0.0.1:3478']).start();
  await server.know('alice', 'bob', 'carol', 'dave');
});
after(() => server.close());

function checkHeaders(documented, answer, what) {
  for (const [name, node] of Object.entries(documented.headers ?? {})) {
    const value = answer.headers[name.toLowerCase()];
    assert.notEqual(value, undefined, `${what} has no header ${name}`);
    const { schema } = api.resolve(node);
    api.validate(schema, schema.type === 'integer' ? Number(value) : value, `${what}, header ${name}`);
  }
}

function checkBody(documented, answer, what) {
  const type = answer.headers['content-type']?.split(';')[0];
  const content = documented.content?.[type];
  if (!documented.content) {
    assert.equal(answer.text, '', `${what} has a body`);
    return undefined;
  }
  assert.ok(content, `${what} is of type ${type}`);
  if (type !== 'application/json') return answer.text;
  const body = JSON.parse(answer.text);
  api.validate(content.schema, body, what);
  return body;
}

// An answer is one that is described. Its body.
function check(operation, answer) {
  const what = `${operation.operationId} ${answer.status}`;
  const documented = api.resolve(operation.responses[answer.status]);
  assert.ok(documented, `${what} is not described: ${answer.text}`);
  checkHeaders(documented, answer, what);
  const body = checkBody(documented, answer, what);
  seen.add(what);
  if (answer.status < 400) return body;
  const examples = Object.entries(documented.content['application/json'].examples)
    .map(([name, node]) => [name, api.resolve(node).value]);
  const found = examples.find(([, value]) => isExample(value, body));
  assert.ok(found, `${what}: no example says ${JSON.stringify(body)}`);
  seen.add(`${what} ${found[0]}`);
  return body;
}

// Asks for an operation, and expects a status, and of an error a code. The body.
async function ask(id, status, { code, callId = 'none', query = '', on = server, path, ...options } = {}) {
  const operation = byId[id];
  const where = (path ?? operation.path).replace('{callId}', callId) + query;
  const answer = await request(on, operation.method, where, { token: 'alice', ...options });
  assert.equal(answer.status, status, `${id}: ${answer.text}`);
  const body = check(operation, answer);
  if (code) assert.equal(body.code, code, id);
  return body;
}

test('the description has the server\'s routes, and no others', () => {
  const described = operations.map(({ method, path, security }) =>
    `${method} ${path.replace(/\{\w+\}/g, '{}')} ${security?.length === 0 ? 'open' : 'token'}`).sort();
  const served = listRoutes().filter(({ method }) => !['EVENT', 'EMIT'].includes(method)).map((route) =>
    `${route.method} ${route.path} ${route.needsToken ? 'token' : 'open'}`).sort();
  assert.deepEqual(served, described, 'a route needs its operation in docs/protocol/openapi.yaml and its probes here');
});

test('other paths are 404, other methods 405', async () => {
  for (const path of ['/', '/api', '/api/calls', '/api/calls/', '/api/calls/a/b', '/api/calls/a/accept/b', '/healthz/']) {
    const answer = await request(server, 'GET', path, { token: 'alice' });
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [404, 'no-route'], path);
  }
  for (const [path, item] of Object.entries(api.document.paths)) {
    for (const method of METHODS) {
      const answer = await request(server, method.toUpperCase(), path.replace('{callId}', 'none'));
      // A word may be taken for a call's id: DELETE /api/calls/active is about the call "active".
      const shadowed = /^\/api\/calls\/[\w-]+$/.test(path) && byId.getCall && api.document.paths['/api/calls/{callId}'][method];
      if (item[method] || shadowed) assert.ok(![404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
      else assert.deepEqual([answer.status, JSON.parse(answer.text).code], [405, 'method-not-allowed'], `${method} ${path}`);
    }
  }
});

test('its version is the server\'s, and what is served is what is in the repository', async () => {
  const { version } = api.document.info;
  const asyncapi = new Description('asyncapi').document;
  assert.equal(asyncapi.info.version, version);
  assert.equal(execFileSync(SERVER, ['--version'], { encoding: 'utf8' }), `gst-call-server ${version}\n`);
  for (const [id, document] of [['getOpenapi', api.document], ['getAsyncapi', asyncapi]]) {
    const answer = await request(server, 'GET', byId[id].path);
    assert.deepEqual(check(byId[id], answer), document);
    const { etag } = answer.headers;
    for (const tags of [etag, `"x", ${etag}`, `W/${etag}`, '*'])
      await ask(id, 304, { token: undefined, headers: { 'if-none-match': tags } });
    await ask(id, 200, { token: undefined, headers: { 'if-none-match': `"${'0'.repeat(32)}"` } });
  }
});

test('health', async () => {
  assert.deepEqual(await ask('getHealth', 200, { token: undefined }), { status: 'ok' });
  assert.deepEqual(await ask('getReadiness', 200, { token: undefined }), { status: 'ready' });
});

test('each operation with each kind of bad token', async () => {
  const exp = inSeconds(600);
  const tokens = { 'token-missing': undefined, 'token-invalid': sign({ sub: 'alice', exp }, { secret: 'x'.repeat(40) }),
    'token-expired': sign({ sub: 'alice', exp: inSeconds(-600) }),
    'token-not-yet-valid': sign({ sub: 'alice', exp, nbf: inSeconds(300) }),
    'token-wrong-type': sign({ sub: 'alice', exp, type: 'refresh' }) };
  for (const { operationId, security } of operations) {
    if (security?.length === 0) continue;
    for (const [code, token] of Object.entries(tokens)) await ask(operationId, 401, { code, token });
  }
  const strict = await new Server(ONE_ISSUER).start();
  try {
    for (const { operationId, security } of operations) {
      if (security?.length === 0) continue;
      for (const [code, claims] of Object.entries(foreignTokens))
        await ask(operationId, 401, { on: strict, code, token: sign({ sub: 'alice', exp, ...claims }) });
    }
  } finally {
    await strict.close();
  }
});

test('each operation, asked for too often', async () => {
  const limited = await new Server(['--rate-limit-user', '1', '--rate-limit-signal', '1']).start();
  try {
    for (const { operationId, security } of operations) {
      if (security?.length === 0) continue;
      const token = `user of ${operationId}`;
      await request(limited, byId[operationId].method, byId[operationId].path, { token, ...valid(operationId) });
      await ask(operationId, 429, { on: limited, token, code: 'rate-limited', ...valid(operationId) });
    }
  } finally {
    await limited.close();
  }
});

test('metrics, and who may read them', async () => {
  assert.match(await ask('getMetrics', 200, { token: undefined }), /^# HELP /);
  await ask('getMetrics', 403, { token: undefined, code: 'forbidden', headers: { 'x-forwarded-for': '127.0.0.1' } });
  const guarded = await new Server([], { GST_CALL_SERVER_METRICS_TOKEN: 'only for prometheus' }).start();
  try {
    await ask('getMetrics', 401, { on: guarded, token: 'alice', code: 'token-invalid' });
  } finally {
    await guarded.close();
  }
});

test('bodies that are none', async () => {
  for (const { operationId, method, responses } of operations) {
    if (api.resolve(responses[400])?.content['application/json'].examples['bad-json']) {
      for (const body of ['{', '[]', '"x"', '{"a":"\\u0000"}', '['.repeat(1000)])
        await ask(operationId, 400, { code: 'bad-json', body });
    }
    if (method !== 'POST') continue;
    await ask(operationId, 411, { code: 'length-required', headers: { 'transfer-encoding': 'chunked' }, body: '{}' });
    await ask(operationId, 413, { code: 'payload-too-large', body: `{"a":"${'x'.repeat(65536)}"}` });
  }
});

test('a call that is not there, or of others', async () => {
  const { callId } = await ask('startCall', 200, { body: { targetUserId: 'bob' } });
  for (const { operationId } of ofCall) {
    await ask(operationId, 404, { code: 'not-found', ...valid(operationId) });
    await ask(operationId, 403, { code: 'forbidden', callId, token: 'carol', ...valid(operationId) });
  }
  await ask('endCall', 200, { callId });
});

// A body that an operation takes.
function valid(id) {
  return { body: { startCall: { targetUserId: 'bob' }, rateCall: { rating: 4 }, reportQuality: {} }[id] };
}

test('start, accept, reject, end, delete', async () => {
  const start = (status, body, more) => ask('startCall', status, { body, ...more });
  await start(400, {}, { code: 'target-required' });
  await start(400, { targetUserId: 'bob', callType: 'fax' }, { code: 'bad-call-type' });
  await start(400, { targetUserId: 'alice' }, { code: 'self-call' });
  await start(404, { targetUserId: 'nobody' }, { code: 'user-not-found' });

  const first = await start(200, { targetUserId: 'bob', callType: 'video' });
  await ask('deleteCall', 400, { code: 'live', callId: first.callId });
  await ask('rejectCall', 400, { code: 'bad-value', callId: first.callId, token: 'bob', body: { reason: 5 } });
  await ask('rejectCall', 200, { callId: first.callId, token: 'bob', body: { reason: 'in a meeting', message: 'later' } });
  await ask('rejectCall', 400, { code: 'not-calling', callId: first.callId, token: 'bob' });
  await ask('acceptCall', 400, { code: 'not-calling', callId: first.callId, token: 'bob' });
  await ask('deleteCall', 200, { callId: first.callId });

  const { callId } = await start(200, { targetUserId: 'bob' });
  assert.equal((await ask('acceptCall', 200, { callId, token: 'bob' })).status, 'active');
  await start(409, { targetUserId: 'carol' }, { code: 'caller-busy' });
  await start(409, { targetUserId: 'bob' }, { code: 'user-busy', token: 'carol' });
  assert.equal((await ask('listActiveCalls', 200)).length, 1);
  await ask('getCall', 200, { callId });
  assert.equal((await ask('endCall', 200, { callId })).endReason, 'hangup');
  await ask('endCall', 200, { callId, token: 'bob' });
  await ask('getCall', 200, { callId });
});

test('Agora\'s tokens', async () => {
  const certificate = '0123456789abcdef0123456789ABCDEF';
  const agora = await new Server(['--agora-app-id', 'f'.repeat(32)], { AGORA_APP_CERTIFICATE: certificate }).start();
  try {
    await agora.know('alice', 'bob');
    const { channelName, callId } = await ask('startCall', 200, { on: agora, body: { targetUserId: 'bob' } });
    const make = (status, body, more) => ask('makeAgoraToken', status, { on: agora, body, ...more });
    const uids = [0, 1, 2 ** 32 - 1, '0', 'bob', 'x'.repeat(255)];
    for (const uid of uids) assert.equal((await make(200, { channelName, uid })).uid, uid);
    await make(200, { channelName, uid: 0, role: 'subscriber' }, { token: 'bob' });
    for (const uid of [undefined, null, '', -1, 2 ** 32, 1.5, true, [], {}, 'x'.repeat(256)])
      await make(400, { channelName, uid }, { code: 'bad-value' });
    for (const name of [undefined, null, '', 7]) await make(400, { channelName: name, uid: 1 }, { code: 'bad-value' });
    for (const role of ['admin', 1, '']) await make(400, { channelName, uid: 1, role }, { code: 'bad-value' });
    await make(403, { channelName, uid: 1 }, { code: 'forbidden', token: 'carol' });
    await make(403, { channelName: `${channelName}0`, uid: 1 }, { code: 'forbidden' });
    await ask('endCall', 200, { on: agora, callId });
    await make(403, { channelName, uid: 1 }, { code: 'forbidden' });
    await ask('makeAgoraToken', 503, { code: 'agora-not-configured', body: { channelName, uid: 1 } });
    assert.equal(agora.stderr.includes(certificate), false);
  } finally {
    await agora.close();
  }
});

test('ratings and reports', async () => {
  const { callId } = await ask('startCall', 200, { body: { targetUserId: 'bob' } });
  await ask('rateCall', 400, { code: 'not-accepted', callId, body: { rating: 4 } });
  await ask('reportQuality', 400, { code: 'not-accepted', callId, body: { mos: 4 } });
  await ask('acceptCall', 200, { callId, token: 'bob' });
  for (const rating of [0, 6, 1.5, '4', null]) await ask('rateCall', 400, { code: 'bad-value', callId, body: { rating } });
  await ask('rateCall', 200, { callId, body: { rating: 4 } });
  await ask('reportQuality', 400, { code: 'bad-value', callId, body: { mos: 6 } });
  await ask('reportQuality', 202, { callId, body: api.document.paths[byId.reportQuality.path].post.requestBody
    .content['application/json'].examples.audio.value });
  await figuresInAndOutOfRange(callId);
  const { quality } = await ask('getCall', 200, { callId });
  assert.deepEqual([quality.callerRating, quality.networkStats.callerStats.mos], [4, 4.2]);
  await ask('endCall', 200, { callId });
  const missed = await ask('startCall', 200, { body: { targetUserId: 'bob' } });
  await ask('endCall', 200, { callId: missed.callId });
  await ask('reportQuality', 400, { code: 'not-live', callId: missed.callId, body: { mos: 4 } });
});

// What the schema of a report allows is taken (and dropped: it is within the second), what it forbids is refused.
async function figuresInAndOutOfRange(callId) {
  for (const schema of [api.document.components.schemas.Report, api.document.components.schemas.Track]) {
    const wrap = (member) => (schema === api.document.components.schemas.Track ? { tracks: [member] } : member);
    for (const [name, { type, minimum, maximum, enum: words }] of Object.entries(schema.properties)) {
      const good = words ?? (minimum === undefined ? [null] : [null, minimum, maximum]);
      const bad = words || minimum === undefined ? [17, 'x'] : [minimum - 2, maximum * 1.01 + 2, 'x',
        ...(type.includes('integer') ? [1.5] : [])];
      const send = (value) => request(server, 'POST', `/api/calls/${callId}/quality`, { token: 'alice',
        body: wrap({ [name]: value }) });
      for (const value of good) assert.equal((await send(value)).status, 202, `${name}: ${value}`);
      for (const value of bad) assert.equal((await send(value)).status, 400, `${name}: ${value}`);
    }
  }
}

test('history: each parameter in and out of its range, each state of a call', async () => {
  for (const { name, schema, example } of byId.listHistory.parameters) {
    const { type, minimum, maximum, maxLength, enum: words } = api.resolve(schema);
    const bad = type === 'integer' ? [minimum - 1, maximum + 1, 'x', 1.5] : words ? ['x', '']
      : ['from', 'to'].includes(name) ? ['x', '2026-13-01'] : ['x'.repeat(maxLength + 1)];
    await ask('listHistory', 200, { query: `?${name}=${encodeURIComponent(example)}` });
    for (const value of bad) {
      const answer = await request(server, 'GET', `/api/calls/history?${name}=${value}`, { token: 'alice' });
      assert.equal(answer.status, 400, `${name}=${value}`);
      assert.deepEqual(JSON.parse(answer.text), { success: false, message: `Bad value of ${name}`, code: 'bad-value' });
    }
  }
  await ask('listHistory', 400, { code: 'bad-value', query: '?page=0' });
  const states = new Set((await ask('listHistory', 200, { token: 'bob' })).calls.map(({ status }) => status));
  for (const status of ['ended', 'rejected', 'missed']) assert.ok(states.has(status), status);
});

test('statistics', async () => {
  for (const period of byId.getStats.parameters[0].schema.enum) await ask('getStats', 200, { query: `?period=${period}` });
  const { totalCalls } = await ask('getStats', 200, { query: '?tz=Europe/Berlin&period=day' });
  assert.ok(totalCalls > 0);
  await ask('getStats', 200, { query: '?tz=-08:00' });
  await ask('getStats', 400, { code: 'bad-value', query: '?period=hour' });
  await ask('getStats', 400, { code: 'bad-value', query: '?tz=Mars/Olympus' });
});

test('contacts, ICE servers', async () => {
  assert.equal((await ask('listContacts', 200)).length, 3);
  const bob = await server.connect('bob');
  const [contact] = await ask('listContacts', 200, { query: '?search=bob' });
  assert.deepEqual([contact.online, typeof contact.lastSeen], [true, 'string']);
  await bob.close();
  await ask('listContacts', 400, { code: 'bad-value', query: `?search=${'x'.repeat(101)}` });
  await ask('getIceServers', 200);
});

test('webhooks', async () => {
  const receiver = await new Receiver().listen();
  const hooked = new Server();
  try {
    sendTo(hooked, receiver);
    await hooked.start();
    await hooked.know('alice', 'bob');
    const { callId } = await ask('startCall', 200, { on: hooked, body: { targetUserId: 'bob' } });
    await ask('acceptCall', 200, { on: hooked, callId, token: 'bob' });
    await ask('reportQuality', 202, { on: hooked, callId, body: { mos: 4.2, final: true } });
    await ask('endCall', 200, { on: hooked, callId });
    await until('the webhooks', () => receiver.events.length >= Object.keys(api.document.webhooks).length);
    assert.deepEqual(receiver.events.map(({ type }) => type).sort(), Object.keys(api.document.webhooks).sort());
    for (const { type, event, headers } of receiver.events) {
      const { parameters, requestBody } = api.document.webhooks[type].post;
      api.validate(requestBody.content['application/json'].schema, event, type);
      for (const { name, schema } of parameters)
        api.validate(schema, schema.type === 'integer' ? Number(headers[name]) : headers[name], `${type}, ${name}`);
    }
  } finally {
    await hooked.close();
    await receiver.close();
  }
});

test('a database that cannot be used', async () => {
  const broken = await new Server().start();
  try {
    await broken.know('alice', 'bob');
    breakDatabase(broken);
    for (const { operationId, responses } of operations) {
      if (!api.resolve(responses[503])?.content['application/json'].examples.database) continue;
      if (operationId !== 'getReadiness') await ask(operationId, 503, { on: broken, code: 'database', ...valid(operationId) });
    }
    await until('readiness to be gone', async () => (await request(broken, 'GET', '/readyz')).status === 503);
    assert.deepEqual(await ask('getReadiness', 503, { on: broken, token: undefined }), { status: 'database' });
  } finally {
    await broken.close();
  }
});

test('all that is described was seen', () => {
  const described = operations.flatMap(({ operationId, responses }) => Object.entries(responses).flatMap(([status, node]) => {
    const examples = Number(status) < 400 ? {} : api.resolve(node).content['application/json'].examples;
    return [`${operationId} ${status}`, ...Object.keys(examples).map((name) => `${operationId} ${status} ${name}`)];
  }));
  assert.deepEqual(described.filter((what) => !seen.has(what)), []);
});
