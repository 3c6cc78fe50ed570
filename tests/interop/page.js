// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The GstCall Authors
//
// The smallest web client that can call and be called: socket.io-client, one RTCPeerConnection, who offers as told by
// the server. The test drives it through `peer`.
//
//   dial:    call-start -> call-accepted {media.offer:true} -> offer out, answer in, candidates both ways
//   called:  incoming-call -> call-accept -> ack {media.offer:false} -> offer in, answer out
//   renegotiate from the other side, or a second offer: a new RTCPeerConnection on the same call

/* global io */
/* exported peer */

const peer = {
  socket: null, callId: null, connection: null, local: null, iceServers: [], early: [], log: [], accepted: null, ended: null,
  remoteSet: false,

  say(...words) { this.log.push(words.join(' ')); },

  async ask(name, body) {
    const answer = await this.socket.timeout(10000).emitWithAck(name, body);
    if (!answer.ok) throw new Error(`${name}: ${answer.code} ${answer.message}`);
    return answer;
  },

  // Camera, microphone and socket.
  async connect(url, token, autoAnswer) {
    this.local = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480, frameRate: 30 } });
    this.socket = io(url, { auth: { token }, reconnection: false });
    this.socket.on('incoming-call', (call) => { if (autoAnswer) this.answer(call); });
    this.socket.on('call-accepted', (call) => {
      if (call.callId !== this.callId) return;
      this.accepted = performance.now();
      this.say('accepted');
      if (call.media.offer) this.offer();
    });
    this.socket.on('call-signal', (signal) => this.signal(signal).catch((error) => this.say(`signal: ${error}`)));
    this.socket.on('call-ended', (call) => { this.ended = call; this.close(); });
    this.socket.on('call-rejected', (call) => { this.ended = call; this.close(); });
    await new Promise((resolve, reject) => {
      this.socket.on('connect', resolve);
      this.socket.on('connect_error', reject);
    });
  },

  async dial(user, callType) {
    const call = await this.ask('call-start', { targetUserId: user, callType });
    this.callId = call.callId;
    this.iceServers = call.iceServers ?? [];
  },

  async answer(call) {
    this.callId = call.callId;
    const accepted = await this.ask('call-accept', { callId: call.callId });
    this.iceServers = accepted.iceServers ?? [];
    this.accepted = performance.now();
  },

  async hangUp() {
    await this.ask('call-end', { callId: this.callId });
    this.close();
  },

  close() {
    this.connection?.close();
    this.connection = null;
  },

  open() {
    this.close();
    this.remoteSet = false;
    this.connection = new RTCPeerConnection({ iceServers: this.iceServers, bundlePolicy: 'max-bundle' });
    this.connection.onicecandidate = ({ candidate }) => candidate && this.send({ candidate: {
      candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex } });
    this.connection.ontrack = ({ track, streams }) => {
      this.say(`track ${track.kind}`);
      const video = document.getElementById('remote');
      video.srcObject = streams[0] ?? video.srcObject ?? new MediaStream();
      if (!video.srcObject.getTracks().includes(track)) video.srcObject.addTrack(track);
    };
    this.connection.onconnectionstatechange = () => this.say(`connection ${this.connection?.connectionState}`);
    for (const track of this.local.getTracks()) this.connection.addTrack(track, this.local);
  },

  send(signal) {
    this.ask('call-signal', { callId: this.callId, ...signal }).catch((error) => this.say(`send: ${error}`));
  },

  async offer() {
    this.open();
    await this.connection.setLocalDescription();
    this.send({ description: { type: 'offer', sdp: this.connection.localDescription.sdp } });
  },

  async signal(signal) {
    if (signal.renegotiate) return this.offer();
    if (signal.description) return this.describe(signal.description);
    if (!this.remoteSet) return this.early.push(signal.candidate);
    return this.connection.addIceCandidate(signal.candidate);
  },

  async describe(description) {
    if (description.type === 'offer') this.open();
    await this.connection.setRemoteDescription(description);
    this.remoteSet = true;
    for (const candidate of this.early.splice(0)) await this.connection.addIceCandidate(candidate);
    if (description.type === 'offer') {
      await this.connection.setLocalDescription();
      this.send({ description: { type: 'answer', sdp: this.connection.localDescription.sdp } });
    }
  },

  // Keys of a telephone (RFC 4733), 100 ms each.
  press(keys) {
    const { dtmf } = this.connection.getSenders().find(({ track }) => track?.kind === 'audio');
    if (!dtmf.canInsertDTMF) throw new Error('the answer has no telephone-event');
    dtmf.insertDTMF(keys, 100, 70);
  },

  // What has come and gone so far, and one row of the picture that is shown.
  async look() {
    const found = { state: this.connection?.connectionState, log: this.log, ended: this.ended };
    if (!this.connection) return found;
    for (const report of (await this.connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' || report.type === 'outbound-rtp') found[`${report.type} ${report.kind}`] = report;
      if (report.type === 'codec') (found.codecs ??= []).push(report.mimeType);
    }
    found.sinceAccept = this.accepted === null ? null : performance.now() - this.accepted;
    return { ...found, picture: this.picture() };
  },

  // Seven colours from left to right, out of the upper half of the remote picture.
  picture() {
    const video = document.getElementById('remote');
    if (!video.videoWidth) return null;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    return Array.from({ length: 7 }, (_, index) => Array.from(context.getImageData(
      Math.floor((index + 0.5) * video.videoWidth / 7), Math.floor(video.videoHeight / 4), 1, 1).data.slice(0, 3)));
  },
};
