// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// chromium.mjs calls|called|keys: Debian's chromium and a pipeline call each other, audio and video both ways, and the page
// presses keys of a telephone.
//   calls   the page dials, the pipeline answers          called   the pipeline dials, the page answers
//   keys    the page dials, the pipeline answers and presses keys, which browsers ignore: their sound is undisturbed
// What the browser got is read from getStats() and from the pixels it shows; what the pipeline got from its recording.
// The environment names the server (GST_CALL_SERVER) and the plugin's folder (GST_PLUGIN_PATH). Exit 77: no chromium,
// no gst-launch-1.0, no npm packages.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import { Server, inSeconds, sign, watchdog } from '../server/api-harness.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const CONNECT_MS = 30000;
const FRAMES = 120; // 4 s of the picture
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(import.meta.url);

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

if (!existsSync(CHROMIUM)) skip(`${CHROMIUM} is not installed`);
try {
  execFileSync('gst-inspect-1.0', ['callsrc'], { stdio: 'ignore' });
} catch {
  skip('gst-inspect-1.0 finds no callsrc');
}
const { chromium } = await import('playwright-core').catch(() => skip('playwright-core is not installed: see tests/npm-install.sh'));

// ---- the page ----

const socketIo = path.join(path.dirname(require.resolve('socket.io-client/package.json')), 'dist', 'socket.io.min.js');
const files = {
  '/page.html': ['text/html', path.join(here, 'page.html')],
  '/page.js': ['text/javascript', path.join(here, 'page.js')],
  '/socket.io.js': ['text/javascript', socketIo],
};

async function servePage() {
  const server = createServer((request, response) => {
    const [type, file] = files[request.url] ?? [];
    response.writeHead(file ? 200 : 404, { 'content-type': type ?? 'text/plain' });
    response.end(file ? readFileSync(file) : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function launchBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'] });
}

const call = (page, method, ...words) => page.evaluate(([name, given]) => peer[name](...given), [method, words]); // eslint-disable-line no-undef

// Looks until @fits says yes; the last look is in the error.
async function lookUntil(page, what, fits, ms = CONNECT_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await call(page, 'look');
    if (fits(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// ---- the pipeline ----

class Pipeline {
  constructor(token, server, properties, recording) {
    const words = ['-e', '-m', 'callsink', 'name=out', `server=${server}`, ...properties,
      'audiotestsrc', 'is-live=true', 'wave=ticks', '!', 'out.audio_0',
      'videotestsrc', 'is-live=true', '!', 'video/x-raw,format=I420,width=640,height=480,framerate=30/1', '!', 'out.video_0',
      'callsrc', 'name=in', 'in.audio_0', '!', 'audioconvert', '!', 'opusenc', '!', 'mux.',
      'in.video_0', '!', 'videoconvert', '!', 'vp8enc', 'deadline=1', 'cpu-used=8', '!', 'mux.',
      'matroskamux', 'name=mux', '!', 'filesink', `location=${recording}`];
    this.child = spawn('gst-launch-1.0', words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, GST_CALL_TOKEN: token } });
    this.output = '';
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (data) => { this.output += data; });
    this.exited = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(code ?? signal)));
  }

  // Each key of the peer's is one press and one release, in this order.
  async hears(keys) {
    const wanted = keys.flatMap((key) => [`${key} true`, `${key} false`]);
    const heard = () => [...this.output.matchAll(/dtmf-event, .*?number=\(int\)(\d+), .*?start=\(boolean\)(\w+)/g)].map(([, key, start]) => `${key} ${start}`);
    const end = Date.now() + 15000;
    while (heard().length < wanted.length && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(heard(), wanted);
  }

  async end(signal) {
    if (signal) this.child.kill(signal);
    assert.equal(await watchdog(this.exited, 'the pipeline to end', 25000), 0, this.output.slice(-3000));
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}

// ---- what was got ----

const read = (command, ...words) => execFileSync(command, words, { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });

// The browser shows the pipeline's SMPTE bars.
function assertBars(picture) {
  const bars = [[255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0], [0, 0, 255]];
  const off = Math.max(...bars.flatMap((bar, x) => bar.map((value, i) => Math.abs(value - picture[x][i]))));
  assert.ok(off < 60, `the bars are ${JSON.stringify(picture)}`);
}

// The recording has chromium's fake camera (a timer and a moving pie on one green) and its beeps.
function assertRecording(file) {
  const probe = JSON.parse(read('ffprobe', '-v', 'error', '-count_packets', '-show_entries',
    'stream=codec_name,width,height,nb_read_packets', '-of', 'json', file));
  const video = probe.streams.find((stream) => stream.codec_name === 'vp8');
  const audio = probe.streams.find((stream) => stream.codec_name === 'opus');
  const frames = Number(video.nb_read_packets);
  assert.ok(frames >= FRAMES * 0.6, `${frames} frames`);
  const raw = read('ffmpeg', '-nostdin', '-v', 'error', '-i', file, '-vf', 'fps=5,scale=16:12:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-');
  const size = 16 * 12 * 3;
  const pictures = Array.from({ length: Math.floor(raw.length / size) }, (_, n) => raw.subarray(n * size, (n + 1) * size));
  const [red, green, blue] = pictures.at(-1).subarray(0, 3);
  assert.ok(green > red + 60 && green > blue + 60, `the corner is ${red},${green},${blue}, not green`);
  const moved = pictures.slice(1).filter((picture, n) => picture.some((value, i) => Math.abs(value - pictures[n][i]) > 8)).length;
  assert.ok(moved > pictures.length / 2, `the picture moved ${moved} times in ${pictures.length}`);
  const sound = new Int16Array(new Uint8Array(read('ffmpeg', '-nostdin', '-v', 'error', '-i', file, '-vn', '-ac', '1', '-ar', '8000', '-f', 's16le', '-')).buffer);
  const loud = Array.from({ length: Math.floor(sound.length / 400) }, (_, n) => Math.max(...sound.subarray(n * 400, (n + 1) * 400).map(Math.abs)) > 3000);
  const beeps = loud.filter((value, n) => value && !loud[n - 1]).length;
  assert.ok(audio && beeps >= 2, `${beeps} beeps in ${sound.length / 8000} s`);
  return { frames, width: video.width, height: video.height, seconds: sound.length / 8000, beeps };
}

const flowing = (seen) => seen['inbound-rtp video']?.framesDecoded >= FRAMES && seen['inbound-rtp audio']?.totalAudioEnergy > 0
  && seen['outbound-rtp video']?.framesEncoded >= FRAMES;

function assertBrowser(seen) {
  assert.equal(seen.state, 'connected');
  assert.deepEqual([seen['inbound-rtp video'].frameWidth, seen['inbound-rtp video'].frameHeight], [640, 480]);
  assert.ok(seen['inbound-rtp audio'].packetsReceived > 100);
  assert.deepEqual([...new Set(seen.codecs.map((codec) => codec.toLowerCase()))].sort(), ['audio/opus', 'video/vp8']);
  assertBars(seen.picture);
}

// What the page presses arrives; and its sound goes on behind it, which the recording has.
async function assertKeys(page, pipeline) {
  const packets = (seen) => seen['outbound-rtp audio'].packetsSent;
  await call(page, 'press', '159#');
  await pipeline.hears([1, 5, 9, 11]);
  const sent = packets(await call(page, 'look'));
  await lookUntil(page, 'sound behind the keys', (seen) => packets(seen) > sent + 100);
}

// ---- the two calls ----

// The page dials; bob's pipeline answers; the page hangs up.
async function calls({ page, url, token, recording }) {
  const pipeline = new Pipeline(token('bob'), url, ['auto-answer=true'], recording);
  try {
    await call(page, 'connect', url, token('web'), false);
    await call(page, 'dial', 'bob', 'video');
    const seen = await lookUntil(page, 'media both ways', flowing);
    assertBrowser(seen);
    await assertKeys(page, pipeline);
    await call(page, 'hangUp');
    await pipeline.end();
    return seen;
  } catch (error) {
    console.error(pipeline.output.slice(-4000));
    throw error;
  } finally {
    pipeline.kill();
  }
}

// Alice's pipeline dials; the page answers; the pipeline hangs up.
async function called({ page, url, token, recording }) {
  await call(page, 'connect', url, token('web'), true);
  const pipeline = new Pipeline(token('alice'), url, ['peer=web', 'call-type=video'], recording);
  try {
    const seen = await lookUntil(page, 'media both ways', flowing);
    assertBrowser(seen);
    await assertKeys(page, pipeline);
    await pipeline.end('SIGINT');
    const { ended } = await lookUntil(page, 'the end of the call', (last) => last.ended !== null, 10000);
    assert.equal(ended.reason, 'hangup');
    return seen;
  } catch (error) {
    console.error(pipeline.output.slice(-4000));
    throw error;
  } finally {
    pipeline.kill();
  }
}

// Chromium tells nobody of the keys that it is sent: nothing is lost by them, and the sound is there behind them.
async function keys({ page, url, token }) {
  const child = spawn(process.env.FAULTS_PARTY, [`callsink name=out server=${url} auto-answer=true audiotestsrc is-live=true ! out.audio_0`],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, GST_CALL_TOKEN: token('bob') } });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  try {
    await call(page, 'connect', url, token('web'), false);
    await call(page, 'dial', 'bob', 'video');
    const sound = (seen) => seen['inbound-rtp audio'] ?? { packetsReceived: 0, totalAudioEnergy: 0 };
    const before = sound(await lookUntil(page, 'sound', (seen) => sound(seen).totalAudioEnergy > 0.1));
    child.stdin.write('send-dtmf 159#\n');
    const after = sound(await lookUntil(page, 'sound during the keys', (seen) => sound(seen).packetsReceived > before.packetsReceived + 60));
    const seen = await lookUntil(page, 'sound behind the keys', (last) => sound(last).totalAudioEnergy > after.totalAudioEnergy + 0.1);
    assert.equal(sound(seen).packetsLost, 0);
    assert.equal(seen.state, 'connected');
    assert.doesNotMatch(output, /error/);
    await call(page, 'hangUp');
    return seen;
  } finally {
    child.kill('SIGKILL');
  }
}

const direction = { calls, called, keys }[process.argv[2]];
if (!direction) {
  console.error('calls, called or keys?');
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'gstcall-interop-'));
const site = await servePage();
const server = await new Server(['--origin', site.origin]).start();
const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  page.on('console', (message) => console.log(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`page: ${error}`));
  await page.goto(`${site.origin}/page.html`);
  const recording = path.join(folder, 'recording.mkv');
  const token = (id) => sign({ sub: id, username: id, exp: inSeconds(3600) });
  await server.rest('GET', '/api/calls/active', token('web'));
  await server.rest('GET', '/api/calls/active', token('bob'));
  const seen = await direction({ page, url: server.url, token, recording });
  if (direction !== keys) console.log(`browser: ${seen['inbound-rtp video'].framesDecoded} frames decoded, ${seen['inbound-rtp video'].framesDropped} dropped`);
  console.log(`browser: ${seen['inbound-rtp audio'].packetsReceived} audio packets, ${seen['inbound-rtp audio'].packetsLost} lost; `
    + `${Math.round(seen.sinceAccept)} ms since accept`);
  if (direction !== keys) console.log('pipeline:', JSON.stringify(assertRecording(recording)));
  const { body } = await server.rest('GET', '/api/calls/history', token('web'));
  assert.equal(body.calls.length, 1);
  assert.deepEqual([body.calls[0].status, body.calls[0].endReason, body.calls[0].callType], ['ended', 'hangup', 'video']);
  console.log('ok');
} finally {
  await browser.close();
  await server.close();
  site.close();
  rmSync(folder, { recursive: true, force: true });
}
