// A call between two people: ringing, the way of offer, answer and candidates over the server, and the media between the
// two browsers. There is one at a time.
//
// Media goes from browser to browser, so a call outlives the server: when that says that it lost its side of a call
// whose media flows, the call goes on, and the end of it is told on a data channel (by its closing).
import {get} from './api.js';

const endings = {
  ended: 'The call is over', cancelled: 'They hung up', rejected: 'They declined', missed: 'Nobody answered',
  busy: 'They are in another call', unavailable: 'They are not online', 'connection-lost': 'The connection was lost',
  blocked: 'This call is not possible', 'answered-elsewhere': 'Answered on another device',
};

const ahead_max = 16;
const media_asked = {audio: true, video: {width: {ideal: 1280}, height: {ideal: 720}}};

/// Dispatches `change`. state: idle, asking (for camera and microphone), calling, ringing, incoming, connecting, active,
/// ended.
export class Call extends EventTarget {
  state = 'idle';
  peer = null;        // {id, name}
  local = null;       // MediaStream
  remote = null;
  reason = '';        // why it ended, for people
  weak = false;       // the network between the two falters
  since = null;
  #connection;
  #pc = null;
  #callId = '';
  #offer = null;      // of an incoming call
  #crossing = null;   // {callId, offer}: they call us while we call them
  #ahead = [];        // what was told of a call before its id was, which comes with the answer to our asking
  #unsent = [];       // candidates of ours from before the call has an id
  #early = [];        // theirs from before their description is known
  #attempt = 0;       // tells what belongs to this call from what belongs to one before

  constructor(connection) {
    super();
    this.#connection = connection;
    connection.on('incoming-call', data => this.#incoming(data));
    const mine = (event, handler) => connection.on(event, data => {
      if (data.callId === this.#callId) handler(data);
      else if (this.#isUnnamed && this.#ahead.length < ahead_max) this.#ahead.push({data, handler});
    });
    mine('calling', ({status}) => status === 'ringing' && this.state === 'calling' && this.#become('ringing'));
    mine('call-accepted', data => this.#accepted(data));
    mine('call-rejected', () => this.#end('rejected'));
    mine('call-ended', ({reason}) => this.#ended(reason));
    connection.on('ice-candidate', data => data.callId && this.#candidate(data));
  }

  /// We call, and do not know the call's id yet.
  get #isUnnamed() { return this.state === 'calling' && !this.#callId; }
  get isOn() { return !['idle', 'ended'].includes(this.state); }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }

  /// What was waited for may be of a call that ended meanwhile.
  #guard() {
    const attempt = this.#attempt;
    return () => attempt === this.#attempt;
  }

  async start(peer) {
    if (this.isOn) return;
    this.#reset();
    this.peer = peer;
    const stillOn = this.#guard();
    this.#become('asking');
    try {
      const pc = await this.#prepare(stillOn);
      if (!pc) return;
      this.#become('calling');
      await pc.setLocalDescription();
      const {type, sdp} = pc.localDescription;
      const answer = await this.#connection.ask('call-user', {to: peer.id, offer: {type, sdp}});
      if (!stillOn()) return this.#connection.tell('call-ended', {callId: answer.callId});
      if (answer.glare) return this.#takeTheirs(answer.callId);
      this.#named(answer.callId);
    } catch (error) {
      if (stillOn()) this.#end(error.message);
    }
  }

  async accept() {
    if (this.state !== 'incoming') return;
    const stillOn = this.#guard();
    try {
      this.#become('asking');
      const pc = await this.#prepare(stillOn);
      if (!pc) return;
      this.#become('connecting');
      await this.#describe(pc, this.#offer);
      await pc.setLocalDescription();
      const {type, sdp} = pc.localDescription;
      await this.#connection.ask('call-accepted', {callId: this.#callId, answer: {type, sdp}});
      if (stillOn()) this.#named(this.#callId);
    } catch (error) {
      if (!stillOn()) return;
      this.#connection.tell('call-rejected', {callId: this.#callId});
      this.#end(error.message);
    }
  }

  reject() {
    this.#connection.tell('call-rejected', {callId: this.#callId});
    this.#reset();
    this.#become('idle');
  }

  hangUp() {
    if (!this.isOn) return;
    if (this.#callId) this.#connection.tell('call-ended', {callId: this.#callId});
    this.#end('ended');
  }

  dismiss() {
    if (this.state === 'ended') this.#become('idle');
  }

  /// kind: audio or video. True when it is on now.
  toggle(kind) {
    const [track] = this.local?.getTracks().filter(each => each.kind === kind) ?? [];
    if (track) track.enabled = !track.enabled;
    this.dispatchEvent(new Event('change'));
    return track?.enabled === true;
  }
  sends(kind) { return this.local?.getTracks().some(each => each.kind === kind && each.enabled) === true; }

  // --- between the two browsers ---------------------------------------------------------------------------------------

  async #media() {
    if (!navigator.mediaDevices) throw new Error('Calls need HTTPS (or this very machine)');
    try {
      return await navigator.mediaDevices.getUserMedia(media_asked);
    } catch (error) {
      if (error.name === 'NotAllowedError') throw new Error('Camera and microphone were not allowed');
      return navigator.mediaDevices.getUserMedia({audio: true}).catch(() => {
        throw new Error('There is no microphone to call with');
      });
    }
  }

  async #prepare(stillOn) {
    const [stream, {iceServers}] = await Promise.all([this.#media(), get('/api/ice-servers')]);
    if (!stillOn()) {
      for (const track of stream.getTracks()) track.stop();
      return null;
    }
    this.local = stream;
    const pc = this.#pc = new RTCPeerConnection({iceServers});
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
    const control = pc.createDataChannel('call', {negotiated: true, id: 0});
    control.onclose = () => stillOn() && this.#end('ended');
    pc.ontrack = ({streams: [theirs]}) => {
      this.remote = theirs;
      this.dispatchEvent(new Event('change'));
    };
    pc.onicecandidate = ({candidate}) => this.#send(candidate?.toJSON() ?? null);
    pc.onconnectionstatechange = () => stillOn() && this.#connected(pc.connectionState);
    return pc;
  }

  #connected(state) {
    this.weak = state === 'disconnected';
    if (state === 'connected') this.since ??= Date.now();
    if (state === 'failed') {
      this.#connection.tell('call-ended', {callId: this.#callId});
      return this.#end('connection-lost');
    }
    this.#become(state === 'connected' ? 'active' : this.state);
  }

  #send(candidate) {
    if (this.#unsent) this.#unsent.push(candidate);
    else this.#connection.tell('ice-candidate', {callId: this.#callId, candidate});
  }
  #named(callId) {
    this.#callId = callId;
    const waiting = this.#unsent ?? [];
    this.#unsent = null;
    for (const candidate of waiting) this.#send(candidate);
    for (const {data, handler} of this.#ahead.splice(0)) if (data.callId === callId) handler(data);
  }

  async #describe(pc, description) {
    await pc.setRemoteDescription(description);
    const early = this.#early;
    this.#early = null;
    for (const candidate of early) await this.#add(candidate);
  }
  #add(candidate) { return this.#pc?.addIceCandidate(candidate ?? undefined).catch(() => {}); }

  // --- what the server tells ------------------------------------------------------------------------------------------

  #incoming({callId, from, name, offer}) {
    if (callId === this.#callId) return;
    // Both called each other, and the server's answer to ours says that theirs counts; or we are just calling somebody
    // else, of which the server does not know yet.
    if (this.isOn && from === this.peer.id) return void (this.#crossing = {callId, offer});
    if (this.isOn) return this.#connection.tell('call-rejected', {callId});
    this.#reset();
    this.#callId = callId;
    this.#offer = offer;
    this.peer = {id: from, name};
    this.#become('incoming');
  }

  /// Each called the other at once. Both want to speak, so theirs is taken without asking.
  #takeTheirs(callId) {
    const {peer} = this, offer = this.#crossing?.offer, early = this.#early;
    this.#reset();
    if (!offer) return this.#end('unavailable');
    Object.assign(this, {peer, state: 'incoming'});
    this.#early = early;
    this.#callId = callId;
    this.#offer = offer;
    return this.accept();
  }

  async #accepted({answer}) {
    const stillOn = this.#guard();
    this.#become('connecting');
    try {
      await this.#describe(this.#pc, answer);
    } catch {
      if (!stillOn()) return;
      this.#connection.tell('call-ended', {callId: this.#callId});
      this.#end('connection-lost');
    }
  }

  #candidate({callId, from, candidate}) {
    if (from !== this.peer?.id || (this.#callId && callId !== this.#callId) || !this.isOn) return;
    if (this.#early) this.#early.push(candidate);
    else this.#add(candidate);
  }

  #ended(reason) {
    const flows = this.#pc?.connectionState === 'connected';
    if (reason === 'connection-lost' && flows) return; // the server's side of it is lost, and not needed
    if (this.isOn) this.#end(reason);
  }

  #end(reason) {
    const peer = this.peer;
    this.#reset();
    this.peer = peer;
    this.reason = endings[reason] ?? reason;
    this.#become('ended');
  }

  #reset() {
    ++this.#attempt;
    for (const track of this.local?.getTracks() ?? []) track.stop();
    this.#pc?.close();
    this.#pc = this.local = this.remote = this.since = null;
    this.#callId = this.reason = '';
    this.#offer = this.#crossing = null;
    this.#unsent = [];
    this.#ahead = [];
    this.#early = [];
    this.weak = false;
  }
}
