// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// CALLS calls over sockets that come and go, with webhooks. Descriptors, threads and memory of the server end where
// they were after the first 1,000.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { Server, activeCall, until } from './api-harness.mjs';
import { Receiver, sendTo } from './webhook-receiver.mjs';

const CALLS = Number(process.env.CALLS ?? 24000);
const FIRST = 1000;
const PAIRS = 20;
const CALLS_OF_A_SOCKET = 25;
const SLACK = 1.1; // of memory: what the allocator keeps

test(`${CALLS} calls`, async () => {
  const receiver = await new Receiver(function take() {
    if (this.attempts.length > 1000) this.attempts.length = 0; // the receiver's own memory
    return 204;
  }).listen();
  const server = new Server(['--event-limit', '0']);
  sendTo(server, receiver);
  await server.start();
  const users = Array.from({ length: 2 * PAIRS }, (_, i) => `user${i}`);
  await server.know(...users);

  const usage = () => {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    const number = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]);
    return { fds: readdirSync(`/proc/${server.child.pid}/fd`).length, threads: number('Threads'), rssKb: number('VmRSS') };
  };
  let begun = 0;
  async function drive(pair, goal) {
    const [caller, callee] = [users[2 * pair], users[2 * pair + 1]];
    while (begun < goal) {
      const sockets = await Promise.all([server.connect(caller), server.connect(callee)]);
      for (let i = 0; i < CALLS_OF_A_SOCKET && begun < goal; i++) {
        begun++;
        const { callId } = await activeCall(...sockets, 'audio', callee);
        await sockets[0].ask('call-end', { callId });
        await sockets[1].next('call-ended');
      }
      await Promise.all(sockets.map((socket) => socket.close()));
      server.sockets = server.sockets.filter((socket) => socket.connected);
    }
  }
  // To @goal calls; then what is left when all sockets are gone.
  async function run(goal) {
    await Promise.all(Array.from({ length: PAIRS }, (_, pair) => drive(pair, goal)));
    let last;
    await until('an idle server', async () => {
      const now = usage();
      const same = last && last.fds === now.fds && last.threads === now.threads;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return same;
    });
    console.log(`# after ${goal} calls: ${last.fds} descriptors, ${last.threads} threads, ${last.rssKb} KiB`);
    return last;
  }
  const first = await run(Math.min(FIRST, CALLS));
  const end = await run(CALLS);
  assert.ok(end.fds <= first.fds, `descriptors: ${first.fds}, then ${end.fds}`);
  assert.equal(end.threads, first.threads, 'threads');
  assert.ok(end.rssKb <= first.rssKb * SLACK, `memory: ${first.rssKb} KiB, then ${end.rssKb} KiB`);
  const { total } = (await server.rest('GET', '/api/calls/history?limit=1', users[0])).body;
  assert.ok(total > 0);
  await server.close();
  await receiver.close();
});
