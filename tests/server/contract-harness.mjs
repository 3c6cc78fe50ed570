// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What the contract-*.mjs tests share: the descriptions of docs/protocol, their schemas closed (a field that is not
// described is an error here, though clients are to ignore it), and plain HTTP.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';

import { tokenOf, watchdog } from './api-harness.mjs';

async function load(name) {
  return import(name).catch(() => {
    console.log(`SKIP: npm package ${name} is missing: run tests/npm-install.sh`);
    process.exit(77);
  });
}

const { default: Ajv } = (await load('ajv/dist/2020.js')).default;
const YAML = (await load('yaml')).default;

// The server's own tables: [{method, path, needsToken}], method also EVENT and EMIT.
export function listRoutes() {
  const text = execFileSync(process.env.LIST_ROUTES, { encoding: 'utf8', timeout: 10000 });
  return text.trim().split('\n').map((line) => line.split(' ')).map(([method, path, who]) =>
    ({ method, path: path.replace(/:\w+/g, '{}'), needsToken: who === 'token' }));
}

function close(node) {
  if (node === null || typeof node !== 'object') return;
  if (node.type === 'object' && node.additionalProperties === undefined) node.additionalProperties = false;
  Object.values(node).forEach(close);
}

const ISO_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export class Description {
  constructor(name) {
    this.document = YAML.parse(readFileSync(new URL(`../../docs/protocol/${name}.yaml`, import.meta.url), 'utf8'));
    const closed = structuredClone(this.document);
    close(closed.components.schemas);
    this.ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': ISO_MS } });
    this.ajv.addSchema(closed, name);
    this.name = name;
    this.validators = new Map();
  }

  // What a $ref names, else the node itself.
  resolve(node) {
    if (!node?.$ref) return node;
    return this.resolve(node.$ref.slice(2).split('/').reduce((at, key) =>
      at[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.document));
  }

  validate(schema, value, what) {
    const text = JSON.stringify(schema).replaceAll('"#/', `"${this.name}#/`);
    if (!this.validators.has(text)) {
      const own = JSON.parse(text);
      close(own);
      this.validators.set(text, this.ajv.compile(own));
    }
    const check = this.validators.get(text);
    assert.ok(check(value), `${what}: ${this.ajv.errorsText(check.errors)} ${
      check.errors?.map(({ params }) => JSON.stringify(params))} in ${JSON.stringify(value)}`);
  }
}

// A server that asks for both, and what it says to tokens of others.
export const ONE_ISSUER = ['--jwt-issuer', 'the issuer', '--jwt-audience', 'the audience'];
export const foreignTokens = { 'token-wrong-issuer': { iss: 'another', aud: 'the audience' },
  'token-wrong-audience': { iss: 'the issuer', aud: ['another'] } };

// An example says what is answered to the letter, but for the id.
export function isExample(example, body) {
  const same = body?.callId && example?.callId ? { ...example, callId: body.callId } : example;
  try {
    assert.deepEqual(body, same);
    return true;
  } catch {
    return false;
  }
}

// {status, headers, text}. Unlike fetch it sends any body with any method. @token: a user's name, or a whole token.
export function request(server, method, path, { token, body, headers = {} } = {}) {
  const bearer = token && (token.includes('.') ? token : tokenOf(token));
  const data = body === undefined || typeof body === 'string' ? body ?? '' : JSON.stringify(body);
  const sized = headers['transfer-encoding'] || (method === 'GET' && data === '')
    ? {} : { 'content-length': Buffer.byteLength(data) };
  return watchdog(new Promise((resolve, reject) => {
    const sent = http.request(server.url + path, { method, agent: false,
      headers: { ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...sized, ...headers } }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    sent.on('error', reject);
    sent.end(data);
  }), `${method} ${path}`);
}

// The database is there, and of no use: every statement fails from now on.
export function breakDatabase(server) {
  execFileSync('python3', ['-c', `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
db.executescript('PRAGMA foreign_keys = OFF;' + ''.join(f'DROP TABLE IF EXISTS "{name}";' for name in names))
`, server.database], { timeout: 20000 });
}
