// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// What the ops-*.mjs tests share: a folder of their own, and a server run to its end.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

import { SECRET, SERVER, watchdog } from './api-harness.mjs';

export const dir = mkdtempSync(path.join(tmpdir(), 'call-server-ops-'));
after(() => rmSync(dir, { recursive: true, force: true }));

export function file(name, content) {
  writeFileSync(path.join(dir, name), content);
  return path.join(dir, name);
}
export const secret = file('secret', `${SECRET}\n`);

// The environment of the tests, without what would tell the server a setting.
export function environment(more = {}) {
  const told = /^(GST_CALL_SERVER_|JWT_SECRET$|PORT$|LISTEN_|NOTIFY_|JOURNAL_)/;
  const rest = Object.entries(process.env).filter(([name]) => !told.test(name));
  return { ...Object.fromEntries(rest), ...more };
}

// Runs it until it ends, or until @stopAt stands on stdout: then SIGTERM.
export async function run(args, env = {}, stopAt = null) {
  const child = spawn(SERVER, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: dir, env: environment(env) });
  let stdout = '', stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
    if (stopAt && stdout.includes(stopAt)) child.kill('SIGTERM');
  });
  child.stderr.on('data', (data) => { stderr += data; });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const code = await watchdog(ended, `end of ${args}`, 20000).finally(() => child.kill('SIGKILL'));
  return { code, stdout, stderr };
}

// The values that --print-config prints, with null for what is not set.
export async function effective(args = [], env = {}) {
  const { code, stdout, stderr } = await run(['--print-config', ...args], env);
  if (code !== 0) throw new Error(stderr);
  const lines = stdout.trimEnd().split('\n').slice(1);
  return Object.fromEntries(lines.map((line) => {
    const [, unset, name, value] = line.match(/^(# )?([\w-]+)=(.*)$/);
    return [name, unset ? null : value];
  }));
}
