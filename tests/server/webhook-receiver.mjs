// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What the tests with webhooks share: a receiver that verifies and remembers, and answers as a test wants it to.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

import { until } from './api-harness.mjs';

export const WEBHOOK_SECRET = `whsec_${crypto.createHash('sha256').update('webhooks').digest('base64')}`;

export function signature(id, timestamp, body, secret = WEBHOOK_SECRET) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${crypto.createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export class Receiver {
  // @answer (event, response, request): a status, or nothing when it answers by itself.
  constructor(answer = () => 204) {
    this.answer = answer;
    this.attempts = []; // every request, in the order they came: {id, type, call, at, status}
    this.port = 0;
  }

  async listen(tls) {
    const handle = (request, response) => this.take(request, response);
    this.server = tls ? https.createServer(tls, handle) : http.createServer(handle);
    await new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.url = `${tls ? 'https' : 'http'}://127.0.0.1:${this.port}/hook?key=hidden`;
    return this;
  }

  async take(request, response) {
    let body = '';
    request.setEncoding('utf8');
    try {
      for await (const part of request) body += part;
    } catch {
      return; // killed in the middle of it
    }
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request.headers;
    assert.ok(request.headers['webhook-signature'].split(' ').includes(signature(id, timestamp, body)), 'signed');
    assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 60);
    assert.equal(request.headers['content-type'], 'application/json');
    const event = JSON.parse(body);
    assert.equal(event.id, id);
    const attempt = { id, type: event.type, call: event.data.call, event, headers: request.headers, at: Date.now() };
    this.attempts.push(attempt);
    attempt.status = this.answer(attempt, response, request);
    if (attempt.status !== undefined) response.writeHead(attempt.status).end('answer');
  }

  // What was taken, without doubles.
  get events() {
    const ids = new Set();
    return this.attempts.filter(({ id, status }) => status === 204 && !ids.has(id) && ids.add(id));
  }

  of(callId) {
    return this.events.filter(({ call }) => call.callId === callId);
  }

  // "started", "accepted", ... of a call, as soon as it has ended.
  async life(callId) {
    await until(`call.ended of ${callId}`, () => this.of(callId).some(({ type }) => type === 'call.ended'));
    return this.of(callId).map(({ type }) => type.slice('call.'.length));
  }

  async close() {
    if (!this.server.listening) return;
    this.server.closeAllConnections?.();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// The flags for @server (not started) to send to @receivers.
export function sendTo(server, ...receivers) {
  const file = path.join(server.dir, 'webhook-secret');
  writeFileSync(file, `${WEBHOOK_SECRET}\n`);
  server.args.push('--webhook-secret-file', file, ...receivers.flatMap(({ url }) => ['--webhook-url', url]));
}
