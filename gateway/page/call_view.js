// The call, as one sees it. It stands above the conversation, which goes on beside it.
import {byId, say} from './dom.js';

const states = {
  asking: 'Waiting for camera and microphone', calling: 'Calling', ringing: 'Ringing', incoming: 'is calling you',
  connecting: 'Connecting', active: 'In the call',
};

const clock = since => {
  const seconds = Math.floor((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

export function showCall(call) {
  const box = byId('call'), title = document.title;
  const show = (id, stream) => {
    if (byId(id).srcObject !== stream) byId(id).srcObject = stream;
    byId(id).hidden = !stream?.getVideoTracks().length;
  };
  const pressed = (id, on) => byId(id).setAttribute('aria-pressed', String(on));

  const render = () => {
    const {state} = call;
    box.hidden = state === 'idle';
    box.dataset.state = state;
    say(byId('call-title'), call.peer?.name ?? '');
    say(byId('call-state'), state === 'ended' ? call.reason : call.weak ? 'The network falters' : states[state] ?? '');
    // It is heard without being seen, so the element stays.
    show('remote', call.remote);
    show('local', call.local);
    byId('answer-call').hidden = byId('decline-call').hidden = state !== 'incoming';
    byId('hang-up').hidden = !call.isOn || state === 'incoming';
    byId('mute').hidden = byId('camera').hidden = !call.local;
    byId('close-call').hidden = state !== 'ended';
    pressed('mute', !call.sends('audio'));
    pressed('camera', !call.sends('video'));
    document.title = state === 'incoming' ? `${call.peer.name} calls` : title;
  };
  // The time is for eyes only: a live region that spoke every second would be no help.
  const tick = () => {
    if (call.state === 'active') byId('call-title').dataset.clock = clock(call.since);
    else delete byId('call-title').dataset.clock;
  };
  setInterval(() => box.hidden || tick(), 1000);

  byId('answer-call').addEventListener('click', () => call.accept());
  byId('decline-call').addEventListener('click', () => call.reject());
  byId('hang-up').addEventListener('click', () => call.hangUp());
  byId('close-call').addEventListener('click', () => call.dismiss());
  byId('mute').addEventListener('click', () => call.toggle('audio'));
  byId('camera').addEventListener('click', () => call.toggle('video'));
  call.addEventListener('change', render);
  call.addEventListener('change', tick);
  render();
}
